//! The hub settings of a dataset that name columns, set thresholds or choose a layout.

use super::{
    Access, Classification, Column, ColumnType, EventTime, Layer, Layout, OnFailure, Origin, RowScope,
    columns::ON_FAILURE,
    fault::{Faults, hint},
    hub_settings,
    lint::Dataset,
    shape::Spot,
    types, units,
};
use std::time::Duration;

/// Rejected share of a push above which all of it is rejected, unless the contract says otherwise.
const MAX_REJECTED: f64 = 1.0;
/// Share of a snapshot's scope that may vanish at once, unless the contract says otherwise.
const MAX_VANISHED: f64 = 0.2;
/// How far a current table may lag behind its history, unless the contract says otherwise.
const MERGE_INTERVAL: Duration = Duration::from_secs(15 * 60);

impl Dataset<'_> {
    pub(super) fn unique_together(&self, faults: &mut Faults) -> Vec<Vec<usize>> {
        let Some((node, path)) = self.settings.get("uniqueTogether") else {
            return Vec::new();
        };
        let items = node.items();
        if items.is_empty() || items.iter().any(|item| item.kind() != "a list") {
            faults.add(
                node.line,
                &path,
                "`uniqueTogether` is a list of lists of columns, such as `[[tanggal, npsn]]`",
            );
            return Vec::new();
        }
        let groups = items
            .iter()
            .filter_map(|item| hub_settings::texts(item, &path, faults))
            .collect::<Vec<_>>();
        groups
            .iter()
            .filter_map(|group| self.group(group, "uniqueTogether", faults))
            .collect()
    }

    pub(super) fn group(&self, names: &[Spot<String>], setting: &str, faults: &mut Faults) -> Option<Vec<usize>> {
        let found: Option<Vec<usize>> = names.iter().map(|name| self.find(name, setting, faults)).collect();
        found.filter(|group| !group.is_empty())
    }

    /// Index of a column that a setting names.
    fn find(&self, name: &Spot<String>, setting: &str, faults: &mut Faults) -> Option<usize> {
        let index = self.columns.iter().position(|(column, _)| *column == name.value);
        if index.is_none() {
            let hint = hint(&name.value, self.columns.iter().map(|(column, _)| column.as_str()));
            let message = format!(
                "`{setting}` names column {:?}, which the dataset does not have{hint}",
                name.value
            );
            faults.add(name.line, &format!("{}.{setting}", self.path), message);
        }
        index
    }

    fn column(&self, index: usize) -> Option<&Column> {
        self.columns
            .get(index)
            .and_then(|(_, built)| built.as_ref())
            .map(|built| &built.column)
    }

    /// The columns a setting lists, without repeats.
    fn listed(&self, setting: &str, faults: &mut Faults) -> Vec<(usize, usize)> {
        let names = self.settings.texts(setting, faults).unwrap_or_default();
        let mut found: Vec<(usize, usize)> = Vec::new();
        for name in &names {
            let Some(index) = self.find(name, setting, faults) else {
                continue;
            };
            if found.iter().any(|(held, _)| *held == index) {
                faults.add(
                    name.line,
                    &self.path,
                    format!("`{setting}` names column `{}` twice", name.value),
                );
            } else {
                found.push((index, name.line));
            }
        }
        found
    }

    pub(super) fn public(&self, class: Option<Classification>, faults: &mut Faults) -> bool {
        let public = self.settings.flag("public", faults).unwrap_or(false);
        let line = self
            .settings
            .get("public")
            .map_or(self.object.line, |(node, _)| node.line);
        if public && class.is_some_and(|class| class != Classification::Open) {
            faults.add(line, &self.path, "a public dataset must be `terbuka` as a whole");
        }
        let closed: Vec<&str> = self
            .built()
            .filter(|built| built.column.classification != Classification::Open)
            .map(|built| built.column.name.as_str())
            .collect();
        if public && !closed.is_empty() {
            let message = format!(
                "a public dataset has only `terbuka` columns; not so: {}",
                closed.join(", ")
            );
            faults.add(line, &self.path, message);
        }
        public
    }

    /// Whether the dataset is worked out, and for whom. Only the hub itself writes contracts of that kind.
    pub(super) fn layer(&self, origin: Origin, faults: &mut Faults) -> (Layer, Access) {
        let layers = [("data", Layer::Data), ("mart", Layer::Mart)];
        let layer = self.settings.choice("layer", &layers, faults).unwrap_or_default();
        let readers = [
            ("analis", Access::Analis),
            ("pimpinan", Access::Pimpinan),
            ("publik", Access::Publik),
        ];
        let access = self.settings.choice("access", &readers, faults).unwrap_or_default();
        let mut refuse = |setting: &str, message: &str| {
            if let Some((node, path)) = self.settings.get(setting) {
                faults.add(node.line, &path, message);
            }
        };
        if layer == Layer::Mart && origin != Origin::Derived {
            refuse(
                "layer",
                "datasets of the layer `mart` are made by models: write a file in `models/` instead of a contract",
            );
        }
        if layer == Layer::Data {
            refuse("access", "`access` is for datasets of the layer `mart` only");
        }
        (layer, access)
    }

    pub(super) fn event_time(&self, faults: &mut Faults) -> Option<EventTime> {
        let (node, path) = self.settings.get("eventTime")?;
        let known = ["column", "maxAge", "maxAhead", "onFailure"];
        let map = hub_settings::map(node, &path, &known, faults)?;
        let Some(name) = map.get("column") else {
            faults.add(node.line, &path, "`eventTime` needs `column`");
            return None;
        };
        let name = hub_settings::text(name, &format!("{path}.column"), faults)?;
        let column = self.find(&name, "eventTime", faults);
        let ty = column.and_then(|index| self.column(index)).map(|column| column.ty);
        if let Some(ty) = ty
            && !matches!(ty, ColumnType::Date | ColumnType::Timestamp)
        {
            let given = types::name(ty);
            let message = format!(
                "event time `{}` is a {given}; it must be a date or timestamp",
                name.value
            );
            faults.add(name.line, &path, message);
        }
        let mut duration = |key: &str| {
            map.get(key)
                .and_then(|node| hub_settings::duration(node, &format!("{path}.{key}"), faults))
        };
        let (max_age, max_ahead) = (duration("maxAge"), duration("maxAhead"));
        let on_failure = map
            .get("onFailure")
            .and_then(|node| hub_settings::choice(node, &format!("{path}.onFailure"), ON_FAILURE, faults));
        Some(EventTime {
            column: column?,
            max_age,
            max_ahead,
            on_failure: on_failure.unwrap_or_default(),
        })
    }

    /// The key's columns in their order; empty for an append-only dataset.
    pub(super) fn primary_key(&self, faults: &mut Faults) -> Vec<usize> {
        let mut marked: Vec<(i64, usize, usize)> = Vec::new();
        for (index, property) in self.object.properties.iter().enumerate() {
            if let Some(line) = property.stray_position {
                let message = "`primaryKeyPosition` without `primaryKey: true`: write both, or neither";
                faults.add(line, &self.path, message);
            }
            if let Some(mark) = &property.primary_key {
                marked.push((mark.value, index, mark.line));
            }
        }
        marked.sort_unstable();
        for pair in marked.windows(2) {
            if pair[0].0 == pair[1].0 && pair[0].0 != i64::MAX {
                let message = format!("two columns of the primary key have the position {}", pair[0].0);
                faults.add(pair[1].2, &self.path, message);
            }
        }
        for (_, index, line) in &marked {
            if let Some(column) = self.column(*index) {
                self.key_column(column, *line, faults);
            }
        }
        marked.into_iter().map(|(_, index, _)| index).collect()
    }

    /// A key must be there in every row, and equal whenever it is the same.
    fn key_column(&self, column: &Column, line: usize, faults: &mut Faults) {
        let name = &column.name;
        let mut add = |message: String| faults.add(line, &self.path, message);
        if !column.required {
            add(format!(
                "primary key `{name}` may be missing, and a row without its key cannot be found again: add `required: true`"
            ));
        }
        if column.on_failure == OnFailure::Warn {
            add(format!(
                "primary key `{name}` has `onFailure: warn`, which lets rows without a key in: use quarantine_row or reject_batch"
            ));
        }
        if column.ty == ColumnType::Float64 {
            add(format!(
                "primary key `{name}` is a floating-point number, and what is written alike need not be equal: use text,                  an integer, a decimal or a date"
            ));
        }
    }

    pub(super) fn version_column(&self, primary_key: &[usize], faults: &mut Faults) -> Option<usize> {
        self.needs_key(
            "versionColumn",
            "a version is compared with that of the same key",
            primary_key,
            faults,
        );
        let name = self.settings.text("versionColumn", faults)?;
        let index = self.find(&name, "versionColumn", faults)?;
        let column = self.column(index)?;
        if !matches!(
            column.ty,
            ColumnType::Int32 | ColumnType::Int64 | ColumnType::Date | ColumnType::Timestamp
        ) {
            let message = format!(
                "version column `{}` is a {}; it must be an integer, a date or a timestamp, so that the newer version is plain",
                name.value,
                types::name(column.ty)
            );
            faults.add(name.line, &self.path, message);
        }
        if primary_key.contains(&index) {
            let message = format!(
                "version column `{}` is part of the primary key: every version would be a thing of its own",
                name.value
            );
            faults.add(name.line, &self.path, message);
        }
        Some(index)
    }

    pub(super) fn lookup(&self, primary_key: &[usize], faults: &mut Faults) -> bool {
        let lookup = self.settings.flag("lookup", faults).unwrap_or(false);
        if lookup {
            self.needs_key("lookup", "rows are looked up by it", primary_key, faults);
        }
        lookup
    }

    /// A setting that is there needs a primary key, for this reason.
    fn needs_key(&self, setting: &str, reason: &str, primary_key: &[usize], faults: &mut Faults) {
        if let (Some((node, _)), true) = (self.settings.get(setting), primary_key.is_empty()) {
            let message = format!(
                "`{setting}` needs a primary key: {reason}. Add `primaryKey: true` to the columns that say which thing a \
                 row is about, or leave the setting out"
            );
            faults.add(node.line, &self.path, message);
        }
    }

    pub(super) fn row_scope(&self, faults: &mut Faults) -> RowScope {
        let Some((node, path)) = self.settings.get("rowScope") else {
            return RowScope::default();
        };
        let Some(map) = hub_settings::map(node, &path, &["institution", "region"], faults) else {
            return RowScope::default();
        };
        let mut part = |key: &str| {
            let name = hub_settings::text(map.get(key)?, &format!("{path}.{key}"), faults)?;
            let index = self.find(&name, "rowScope", faults)?;
            if self.column(index).is_some_and(|column| column.ty != ColumnType::Text) {
                faults.add(
                    name.line,
                    &path,
                    format!("row scope `{}` must be a text column", name.value),
                );
            }
            Some(index)
        };
        RowScope {
            institution: part("institution"),
            region: part("region"),
        }
    }

    pub(super) fn layout(&self, primary_key: &[usize], faults: &mut Faults) -> Layout {
        let mut partition_by = self.listed("partitionBy", faults);
        let mut native: Vec<(i64, usize, usize)> = Vec::new();
        for (index, property) in self.object.properties.iter().enumerate() {
            if let Some(mark) = &property.partitioned {
                native.push((mark.value, index, mark.line));
            }
        }
        native.sort_unstable();
        if let (Some((_, _, line)), false) = (native.first(), partition_by.is_empty()) {
            faults.add(
                *line,
                &self.path,
                "`partitioned` and the hub setting `partitionBy` say the same thing: keep one",
            );
        } else {
            partition_by.extend(native.into_iter().map(|(_, index, line)| (index, line)));
        }
        for (index, line) in &partition_by {
            let Some(column) = self.column(*index) else { continue };
            use ColumnType::{Decimal, Float64, Timestamp};
            if matches!(column.ty, Float64 | Decimal(..) | Timestamp) {
                let message = format!(
                    "partition column `{}` is a {}; use text, integer, date or boolean",
                    column.name,
                    types::name(column.ty)
                );
                faults.add(*line, &self.path, message);
            }
            if !primary_key.is_empty() && !primary_key.contains(index) {
                let message = format!(
                    "partition column `{}` is not part of the primary key: another value would carry a key into another \
                     partition, and all versions of a key must stay in one",
                    column.name
                );
                faults.add(*line, &self.path, message);
            }
            self.never_personal("partitionBy", column, *line, faults);
        }
        let statistics = self.listed("statisticsColumns", faults);
        let bloom = self.listed("bloomColumns", faults);
        for (setting, list) in [("statisticsColumns", &statistics), ("bloomColumns", &bloom)] {
            for (index, line) in list {
                if let Some(column) = self.column(*index) {
                    self.never_personal(setting, column, *line, faults);
                }
            }
        }
        let indexes = |list: Vec<(usize, usize)>| list.into_iter().map(|(index, _)| index).collect();
        Layout {
            partition_by: indexes(partition_by),
            sort_by: indexes(self.listed("sortBy", faults)),
            statistics: indexes(statistics),
            bloom: indexes(bloom),
            merge_interval: self
                .settings
                .duration("mergeInterval", faults)
                .unwrap_or(MERGE_INTERVAL),
        }
    }

    /// Folder names, statistics and bloom filters can be read and tested without any policy.
    fn never_personal(&self, setting: &str, column: &Column, line: usize, faults: &mut Faults) {
        if column.classification.is_personal() {
            let message = format!(
                "`{setting}` names personal column `{}`: its values would show outside the policy",
                column.name
            );
            faults.add(line, &self.path, message);
        }
    }

    pub(super) fn max_rejected(&self, faults: &mut Faults) -> f64 {
        self.share("maxRejected", faults).unwrap_or(MAX_REJECTED)
    }

    pub(super) fn max_vanished(&self, primary_key: &[usize], faults: &mut Faults) -> f64 {
        self.needs_key(
            "maxVanished",
            "only a snapshot of keys can leave some out",
            primary_key,
            faults,
        );
        self.share("maxVanished", faults).unwrap_or(MAX_VANISHED)
    }

    fn share(&self, setting: &str, faults: &mut Faults) -> Option<f64> {
        let (node, path) = self.settings.get(setting)?;
        units::share(&node.written().unwrap_or_default())
            .map_err(|why| faults.add(node.line, &path, format!("`{setting}`: {why}")))
            .ok()
    }
}
