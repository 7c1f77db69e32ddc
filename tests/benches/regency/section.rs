//! How the figures of the regency are written.

use super::{Plan, Small, Whole, feeds::Load, models::Refreshes};
use crate::{
    figures::{mb, thousands},
    options::Options,
};

/// How the names of models begin that a detector judges.
const INDICATOR: &str = "indikator_";

/// The section.
pub fn text(options: &Options, plan: &Plan, whole: &Whole, small: &Small) -> String {
    format!(
        "## The feeds of the regency\n{}\n{}\n{}\n{}\n{}\n{}\n{}",
        options.caution(),
        about(plan, whole),
        feeds(whole),
        followed(whole),
        day(plan, whole),
        models(whole),
        demo(small),
    )
}

fn about(plan: &Plan, whole: &Whole) -> String {
    let size = plan.size;
    let all = Load::sum(&whole.loads);
    format!(
        "The simulator's regency ({} % of the people, {} % of the visits and tickets, {} schools), {} months of history up to \
         {}, sent to an empty hub with default settings: {} rows in {} files, {}, of which the hub keeps {} at the end. The \
         sender pushes one file at a time and one feed after the other; making the people and \
         writing the files out is not timed. A push ends when the hub has acknowledged that the rows are on disk, for code \
         lists when they can be looked up. No models are worked out meanwhile (setting `models = false`), so that what they \
         cost is measured by itself.\n",
        size.people * 100.0,
        size.activity * 100.0,
        thousands(size.schools as u64),
        12 * plan.years,
        plan.last,
        thousands(all.accepted + all.rejected),
        thousands(all.files),
        mb(all.bytes),
        mb(whole.disk),
    )
}

fn feeds(whole: &Whole) -> String {
    let all = Load::sum(&whole.loads);
    let mut loads: Vec<&Load> = whole.loads.iter().collect();
    loads.sort_by_key(|load| std::cmp::Reverse(load.accepted + load.rejected));
    let mut lines: String = loads.into_iter().map(Load::line).collect();
    lines.push_str(&all.line());
    let refused: Vec<_> = whole
        .loads
        .iter()
        .filter(|load| load.refused > 0)
        .map(|load| format!("{} of {}", load.refused, load.dataset))
        .collect();
    let refused = match refused.as_slice() {
        [] => "No file was refused as a whole.".to_owned(),
        some => format!("Files refused as a whole: {}.", some.join(", ")),
    };
    format!(
        "### First load\n\n\
         | feed | files | rows accepted | in quarantine | MB sent | seconds | rows/s | peak memory | resident before |\n\
         |---|---|---|---|---|---|---|---|---|\n{lines}\n\
         - Seconds: all pushes of the feed; in {:.1} of them the hub had asked for patience. Peak memory: of the hub, while that \
         feed was loaded, what was resident before included. {refused}\n",
        all.waited,
    )
}

fn followed(whole: &Whole) -> String {
    let seconds: u64 = whole.first.refreshes.values().map(|r| r.milliseconds).sum();
    format!(
        "### Models and indicators from nothing\n\n\
         The hub is started again with models. Every one of the {} tables of `mart` had everything {:.1} s after it was ready; \
         {:.1} s of work, up to four models beside each other where there are cores. Peak memory meanwhile: {}.\n",
        whole.rebuilds.len(),
        whole.first.behind,
        seconds as f64 / 1000.0,
        mb(whole.peak),
    )
}

fn day(plan: &Plan, whole: &Whole) -> String {
    let all = Load::sum(&whole.day.work);
    let mut loads: Vec<&Load> = whole.day.work.iter().collect();
    loads.sort_by_key(|load| std::cmp::Reverse(load.accepted));
    let rows: Vec<_> = loads
        .iter()
        .map(|load| format!("{} {}", thousands(load.accepted), load.dataset))
        .collect();
    format!(
        "### A day's changes\n\n\
         What the same senders bring on {}, and every school sends its pupils one by one (in the history {} of {} do): {} \
         rows in {} files ({}). Acknowledged in {:.1} s, one file after the other; all \
         models fresh {:.1} s after the last acknowledgement, a second of which the hub waits for more to come.\n",
        plan.next,
        whole.by_pupil,
        thousands(plan.size.schools as u64),
        thousands(all.accepted + all.rejected),
        thousands(all.files),
        rows.join(", "),
        whole.day.worked,
        whole.day.behind,
    )
}

fn models(whole: &Whole) -> String {
    let none = Refreshes::default();
    let mut lines = String::new();
    // Milliseconds from nothing, of rebuilds and of the day: models, indicators.
    let mut sums = [(0, 0, 0); 2];
    for rebuild in &whole.rebuilds {
        let day = whole.day.refreshes.get(&rebuild.name).unwrap_or(&none);
        let first = whole.first.refreshes.get(&rebuild.name).unwrap_or(&none);
        let sum = &mut sums[usize::from(rebuild.name.starts_with(INDICATOR))];
        sum.0 += first.milliseconds;
        sum.1 += rebuild.milliseconds;
        sum.2 += day.milliseconds;
        let slices = match (day.count, day.whole) {
            (0, _) => "none".to_owned(),
            (_, 0) => thousands(day.slices),
            (count, whole) if count == whole => "all".to_owned(),
            _ => format!("{} and all", thousands(day.slices)),
        };
        lines.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            rebuild.name,
            thousands(rebuild.rows),
            thousands(first.milliseconds),
            thousands(rebuild.milliseconds),
            mb(rebuild.peak),
            day.count,
            slices,
            thousands(day.milliseconds),
            ratio(day.milliseconds, rebuild.milliseconds),
        ));
    }
    let [models, indicators] = sums;
    let all = (
        models.0 + indicators.0,
        models.1 + indicators.1,
        models.2 + indicators.2,
    );
    for (name, (first, full, spent)) in [("models", models), ("indicators", indicators), ("all", all)] {
        lines.push_str(&format!(
            "| {name} | | {} | {} | | | | {} | {} |\n",
            thousands(first),
            thousands(full),
            thousands(spent),
            ratio(spent, full),
        ));
    }
    format!(
        "| model | rows | from nothing, ms | full rebuild, ms | peak memory of it | the day: refreshes | slices | ms | day / rebuild |\n\
         |---|---|---|---|---|---|---|---|---|\n{lines}\n\
         - From nothing: after the first load, beside others.\n\
         - Full rebuild: after the day, one model at a time, every row worked out anew and compared with the one that is there. \
         None of them changed a row, or nothing would be reported. Peak memory includes what was resident before.\n\
         - The day: all refreshes until every model was fresh, added up. A ratio near 1 means that a day costs as much as \
         everything.\n"
    )
}

fn ratio(part: u64, whole: u64) -> String {
    format!("{:.2}", part as f64 / whole.max(1) as f64)
}

fn demo(small: &Small) -> String {
    format!(
        "### The small regency as `make demo` sends it\n\n\
         One person in fifty, one visit in five, 120 schools, a year and the running month; several senders at a time, which write out \
         their files while others push.\n\n\
         | files | rows accepted | in quarantine | history acknowledged, s | processor seconds: hub | sender | all models fresh, s later | processor seconds of the hub until then | peak memory of the hub |\n\
         |---|---|---|---|---|---|---|---|---|\n\
         | {} | {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {} |\n",
        thousands(small.files),
        thousands(small.accepted),
        thousands(small.rejected),
        small.seconds.0,
        small.hub.0,
        small.sender,
        small.seconds.1,
        small.hub.1,
        mb(small.peak),
    )
}
