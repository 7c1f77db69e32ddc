//! One refresh of one model: what changed, what it gives now, one push.

use super::{
    changes::{self, Scope, quoted},
    delta::Delta,
    outbox::Outbox,
    plan::PlannedModel,
};
use arrow::{
    array::AsArray,
    datatypes::{DataType, Date32Type, Int64Type},
};
use chrono::NaiveDate;
use datafusion::{
    common::ScalarValue,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit},
    prelude::ident,
};
use futures::TryStreamExt;
use smartcenter_warehouse::{
    Derivation, Error, Receipt, Result, Warehouse, contract::Contract, control::ModelState, query::Reader,
};
use std::{collections::HashSet, ops::RangeInclusive, sync::Arc, time::Instant};

/// Rows that are worked out and compared at one time, about. Tests cross it with few.
pub(super) const GROUP_ROWS: u64 = if cfg!(test) { 7 } else { 200_000 };
/// So few slices are worked out together, however many rows they have.
const FEW_SLICES: u64 = if cfg!(test) { 2 } else { 16 };
/// Slices that are asked for at one time.
const GROUP_SLICES: u64 = if cfg!(test) { 3 } else { 20_000 };

/// What a refresh did.
#[derive(Debug, Clone)]
pub(super) struct Done {
    /// How far the model is now.
    pub state: ModelState,
    /// The push; none when nothing changed.
    pub receipt: Option<Receipt>,
    /// The cut that it was worked out from.
    pub cut: Reader,
    /// False when there was nothing to be worked out.
    pub worked: bool,
}

/// A model that is worked out.
pub(super) struct Refresh<'a> {
    pub warehouse: &'a Arc<Warehouse>,
    pub model: &'a PlannedModel,
    pub contract: &'a Arc<Contract>,
    /// The last refresh.
    pub state: Option<ModelState>,
    /// Its cut, where that is still held.
    pub before: Option<&'a Reader>,
    /// Everything is to be worked out, whatever changed.
    pub full: bool,
}

impl Refresh<'_> {
    /// Brings the table to the present.
    pub async fn run(&self) -> Result<Done> {
        let started = Instant::now();
        let cut = self.warehouse.reader()?;
        let scope = self.scope(&cut).await?;
        let slices = match &scope {
            Scope::All => None,
            Scope::Slices(slices) => Some(slices.len() as u64),
        };
        let worked = slices != Some(0);
        let receipt = match worked {
            true => self.work(&cut, scope).await?,
            false => None,
        };
        let state = ModelState {
            fingerprint: self.model.fingerprint.clone(),
            applied: cut.seq(),
            refreshed_at: self.warehouse.clock().now(),
            slices,
            milliseconds: started.elapsed().as_millis() as u64,
        };
        if worked {
            // Only when its rows are durable: what is stored is never ahead of them.
            self.warehouse.control().put_model(self.model.name(), &state)?;
        }
        Ok(Done {
            state,
            receipt,
            cut,
            worked,
        })
    }

    async fn scope(&self, cut: &Reader) -> Result<Scope> {
        let known = self
            .state
            .as_ref()
            .filter(|state| state.fingerprint == self.model.fingerprint);
        match known {
            // A position ahead of the lake is that of a lake which is gone.
            Some(state) if !self.full && state.applied <= cut.seq() => {
                let before = self.before.filter(|before| before.seq() == state.applied);
                let slice = self.model.slice_type.as_ref();
                let scope = changes::scope(&self.model.sources, slice, cut, state.applied, before).await?;
                Ok(self.within_key(scope))
            }
            _ => Ok(Scope::All),
        }
    }

    /// A slice without a name cannot be in the table where the slice is part of the key.
    fn within_key(&self, scope: Scope) -> Scope {
        match scope {
            Scope::Slices(mut slices) if self.is_slice_in_key() => {
                slices.retain(|slice| !slice.is_null());
                Scope::Slices(slices)
            }
            scope => scope,
        }
    }

    fn is_slice_in_key(&self) -> bool {
        matches!(self.model.table(), Some((key, Some(slice))) if key.iter().any(|column| column == slice))
    }

    async fn work(&self, cut: &Reader, scope: Scope) -> Result<Option<Receipt>> {
        let derived = Derivation {
            model: self.model.name().clone(),
            version: self.model.file.version.clone(),
            through: cut.seq(),
        };
        let mut outbox = Outbox::new(self.warehouse, self.contract, derived)?;
        let outcome = match &self.model.file.indicator {
            Some(indicator) => self.fill_judged(indicator, cut, scope, &mut outbox).await,
            None => self.fill(cut, scope, &mut outbox).await,
        };
        match outcome {
            Ok(()) => outbox.send().await,
            Err(error) => {
                outbox.abandon().await;
                Err(error)
            }
        }
    }

    async fn fill(&self, cut: &Reader, scope: Scope, outbox: &mut Outbox) -> Result<()> {
        for group in self.groups(cut, scope).await? {
            let filter = self.condition(&group)?;
            let held = changes::rows(cut, self.held(cut, filter.clone()).await?).await?;
            let mut delta = Delta::new(self.contract, held)?;
            let mut rows = cut.run(self.given(cut, filter).await?).await?;
            while let Some(batch) = rows.try_next().await? {
                if let Some(changed) = delta.changed(&batch)? {
                    outbox.add(&changed).await?;
                }
            }
            for gone in delta.vanished()? {
                outbox.add(&gone).await?;
            }
        }
        Ok(())
    }

    /// What is worked out one after the other.
    async fn groups(&self, cut: &Reader, scope: Scope) -> Result<Vec<Group>> {
        if !self.is_slice_in_key() {
            // A row may go from slice to slice and keep its key: both have to be seen together.
            return Ok(vec![match scope {
                Scope::All => Group::Everything,
                Scope::Slices(slices) => Group::Named(slices.into_iter().collect()),
            }]);
        }
        let rows = cut.rows(self.contract);
        if let Scope::Slices(slices) = &scope
            && slices.len() as u64 <= FEW_SLICES
            && rows > 0
        {
            // The day's changes: nothing else has to be asked.
            return Ok(vec![Group::Named(slices.iter().cloned().collect())]);
        }
        let held = self.sizes(cut, self.held(cut, None).await?).await?;
        let Scope::Slices(slices) = scope else {
            return self.all_groups(cut, held, true).await;
        };
        let (wanted, known) = (slices.len() as u64, held.len() as u64);
        if wanted > GROUP_SLICES.min(known / 2).max(2) {
            // What is most of it, or more than one question can name, costs less as a whole.
            return self.all_groups(cut, held, wanted <= 2 * known).await;
        }
        let each = (rows / known.max(1)).max(1);
        let most = (GROUP_ROWS / each).clamp(1, GROUP_SLICES) as usize;
        let mut slices: Vec<ScalarValue> = slices.into_iter().collect();
        // Neighbours together: their rows are in the same files.
        slices.sort_by(order);
        Ok(slices.chunks(most).map(|group| Group::Named(group.to_vec())).collect())
    }

    /// Everything, in stretches of slices. Where it `is_like` what is `held`, that says how many rows a stretch has:
    /// asking the SQL would work all of it out once more, and at one time.
    async fn all_groups(&self, cut: &Reader, held: Vec<(ScalarValue, u64)>, is_like: bool) -> Result<Vec<Group>> {
        let total = |sizes: &[(ScalarValue, u64)]| sizes.iter().map(|(_, rows)| rows).sum::<u64>();
        let held = held.into_iter().map(|(slice, rows)| Ok((self.as_given(slice)?, rows)));
        let held = held.collect::<Result<Vec<_>>>()?;
        if is_like && total(&held) > GROUP_ROWS {
            return Ok(stretches(held));
        }
        let mut sizes = self.sizes(cut, self.given(cut, None).await?).await?;
        // A row without slice has no key: the whole is worked out at once and says so.
        let nameless = sizes.iter().any(|(slice, _)| slice.is_null());
        if nameless || total(&held).max(total(&sizes)) <= GROUP_ROWS {
            return Ok(vec![Group::Everything]);
        }
        let given: HashSet<ScalarValue> = sizes.iter().map(|(slice, _)| slice.clone()).collect();
        sizes.extend(held.into_iter().filter(|(slice, _)| !given.contains(slice)));
        Ok(stretches(sizes))
    }

    /// Slices of a plan's rows, and how many rows each has.
    pub(super) async fn sizes(&self, cut: &Reader, plan: LogicalPlan) -> Result<Vec<(ScalarValue, u64)>> {
        let Some(slice) = self.slice() else {
            return Ok(Vec::new());
        };
        let count = datafusion::functions_aggregate::count::count(lit(1_i64)).alias("rows");
        let plan = LogicalPlanBuilder::from(plan)
            .aggregate([ident(slice)], [count])
            .and_then(LogicalPlanBuilder::build)
            .map_err(Reader::told)?;
        let mut sizes = Vec::new();
        for batch in changes::rows(cut, plan).await? {
            let counts = batch.column(1).as_primitive::<Int64Type>();
            for row in 0..batch.num_rows() {
                let slice = ScalarValue::try_from_array(batch.column(0), row).map_err(Reader::told)?;
                sizes.push((slice, counts.value(row).max(0).cast_unsigned()));
            }
        }
        Ok(sizes)
    }

    fn slice(&self) -> Option<&str> {
        self.model.table().and_then(|(_, slice)| slice)
    }

    /// A slice's value in the type that the SQL gives it.
    fn as_given(&self, slice: ScalarValue) -> Result<ScalarValue> {
        match &self.model.slice_type {
            Some(ty) if *ty != slice.data_type() => slice.cast_to(ty).map_err(Reader::told),
            _ => Ok(slice),
        }
    }

    /// What the SQL gives, of the slices that `filter` lets through.
    pub(super) async fn given(&self, cut: &Reader, filter: Option<Condition>) -> Result<LogicalPlan> {
        let plan = cut.plan_statement(self.model.file.statement.clone()).await?;
        let Some(filter) = filter else { return Ok(plan) };
        LogicalPlanBuilder::from(plan)
            .alias("model")
            .and_then(|plan| plan.filter(filter.given))
            .and_then(LogicalPlanBuilder::build)
            .map_err(Reader::told)
    }

    /// What the table holds of them.
    pub(super) async fn held(&self, cut: &Reader, filter: Option<Condition>) -> Result<LogicalPlan> {
        let columns: Vec<String> = self
            .contract
            .columns
            .iter()
            .map(|column| quoted(&column.name))
            .collect();
        let sql = format!("SELECT {} FROM mart.{}", columns.join(", "), self.contract.dataset);
        let plan = match cut.contract(self.contract.dataset.as_str()) {
            Some(_) => cut.plan(&sql).await?,
            None => {
                return Err(Error::not_found(format!(
                    "the table of model {} is not there yet",
                    self.model.name()
                )));
            }
        };
        let Some(filter) = filter else { return Ok(plan) };
        LogicalPlanBuilder::from(plan)
            .filter(filter.held)
            .and_then(LogicalPlanBuilder::build)
            .map_err(Reader::told)
    }

    /// The rows of a group; none where that is all of them.
    fn condition(&self, group: &Group) -> Result<Option<Condition>> {
        let Some(slice) = self.slice() else { return Ok(None) };
        let stored = self.contract.columns.iter().find(|column| column.name == slice);
        let stored = stored.map_or(DataType::Null, |column| column.ty.arrow());
        let given = group.expr(slice, None)?;
        let held = group.expr(slice, Some(&stored))?;
        Ok(given.zip(held).map(|(given, held)| Condition { given, held }))
    }
}

/// What is worked out at one time.
#[derive(Debug, Clone, PartialEq)]
enum Group {
    /// All rows.
    Everything,
    /// Those of the slices behind one, up to another. The first begins before all others; the last has no end, and has the
    /// rows without a slice, too.
    Stretch(Option<ScalarValue>, Option<ScalarValue>),
    /// Those of these slices.
    Named(Vec<ScalarValue>),
}

/// The rows of some days, by the column `day` that the SQL and the table both have.
pub(super) fn lit_days(day: &str, days: &RangeInclusive<NaiveDate>) -> Condition {
    let date = |day: &NaiveDate| lit(ScalarValue::Date32(Some(Date32Type::from_naive_date(*day))));
    let within = ident(day)
        .gt_eq(date(days.start()))
        .and(ident(day).lt_eq(date(days.end())));
    Condition {
        given: within.clone(),
        held: within,
    }
}

/// "In this group", over the columns of the SQL and over those of the table.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    given: Expr,
    held: Expr,
}

impl Group {
    /// The rows of the group by the column `slice`, which is of type `ty` where that is not the slices' own.
    fn expr(&self, slice: &str, ty: Option<&DataType>) -> Result<Option<Expr>> {
        let typed = |value: &ScalarValue| match ty {
            Some(ty) if value.data_type() != *ty => value.cast_to(ty).map_err(Reader::told),
            _ => Ok(value.clone()),
        };
        let column = || ident(slice);
        let slices = match self {
            Self::Everything => return Ok(None),
            Self::Stretch(after, through) => {
                let after = after.as_ref().map(typed).transpose()?;
                let after = after.map(|after| column().gt(lit(after)));
                let through = through.as_ref().map(typed).transpose()?;
                let through = through.map(|through| column().lt_eq(lit(through)));
                return Ok(match (after, through) {
                    (Some(after), Some(through)) => Some(after.and(through)),
                    (Some(after), None) => Some(after.or(column().is_null())),
                    (None, through) => through,
                });
            }
            Self::Named(slices) => slices,
        };
        let nameless = slices.iter().any(ScalarValue::is_null);
        let named = slices.iter().filter(|slice| !slice.is_null()).map(typed);
        let mut named = named.collect::<Result<Vec<_>>>()?;
        named.sort_by(order);
        let list = match named.as_slice() {
            [] => None,
            [one] => Some(column().eq(lit(one.clone()))),
            [first, .., last] => {
                // The range comes besides the list, because files are told apart by it however long the list is.
                let range = column()
                    .gt_eq(lit(first.clone()))
                    .and(column().lt_eq(lit(last.clone())));
                Some(range.and(column().in_list(named.iter().cloned().map(lit).collect(), false)))
            }
        };
        Ok(Some(match (list, nameless) {
            (Some(list), false) => list,
            (Some(list), true) => list.or(column().is_null()),
            (None, true) => column().is_null(),
            (None, false) => lit(false),
        }))
    }
}

/// All slices in stretches of about as many rows as are worked out at one time. There are no gaps between them: a slice that
/// was not counted is in one as well.
fn stretches(mut sizes: Vec<(ScalarValue, u64)>) -> Vec<Group> {
    sizes.sort_by(|(a, _), (b, _)| order(a, b));
    let (mut groups, mut after, mut rows) = (Vec::new(), None, 0);
    let mut before: Option<ScalarValue> = None;
    for (slice, more) in sizes {
        if let Some(last) = before.take_if(|_| rows + more > GROUP_ROWS) {
            groups.push(Group::Stretch(after.replace(last.clone()), Some(last)));
            rows = 0;
        }
        rows += more;
        before = Some(slice);
    }
    groups.push(Group::Stretch(after, None));
    groups
}

fn order(a: &ScalarValue, b: &ScalarValue) -> std::cmp::Ordering {
    a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal)
}

/// Whether no source changed since the model was worked out last.
pub(super) fn idle(model: &PlannedModel, state: &ModelState, cut: &Reader) -> Result<bool> {
    if state.fingerprint != model.fingerprint || state.applied > cut.seq() {
        return Ok(false);
    }
    for source in &model.sources {
        if cut.touched(changes::contract(cut, source)?) > state.applied {
            return Ok(false);
        }
    }
    Ok(true)
}
