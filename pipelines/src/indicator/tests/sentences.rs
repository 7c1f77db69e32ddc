//! Sentences, numbers and dates.

use super::super::{Days, Template};
use super::fixture::*;
use crate::words::Language;

#[test]
fn templates_are_read() {
    let template = Template::parse("a {{b}} {nilai:0}{nama}").unwrap();
    assert_eq!(template.columns().collect::<Vec<_>>(), ["nilai", "nama"]);
    for (text, part) in [
        ("{nilai", "stands alone"),
        ("nilai}", "stands alone"),
        ("{Nilai}", "no name"),
        ("{nilai:x}", "decimals"),
        ("{}", "no name"),
    ] {
        assert!(Template::parse(text).unwrap_err().contains(part), "{text}");
    }
}

#[test]
fn an_alarm_is_told_in_both_languages() {
    let indicator = indicator(&format!(
        "{ATTENDANCE}explanation:\n  id: \"{{nama}}: {{nilai:0}} dari {{penyebut}} murid tidak hadir, biasanya {{harapan:0}} ({{kelebihan:0}} lebih), sejak {{sejak}}; peluang {{p}}. {{grup}}\"\n  \
         en: \"{{nama}}: {{nilai:0}} absent on {{tanggal}}, {{p:2}}, {{tanda}}\"\naction: {{id: \"Hubungi {{nama}}.\", en: \"Call {{nama}}.\"}}\n"
    ));
    let mut rows = Vec::new();
    for unit in 0..6 {
        for (at, day) in weekdays(day(2025, 10, 1), day(2026, 3, 18)).into_iter().enumerate() {
            rows.push(row(&format!("s{unit}"), day, 15.0 + wave(unit, at)));
        }
    }
    rows.iter_mut()
        .find(|row| row.unit == "s3" && row.day == day(2026, 3, 18))
        .unwrap()
        .value = Some(40.0);
    let table = indicator
        .judge(&[batch(&rows)], &Days::default(), &(day(2026, 3, 1)..=day(2026, 3, 31)))
        .unwrap();
    let at = judged(&table).iter().position(|row| row.flag == Some(true)).unwrap();
    let since = day(2026, 3, 17);
    assert_eq!(
        indicator.explain(Language::Id, &table, at, since).unwrap(),
        "SD s3: 40 dari 300 murid tidak hadir, biasanya 16 (24 lebih), sejak 17 Maret 2026; peluang kurang dari 0,0001. \
         tidak diketahui"
    );
    assert_eq!(
        indicator.explain(Language::En, &table, at, since).unwrap(),
        "SD s3: 40 absent on 18 March 2026, less than 0.01, yes"
    );
    assert_eq!(
        indicator.first_step(Language::Id, &table, at, since).unwrap(),
        "Hubungi SD s3."
    );
    let columns = indicator.told_columns();
    assert!(columns.contains("penyebut") && columns.contains("harapan") && !columns.contains("sejak"));
}
