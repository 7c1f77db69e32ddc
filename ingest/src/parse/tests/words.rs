//! Spellings of codes, and titles around names.

use super::super::titles::strip;
use super::*;
use crate::fixture::run;
use smartcenter_warehouse::contract::{Check, ColumnRule, OnFailure, Synonyms};

fn synonyms(ty: ColumnType, list: &[(&str, &[&str])]) -> Column {
    let mut column = col("k", ty);
    column.reading.synonyms = list
        .iter()
        .map(|(code, spellings)| Synonyms {
            code: (*code).to_owned(),
            spellings: spellings.iter().map(|text| (*text).to_owned()).collect(),
        })
        .collect();
    column
}

fn sex() -> Column {
    let check = Check::OneOf(["L".to_owned(), "P".to_owned()].into());
    let rule = ColumnRule {
        name: "enum".to_owned(),
        check,
        on_failure: OnFailure::QuarantineRow,
    };
    Column {
        rules: vec![rule],
        ..synonyms(
            ColumnType::Text,
            &[("L", &["Laki-laki", "Pria", "1"]), ("P", &["Perempuan", "Wanita", "2"])],
        )
    }
}

#[test]
fn spellings_become_their_code_before_any_check() {
    let payload = "k\nL\nl\nLaki-Laki\nLAKI LAKI\nlaki.laki\npria\n1\nP\nperempuan\n2\n";
    let checked = csv(contract(vec![sex()]), payload);
    assert_eq!(checked.rejected, []);
    let kept: Vec<_> = checked.accepted.column(0).as_string_view().iter().flatten().collect();
    assert_eq!(kept.concat(), "LLLLLLLPPP");
    let checked = csv(contract(vec![sex()]), "k\nLainnya\n3\n");
    let found = faults(&checked);
    assert_eq!(found[0].2, "enum");
    assert_eq!(found[0].3, "Lainnya", "the fault shows what was sent");
    assert_eq!(found.len(), 2);
    let json = run(Format::Json, contract(vec![sex()]), r#"[{"k": 1}, {"k": "Wanita"}]"#)
        .unwrap()
        .remove(0);
    let kept: Vec<_> = json.accepted.column(0).as_string_view().iter().flatten().collect();
    assert_eq!(kept, ["L", "P"]);
}

#[test]
fn booleans_and_integers_have_spellings_too() {
    let ready = synonyms(
        ColumnType::Boolean,
        &[("ya", &["ada", "sudah"]), ("tidak", &["tidak ada", "belum"])],
    );
    let checked = csv(contract(vec![ready]), "k\nAda\nSudah\nTidak Ada\nbelum\nya\nT\n");
    assert_eq!(checked.rejected, []);
    let kept: Vec<_> = checked.accepted.column(0).as_boolean().iter().flatten().collect();
    assert_eq!(kept, [true, true, false, false, true, false]);
    let plain = csv(contract(vec![col("k", ColumnType::Boolean)]), "k\nada\n");
    assert_eq!(faults(&plain)[0].2, "type", "only by the contract");
    let level = synonyms(ColumnType::Int32, &[("1", &["Rendah"]), ("2", &["Tinggi"])]);
    let checked = csv(contract(vec![level]), "k\nrendah\nTINGGI\n7\n");
    let kept: Vec<_> = checked
        .accepted
        .column(0)
        .as_primitive::<Int32Type>()
        .iter()
        .flatten()
        .collect();
    assert_eq!(kept, [1, 2, 7]);
}

#[test]
fn marks_of_no_value_come_before_spellings() {
    let mut column = sex();
    column.null_values = vec!["1".to_owned()];
    let checked = csv(contract(vec![column]), "k\n1\n2\n");
    assert_eq!(checked.accepted.column(0).null_count(), 1);
}

#[test]
fn titles_are_not_part_of_a_name() {
    for (text, name) in [
        ("Dr. H. Budi Santoso, S.Pd., M.M.", "Budi Santoso"),
        ("Hj. Siti Aminah", "Siti Aminah"),
        ("drg. Dewi", "Dewi"),
        ("Ir. Joko", "Joko"),
        ("K.H. Ahmad Dahlan", "Ahmad Dahlan"),
        ("K.H.Ahmad", "Ahmad"),
        ("KH. Ahmad", "Ahmad"),
        ("Dr.H.Budi", "Budi"),
        ("Siti Aminah, A.Md.Keb", "Siti Aminah"),
        ("Siti Aminah, A.Md.Keb.", "Siti Aminah"),
        ("SITI AMINAH, SPD, MM", "SITI AMINAH"),
        ("Siti Aminah, SH MH", "Siti Aminah"),
        ("Siti Aminah S.Pd.", "Siti Aminah"),
        ("Siti Aminah, S. Pd.", "Siti Aminah"),
        ("dr. Rina, Sp.OG(K)", "Rina"),
        ("Prof. Dr. Rina", "Rina"),
        ("Ns. Rina, S.Kep.", "Rina"),
    ] {
        assert_eq!(strip(text), name, "{text}");
    }
    for name in [
        "Budi Santoso",
        "M. Yusuf",
        "A. Rahman",
        "H Budi",
        "Hadi",
        "Irma",
        "Drajat",
        "Budi SH",
        "Siti Ma",
        "Ma",
        "Hj.",
        "Dr. H.",
        "S.Pd.",
        ", S.Pd.",
        "",
        "Santoso, Budi",
        "Budi, S.Pd., bin Ahmad",
        "H.",
        "Ny. Siti",
        "By. Ny. Siti",
    ] {
        assert_eq!(strip(name), name, "{name}");
    }
    let mut column = col("nama", ColumnType::Text);
    column.reading.strip_titles = true;
    let checked = csv(contract(vec![column]), "nama\n\"Dr. H. Budi Santoso, S.Pd., M.M.\"\n");
    assert_eq!(checked.accepted.column(0).as_string_view().value(0), "Budi Santoso");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(1024), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_name_is_never_emptied_and_only_cut(name in "\\PC{1,40}") {
        let kept = strip(&name);
        prop_assert!(name.contains(kept));
        prop_assert!(!kept.is_empty());
        prop_assert_eq!(strip(kept), kept, "once is enough");
    }

    #[test]
    fn titles_around_a_name_go_in_any_number(
        front in prop::collection::vec(prop::sample::select(vec!["Dr.", "H.", "Hj.", "Ir.", "Drs.", "Prof.", "K.H."]), 0..4),
        behind in prop::collection::vec(prop::sample::select(vec!["S.Pd.", "M.M.", "SH", "A.Md.Keb", "Sp.A", "M.Kes"]), 0..4),
        name in "[A-Z][a-z]{5,8}( [A-Z][a-z]{5,8}){0,2}",
    ) {
        let mut text: String = front.iter().map(|title| format!("{title} ")).collect();
        text.push_str(&name);
        for title in &behind {
            text.push_str(&format!(", {title}"));
        }
        prop_assert_eq!(strip(&text), name);
    }
}
