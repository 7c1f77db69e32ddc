//! Pupils as rows of the Dapodik web service: one JSON array per school at the start of the school year, and again for
//! leavers after the first semester.

use super::{Feed, Shipment, periods::moment};
use crate::{
    Envelope, Result, World, attendance,
    pupil::{self, Pupil, Roll},
    school::{Reporting, School},
};
use chrono::{Days, NaiveDate};

/// The feed.
pub(crate) struct Pupils;

const DATASET: &str = "siswa";

impl Feed for Pupils {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let start = pupil::first_day(pupil::year(world));
        let leaving = NaiveDate::from_ymd_opt(pupil::year(world) + 1, 1, 12).unwrap_or(NaiveDate::MAX);
        let mut all = Vec::new();
        for school in world.schools.iter().filter(|s| s.reporting == Reporting::Pupils) {
            let index = school.index;
            if start <= to {
                // A history that begins later starts with the rolls as well.
                let arrives = moment(start.max(from), 9, (index % 60) as u32);
                all.push(Shipment::new(
                    DATASET,
                    file_name(school, "aktif"),
                    arrives,
                    move |world| Ok(rolls(world, index, start, "aktif", |_, _| true)),
                ));
            }
            if (from..=to).contains(&leaving) {
                let arrives = moment(leaving, 10, (index % 60) as u32);
                all.push(Shipment::new(
                    DATASET,
                    file_name(school, "mutasi"),
                    arrives,
                    move |world| {
                        let later = attendance::classes(world.seed, &world.schools[index as usize], leaving);
                        let left = |roll: &Roll, seat: usize| {
                            let now = later.iter().find(|c| c.name == roll.class.name).map_or(0, |c| c.pupils);
                            seat >= now as usize
                        };
                        Ok(rolls(world, index, leaving, "mutasi", left))
                    },
                ));
            }
        }
        all.sort_by_key(|shipment| shipment.arrives);
        Ok(all)
    }
}

fn file_name(school: &School, status: &str) -> String {
    format!("peserta_didik_{}_{status}.json", school.npsn)
}

fn rolls(world: &World, index: u64, day: NaiveDate, status: &str, chosen: impl Fn(&Roll, usize) -> bool) -> Envelope {
    let school = &world.schools[index as usize];
    let mut rows = Vec::new();
    for roll in world.pupils().rolls.get(&index).into_iter().flatten() {
        for (seat, pupil) in roll.pupils.iter().enumerate().filter(|(seat, _)| chosen(roll, *seat)) {
            let written = day + Days::new(seat as u64 % 5);
            rows.push(object(world, school, roll, pupil, (status, written)));
        }
    }
    let count = rows.len() as u64;
    Envelope {
        dataset: DATASET,
        name: file_name(school, status),
        content_type: "application/json",
        body: serde_json::Value::Array(rows).to_string().into_bytes(),
        rows: count,
    }
}

fn object(world: &World, school: &School, roll: &Roll, pupil: &Pupil, state: (&str, NaiveDate)) -> serde_json::Value {
    let year = pupil::year(world);
    serde_json::json!({
        "peserta_didik_id": pupil.id,
        "nisn": pupil.nisn,
        "nik": pupil.nik,
        "nama": pupil.name,
        "jenis_kelamin": if pupil.female { "P" } else { "L" },
        "tanggal_lahir": pupil.birth,
        "npsn": school.npsn,
        "nama_rombel": roll.class.name,
        "tingkat_pendidikan_id": roll.class.grade,
        "tahun_ajaran": format!("{year}/{}", year + 1),
        "kode_desa": world.regions.villages[pupil.village].code,
        "kode_kecamatan": school.kecamatan,
        "status": state.0,
        "last_update": format!("{}T07:00:00+07:00", state.1),
    })
}
