//! `skm_respons`: the satisfaction survey, exported from a form: headers are the questions, answers their words, or
//! digits where a kiosk asked. Most people come from a ticket; health centres ask on paper.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_days},
};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    services::{
        opinion,
        sepeda::age_group,
        text,
        ticket::{self, Life},
    },
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

const DATASET: &str = "skm_respons";
const HEADERS: [&str; 21] = [
    "ID Respon",
    "Cap waktu",
    "Unit pelayanan yang Anda nilai",
    "Jenis layanan yang Anda terima",
    "Tempat layanan",
    "Kanal",
    "Nomor tiket (bila ada)",
    "Jenis kelamin Anda",
    "Kelompok umur Anda",
    "Pendidikan terakhir Anda",
    "Pekerjaan utama Anda",
    "1. Bagaimana persyaratan layanan ini menurut Anda?",
    "2. Seberapa mudah alur layanan di unit ini?",
    "3. Seberapa cepat layanan diselesaikan?",
    "4. Bagaimana kewajaran biaya layanan?",
    "5. Apakah hasil layanan sesuai dengan yang dijanjikan?",
    "6. Bagaimana kemampuan petugas yang melayani?",
    "7. Bagaimana kesopanan dan keramahan petugas?",
    "8. Bagaimana penanganan pengaduan di unit ini?",
    "9. Bagaimana keadaan sarana dan prasarana?",
    "Saran",
];
/// How much better or worse each element is seen, in the order of the form.
const ELEMENTS: [f64; 9] = [0.02, -0.02, -0.12, 0.0, 0.06, 0.1, 0.14, -0.16, -0.1];
const WORDS: [&str; 4] = ["Tidak baik", "Kurang baik", "Baik", "Sangat baik"];

/// The survey.
pub(crate) struct Survey;

/// A filled form.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) at: NaiveDateTime,
    pub(crate) id: String,
    pub(crate) institution: String,
    service: String,
    place: String,
    channel: &'static str,
    ticket: String,
    person: [&'static str; 4],
    /// 1 to 4; 0 was left out.
    pub(crate) answers: [u32; 9],
    comment: &'static str,
}

impl Feed for Survey {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("respon_skm_{}.csv", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 6), move |world| {
                Ok(sheet(&file, &responses(world, period.from, period.to)))
            })
        };
        Ok(months_and_days(from, to).into_iter().map(shipment).collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let timed = |response: Response| Timed {
            at: response.at.time(),
            envelope: sheet(&response.id, std::slice::from_ref(&response)),
        };
        Ok(responses(world, day, day).into_iter().map(timed).collect())
    }
}

/// Responses sent on the days `from..=to`, by time.
pub(crate) fn responses(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<Response> {
    responses_of(world, &ticket::everywhere(world, from, to), from, to)
}

/// [`responses`], when the lives of the tickets of those days are at hand.
pub(crate) fn responses_of(world: &World, lives: &[Vec<Life>], from: NaiveDate, to: NaiveDate) -> Vec<Response> {
    let share = opinion::talkative(world, 0.07);
    let mut all = Vec::new();
    for (site, lives) in lives.iter().enumerate() {
        for life in lives {
            let mut dice = life.visit.dice(811);
            if dice.chance(share) {
                all.extend(of_ticket(world, site, life, dice));
            }
        }
    }
    for day in (Period { from, to })
        .days()
        .filter(|day| world.services.office.is_open(*day))
    {
        all.extend((0..world.regions.centres.len()).flat_map(|centre| of_centre(world, centre, day)));
    }
    all.retain(|response| {
        let share = world.stories.delivery(DATASET, "", response.at.date());
        (from..=to).contains(&response.at.date()) && text::arrives(share, &response.id)
    });
    all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    all
}

fn of_ticket(world: &World, site: usize, life: &Life, mut dice: Dice) -> Option<Response> {
    let served = life.served()?;
    let place = world.services.sites.get(site)?;
    let institution = opinion::judged(world, site, &life.visit);
    let points = opinion::of_visit(world, &institution, &place.code, life);
    let service = world.services.catalogue.get(served.service)?;
    let channel = dice.weighted(&[("qr", 50), ("kios", 30), ("web", 14), ("petugas", 6)])?;
    let minutes = if channel == "web" {
        60 + dice.below(200)
    } else {
        1 + dice.below(12)
    };
    Some(Response {
        at: life.visit.day.and_time(NaiveTime::MIN)
            + TimeDelta::seconds(served.at + 60 * minutes as i64 + dice.below(60) as i64),
        id: format!("R-{}", life.ticket),
        institution,
        service: service.code.clone(),
        place: place.code.clone(),
        channel,
        ticket: life.ticket.clone(),
        person: person(life.visit.age, &mut dice),
        answers: answers(points, service.fee == 0, &mut dice),
        comment: comment(points, &mut dice),
    })
}

/// Forms that a health centre hands out, one or two a day.
fn of_centre(world: &World, centre: usize, day: NaiveDate) -> Vec<Response> {
    let Some(place) = world.regions.centres.get(centre) else {
        return Vec::new();
    };
    let mut dice = Dice::of(world.seed, [812, centre as u64, day_number(day)]);
    let points = opinion::level(world, "dinkes", &place.code, day)
        + 0.1 * Dice::of(world.seed, [813, centre as u64, 0]).normal();
    let mean = 1.6 * opinion::talkative(world, 0.07);
    (0..dice.poisson(mean))
        .map(|number| Response {
            at: day.and_time(NaiveTime::MIN) + TimeDelta::seconds(28_800 + dice.below(18_000) as i64),
            id: format!("R-{}-{}-{number:02}", place.code, day.format("%y%m%d")),
            institution: "dinkes".into(),
            service: ["PKM-RAWATJALAN", "PKM-KIA", "PKM-IMUNISASI", "PKM-RUJUKAN"][dice.below(4)].into(),
            place: place.code.clone(),
            channel: "petugas",
            ticket: String::new(),
            person: person(18 + dice.below(60) as u32, &mut dice),
            answers: answers(points - 0.08, true, &mut dice),
            comment: comment(points, &mut dice),
        })
        .collect()
}

/// Sex, age group, education and occupation.
fn person(age: u32, dice: &mut Dice) -> [&'static str; 4] {
    let sex = if dice.chance(0.52) { "Perempuan" } else { "Laki-laki" };
    let education = dice.weighted(&[
        ("SD", 18),
        ("SMP", 24),
        ("SMA/SMK", 38),
        ("D1-D3", 6),
        ("S1", 12),
        ("S2", 2),
    ]);
    let work = dice.weighted(&[
        ("Wiraswasta", 22),
        ("Petani", 18),
        ("Ibu rumah tangga", 20),
        ("Karyawan swasta", 18),
        ("Pelajar/mahasiswa", 12),
        ("PNS", 5),
        ("Nelayan", 5),
    ]);
    let group = match age_group(age) {
        "<20" => "di bawah 20 tahun",
        "20-29" => "20-29 tahun",
        "30-39" => "30-39 tahun",
        "40-49" => "40-49 tahun",
        "50-59" => "50-59 tahun",
        _ => "60 tahun ke atas",
    };
    [sex, group, education.unwrap_or("SMP"), work.unwrap_or("Petani")]
}

fn answers(points: f64, free: bool, dice: &mut Dice) -> [u32; 9] {
    let mood = points + 0.3 * dice.normal();
    let mut all = [0; 9];
    for ((position, element), answer) in ELEMENTS.iter().enumerate().zip(&mut all) {
        let slow = if position == 2 { 0.5 * points.min(0.0) } else { 0.0 };
        *answer = match position {
            // A service without a fee is fair for nearly everybody; some leave the question out.
            3 if free && dice.chance(0.85) => 4,
            _ if dice.chance(0.015) => 0,
            _ => opinion::answer(mood + element + slow, dice),
        };
    }
    all
}

fn comment(points: f64, dice: &mut Dice) -> &'static str {
    if !dice.chance(0.12) {
        return "";
    }
    let list: [&str; 4] = if points < -0.2 {
        [
            "Antrean terlalu lama",
            "Mohon loket ditambah",
            "Petugas kurang ramah; perlu dibina",
            "Syarat tidak jelas dari awal",
        ]
    } else {
        [
            "Sudah baik, pertahankan",
            "Cepat dan ramah",
            "Tempat duduk ditambah",
            "Terima kasih",
        ]
    };
    list[dice.below(4)]
}

fn sheet(name: &str, responses: &[Response]) -> Envelope {
    let mut body = String::from("\u{feff}");
    text::line(&mut body, ',', &HEADERS);
    for response in responses {
        let at = response.at.format("%d/%m/%Y %H:%M:%S").to_string();
        let answers = response.answers.map(|answer| match (answer, response.channel) {
            (0, _) => String::new(),
            // A kiosk with the form of the year before lets people give a five.
            (4, "kios") if text::typed("5", 150, &response.id).is_empty() => "5".to_owned(),
            (digit, "kios") => digit.to_string(),
            (digit, _) => WORDS[(digit as usize - 1).min(3)].to_owned(),
        });
        let mut cells: Vec<&str> = vec![
            &response.id,
            &at,
            &response.institution,
            &response.service,
            &response.place,
            response.channel,
            &response.ticket,
        ];
        cells.extend(response.person);
        cells.extend(answers.iter().map(String::as_str));
        cells.push(response.comment);
        text::line(&mut body, ',', &cells);
    }
    Envelope::csv(DATASET, name, body, responses.len())
}
