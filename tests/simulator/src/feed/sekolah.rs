//! The list of schools as a download of Dapodik: titles above the header, numbers where texts belong, names of places.

use crate::{Envelope, Result, World, attendance, book, dice::Dice, pupil, regions::Village, school::School};
use rust_xlsxwriter::{Format, XlsxError};

const HEADERS: [&str; 15] = [
    "No",
    "Nama Satuan Pendidikan",
    "NPSN",
    "Bentuk Pendidikan",
    "Status",
    "Pembina",
    "Kecamatan",
    "Desa/Kelurahan",
    "Waktu Penyelenggaraan",
    "PD",
    "Rombel",
    "Lintang",
    "Bujur",
    "Laporan Kehadiran",
    "Status Aktif",
];

/// The workbook.
pub(super) fn make(world: &World) -> Result<Envelope> {
    book::workbook(
        "sekolah",
        "Daftar_Sekolah_Kab_Trenggalek.xlsx",
        "Data Sekolah",
        world.schools.len(),
        |page| {
            page.write(0, 0, "DAFTAR SATUAN PENDIDIKAN")?;
            page.write(1, 0, "KABUPATEN TRENGGALEK - PROVINSI JAWA TIMUR")?;
            let bold = Format::new().set_bold();
            for (column, header) in (0u16..).zip(HEADERS) {
                page.write_with_format(3, column, header, &bold)?;
            }
            for (row, school) in (4u32..).zip(&world.schools) {
                write(page, row, world, school)?;
            }
            Ok(())
        },
    )
}

fn write(page: &mut rust_xlsxwriter::Worksheet, row: u32, world: &World, school: &School) -> Result<(), XlsxError> {
    let village = world.regions.villages.iter().find(|v| v.code == school.village);
    let place = world
        .regions
        .kecamatan_of(&school.kecamatan)
        .map(|k| &world.regions.kecamatan[k]);
    let classes = attendance::classes(world.seed, school, pupil::first_day(pupil::year(world)));
    let (north, east) = near(world, school, village);
    page.write(row, 0, row - 3)?;
    page.write(row, 1, &school.name)?;
    page.write(row, 2, school.npsn.parse::<u32>().unwrap_or_default())?;
    page.write(row, 3, school.kind.as_str())?;
    page.write(row, 4, if school.private { "SWASTA" } else { "NEGERI" })?;
    page.write(
        row,
        5,
        match school.kind.authority() {
            "kemenag" => "Kementerian Agama",
            "provinsi" => "Pemerintah Provinsi",
            _ => "Pemerintah Kabupaten",
        },
    )?;
    page.write(row, 6, format!("Kec. {}", place.map_or("", |k| k.name.as_str())))?;
    page.write(row, 7, village.map_or("", |v| v.name.as_str()))?;
    page.write(row, 8, if school.six_days { "6 hari" } else { "5 hari" })?;
    page.write(row, 9, classes.iter().map(|c| c.pupils).sum::<u32>())?;
    page.write(row, 10, classes.len() as u32)?;
    page.write(row, 11, north)?;
    page.write(row, 12, east)?;
    page.write(
        row,
        13,
        match school.reporting.as_str() {
            "siswa" => "per siswa",
            "kelas" => "per kelas",
            _ => "rekap harian",
        },
    )?;
    page.write(row, 14, "Aktif")?;
    Ok(())
}

/// Within a kilometre or so of the middle of the village.
fn near(world: &World, school: &School, village: Option<&Village>) -> (f64, f64) {
    let mut dice = Dice::of(world.seed, [70, school.index, 0]);
    let (north, east) = village.map_or((-8.1, 111.7), |v| v.place);
    let away = |middle: f64, chance: f64| ((middle + (chance - 0.5) * 0.016) * 1e6).round() / 1e6;
    (away(north, dice.unit()), away(east, dice.unit()))
}
