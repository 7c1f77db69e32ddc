//! Words for codes.

use super::Both;

type Words = &'static [(&'static str, Both)];

pub(super) const SEVERITIES: Words = &[
    ("kritis", ("Kritis", "Critical")),
    ("tinggi", ("Tinggi", "High")),
    ("sedang", ("Sedang", "Medium")),
    ("info", ("Info", "Info")),
];

pub(super) const STATUSES: Words = &[
    ("open", ("terbuka", "open")),
    ("acknowledged", ("ditangani", "taken on")),
    ("verified", ("terbukti", "verified")),
    ("dismissed", ("tidak terbukti", "dismissed")),
    ("closed", ("selesai", "closed")),
];

pub(super) const DISEASES: Words = &[
    ("ispa", ("ISPA", "Acute respiratory infections")),
    ("ili", ("ILI (mirip influenza)", "ILI (influenza-like)")),
    ("diare_akut", ("Diare akut", "Acute diarrhoea")),
    ("disentri", ("Diare berdarah", "Bloody diarrhoea")),
    ("pneumonia", ("Pneumonia", "Pneumonia")),
    ("suspek_dengue", ("Suspek dengue", "Suspected dengue")),
    ("suspek_demam_tifoid", ("Suspek demam tifoid", "Suspected typhoid")),
    ("campak", ("Suspek campak", "Suspected measles")),
    ("varisela", ("Varisela", "Chickenpox")),
    ("parotitis", ("Gondongan", "Mumps")),
    ("konjungtivitis", ("Konjungtivitis", "Conjunctivitis")),
    ("hfmd", ("Suspek HFMD", "Suspected HFMD")),
    ("keracunan_pangan", ("Keracunan pangan", "Food poisoning")),
    ("gigitan_hpr", ("Gigitan hewan penular rabies", "Bites (rabies risk)")),
];

pub(super) const ELEMENTS: Words = &[
    ("persyaratan", ("persyaratan", "requirements")),
    ("prosedur", ("prosedur", "procedure")),
    ("waktu", ("waktu", "time")),
    ("biaya", ("biaya", "cost")),
    ("produk", ("produk", "product")),
    ("kompetensi", ("kompetensi", "competence")),
    ("perilaku", ("perilaku", "conduct")),
    ("pengaduan", ("pengaduan", "complaints")),
    ("sarana", ("sarana", "facilities")),
];

pub(super) const VILLAGES: Words = &[("desa_kelurahan", ("Desa dan kelurahan", "Villages"))];

pub(super) const FEEDS: Words = &[
    ("absensi_harian_sekolah", ("Absensi murid", "Attendance of pupils")),
    ("absensi_siswa", ("Absensi per siswa", "Attendance by pupil")),
    ("absensi_kelas", ("Absensi per kelas", "Attendance by class")),
    ("kasus_penyakit", ("Laporan penyakit (SKDR)", "Disease reports (SKDR)")),
    ("kunjungan_puskesmas", ("Kunjungan puskesmas", "Health centre visits")),
    ("antrean_peristiwa", ("Antrean", "Queues")),
    ("permohonan_desa", ("Surat desa", "Village letters")),
    ("saldo_penduduk", ("Saldo penduduk", "Population figures")),
    ("peristiwa_kependudukan", ("Peristiwa kependudukan", "Vital events")),
    ("penduduk", ("Biodata penduduk", "Population register")),
    ("keluarga", ("Data keluarga", "Family register")),
    ("kinerja_opd", ("Capaian kinerja", "Performance")),
    ("anggaran_realisasi", ("Realisasi anggaran", "Budget spent")),
    ("skm_respons", ("Survei kepuasan", "Satisfaction survey")),
    ("penilaian_layanan", ("Penilaian layanan", "Ratings")),
    ("pengaduan", ("Pengaduan", "Complaints")),
    ("layanan_keliling", ("Layanan keliling", "Outreach services")),
    ("wifi_sesi", ("Wifi bangku pintar", "Smart bench wifi")),
    ("bangku_telemetri", ("Telemetri bangku pintar", "Smart bench telemetry")),
    ("konten_putar", ("Tayangan bangku pintar", "Smart bench content")),
    ("pemakaian_aplikasi", ("Pemakaian aplikasi", "Use of applications")),
    ("spbe_indikator", ("Indikator SPBE", "SPBE indicators")),
    ("pegawai", ("Daftar pegawai", "Staff list")),
    ("tpp_dasar", ("Dasar TPP", "Allowance basis")),
    ("siswa", ("Daftar siswa", "List of pupils")),
    ("sepeda_keren_sesi", ("Sepeda Keren: hadir", "Sepeda Keren: attendance")),
    ("sepeda_keren_hasil", ("Sepeda Keren: hasil", "Sepeda Keren: results")),
    ("kalender_pendidikan", ("Kalender pendidikan", "School calendar")),
    ("hari_libur", ("Hari libur", "Holidays")),
];
