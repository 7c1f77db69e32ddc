//! What the figures say, in both languages, from the same figures that are shown.

use super::{
    form::{Figure, Grain, Report},
    questions::TELLING,
    words::{Lang, Text, Unit, month, number, range},
};

/// Relative change from which a figure is worth a word in the headline.
const WORTH: f64 = 0.05;
/// Most changes that the headline names.
const MOST: usize = 3;

/// What a figure says: value, change, target.
pub(super) fn figure(figure: &Figure) -> Text {
    Text::of(say(figure, Lang::Id), say(figure, Lang::En))
}

fn say(figure: &Figure, lang: Lang) -> String {
    let title = figure.title.say(lang);
    let period = period(figure, lang);
    let Some(value) = figure.value else {
        return match lang {
            Lang::Id => format!("{title}: belum ada data untuk {period}."),
            Lang::En => format!("{title}: no data yet for {period}."),
        };
    };
    let mut text = format!("{title} ({period}): {}", figure.unit.measure(value, lang));
    if let (Some(change), Some(before)) = (figure.change(), figure.before) {
        let before = figure.unit.measure(before, lang);
        let by = steps(figure.unit, change, lang);
        let earlier = earlier(figure.grain, lang);
        text.push_str(&match (lang, change) {
            (Lang::Id, 0.0) => format!(", sama dengan {earlier}"),
            (Lang::En, 0.0) => format!(", as {earlier}"),
            (Lang::Id, up) if up > 0.0 => format!(", naik {by} dari {earlier} ({before})"),
            (Lang::Id, _) => format!(", turun {by} dari {earlier} ({before})"),
            (Lang::En, up) if up > 0.0 => format!(", up {by} from {earlier} ({before})"),
            (Lang::En, _) => format!(", down {by} from {earlier} ({before})"),
        });
    }
    if let Some(target) = figure.target {
        let target = figure.unit.measure(target, lang);
        text.push_str(&match (lang, figure.is_met()) {
            (Lang::Id, Some(true)) => format!("; sasaran {target} tercapai"),
            (Lang::Id, Some(false)) => format!("; sasaran {target} belum tercapai"),
            (Lang::Id, None) => format!("; sasaran {target}"),
            (Lang::En, Some(true)) => format!("; the target of {target} is met"),
            (Lang::En, Some(false)) => format!("; the target of {target} is not met"),
            (Lang::En, None) => format!("; target {target}"),
        });
    }
    text.push('.');
    text
}

/// The period of a figure in words.
pub(super) fn period(figure: &Figure, lang: Lang) -> String {
    match figure.grain {
        Grain::Minggu | Grain::Epi | Grain::Triwulan => range(figure.from, figure.to, lang),
        Grain::Bulan => month(figure.from, lang),
    }
}

fn earlier(grain: Grain, lang: Lang) -> &'static str {
    match (grain, lang) {
        (Grain::Minggu | Grain::Epi, Lang::Id) => "minggu sebelumnya",
        (Grain::Minggu | Grain::Epi, Lang::En) => "the week before",
        (Grain::Bulan, Lang::Id) => "bulan sebelumnya",
        (Grain::Bulan, Lang::En) => "the month before",
        (Grain::Triwulan, Lang::Id) => "triwulan sebelumnya",
        (Grain::Triwulan, Lang::En) => "the quarter before",
    }
}

/// A change without its sign.
fn steps(unit: Unit, change: f64, lang: Lang) -> String {
    unit.change(change.abs(), lang).trim_start_matches('+').to_owned()
}

/// The week in a few sentences: alerts, what moved most, deliveries.
pub(super) fn headline(report: &Report) -> Vec<Text> {
    let both = |say: &dyn Fn(Lang) -> Option<String>| match (say(Lang::Id), say(Lang::En)) {
        (Some(id), Some(en)) => Some(Text::of(id, en)),
        _ => None,
    };
    let mut lines = Vec::new();
    if report.in_progress {
        lines.push(Text::of(
            "Minggu ini belum selesai; angka di bawah ini sementara.",
            "The week is not over; the figures below are provisional.",
        ));
    }
    if report.is_empty() {
        lines.push(Text::of(
            "Belum ada data untuk minggu ini.",
            "There are no data for this week yet.",
        ));
        return lines;
    }
    lines.extend(both(&|lang| alerts(report, lang)));
    lines.extend(moved(report).into_iter().map(figure));
    lines.extend(both(&|lang| missing(report, lang)));
    lines
}

fn alerts(report: &Report, lang: Lang) -> Option<String> {
    let value = |metric: &str| report.figure(metric)?.value;
    let raised = value("laporan.peringatan.baru")?;
    let bad = value("laporan.peringatan.berat").unwrap_or(0.0);
    let (decided, open) = (
        value("laporan.peringatan.selesai")?,
        value("laporan.peringatan.terbuka")?,
    );
    let [raised_text, bad_text, decided, open] = [raised, bad, decided, open].map(|value| number(value, 0, lang));
    Some(match (lang, raised == 0.0) {
        (Lang::Id, true) => format!("Tidak ada peringatan baru; {decided} diputus, {open} masih terbuka."),
        (Lang::En, true) => format!("No new alerts; {decided} decided, {open} still open."),
        (Lang::Id, false) => format!(
            "{raised_text} peringatan baru, {bad_text} di antaranya tinggi atau kritis; {decided} diputus, {open} masih terbuka."
        ),
        (Lang::En, false) => format!(
            "{raised_text} new alerts, {bad_text} of them high or critical; {decided} decided, {open} still open."
        ),
    })
}

/// The telling figures that moved most, the largest relative change first.
fn moved(report: &Report) -> Vec<&Figure> {
    let share = |figure: &&Figure| -> f64 {
        let change = figure.change().unwrap_or(0.0).abs();
        change / figure.before.unwrap_or(0.0).abs().max(1.0)
    };
    let telling = |figure: &&Figure| TELLING.contains(&figure.metric.as_str());
    let mut found: Vec<&Figure> = report
        .figures()
        .filter(telling)
        .filter(|figure| share(figure) >= WORTH)
        .collect();
    found.sort_by(|a, b| share(b).total_cmp(&share(a)).then_with(|| a.metric.cmp(&b.metric)));
    found.truncate(MOST);
    found
}

fn missing(report: &Report, lang: Lang) -> Option<String> {
    let missing = report.figure("laporan.pengiriman.belum")?.value?;
    let share = report.figure("laporan.pengiriman.masuk")?.shown(lang);
    let count = number(missing, 0, lang);
    Some(match (lang, missing == 0.0) {
        (Lang::Id, true) => "Semua kiriman data yang jatuh tempo sudah masuk.".to_owned(),
        (Lang::En, true) => "All deliveries that fell due have come.".to_owned(),
        (Lang::Id, false) => format!("{share} kiriman data yang jatuh tempo sudah masuk; {count} belum."),
        (Lang::En, false) => format!("{share} of the deliveries that fell due have come; {count} have not."),
    })
}
