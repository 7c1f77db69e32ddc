//! The seam between the world and what is sent of it: one feed per dataset, one file per feed, one visible list.
//!
//! A feed is deterministic (the same world gives the same shipments and bytes), writes in the habits of its sender,
//! and orders the versions of a row: a later shipment holds the later truth. Shipments of one dataset are sent in the
//! order given; different datasets travel side by side, reference datasets before all others.

mod anggaran_realisasi;
mod antrean_peristiwa;
mod bangku;
mod bangku_telemetri;
mod inovasi;
mod kinerja_opd;
mod konten_putar;
mod layanan;
mod layanan_keliling;
mod lokasi_layanan;
mod pegawai;
mod pemakaian_aplikasi;
mod pengaduan;
mod penilaian_layanan;
pub(crate) mod periods;
mod permohonan_desa;
mod sepeda_keren_angkatan;
mod sepeda_keren_hasil;
mod sepeda_keren_peserta;
mod sepeda_keren_sesi;
mod skm_respons;
mod spbe_indikator;
mod tpp_dasar;
mod wifi_sesi;

use crate::{Envelope, Result, World};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// One system of the regency that sends one dataset. Rows depend on seed and thing only.
pub(crate) trait Feed: Send + Sync {
    /// Dataset id.
    fn dataset(&self) -> &'static str;

    /// True for code lists that other feeds refer to; sent first.
    fn reference(&self) -> bool {
        false
    }

    /// Files of the history whose period lies in `from..=to`, in sending order. Cheap: the bytes are made by
    /// [`Shipment::envelope`] only when needed, on several threads.
    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>>;

    /// What is sent on `day` while it is lived, by local time of day. `day` is never part of a history.
    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let _ = (world, day);
        Ok(Vec::new())
    }
}

type Render = Box<dyn Fn(&World) -> Result<Envelope> + Send + Sync>;

/// A file of the history, not yet written out.
pub(crate) struct Shipment {
    /// Dataset it is for.
    pub(crate) dataset: &'static str,
    /// File name as the sender would call it.
    pub(crate) name: String,
    /// When it reached the hub, local time; a late one comes days after its period.
    pub(crate) arrives: NaiveDateTime,
    render: Render,
}

impl Shipment {
    /// A file that `render` can write.
    pub(crate) fn new(
        dataset: &'static str,
        name: impl Into<String>,
        arrives: NaiveDateTime,
        render: impl Fn(&World) -> Result<Envelope> + Send + Sync + 'static,
    ) -> Self {
        Self {
            dataset,
            name: name.into(),
            arrives,
            render: Box::new(render),
        }
    }

    /// The bytes as they go over the wire.
    pub(crate) fn envelope(&self, world: &World) -> Result<Envelope> {
        (self.render)(world)
    }
}

impl std::fmt::Debug for Shipment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.dataset, self.name, self.arrives)
    }
}

/// A live push.
#[derive(Debug, Clone)]
pub(crate) struct Timed {
    /// Local time of day.
    pub(crate) at: NaiveTime,
    /// What is pushed.
    pub(crate) envelope: Envelope,
}

/// Every feed of the regency, reference data first. The list is the only place that knows all feeds.
pub(crate) fn all(world: &World) -> Vec<Box<dyn Feed>> {
    let _ = world;
    vec![
        Box::new(layanan::Catalogue),
        Box::new(lokasi_layanan::Places),
        Box::new(bangku::Benches),
        Box::new(sepeda_keren_angkatan::Classes),
        Box::new(antrean_peristiwa::Queues),
        Box::new(permohonan_desa::PetungDadi),
        Box::new(layanan_keliling::Bus),
        Box::new(skm_respons::Survey),
        Box::new(penilaian_layanan::Ratings),
        Box::new(pengaduan::Complaints),
        Box::new(wifi_sesi::Wifi),
        Box::new(konten_putar::Screens),
        Box::new(bangku_telemetri::Pulse),
        Box::new(sepeda_keren_peserta::Members),
        Box::new(sepeda_keren_sesi::Meetings),
        Box::new(sepeda_keren_hasil::Outcomes),
        Box::new(inovasi::Register),
        Box::new(kinerja_opd::Performance),
        Box::new(spbe_indikator::Assessment),
        Box::new(anggaran_realisasi::Budget),
        Box::new(pegawai::Personnel),
        Box::new(tpp_dasar::Allowance),
        Box::new(pemakaian_aplikasi::Usage),
    ]
}
