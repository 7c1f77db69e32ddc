//! The hub settings of a dataset that name columns, set thresholds or choose a layout.

use super::{
    Classification, Column, ColumnType, EventTime, Layout, RowScope,
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

    pub(super) fn version_column(&self, faults: &mut Faults) -> Option<usize> {
        let name = self.settings.text("versionColumn", faults)?;
        let index = self.find(&name, "versionColumn", faults)?;
        if self
            .column(index)
            .is_some_and(|column| column.ty == ColumnType::Boolean)
        {
            faults.add(
                name.line,
                &self.path,
                format!("version column `{}` has no order", name.value),
            );
        }
        Some(index)
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

    pub(super) fn layout(&self, faults: &mut Faults) -> Layout {
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
        let Some((node, path)) = self.settings.get("maxRejected") else {
            return MAX_REJECTED;
        };
        match units::share(&node.written().unwrap_or_default()) {
            Ok(share) => share,
            Err(why) => {
                faults.add(node.line, &path, format!("`maxRejected`: {why}"));
                MAX_REJECTED
            }
        }
    }
}
