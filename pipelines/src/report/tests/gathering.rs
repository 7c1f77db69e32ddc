//! From rows to figures, tables and sentences.

use super::{Hub, hub, made, monday, week};
use crate::report::{Cell, Lang, Text, Unit, Week, words};
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_week_is_named_as_iso_names_it() {
    assert_eq!((week().first(), week().last()), (day("2026-11-16"), day("2026-11-22")));
    assert_eq!(week().mart(), day("2026-11-15"));
    assert_eq!(Week::last_over(monday()), week());
    // A quarter of an hour before Monday in western Indonesia, the week goes on.
    let sunday = "2026-11-22T16:45:00Z".parse().unwrap();
    assert_eq!(Week::last_over(sunday), week().before());
    assert!(
        !week().is_over(sunday)
            && week().is_over(monday())
            && week().is_to_come("2026-11-15T16:59:59Z".parse().unwrap())
    );
    // The year of a week is not that of its days.
    assert_eq!(Week::of(day("2027-01-01")).to_string(), "2026-W53");
    for wrong in [
        "2026-47",
        "2026-W54",
        "2026-W00",
        "2026-W4",
        "26-W47",
        "2026-W47.pdf",
        "../2026-W47",
        "+026-W47",
    ] {
        assert!(wrong.parse::<Week>().is_err(), "{wrong}");
    }
}

#[test]
fn figures_have_the_week_before_and_their_target() {
    let report = made(&hub(), monday());
    let of = |metric: &str| report.figure(metric).unwrap().clone();
    let absent = of("laporan.pendidikan.tidak_hadir");
    assert_eq!(
        (absent.value, absent.before, absent.target),
        (Some(1234.25), Some(4.5), None)
    );
    assert_eq!((absent.from, absent.to), (day("2026-11-15"), day("2026-11-21")));
    assert_eq!(absent.is_better(), Some(false), "more absence is worse");
    let budget = of("laporan.kinerja.serapan");
    assert_eq!(
        (budget.value, budget.before, budget.target),
        (Some(76.3), Some(66.9), Some(83.3))
    );
    assert_eq!(
        (budget.from, budget.to, budget.is_met()),
        (day("2026-10-01"), day("2026-10-31"), Some(false))
    );
    // A week without a row had no alerts; one before the first is not in the trend.
    let alerts = of("laporan.peringatan.baru");
    assert_eq!((alerts.value, alerts.before), (Some(3.0), Some(0.0)));
    let trend: Vec<Option<f64>> = alerts.trend.iter().map(|point| point.value).collect();
    assert_eq!(trend, [Some(4.0), Some(0.0), Some(3.0)]);
    // What was not answered is unknown, not zero.
    assert_eq!(of("laporan.kesehatan.kunjungan").value, None);
    assert!(report.figures().all(|figure| figure.seq == 4711));
    let unanswered = report.questions.iter().filter(|one| one.failed.is_some()).count();
    assert!(unanswered > 5 && unanswered < report.questions.len());
    assert_eq!(
        report.questions.len(),
        report.figures().count() + report.tables().count()
    );
}

#[test]
fn what_was_decided_before_the_week_is_not_of_the_week() {
    let report = made(&hub(), monday());
    assert_eq!(report.figure("laporan.peringatan.selesai").unwrap().value, Some(1.0));
    let table = report
        .tables()
        .find(|table| table.metric == "laporan.peringatan.daftar_selesai")
        .unwrap();
    assert_eq!(table.rows.len(), 1);
    assert_eq!(table.rows[0][0], Cell::Words(Text::of("terbukti", "verified")));
    let question = report
        .questions
        .iter()
        .find(|one| one.metric == "laporan.peringatan.daftar_selesai")
        .unwrap();
    let moments: Vec<String> = question.at.iter().map(ToString::to_string).collect();
    assert_eq!(
        moments,
        ["2026-11-15 17:00:00 UTC", "2026-11-22 17:00:00 UTC"],
        "both midnights are western Indonesia's"
    );
}

#[test]
fn an_alert_is_of_the_week_in_which_its_first_period_ended() {
    let report = made(&hub(), monday());
    let question = report
        .questions
        .iter()
        .find(|one| one.metric == "laporan.peringatan.baru")
        .unwrap();
    let ended = "(CASE WHEN indikator IN ('skdr') THEN CAST(mulai + INTERVAL '6 days' AS DATE) \
                 WHEN indikator IN ('ikm') THEN CAST(mulai + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) ELSE mulai END)";
    assert!(question.sql.contains(ended), "{}", question.sql);
    assert_eq!(question.params["awal_senin"], "2026-08-24");
    assert_eq!(question.params["ahad"], "2026-11-22");
    assert_eq!(question.params["lapuk"], "2026-10-12");
}

#[test]
fn cells_say_words_for_codes() {
    let report = made(&hub(), monday());
    let row = |metric: &str| report.tables().find(|table| table.metric == metric).unwrap().rows[0].clone();
    let alert = row("laporan.peringatan.daftar_baru");
    assert_eq!(alert[0], Cell::Words(Text::of("Kritis", "Critical")));
    assert_eq!(
        alert[1],
        Cell::Words(Text::of("Puskesmas Uji: 14 kasus.", "Puskesmas Uji: 14 cases."))
    );
    assert_eq!(alert[3], Cell::Day(day("2026-11-18")));
    let missing = row("laporan.pengiriman.daftar");
    assert_eq!(missing[0], Cell::Words(Text::of("Desa dan kelurahan", "Villages")));
    assert_eq!(missing[1], Cell::Words(Text::of("Surat desa", "Village letters")));
    let reasons = row("laporan.layanan.sebab");
    assert_eq!(
        reasons[1],
        Cell::Words(Text::of("Turun 12 karena libur.", "Down 12 for a holiday."))
    );
}

#[test]
fn sentences_say_what_the_figures_show() {
    let report = made(&hub(), monday());
    let said: Vec<&str> = report.headline.iter().map(|text| text.id.as_str()).collect();
    assert_eq!(
        said,
        [
            "3 peringatan baru, 1 di antaranya tinggi atau kritis; 1 diputus, 7 masih terbuka.",
            "Murid tidak hadir (15–21 November 2026): 1.234,3%, naik 1.229,8 poin dari minggu sebelumnya (4,5%).",
            "98,0% kiriman data yang jatuh tempo sudah masuk; 2 belum.",
        ]
    );
    let english: Vec<&str> = report.headline.iter().map(|text| text.en.as_str()).collect();
    assert_eq!(
        english[0],
        "3 new alerts, 1 of them high or critical; 1 decided, 7 still open."
    );
    let section = |id: &str| report.sections.iter().find(|section| section.id == id).unwrap();
    assert_eq!(
        section("kinerja").sentences[0].id,
        "Serapan anggaran (Oktober 2026): 76,3%, naik 9,4 poin dari bulan sebelumnya (66,9%); sasaran 83,3% belum tercapai."
    );
    assert_eq!(
        section("kesehatan").sentences[0].en,
        "Health centre visits: no data yet for 15–21 November 2026."
    );
}

#[test]
fn a_week_without_data_says_so() {
    let report = made(&Hub(Vec::new()), monday());
    assert!(report.is_empty() && !report.in_progress);
    assert_eq!(
        report.headline,
        [Text::of(
            "Belum ada data untuk minggu ini.",
            "There are no data for this week yet."
        )]
    );
    assert!(report.questions.iter().all(|one| one.failed.is_some()));
}

#[test]
fn a_week_that_goes_on_is_provisional() {
    let thursday = "2026-11-19T05:00:00Z".parse().unwrap();
    let report = made(&hub(), thursday);
    assert!(report.in_progress);
    assert!(report.headline[0].id.starts_with("Minggu ini belum selesai"));
    // Nothing that is due later is missing yet, and the month before the one that began is the last that is over.
    let params = |metric: &str| {
        report
            .questions
            .iter()
            .find(|one| one.metric == metric)
            .unwrap()
            .params
            .clone()
    };
    assert_eq!(params("laporan.pengiriman.masuk")["batas"], "2026-11-18");
    assert_eq!(params("laporan.kinerja.serapan")["bulan"], "2026-10-01");
}

#[test]
fn numbers_are_written_as_each_language_writes_them() {
    let both = |unit: Unit, value: f64| Lang::ALL.map(|lang| unit.measure(value, lang));
    assert_eq!(both(Unit::Persen, 4.24), ["4,2%", "4.2%"]);
    assert_eq!(
        both(Unit::Kunjungan, 1_234_567.0),
        ["1.234.567 kunjungan", "1,234,567 visits"]
    );
    assert_eq!(
        Unit::Persen.change(-0.04, Lang::Id),
        "0,0 poin",
        "what rounds to nothing has no sign"
    );
    assert_eq!(Unit::Bilangan.change(-1200.0, Lang::Id), "-1.200");
    let range = |from, to| words::range(day(from), day(to), Lang::Id);
    assert_eq!(range("2026-11-16", "2026-11-22"), "16–22 November 2026");
    assert_eq!(range("2026-11-30", "2026-12-06"), "30 November – 6 Desember 2026");
    assert_eq!(range("2026-12-28", "2027-01-03"), "28 Desember 2026 – 3 Januari 2027");
    assert_eq!(words::moment(monday(), Lang::Id), "23 November 2026 pukul 06.00 WIB");
}
