//! Real public files, as they were published, through the real door. What arrived is checked three ways that share no
//! code: SQL over HTTP, an independent reader of the Delta table, and a count over the file itself.

use crate::{
    client::Answer,
    hub::{Hub, Start},
    reader, shared,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::Path,
};

/// What is counted in each of the three ways, as text: exact, and the same from everywhere.
type Totals = BTreeMap<String, String>;

/// Texts of every cell of a row, the way totals show them: numbers without a fraction of zeros.
fn totals(row: &Value) -> Totals {
    let cells = row.as_object().unwrap().iter();
    cells.map(|(name, value)| (name.clone(), plain(value))).collect()
}

fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole.to_owned(),
        _ => text,
    }
}

fn of<const N: usize>(pairs: [(&str, String); N]) -> Totals {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn counts(receipt: &Value) -> (u64, u64, u64) {
    let count = |name: &str| receipt["rows"][name].as_u64().unwrap();
    (count("received"), count("accepted"), count("rejected"))
}

fn push_as_it_is(hub: &Hub, dataset: &str, path: &Path) -> Answer {
    let mut feed = hub.admin().feed(dataset, "text/csv").query("wait", "landed");
    if path.extension().is_some_and(|end| end == "gz") {
        feed = feed.header("Content-Encoding", "gzip");
    }
    feed.send(File::open(path).unwrap())
}

#[test]
fn a_million_days_of_attendance_arrive_to_the_last_cell() {
    let Some(path) = shared::real("nyc_daily_attendance_pct_2009_2017.csv.gz") else {
        return;
    };
    let hub = Start::fresh().start();

    let started = std::time::Instant::now();
    let receipt = push_as_it_is(&hub, "kehadiran_nyc", &path).expect(201).json();
    println!(
        "attendance: {:?} to landed, peak memory {} MB",
        started.elapsed(),
        hub.peak_memory() >> 20
    );
    let own = attendance_in_the_file(&path);
    let rows: u64 = own["n"].parse().unwrap();
    assert_eq!(rows, 1_105_689, "the shared file is another one");
    assert_eq!(receipt["status"], "accepted");
    assert_eq!(counts(&receipt), (rows, rows, 0));
    assert!(
        hub.peak_memory() < 1536 << 20,
        "peak memory {} MB",
        hub.peak_memory() >> 20
    );

    // The position in the file times the value in hundredths: a value in a wrong row would change the sum.
    let measures = |line: &str| {
        format!(
            "count(*) AS n, count(*) - count(persen_hadir) AS kosong, sum(persen_hadir) AS jumlah, \
             sum({line} * CAST(persen_hadir * 100 AS BIGINT)) AS tanda, min(tanggal) AS awal, max(tanggal) AS akhir, \
             count(DISTINCT sekolah) AS sekolah, count(DISTINCT tanggal) AS hari, min({line}) AS baris_awal, \
             max({line}) AS baris_akhir, count(DISTINCT {line}) AS baris"
        )
    };
    let by_sql = hub
        .admin()
        .row(&format!("SELECT {} FROM history.kehadiran_nyc", measures("_line")));
    assert_eq!(totals(&by_sql), own);
    let by_reader = reader::read(
        &hub.folder().table("kehadiran_nyc_v1"),
        &format!("SELECT {} FROM t", measures("_line")),
    );
    assert_eq!(totals(&by_reader[0]), own);
    let current = hub
        .admin()
        .row("SELECT count(*) AS n, sum(persen_hadir) AS jumlah FROM data.kehadiran_nyc");
    assert_eq!(
        (plain(&current["n"]), plain(&current["jumlah"])),
        (own["n"].clone(), own["jumlah"].clone())
    );

    // The same rows unpacked are the same push.
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(File::open(&path).unwrap())
        .read_to_end(&mut unpacked)
        .unwrap();
    let again = hub.admin().feed("kehadiran_nyc", "text/csv").send(unpacked);
    assert!(again.is_replayed(), "{}", again.text());
    assert_eq!(again.json()["receipt_id"], receipt["receipt_id"]);
    assert_eq!(
        hub.admin().number("SELECT count(*) AS n FROM data.kehadiran_nyc"),
        1_105_689
    );
}

/// The same totals, counted over the file with nothing of the hub.
fn attendance_in_the_file(path: &Path) -> Totals {
    let mut rows = csv::Reader::from_reader(flate2::read::GzDecoder::new(File::open(path).unwrap()));
    assert_eq!(rows.headers().unwrap(), vec!["date", "dbn", "attendance_pct"]);
    let (mut n, mut missing, mut sum, mut mark) = (0_i64, 0_i64, 0_i64, 0_i64);
    let (mut days, mut schools) = (BTreeSet::new(), BTreeSet::new());
    for row in rows.records() {
        let row = row.unwrap();
        n += 1;
        days.insert(row[0].to_owned());
        schools.insert(row[1].to_owned());
        match &row[2] {
            "NS" => missing += 1,
            text => {
                let value = hundredths(text);
                sum += value;
                mark += (n + 1) * value;
            }
        }
    }
    let iso = |day: &String| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
    of([
        ("n", n.to_string()),
        ("kosong", missing.to_string()),
        (
            "jumlah",
            plain(&Value::String(format!("{}.{:02}", sum / 100, sum % 100))),
        ),
        ("tanda", mark.to_string()),
        ("awal", iso(days.first().unwrap())),
        ("akhir", iso(days.last().unwrap())),
        ("sekolah", schools.len().to_string()),
        ("hari", days.len().to_string()),
        ("baris_awal", "2".to_owned()),
        ("baris_akhir", (n + 1).to_string()),
        ("baris", n.to_string()),
    ])
}

fn hundredths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 2, "{text} has more than two decimals");
    whole.parse::<i64>().unwrap() * 100 + format!("{fraction:0<2}").parse::<i64>().unwrap()
}

#[test]
fn dengue_counts_arrive_with_their_gaps() {
    let files = [
        "opendengue_indonesia_temporal_v1_3.csv",
        "opendengue_indonesia_spatial_v1_3.csv",
    ];
    let Some(paths) = files.into_iter().map(shared::real).collect::<Option<Vec<_>>>() else {
        return;
    };
    let hub = Start::fresh().start();
    let mut rows = 0;
    for path in &paths {
        let own = dengue_in_the_file(path);
        let answer = push_as_it_is(&hub, "dengue_indonesia", path);
        let receipt = answer.expect(201).json();
        let n = own["n"].parse().unwrap();
        rows += n;
        assert_eq!(counts(&receipt), (n, n, 0), "{receipt}");
        let warnings = receipt["warnings"].to_string();
        for unknown in [
            "FAO_GAUL_code",
            "RNE_iso_code",
            "case_definition_standardised",
            "region",
        ] {
            assert!(
                warnings.contains(unknown),
                "{unknown} was kept out without a word: {warnings}"
            );
        }

        let measures = "count(*) AS n, count(*) - count(kasus) AS kosong, sum(kasus) AS jumlah, \
                        sum(_line * kasus) AS tanda, count(provinsi) AS berprovinsi, \
                        count(DISTINCT provinsi) AS provinsi, count(kabupaten) AS berkabupaten, \
                        count(DISTINCT nama_lengkap) AS nama, min(mulai) AS awal, max(akhir) AS akhir, \
                        sum(tahun) AS tahun, count(DISTINCT uuid) AS uuid, \
                        sum(CASE WHEN tingkat_waktu = 'Month' THEN kasus END) AS bulanan, \
                        sum(CASE WHEN tingkat_wilayah = 'Admin1' THEN kasus END) AS per_provinsi";
        let where_from = format!("WHERE _receipt = '{}'", receipt["receipt_id"].as_str().unwrap());
        let by_sql = hub
            .admin()
            .row(&format!("SELECT {measures} FROM history.dengue_indonesia {where_from}"));
        assert_eq!(totals(&by_sql), own);
        let table = hub.folder().table("dengue_indonesia_v1");
        let by_reader = reader::read(&table, &format!("SELECT {measures} FROM t {where_from}"));
        assert_eq!(totals(&by_reader[0]), own);
    }
    assert_eq!(
        hub.admin().number("SELECT count(*) AS n FROM data.dengue_indonesia"),
        rows as i64
    );

    // A restart changes nothing.
    let before = hub
        .admin()
        .sql("SELECT provinsi, sum(kasus) AS n FROM data.dengue_indonesia GROUP BY 1 ORDER BY 1");
    let folder = hub.folder().clone();
    assert!(hub.stop().success());
    let hub = Start::on(&folder).start();
    let after = hub
        .admin()
        .sql("SELECT provinsi, sum(kasus) AS n FROM data.dengue_indonesia GROUP BY 1 ORDER BY 1");
    assert!(before.len() > 30);
    assert_eq!(before, after);
}

fn dengue_in_the_file(path: &Path) -> Totals {
    let mut rows = csv::Reader::from_path(path).unwrap();
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|own| own == name).unwrap();
    let (province, regency) = (column("adm_1_name"), column("adm_2_name"));
    let (start, end, year, cases) = (
        column("calendar_start_date"),
        column("calendar_end_date"),
        column("Year"),
        column("dengue_total"),
    );
    let (space, time, uuid, name) = (column("S_res"), column("T_res"), column("UUID"), column("full_name"));
    let (mut n, mut missing, mut sum, mut mark, mut years) = (0_i64, 0_i64, 0_i64, 0_i64, 0_i64);
    let (mut monthly, mut provincial) = (None, None);
    let (mut in_province, mut in_regency) = (0_i64, 0_i64);
    let [mut provinces, mut names, mut uuids, mut starts, mut ends] = [const { BTreeSet::new() }; 5];
    for row in rows.records() {
        let row = row.unwrap();
        n += 1;
        let known = |index: usize| Some(row[index].to_owned()).filter(|text| text != "NA" && !text.is_empty());
        in_province += i64::from(known(province).is_some());
        in_regency += i64::from(known(regency).is_some());
        provinces.extend(known(province));
        names.extend(known(name));
        uuids.extend(known(uuid));
        starts.extend(known(start));
        ends.extend(known(end));
        years += row[year].parse::<i64>().unwrap();
        let Some(count) = known(cases).map(|text| text.parse::<i64>().unwrap()) else {
            missing += 1;
            continue;
        };
        sum += count;
        mark += (n + 1) * count;
        if &row[time] == "Month" {
            *monthly.get_or_insert(0) += count;
        }
        if &row[space] == "Admin1" {
            *provincial.get_or_insert(0) += count;
        }
    }
    let or_null = |sum: Option<i64>| sum.map_or_else(|| "null".to_owned(), |sum| sum.to_string());
    of([
        ("n", n.to_string()),
        ("kosong", missing.to_string()),
        ("jumlah", sum.to_string()),
        ("tanda", mark.to_string()),
        ("berprovinsi", in_province.to_string()),
        ("provinsi", provinces.len().to_string()),
        ("berkabupaten", in_regency.to_string()),
        ("nama", names.len().to_string()),
        ("awal", starts.first().cloned().unwrap()),
        ("akhir", ends.last().cloned().unwrap()),
        ("tahun", years.to_string()),
        ("uuid", uuids.len().to_string()),
        ("bulanan", or_null(monthly)),
        ("per_provinsi", or_null(provincial)),
    ])
}
