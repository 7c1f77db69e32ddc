//! The seam between the world and what is sent of it: one feed per dataset, one file per feed, one visible list.
//!
//! A feed is deterministic (the same world gives the same shipments and bytes), writes in the habits of its sender,
//! and orders the versions of a row: a later shipment holds the later truth. Shipments of one dataset are sent in the
//! order given; different datasets travel side by side, reference datasets before all others.

pub(crate) mod absensi_harian_sekolah;
pub(crate) mod absensi_kelas;
pub(crate) mod absensi_siswa;
mod anggaran_realisasi;
mod antrean_peristiwa;
mod bangku;
mod bangku_telemetri;
mod faskes;
mod inovasi;
mod kasus_penyakit;
mod keluarga;
mod kinerja_opd;
mod konten_putar;
pub(crate) mod kunjungan_puskesmas;
mod layanan;
mod layanan_keliling;
mod listing;
mod lokasi_layanan;
mod pegawai;
mod pemakaian_aplikasi;
mod penduduk;
mod pengaduan;
pub(crate) mod penilaian_layanan;
pub(crate) mod periods;
mod peristiwa_kependudukan;
pub(crate) mod permohonan_desa;
pub(crate) mod saldo_penduduk;
mod sekolah;
mod sepeda_keren_angkatan;
mod sepeda_keren_hasil;
mod sepeda_keren_peserta;
mod sepeda_keren_sesi;
mod siswa;
pub(crate) mod skm_respons;
mod spbe_indikator;
mod tpp_dasar;
pub(crate) mod wifi_sesi;

use crate::{Envelope, Result, World, reference};
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime};
use std::path::Path;

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

/// The files that were there at the end of `to`. Files that are written after their period reach the hub on a day of
/// their own, for which see [`arriving`].
pub(crate) fn arrived(files: impl Iterator<Item = Shipment>, to: NaiveDate) -> Vec<Shipment> {
    files.filter(|file| file.arrives.date() <= to).collect()
}

/// What of such a feed reaches the hub on `day`.
pub(crate) fn arriving(feed: &dyn Feed, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
    // Half a year covers the slowest office; whole months keep the files as a history cuts them.
    let before = day - Months::new(6);
    let mut all = Vec::new();
    for file in feed.history(world, before.with_day(1).unwrap_or(before), day)? {
        if file.arrives.date() == day {
            let (at, envelope) = (file.arrives.time(), file.envelope(world)?);
            all.push(Timed { at, envelope });
        }
    }
    all.retain(|timed| timed.envelope.rows > 0);
    Ok(all)
}

/// Every feed of the regency, reference data first. The list is the only place that knows all feeds.
pub(crate) fn all(_: &World) -> Vec<Box<dyn Feed>> {
    vec![
        // Code lists.
        listing("wilayah", |_| reference::regions()),
        listing("padanan_kecamatan", |_| reference::crosswalk()),
        listing("instansi", |_| reference::institutions()),
        listing("suksesi_instansi", |_| reference::successions()),
        listing("hari_libur", |_| reference::holidays()),
        listing("kalender_pendidikan", |_| reference::school_calendar()),
        listing("faskes", faskes::facilities),
        listing("wilayah_kerja_puskesmas", faskes::catchments),
        listing("penyakit", faskes::diseases),
        listing("sekolah", sekolah::make),
        listing("layanan", layanan::make),
        listing("lokasi_layanan", lokasi_layanan::make),
        listing("bangku", bangku::make),
        // Civil registry.
        Box::new(keluarga::Families),
        Box::new(penduduk::Residents),
        Box::new(peristiwa_kependudukan::Events),
        Box::new(saldo_penduduk::Balance),
        // Schools.
        Box::new(siswa::Pupils),
        Box::new(absensi_siswa::PupilDays),
        Box::new(absensi_kelas::ClassDays),
        Box::new(absensi_harian_sekolah::Recaps),
        // Health.
        Box::new(kunjungan_puskesmas::Visits),
        Box::new(kasus_penyakit::Weeks),
        // Services.
        Box::new(antrean_peristiwa::Queues),
        Box::new(permohonan_desa::PetungDadi),
        Box::new(layanan_keliling::Bus),
        Box::new(skm_respons::Survey),
        Box::new(penilaian_layanan::Ratings),
        Box::new(pengaduan::Complaints),
        Box::new(wifi_sesi::Wifi),
        Box::new(konten_putar::Screens),
        Box::new(bangku_telemetri::Pulse),
        Box::new(pemakaian_aplikasi::Usage),
        // Programmes, people and money.
        Box::new(sepeda_keren_angkatan::Classes),
        Box::new(sepeda_keren_peserta::Members),
        Box::new(sepeda_keren_sesi::Meetings),
        Box::new(sepeda_keren_hasil::Outcomes),
        Box::new(inovasi::Register),
        Box::new(kinerja_opd::Performance),
        Box::new(spbe_indikator::Assessment),
        Box::new(anggaran_realisasi::Budget),
        Box::new(pegawai::Personnel),
        Box::new(tpp_dasar::Allowance),
    ]
}

fn listing(dataset: &'static str, make: fn(&World) -> Result<Envelope>) -> Box<dyn Feed> {
    Box::new(listing::Listing { dataset, make })
}

/// Writes every shipment of the history of `world` into `folder`, a folder per dataset; answers how many files. The name
/// of a file is that of its payload.
pub fn write(world: &World, folder: &Path) -> Result<usize> {
    let mut count = 0;
    for feed in all(world) {
        let own = folder.join(feed.dataset());
        for shipment in feed.history(world, world.span.0, world.span.1)? {
            std::fs::create_dir_all(&own)?;
            let envelope = shipment.envelope(world)?;
            std::fs::write(own.join(&envelope.name), envelope.body)?;
            count += 1;
        }
    }
    Ok(count)
}
