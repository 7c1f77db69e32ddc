//! What is sent: files of every feed of services, and what can be recovered from them.

use super::{month, world};
use crate::{
    Envelope, World,
    feed::{self, Feed, permohonan_desa, wifi_sesi},
    services::ticket,
    tests::day,
};
use chrono::{Days, NaiveDate, Timelike};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Datasets of services, programmes, people and money.
const OURS: [&str; 23] = [
    "layanan",
    "lokasi_layanan",
    "bangku",
    "antrean_peristiwa",
    "permohonan_desa",
    "layanan_keliling",
    "skm_respons",
    "penilaian_layanan",
    "pengaduan",
    "wifi_sesi",
    "konten_putar",
    "bangku_telemetri",
    "pemakaian_aplikasi",
    "sepeda_keren_angkatan",
    "sepeda_keren_peserta",
    "sepeda_keren_sesi",
    "sepeda_keren_hasil",
    "inovasi",
    "kinerja_opd",
    "spbe_indikator",
    "anggaran_realisasi",
    "pegawai",
    "tpp_dasar",
];

fn ours(world: &World) -> Vec<Box<dyn Feed>> {
    feed::all(world)
        .into_iter()
        .filter(|feed| OURS.contains(&feed.dataset()))
        .collect()
}

fn of(world: &World, dataset: &str) -> Box<dyn Feed> {
    ours(world).into_iter().find(|feed| feed.dataset() == dataset).unwrap()
}

pub(super) fn sent(world: &World, dataset: &str, from: NaiveDate, to: NaiveDate) -> Vec<Envelope> {
    let files = of(world, dataset).history(world, from, to).unwrap();
    files.iter().map(|file| file.envelope(world).unwrap()).collect()
}

/// Rows of a CSV by header.
pub(super) fn csv(envelope: &Envelope, delimiter: u8) -> Vec<HashMap<String, String>> {
    let body = envelope
        .body
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(&envelope.body);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(body);
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn every_feed_sends_the_same_bytes_again_and_a_small_world_stays_small() {
    let world = world(31);
    let (from, to) = (day("2026-01-01"), day("2026-04-07"));
    let mut rows = 0;
    let feeds = ours(&world);
    assert_eq!(feeds.len(), OURS.len());
    for feed in feeds {
        let files = feed.history(&world, from, to).unwrap();
        let names: HashSet<_> = files.iter().map(|file| file.name.clone()).collect();
        assert_eq!(names.len(), files.len(), "{}: a name twice", feed.dataset());
        let own: u64 = files.iter().map(|file| file.envelope(&world).unwrap().rows).sum();
        assert!(own > 0, "{} sends nothing in a quarter", feed.dataset());
        rows += own;
        for file in files.iter().take(2) {
            let (once, again) = (file.envelope(&world).unwrap(), file.envelope(&world.clone()).unwrap());
            assert_eq!(once.body, again.body, "{}", file.name);
            assert!(file.arrives.date() <= to + Days::new(1), "{}", file.name);
        }
    }
    // About 300,000 rows a year at most; these are 97 days.
    assert!(rows < 300_000 * 97 / 365, "{rows}");
}

#[test]
fn live_rows_of_a_day_are_the_rows_of_its_file() {
    let world = world(32);
    let today = day("2026-05-06");
    for dataset in [
        "antrean_peristiwa",
        "skm_respons",
        "penilaian_layanan",
        "wifi_sesi",
        "konten_putar",
        "bangku_telemetri",
    ] {
        let feed = of(&world, dataset);
        let live = feed.live(&world, today).unwrap();
        assert!(
            live.windows(2).all(|pair| pair[0].at <= pair[1].at),
            "{dataset}: by time of day"
        );
        let rows: u64 = live.iter().map(|timed| timed.envelope.rows).sum();
        let mut file: u64 = sent(&world, dataset, today, today)
            .iter()
            .map(|envelope| envelope.rows)
            .sum();
        if dataset == "antrean_peristiwa" {
            // Batches that came twice are part of the file only.
            file -= repeated(&world, today) as u64;
        }
        assert!(rows > 0 && rows == file, "{dataset}: {rows} live, {file} in the file");
    }
}

fn repeated(world: &World, day: NaiveDate) -> usize {
    (0..world.services.sites.len())
        .filter(|site| ticket::sent_twice(world.seed, &world.services.sites[*site].code, day))
        .map(|site| {
            let events = ticket::events(world, site, day, day);
            events.iter().filter(|event| (9..12).contains(&event.at.hour())).count()
        })
        .sum()
}

#[test]
fn a_batch_after_an_outage_comes_twice_under_the_same_ids() {
    let world = world(33).quiet();
    let again = |day: &NaiveDate| ticket::sent_twice(world.seed, "MPP", *day) && world.services.office.is_open(*day);
    let outage = day("2026-01-05").iter_days().find(again).unwrap();
    let rows = csv(&sent(&world, "antrean_peristiwa", outage, outage)[0], b',');
    let distinct: HashSet<_> = rows.iter().map(|row| &row["ID Peristiwa"]).collect();
    assert!(distinct.len() < rows.len(), "{} rows", rows.len());
    let contents: HashSet<_> = rows
        .iter()
        .map(|row| format!("{:?}", row.iter().collect::<BTreeMap<_, _>>()))
        .collect();
    assert_eq!(contents.len(), distinct.len(), "a repeat says the same");
}

#[test]
fn letters_go_their_way_and_later_files_hold_later_states() {
    let world = world(35).quiet();
    let rank = |status: &str| match status {
        "diajukan" => 0,
        "diverifikasi" => 1,
        "ditandatangani" => 2,
        _ => 3,
    };
    let mut states: HashMap<String, (i32, String)> = HashMap::new();
    let (mut again, mut unfinished) = (0, 0);
    for envelope in sent(&world, "permohonan_desa", day("2026-02-16"), day("2026-02-27")) {
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&envelope.body).unwrap();
        assert_eq!(rows.len() as u64, envelope.rows);
        for row in rows {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let steps: Vec<_> = [
                "waktu_pengajuan",
                "waktu_verifikasi",
                "waktu_tanda_tangan",
                "waktu_kirim",
            ]
            .iter()
            .map(|name| text(name))
            .filter(|time| !time.is_empty())
            .collect();
            assert!(steps.is_sorted(), "{row}");
            assert!(steps.last().unwrap() <= &text("updated_at"), "{row}");
            unfinished += usize::from(rank(&text("status")) < 3);
            let state = (rank(&text("status")), text("updated_at"));
            if let Some(before) = states.insert(text("id_permohonan"), state.clone()) {
                assert!(before <= state, "{row}");
                again += 1;
            }
        }
    }
    assert!(
        again > 20 && unfinished > 20,
        "{again} came again, {unfinished} were unfinished"
    );
    for letter in permohonan_desa::arriving(&world, day("2026-02-16"), day("2026-02-27")) {
        assert!(
            world.services.office.is_open(letter.checked.date()),
            "checked on a working day: {letter:?}"
        );
    }
}

#[test]
fn usage_is_what_the_other_feeds_tell() {
    let world = world(36);
    let (from, to) = month("2026-05");
    // The month is counted on the day after its end.
    let rows = csv(&sent(&world, "pemakaian_aplikasi", from, to + Days::new(1))[0], b';');
    let sum = |application: &str, event: &str| -> u64 {
        let own = rows
            .iter()
            .filter(|row| row["Nama Aplikasi"] == application && row["Jenis Kejadian"] == event);
        own.map(|row| row["Jumlah Kejadian"].parse::<u64>().unwrap()).sum()
    };
    let served = ticket::lives(&world, 0, from, to)
        .iter()
        .filter(|life| life.served().is_some())
        .count();
    assert_eq!(sum("mpp", "tiket_dilayani"), served as u64);
    let starts = wifi_sesi::records(&world, from, to)
        .iter()
        .filter(|(_, record)| record.kind == "Start")
        .count();
    assert_eq!(sum("smart_bench", "sesi_wifi"), starts as u64);
    let stars: u64 = sent(&world, "penilaian_layanan", from, to)
        .iter()
        .map(|envelope| envelope.rows)
        .sum();
    assert_eq!(sum("penilaian", "penilaian_terkirim"), stars);
    for row in &rows {
        assert!(
            row["Jumlah Pengguna"].parse::<u64>().unwrap() <= row["Jumlah Kejadian"].parse().unwrap(),
            "{row:?}"
        );
    }
}

#[test]
fn the_print_of_personnel_has_its_columns_in_place_and_each_number_once() {
    let world = world(37);
    let (from, to) = month("2026-03");
    let prints = sent(&world, "pegawai", from, to + Days::new(1));
    let text = String::from_utf8(prints[0].body.clone()).unwrap();
    let mut numbers = HashSet::new();
    for line in text.lines().skip(2) {
        let at = |start: usize, length: usize| line.get(start - 1..start - 1 + length).unwrap().trim_end();
        assert!(at(1, 18).len() == 18 && at(1, 18).starts_with("99"), "{line}");
        assert!(numbers.insert(at(1, 18).to_owned()), "{line}");
        assert!(at(20, 40).contains("Simulasi"), "{line}");
        assert!(
            matches!(at(151, 4), "pns" | "pppk") && matches!(at(156, 8), "aktif" | "cuti" | "pensiun"),
            "{line}"
        );
        assert!(at(165, 8).len() == 8 && at(174, 14).len() == 14, "{line}");
    }
    assert_eq!(numbers.len() as u64, prints[0].rows);
    let counters: HashSet<_> = ticket::events(&world, 0, from, to)
        .into_iter()
        .map(|event| event.officer)
        .collect();
    let own = counters.iter().filter(|nip| numbers.contains(*nip)).count();
    assert!(own > 5, "officers at the counters are in the list: {own}");
}
