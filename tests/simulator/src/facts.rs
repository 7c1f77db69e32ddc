//! Codes and names that are true: regions, institutions, health centres. Read from the package's own CSV files.

use crate::{Error, Result};

pub(crate) const REGIONS: &str = include_str!("../data/wilayah_trenggalek.csv");
pub(crate) const INSTITUTIONS: &str = include_str!("../data/opd_trenggalek.csv");
pub(crate) const HEALTH_CENTRES: &str = include_str!("../data/puskesmas_trenggalek.csv");
pub(crate) const HOLIDAYS: &str = include_str!("../data/holidays_id.csv");
pub(crate) const SCHOOL_EVENTS: &str = include_str!("../data/school_calendar_jatim.csv");
pub(crate) const CROSSWALK: &str = include_str!("../data/kecamatan_crosswalk.csv");
pub(crate) const SERVICES: &str = include_str!("../data/layanan.csv");

/// A kecamatan with what the synthetic world hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kecamatan {
    /// Kemendagri code, such as `35.03.01`.
    pub code: String,
    /// Name without "Kecamatan".
    pub name: String,
    /// Modelled population 2024; decides how many schools it gets.
    pub population: u32,
    /// Distance to the town in km; far places report late more often.
    pub distance_km: u32,
    /// Names of its desa and kelurahan.
    pub villages: Vec<String>,
    /// Their Kemendagri codes, in the same order.
    pub village_codes: Vec<String>,
    /// Names of its health centres.
    pub health_centres: Vec<String>,
}

/// The fourteen kecamatan in code order.
pub fn kecamatan() -> Result<Vec<Kecamatan>> {
    let villages = rows(REGIONS)?;
    let centres = rows(HEALTH_CENTRES)?;
    let mut all = Vec::new();
    for row in rows(CROSSWALK)? {
        let code = row.get("kemendagri_code").to_owned();
        all.push(Kecamatan {
            name: row.get("name").into(),
            population: row.number("penduduk_model_2024")?,
            distance_km: row.number("jarak_km_ke_kota")?,
            villages: villages
                .iter()
                .filter(|v| v.get("parent_code") == code)
                .map(|v| v.get("name").into())
                .collect(),
            village_codes: villages
                .iter()
                .filter(|v| v.get("parent_code") == code)
                .map(|v| v.get("code").into())
                .collect(),
            health_centres: centres
                .iter()
                .filter(|c| c.get("kec_code") == code)
                .map(|c| c.get("name").into())
                .collect(),
            code,
        });
    }
    all.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(all)
}

/// One line of a fact file, cells by header.
pub(crate) struct Row {
    headers: csv::StringRecord,
    cells: csv::StringRecord,
}

impl Row {
    /// The cell under `header`, empty when there is none.
    pub(crate) fn get(&self, header: &str) -> &str {
        self.headers
            .iter()
            .position(|h| h == header)
            .and_then(|i| self.cells.get(i))
            .unwrap_or_default()
    }

    /// A decimal number.
    pub(crate) fn decimal(&self, header: &str) -> Result<f64> {
        let text = self.get(header);
        text.parse()
            .map_err(|_| Error::facts(format!("column {header:?}: {text:?} is not a number")))
    }

    fn number(&self, header: &str) -> Result<u32> {
        let text = self.get(header);
        text.parse()
            .map_err(|_| Error::facts(format!("column {header:?}: {text:?} is not a whole number")))
    }
}

/// All lines of a fact file.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| Error::facts(e.to_string()))?.clone();
    reader
        .records()
        .map(|cells| {
            Ok(Row {
                headers: headers.clone(),
                cells: cells.map_err(|e| Error::facts(e.to_string()))?,
            })
        })
        .collect()
}
