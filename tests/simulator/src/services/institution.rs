//! The regency's institutions under the ids by which the hub knows them.

/// Id, name, and number in E-SAKIP before 2026.
pub(crate) const OFFICES: [(&str, &str, u32); 27] = [
    ("setda", "Sekretariat Daerah", 2),
    ("setwan", "Sekretariat DPRD", 3),
    ("inspektorat", "Inspektorat", 4),
    ("dikpora", "Dinas Pendidikan, Pemuda dan Olahraga", 5),
    (
        "dinkes",
        "Dinas Kesehatan, Pengendalian Penduduk dan Keluarga Berencana",
        6,
    ),
    ("pupr", "Dinas Pekerjaan Umum dan Penataan Ruang", 7),
    ("dlh", "Dinas Perumahan, Kawasan Permukiman dan Lingkungan Hidup", 8),
    ("satpol", "Satuan Polisi Pamong Praja dan Kebakaran", 9),
    (
        "dinsos",
        "Dinas Sosial, Pemberdayaan Perempuan dan Perlindungan Anak",
        10,
    ),
    ("disnaker", "Dinas Perindustrian dan Tenaga Kerja", 11),
    ("dispertan", "Dinas Pertanian dan Pangan", 12),
    ("dukcapil", "Dinas Kependudukan dan Pencatatan Sipil", 13),
    ("dpmd", "Dinas Pemberdayaan Masyarakat dan Desa", 14),
    ("dishub", "Dinas Perhubungan", 15),
    ("kominfo", "Dinas Komunikasi dan Informatika", 16),
    ("diskop", "Dinas Koperasi dan Usaha Mikro dan Perdagangan", 17),
    ("dpmptsp", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", 18),
    ("arpus", "Dinas Kearsipan dan Perpustakaan", 19),
    ("diskan", "Dinas Perikanan", 20),
    ("disparbud", "Dinas Pariwisata dan Kebudayaan", 21),
    (
        "bappeda",
        "Badan Perencanaan Pembangunan, Penelitian dan Pengembangan Daerah",
        22,
    ),
    ("bpkad", "Badan Keuangan Daerah", 23),
    ("bkd", "Badan Kepegawaian Daerah", 24),
    ("bpbd", "Badan Penanggulangan Bencana Daerah", 25),
    ("bakesbang", "Badan Kesatuan Bangsa dan Politik", 26),
    ("disnak", "Dinas Peternakan", 42),
    ("rsud", "RSUD dr. Soedomo", 27),
];

/// Partners at the Mal Pelayanan Publik that are no offices of the regency.
pub(crate) const PARTNERS: [(&str, &str, &str); 18] = [
    ("polres", "Kepolisian Resor Trenggalek", "vertikal"),
    ("kpp_pratama", "Kantor Pelayanan Pajak Pratama", "vertikal"),
    ("samsat", "Samsat Trenggalek", "vertikal"),
    ("bpjs_kesehatan", "BPJS Kesehatan", "mitra"),
    ("bpjs_ketenagakerjaan", "BPJS Ketenagakerjaan", "mitra"),
    ("bpn", "Kantor Pertanahan", "vertikal"),
    ("kemenag", "Kantor Kementerian Agama", "vertikal"),
    ("pengadilan_agama", "Pengadilan Agama Trenggalek", "vertikal"),
    ("imigrasi", "Kantor Imigrasi", "vertikal"),
    ("taspen", "Taspen", "mitra"),
    ("pln", "PLN", "mitra"),
    ("pdam", "Perusahaan Daerah Air Minum", "mitra"),
    ("bank_jatim", "Bank Jatim", "mitra"),
    ("pos", "Pos Indonesia", "mitra"),
    ("kejaksaan", "Kejaksaan Negeri Trenggalek", "vertikal"),
    ("pmi", "Palang Merah Indonesia", "mitra"),
    ("bnn", "Badan Narkotika Nasional", "vertikal"),
    ("bni", "Bank Negara Indonesia", "mitra"),
];

/// All ids of offices, those of the kecamatan included, that have employees and a budget.
pub(crate) fn employers() -> impl Iterator<Item = (String, String)> {
    let offices = OFFICES
        .iter()
        .map(|(id, name, _)| ((*id).to_owned(), (*name).to_owned()));
    offices.chain((1..=14).map(|number| (format!("kec_{number:02}"), format!("Kecamatan {number:02}"))))
}
