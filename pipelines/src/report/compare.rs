//! What a newer issue says otherwise: late data move figures and rows, and the reader of the older one is told.

use super::{
    form::{Change, Figure, Report, Table, none},
    words::{Lang, Text, number},
};

/// The differences of `new` from `old`, in the order of `new`. What the eye would not see is none.
pub fn changes(old: &Report, new: &Report) -> Vec<Change> {
    let figures = new
        .figures()
        .filter_map(|figure| moved(old.figure(&figure.metric), figure));
    let tables = new.tables().filter_map(|table| {
        let before = old.tables().find(|one| one.metric == table.metric);
        rows(before, table)
    });
    let mut found: Vec<Change> = figures.chain(tables).collect();
    if old.in_progress && !new.in_progress {
        found.insert(0, over());
    }
    found
}

/// The week came to its end between the issues.
fn over() -> Change {
    Change {
        metric: "laporan.minggu".to_owned(),
        old: None,
        new: None,
        sentence: Text::of(
            "Minggu ini sudah selesai; terbitan sebelumnya dibuat ketika minggu masih berjalan.",
            "The week is over; the issue before was made while it went on.",
        ),
    }
}

fn moved(old: Option<&Figure>, new: &Figure) -> Option<Change> {
    let seen = |figure: &Figure| figure.value.map(|value| figure.unit.rounded(value));
    let before = old.and_then(seen);
    if before == seen(new) {
        return None;
    }
    let say = |lang| {
        let was = before.map_or_else(none, |value| new.unit.measure(value, lang));
        let is = new.shown(lang);
        let title = new.title.say(lang);
        match lang {
            Lang::Id => format!("{title}: {is}, sebelumnya {was}."),
            Lang::En => format!("{title}: {is}, was {was}."),
        }
    };
    Some(Change {
        metric: new.metric.clone(),
        old: old.and_then(|figure| figure.value),
        new: new.value,
        sentence: Text::of(say(Lang::Id), say(Lang::En)),
    })
}

fn rows(old: Option<&Table>, new: &Table) -> Option<Change> {
    let before = old.map(|table| table.rows.as_slice()).unwrap_or_default();
    let gone = before.iter().filter(|row| !new.rows.contains(row)).count();
    let come = new.rows.iter().filter(|row| !before.contains(row)).count();
    if gone == 0 && come == 0 {
        return None;
    }
    let say = |lang| {
        let [gone, come] = [gone, come].map(|count| number(count as f64, 0, lang));
        let title = new.title.say(lang);
        match lang {
            Lang::Id => format!("{title}: {come} baris baru atau berubah, {gone} baris lama tidak ada lagi."),
            Lang::En => format!("{title}: {come} rows new or changed, {gone} of the old rows are gone."),
        }
    };
    Some(Change {
        metric: new.metric.clone(),
        old: Some(gone as f64),
        new: Some(come as f64),
        sentence: Text::of(say(Lang::Id), say(Lang::En)),
    })
}
