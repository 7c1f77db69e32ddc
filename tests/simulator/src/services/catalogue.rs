//! The catalogue of services, from the package's own list.

use crate::{
    Error, Result,
    facts::{self, Row},
};

/// A service as offices offer it.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Code, such as `DUKCAPIL-KTP-CETAK`.
    pub code: String,
    /// Name in Indonesian.
    pub name: String,
    /// Id of the institution that is responsible.
    pub institution: String,
    /// Service family (`rumpun`).
    pub family: String,
    /// Letter by which a village serves the same need; empty when none does.
    pub letter: String,
    /// Minutes at the counter by the standard.
    pub minutes: u32,
    /// Working days until the product by the standard.
    pub workdays: u32,
    /// Fee in rupiah.
    pub fee: u64,
    /// Levels that offer it.
    pub levels: Vec<String>,
    /// How often it is asked for at a service centre, relative to the others.
    pub weight: f64,
    /// Its time of the year.
    pub season: Season,
    /// What to bring.
    pub requirements: String,
}

/// When in the year a service is wanted most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// All year alike.
    Flat,
    /// Before the school year.
    School,
    /// After Idul Fitri and after the final exams.
    Work,
    /// Before the yearly tax return at the end of March.
    TaxReturn,
    /// Before the regency's taxes are due at the end of September.
    LocalTax,
    /// After Idul Fitri and in December, hardly in Ramadan.
    Wedding,
    /// November and December.
    YearEnd,
}

impl Service {
    /// True when offered at that level.
    pub fn offered(&self, level: &str) -> bool {
        self.levels.iter().any(|l| l == level)
    }
}

/// All services, in the order of the list.
pub(crate) fn load() -> Result<Vec<Service>> {
    facts::rows(facts::SERVICES)?.iter().map(service).collect()
}

fn service(row: &Row) -> Result<Service> {
    let number = |header: &str| {
        row.get(header)
            .parse::<u32>()
            .map_err(|_| Error::facts(format!("layanan.csv: {header:?} of {:?}", row.get("kode"))))
    };
    let text = |header: &str| row.get(header).to_owned();
    Ok(Service {
        code: text("kode"),
        name: text("nama"),
        institution: text("kode_instansi"),
        family: text("rumpun"),
        letter: text("jenis_surat"),
        minutes: number("menit")?,
        workdays: number("hari_kerja")?,
        fee: number("biaya_rp")?.into(),
        levels: row.get("tingkat").split(',').map(str::to_owned).collect(),
        weight: number("bobot")?.into(),
        season: season(row.get("musim"))?,
        requirements: text("persyaratan"),
    })
}

fn season(word: &str) -> Result<Season> {
    Ok(match word {
        "rata" => Season::Flat,
        "sekolah" => Season::School,
        "kerja" => Season::Work,
        "spt" => Season::TaxReturn,
        "pajak_daerah" => Season::LocalTax,
        "nikah" => Season::Wedding,
        "akhir_tahun" => Season::YearEnd,
        _ => return Err(Error::facts(format!("layanan.csv: season {word:?} is not known"))),
    })
}
