//! `konten_putar`: what the screens of the benches played, CSV. A play that the battery cut has no end.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_days},
};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    services::{
        bench::{self, Bench},
        text,
    },
};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

const DATASET: &str = "konten_putar";
/// Campaign, assets, seconds of each.
const CAMPAIGNS: [(&str, &[(&str, u32)]); 6] = [
    (
        "cegah-stunting",
        &[("stunting-isi-piringku", 45), ("stunting-posyandu", 60)],
    ),
    ("sepeda-keren", &[("sepeda-keren-profil", 90)]),
    ("bayar-pbb", &[("pbb-jatuh-tempo", 30), ("pbb-cara-bayar", 40)]),
    ("siaga-bencana", &[("longsor-tanda", 60), ("banjir-evakuasi", 60)]),
    ("wisata-trenggalek", &[("pantai-prigi", 75), ("gua-lowo", 60)]),
    ("psn-dbd", &[("psn-3m", 45)]),
];

/// The screens.
pub(crate) struct Screens;

/// A play.
#[derive(Debug, Clone)]
struct Play {
    id: String,
    bench: String,
    campaign: &'static str,
    asset: &'static str,
    start: NaiveDateTime,
    seconds: u32,
    complete: bool,
    cut: bool,
    trigger: &'static str,
}

impl Feed for Screens {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("putar_{}.csv", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 4), move |world| {
                let all: Vec<_> = period.days().flat_map(|day| plays(world, day)).collect();
                Ok(sheet(&file, &all))
            })
        };
        Ok(months_and_days(from, to).into_iter().map(shipment).collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let timed = |play: Play| Timed {
            at: (play.start + TimeDelta::seconds(play.seconds.into())).time(),
            envelope: sheet(&play.id, std::slice::from_ref(&play)),
        };
        let mut all: Vec<_> = plays(world, day).into_iter().map(timed).collect();
        all.sort_by_key(|timed| timed.at);
        Ok(all)
    }
}

fn plays(world: &World, day: NaiveDate) -> Vec<Play> {
    let mut all: Vec<_> = bench::benches(world)
        .iter()
        .filter(|bench| day >= bench.installed)
        .flat_map(|bench| of_bench(world, bench, day))
        .collect();
    all.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    all
}

fn of_bench(world: &World, bench: &Bench, day: NaiveDate) -> Vec<Play> {
    let mut dice = Dice::of(world.seed, [851, bench.number as u64, day_number(day)]);
    (0..7 + dice.below(8))
        .filter_map(|number| {
            // Campaigns change by quarter; two are shown at a time, and one all year.
            let quarter = (day.year() * 4 + day.month0() as i32 / 3).unsigned_abs() as usize;
            let choice = [quarter % 6, (quarter + 2) % 6, 4][dice.below(3)];
            let (campaign, assets) = CAMPAIGNS.get(choice)?;
            let (asset, length) = assets.get(dice.below(assets.len()))?;
            let start = day.and_time(NaiveTime::MIN) + TimeDelta::seconds(25_200 + dice.below(50_400) as i64);
            let complete = dice.chance(0.86);
            let seconds = if complete {
                *length
            } else {
                3 + dice.below(*length as usize - 3) as u32
            };
            Some(Play {
                id: format!("P{}{}{number:02}", bench.id.replace('-', ""), day.format("%y%m%d")),
                bench: bench.id.clone(),
                campaign,
                asset,
                start,
                seconds,
                complete,
                cut: !complete && dice.chance(0.2),
                trigger: dice.weighted(&[("schedule", 60), ("motion", 30), ("button", 10)])?,
            })
        })
        .filter(|play| bench::online(world, bench, play.start))
        .collect()
}

fn sheet(name: &str, plays: &[Play]) -> Envelope {
    let mut body = String::new();
    text::line(
        &mut body,
        ',',
        &[
            "play_id",
            "bench_id",
            "campaign_id",
            "asset_id",
            "started_at",
            "ended_at",
            "duration_s",
            "completed",
            "trigger",
        ],
    );
    for play in plays {
        let start = text::iso(play.start);
        let end = text::iso(play.start + TimeDelta::seconds(play.seconds.into()));
        let seconds = play.seconds.to_string();
        let (end, seconds) = if play.cut {
            ("", "")
        } else {
            (end.as_str(), seconds.as_str())
        };
        let complete = if play.complete { "true" } else { "false" };
        text::line(
            &mut body,
            ',',
            &[
                &play.id,
                &play.bench,
                play.campaign,
                play.asset,
                &start,
                end,
                seconds,
                complete,
                play.trigger,
            ],
        );
    }
    Envelope::csv(DATASET, name, body, plays.len())
}
