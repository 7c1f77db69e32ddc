#![allow(clippy::unwrap_used)]

use super::*;

fn drafted(format: Format, sample: &str) -> Draft {
    let request = DraftRequest {
        format,
        encoding: ContentEncoding::Identity,
        dataset: "uji".to_owned(),
        owner: "dinas-uji".to_owned(),
        sheet: None,
        rows: 100_000,
    };
    draft(&request, &mut sample.as_bytes(), &std::env::temp_dir()).unwrap()
}

fn column<'d>(draft: &'d Draft, name: &str) -> &'d Proposal {
    draft.columns.iter().find(|column| column.name == name).unwrap()
}

/// Thirty days of four schools, written the Indonesian way.
fn attendance() -> String {
    let mut text = String::from(
        "No;Tanggal;NPSN;Jenjang;Kode Wilayah;Jml. Hadir;Persen;Nama Siswa Terbaik;NIK Petugas;Keterangan\n",
    );
    let mut number = 0;
    for day in 1..=28 {
        for school in 0..4 {
            number += 1;
            text.push_str(&format!(
                "{number};{day:02}/07/2026;0205{school:04};{};35.03.{:02};{};{},5;Uji Coba {number};9903{school:02}{day:02}0790{number:04};\n",
                ["SD", "SMP"][school % 2],
                school + 1,
                300 + number,
                80 + day % 9,
            ));
        }
    }
    text
}

#[test]
fn types_keys_lists_codes_and_persons_are_told_from_a_sheet() {
    let draft = drafted(Format::Csv, &attendance());
    assert_eq!((draft.rows, draft.has_more), (112, false));
    let date = column(&draft, "tanggal");
    assert_eq!(
        (date.logical_type, date.formats.as_slice()),
        ("date", &["%d/%m/%Y".to_owned()][..])
    );
    let school = column(&draft, "npsn");
    assert_eq!(
        (school.logical_type, school.pattern.as_deref()),
        ("string", Some("[0-9]{8}"))
    );
    assert_eq!(column(&draft, "jenjang").values, ["SD", "SMP"]);
    assert_eq!(column(&draft, "kode_wilayah").reference, Some("wilayah.kode"));
    let present = column(&draft, "jml_hadir");
    assert_eq!((present.logical_type, present.range), ("integer", Some((301.0, 412.0))));
    let share = column(&draft, "persen");
    assert_eq!(
        (share.logical_type, share.physical_type.as_deref()),
        ("number", Some("decimal(18,1)"))
    );
    assert!(
        draft.contract.contains("property: locale, value: id-ID"),
        "{}",
        draft.contract
    );
    for (name, class) in [("nama_siswa_terbaik", "pribadi"), ("nik_petugas", "pribadi")] {
        let column = column(&draft, name);
        assert_eq!(column.classification, class, "{name}");
        assert!(
            column.examples.is_empty() && column.range.is_none() && !column.remarks.is_empty(),
            "{column:?}"
        );
    }
    assert!(
        !draft.contract.contains("Uji Coba") && !draft.contract.contains("9903"),
        "{}",
        draft.contract
    );
    assert_eq!(draft.primary_key, ["tanggal", "npsn"]);
    let note = column(&draft, "keterangan");
    assert!(!note.required && note.missing == 112 && note.remarks[0].contains("guess"));
}

#[test]
fn what_was_proposed_takes_the_sample_it_came_from() {
    for (format, sample) in [
        (Format::Csv, attendance()),
        (
            Format::Ndjson,
            (1..=40)
                .map(|n| {
                    format!(
                        "{{\"id\":{n},\"nilai\":{n}.25,\"aktif\":true,\"waktu\":\"2026-07-01T08:{n:02}:00+07:00\"}}\n"
                    )
                })
                .collect(),
        ),
        (
            Format::Json,
            format!(
                "[{}]",
                (1..=40)
                    .map(|n| format!("{{\"Kode Pos\":\"0{n:04}\",\"kota\":{{\"a\":1}}}}"))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
        ),
    ] {
        let draft = drafted(format, &sample);
        let contract = contract::parse(&draft.contract, Origin::Api, "draft").unwrap();
        let nested = draft.columns.iter().filter(|c| c.name == "kota").count();
        let checked = crate::fixture::run(format, contract, &sample).unwrap();
        let rejected: usize = checked.iter().map(|chunk| chunk.rejected.len()).sum();
        let rows: usize = checked.iter().map(|chunk| chunk.accepted.num_rows()).sum();
        // A column that holds objects is the one thing that no contract can take.
        let expected = if nested > 0 { (0, 40) } else { (draft.rows as usize, 0) };
        assert_eq!((rows, rejected), expected, "{format:?}\n{}", draft.contract);
    }
}

#[test]
fn signs_that_contradict_each_other_are_said_to() {
    let rows = |values: &[&str]| -> String {
        format!(
            "kode,luas\n{}",
            values
                .iter()
                .enumerate()
                .map(|(i, v)| format!("K{i},\"{v}\"\n"))
                .collect::<String>()
        )
    };
    let both = drafted(Format::Csv, &rows(&["1.261,40", "2,500.25", "7"]));
    assert!(
        both.notes.iter().any(|note| note.contains("both ways")),
        "{:?}",
        both.notes
    );
    let english = drafted(Format::Csv, &rows(&["1,261.40", "2,500.25", "7"]));
    assert!(english.contract.contains("value: en-US"), "{}", english.contract);
    assert_eq!(column(&english, "luas").physical_type.as_deref(), Some("decimal(18,2)"));
}

#[test]
fn only_so_many_rows_are_looked_at() {
    let request = DraftRequest {
        format: Format::Csv,
        encoding: ContentEncoding::Identity,
        dataset: "uji".to_owned(),
        owner: "dinas-uji".to_owned(),
        sheet: None,
        rows: 10,
    };
    let draft = draft(&request, &mut attendance().as_bytes(), &std::env::temp_dir()).unwrap();
    assert_eq!((draft.rows, draft.has_more), (10, true));
}

#[test]
fn a_sample_that_tells_nothing_is_refused_with_the_reason() {
    for (format, sample, why) in [
        (Format::Csv, "", "empty"),
        (Format::Csv, "a,b\n", "no rows"),
        (Format::Csv, "nama,Nama \n1,2\n", "called"),
        (Format::Json, "[]", "no column"),
        (Format::FixedWidth, "1234\n", "position"),
        (Format::Fhir, "{}", "path"),
    ] {
        let request = DraftRequest {
            format,
            encoding: ContentEncoding::Identity,
            dataset: "uji".to_owned(),
            owner: "dinas-uji".to_owned(),
            sheet: None,
            rows: 10,
        };
        let error = draft(&request, &mut sample.as_bytes(), &std::env::temp_dir()).unwrap_err();
        assert!(error.to_string().contains(why), "{format:?}: {error}");
    }
}
