//! What belongs to which story of the answer key: the right place, the right thing, at the right time.

use super::found::{Case, Episode};
use chrono::{Days, NaiveDate};
use smartcenter_simulator::StoryAnswer;

/// Whether an indicator watches for outbreaks.
pub fn is_of_outbreaks(indicator: &str) -> bool {
    is_of_schools(indicator) || is_of_clinics(indicator)
}

fn is_of_schools(indicator: &str) -> bool {
    indicator.starts_with("absensi_") || indicator.starts_with("klaster_")
}

/// Whether it counts patients.
pub fn is_of_clinics(indicator: &str) -> bool {
    ["sindrom_", "skdr_", "penyakit_"]
        .iter()
        .any(|start| indicator.starts_with(start))
}

/// Days that a point of an indicator covers beside its own.
fn period(indicator: &str) -> u64 {
    match indicator {
        "ikm_unit" | "rating_unit" | "kunjungan_tren" | "saldo_residu" => 30,
        "rating_curang"
        | "peristiwa_kependudukan"
        | "pemakaian_aplikasi"
        | "tunggu_layanan"
        | "tidak_hadir_antrean" => 6,
        weekly if weekly.contains("mingguan") || weekly.starts_with("skdr_") => 6,
        _ => 0,
    }
}

/// Days after its end in which a story is still news: late cases, the rest of the week, reports that come later.
fn slack(answer: &StoryAnswer, indicator: &str) -> u64 {
    match answer.kind.as_str() {
        "outbreak" if is_of_clinics(indicator) => 14,
        "outbreak" => 5,
        _ => 2,
    }
}

/// The days of an episode that a story explains.
pub fn days_of<'a>(episode: &'a Episode, answer: &'a StoryAnswer) -> impl Iterator<Item = NaiveDate> + 'a {
    let is_about = about(episode, answer);
    let from = answer.first_case.unwrap_or(answer.from);
    let until = answer.until + Days::new(slack(answer, &episode.indicator));
    let covered = Days::new(period(&episode.indicator));
    let told = move |day: &NaiveDate| is_about && *day >= from && *day - covered <= until;
    episode.days.iter().copied().filter(told)
}

/// Whether a story explains something of a case.
pub fn relates(case: &Case, answer: &StoryAnswer) -> bool {
    case.episodes
        .iter()
        .any(|episode| days_of(episode, answer).next().is_some())
}

/// The right thing at the right place, whenever.
fn about(episode: &Episode, answer: &StoryAnswer) -> bool {
    let Episode {
        indicator,
        unit,
        region,
        ..
    } = episode;
    let (head, tail) = unit.split_once('/').unwrap_or((unit, ""));
    let shows_in = |dataset: &str| answer.datasets.iter().any(|d| d == dataset);
    let is_unit = |code: &str| answer.units.iter().any(|u| u == code);
    // Either may be the deeper one.
    let is_place = |code: &str| {
        let within = |place: &String| code.starts_with(place.as_str()) || place.starts_with(code);
        !code.is_empty() && answer.places.iter().any(within)
    };
    // A silent sender explains neither absent children nor patients.
    let is_of_people = answer.kind == "outbreak" || answer.expected == "none" || answer.expected == "either";
    match indicator.as_str() {
        "absensi_kecamatan" => is_of_people && shows_in("absensi_harian_sekolah") && is_place(head),
        schools if is_of_schools(schools) => is_of_people && shows_in("absensi_harian_sekolah") && is_unit(head),
        clinics if is_of_clinics(clinics) => {
            let is_disease = answer.disease.as_ref().is_some_and(|slug| is_syndrome(tail, slug));
            is_of_people && is_disease && (is_place(region) || is_unit(head))
        }
        "umpan_senyap" | "umpan_volume" => shows_in(head) && is_sender(answer, tail),
        "bangku_mati" | "wifi_sesi" => shows_in("wifi_sesi") && is_unit(head),
        "rating_curang" => shows_in("penilaian_layanan") && is_unit(head),
        "ikm_unit" => shows_in("skm_respons") && is_unit_or_all(answer, head),
        "rating_unit" => shows_in("penilaian_layanan") && is_unit(head),
        "pengaduan_mingguan" => shows_in("pengaduan") && is_unit(head),
        "surat_desa_mingguan" => shows_in("permohonan_desa") && (is_place(head) || is_unit(head)),
        "saldo_residu" => shows_in("saldo_penduduk") && is_place(head),
        "peristiwa_kependudukan" => shows_in("peristiwa_kependudukan") && is_place(head),
        services
            if services.starts_with("kunjungan_")
                || services.starts_with("tunggu_")
                || services.starts_with("tidak_") =>
        {
            shows_in("antrean_peristiwa") && is_unit(head) && is_family(answer, tail)
        }
        _ => false,
    }
}

/// Whether a syndrome or disease of an indicator is that of a story.
fn is_syndrome(name: &str, slug: &str) -> bool {
    name == slug || (name == "ruam" && ["campak", "varisela", "hfmd"].contains(&slug))
}

/// Whether a sender of data is that of a story; one without units is the feed as a whole.
fn is_sender(answer: &StoryAnswer, sender: &str) -> bool {
    let is_whole = answer.units.iter().all(String::is_empty);
    is_whole || sender.is_empty() || answer.units.iter().chain(&answer.places).any(|code| code == sender)
}

fn is_unit_or_all(answer: &StoryAnswer, unit: &str) -> bool {
    answer.units.iter().any(|u| u == unit || u.is_empty())
}

/// Whether a story about an institution is about this family of services; one about a place is about all.
fn is_family(answer: &StoryAnswer, family: &str) -> bool {
    let is_told_of = |institution: &str| answer.units.iter().any(|unit| unit == institution);
    match (is_told_of("dukcapil"), is_told_of("polres")) {
        (true, _) => family == "kependudukan",
        (_, true) => family == "kepolisian",
        _ => true,
    }
}

/// Words by which an alert says that a look-alike is one.
pub fn says_why(case: &Case, kind: &str) -> bool {
    let words: &[&str] = match kind {
        "local_holiday" => &["libur", "hajatan", "bersih desa"],
        "flood" | "weather_flood" => &["banjir", "hujan", "cuaca"],
        "harvest" => &["panen"],
        "exam" => &["ujian"],
        "trip" => &["studi", "wisata", "kunjungan sekolah"],
        _ => &[],
    };
    let said = format!("{} {}", case.sentence, case.found).to_lowercase();
    words.iter().any(|word| said.contains(word))
}
