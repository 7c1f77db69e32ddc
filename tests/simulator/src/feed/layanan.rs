//! `layanan`: the catalogue of services, as the one-stop office keeps it: a tidy CSV.

use crate::{Envelope, Result, World, services::text};

const DATASET: &str = "layanan";

/// The file.
pub(crate) fn make(world: &World) -> Result<Envelope> {
    let mut body = String::new();
    let headers = [
        "kode",
        "nama",
        "kode_instansi",
        "rumpun",
        "jenis_surat",
        "menit_standar",
        "hari_kerja_standar",
        "biaya_rp",
        "persyaratan",
        "tingkat",
        "aktif",
    ];
    text::line(&mut body, ',', &headers);
    for service in &world.services.catalogue {
        let [minutes, workdays, fee] =
            [u64::from(service.minutes), u64::from(service.workdays), service.fee].map(|n| n.to_string());
        let levels = service.levels.join(",");
        let cells = [
            &service.code,
            &service.name,
            &service.institution,
            &service.family,
            &service.letter,
            &minutes,
            &workdays,
            &fee,
            &service.requirements,
            &levels,
        ];
        let mut cells: Vec<&str> = cells.iter().map(|cell| cell.as_str()).collect();
        cells.push("true");
        text::line(&mut body, ',', &cells);
    }
    Ok(Envelope::csv(
        DATASET,
        "layanan.csv",
        body,
        world.services.catalogue.len(),
    ))
}
