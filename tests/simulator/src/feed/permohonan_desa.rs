//! `permohonan_desa`: requests for letters of Petung Dadi, a JSON array. Each file holds what changed in its period, as
//! it stood at its end; a request that waits over a month's end comes again with its later steps.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, moment, months_and_days},
};
use crate::{
    Envelope, Result, World,
    services::{
        letter::{self, End, LETTERS, Letter},
        text,
    },
};
use chrono::{Days, NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

const DATASET: &str = "permohonan_desa";
/// Days after which no request changes any more, nearly always.
const LONGEST: u64 = 12;

/// Petung Dadi.
pub(crate) struct PetungDadi;

impl Feed for PetungDadi {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("petungdadi_{}.json", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 2), move |world| {
                Ok(envelope(world, &file, period))
            })
        };
        Ok(months_and_days(from, to).into_iter().map(shipment).collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut all = Vec::new();
        for letter in arriving(world, day - Days::new(LONGEST), day) {
            for at in letter.moments().into_iter().filter(|at| at.date() == day) {
                all.push(Timed {
                    at: at.time(),
                    envelope: array(&letter.id, vec![row(world, &letter, at)]),
                });
            }
        }
        all.sort_by(|a, b| (a.at, &a.envelope.name).cmp(&(b.at, &b.envelope.name)));
        Ok(all)
    }
}

/// Letters asked for on those days, as far as the line of their kecamatan worked.
pub(crate) fn arriving(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<Letter> {
    let letters = Period { from, to }.days().flat_map(|day| letter::letters(world, day));
    letters
        .filter(|letter| {
            let village = world.regions.villages.get(letter.village);
            let place = village.map_or("", |v| world.regions.code(v.kecamatan));
            text::arrives(world.stories.delivery(DATASET, place, letter.asked.date()), &letter.id)
        })
        .collect()
}

fn envelope(world: &World, name: &str, period: Period) -> Envelope {
    let end = moment(period.to + Days::new(1), 0, 0);
    let rows = arriving(world, period.from - Days::new(LONGEST), period.to)
        .iter()
        .filter(|letter| letter.moments().iter().any(|at| period.from <= at.date() && *at < end))
        .map(|letter| row(world, letter, end))
        .collect();
    array(name, rows)
}

fn array(name: &str, rows: Vec<Value>) -> Envelope {
    let count = rows.len() as u64;
    let mut body = Value::Array(rows).to_string().into_bytes();
    body.push(b'\n');
    Envelope {
        dataset: DATASET,
        name: name.to_owned(),
        content_type: "application/json",
        body,
        rows: count,
    }
}

/// The request as it stood at `moment`.
fn row(world: &World, letter: &Letter, moment: NaiveDateTime) -> Value {
    let (status, since) = letter.state(moment);
    let (name, _, _, service, purpose) = LETTERS[letter.kind.min(LETTERS.len() - 1)];
    let (signed, sent) = match letter.end {
        End::Sent { signed, sent } => (Some(signed), Some(sent)),
        _ => (None, None),
    };
    let past = |at: Option<NaiveDateTime>| at.filter(|at| *at <= moment).map(text::local);
    let signer = if letter.end == End::Passed {
        "camat"
    } else {
        letter.signer
    };
    let reason = match letter.end {
        End::Returned(reason) | End::Refused(reason) if matches!(status, "dikembalikan" | "ditolak") => reason,
        _ => "",
    };
    let village = world.regions.villages.get(letter.village);
    text::object([
        ("id_permohonan", json!(letter.id)),
        ("jenis_surat", json!(name)),
        ("kode_layanan", json!(service)),
        ("desa_code", json!(village.map(|v| &v.code))),
        ("nik", json!(letter.nik)),
        ("waktu_pengajuan", json!(text::local(letter.asked))),
        ("waktu_verifikasi", json!(past(Some(letter.checked)))),
        ("waktu_tanda_tangan", json!(past(signed))),
        ("waktu_kirim", json!(past(sent))),
        ("status", json!(status)),
        (
            "penanda_tangan",
            if past(signed).is_some() || letter.end == End::Passed {
                json!(signer)
            } else {
                Value::Null
            },
        ),
        ("kanal", json!(letter.channel)),
        ("keperluan", json!(purpose)),
        ("alasan", json!(reason)),
        ("updated_at", json!(text::local(since))),
    ])
}
