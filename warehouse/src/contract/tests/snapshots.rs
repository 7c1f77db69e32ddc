//! The registry: shipped contracts, layers, majors, polling.

use super::*;
use std::{fs, path::PathBuf};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("smartcenter-contract-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn every_shipped_contract_is_sound() {
    let faults: Vec<String> = check(&[]).iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    let registry = Registry::embedded().unwrap();
    let names: Vec<&str> = registry.iter().map(|c| c.dataset.as_str()).collect();
    assert_eq!(
        names,
        [
            "absensi_harian_sekolah",
            "absensi_kelas",
            "absensi_siswa",
            "anggaran_realisasi",
            "antrean_peristiwa",
            "bangku",
            "bangku_telemetri",
            "batas_desa",
            "batas_kecamatan",
            "faskes",
            "hari_libur",
            "inovasi",
            "instansi",
            "kalender_pendidikan",
            "kasus_penyakit",
            "keluarga",
            "kinerja_opd",
            "konten_putar",
            "kunjungan_puskesmas",
            "layanan",
            "layanan_keliling",
            "lokasi_layanan",
            "padanan_kecamatan",
            "pegawai",
            "pemakaian_aplikasi",
            "penduduk",
            "pengaduan",
            "penilaian_layanan",
            "penyakit",
            "peristiwa_kependudukan",
            "permohonan_desa",
            "saldo_penduduk",
            "sekolah",
            "sepeda_keren_angkatan",
            "sepeda_keren_hasil",
            "sepeda_keren_peserta",
            "sepeda_keren_sesi",
            "siswa",
            "skm_respons",
            "spbe_indikator",
            "suksesi_instansi",
            "tpp_dasar",
            "wifi_sesi",
            "wilayah",
            "wilayah_kerja_puskesmas"
        ]
    );
    for contract in registry.iter() {
        assert_eq!(contract.origin, Origin::Embedded);
        assert!(
            !contract.title.is_empty() && contract.description.len() > 20,
            "{}",
            contract.dataset
        );
        assert!(
            contract.freshness.is_some(),
            "{} has no service level",
            contract.dataset
        );
        assert!(!contract.columns.is_empty());
        assert_ne!(contract.owner.as_str(), "walidata", "{} has no owner", contract.dataset);
    }
}

#[test]
fn attendance_holds_what_the_feed_needs() {
    let registry = Registry::embedded().unwrap();
    let absensi = registry.get("absensi_harian_sekolah").unwrap();
    let names: Vec<&str> = absensi.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "tanggal",
            "npsn",
            "nama_sekolah",
            "jenjang",
            "kode_kecamatan",
            "terdaftar",
            "hadir",
            "sakit",
            "izin",
            "alpa",
            "diperbarui"
        ]
    );
    assert_eq!(absensi.primary_key, [0, 1]);
    assert_eq!(absensi.version_column, Some(10));
    assert_eq!(absensi.row_scope.region, Some(4));
    assert_eq!(absensi.columns[5].ty, ColumnType::Int32);
    assert_eq!(absensi.row_rules[0].name, "jumlah_sesuai_terdaftar");
    assert_eq!(absensi.event_time.as_ref().map(|e| e.column), Some(0));
    assert!(
        absensi.columns[5]
            .aliases
            .iter()
            .any(|alias| fold(alias) == fold("Jumlah Siswa"))
    );
    assert!(registry.get("wilayah").unwrap().public && registry.get("wilayah").unwrap().reference);
}

#[test]
fn personal_columns_have_a_mask_that_keeps_no_name() {
    let registry = Registry::embedded().unwrap();
    for contract in registry.iter() {
        for column in contract.columns.iter().filter(|c| c.classification.is_personal()) {
            let (place, name) = (format!("{}.{}", contract.dataset, column.name), column.name.as_str());
            assert_ne!(column.mask, Mask::Partial, "{place} shows a part of itself");
            // Numbers are joined by their hash; of anything else a hash would be a name under another name.
            let is_number = ["nik", "no_kk", "nisn", "nip", "petugas", "perangkat", "siswa_id"]
                .iter()
                .any(|number| name.starts_with(number));
            assert_eq!(
                column.mask == Mask::Hash,
                is_number,
                "{place} has the mask {:?}",
                column.mask
            );
        }
        let is_about_people = contract.columns.iter().any(|c| c.classification.is_personal());
        assert!(!(is_about_people && contract.public), "{}", contract.dataset);
    }
    let penduduk = registry.get("penduduk").unwrap();
    assert!(penduduk.lookup && penduduk.columns[0].classification == Classification::Personal);
    let siswa = registry.get("siswa").unwrap();
    assert_eq!(siswa.columns[3].classification, Classification::Sensitive, "children");
}

#[test]
fn later_layers_win() {
    let dir = folder("layers");
    fs::create_dir_all(dir.join("dinas")).unwrap();
    fs::write(dir.join("dinas/contoh.yaml"), PLAIN).unwrap();
    fs::write(dir.join("catatan.txt"), "not a contract").unwrap();
    fs::write(dir.join("dinas/.contoh.yaml.swp.yaml"), "half written").unwrap();
    let api = PLAIN.replace("- name: contoh", "- businessName: API\n    name: contoh");
    let site = Registry::load(std::slice::from_ref(&dir), &[]).unwrap();
    assert_eq!(site.get("contoh").unwrap().origin, Origin::Site);
    let both = Registry::load(&[dir.clone(), dir.clone()], &[api]).unwrap();
    assert_eq!(
        (
            both.get("contoh").unwrap().origin,
            both.get("contoh").unwrap().title.as_str()
        ),
        (Origin::Api, "API")
    );
    assert_eq!(both.len(), Registry::embedded().unwrap().len() + 1);
    assert!(
        Registry::load(&[dir.join("nowhere")], &[]).is_ok(),
        "a missing folder is empty"
    );
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_bad_file_is_told_of_and_left_out() {
    let dir = folder("bad");
    fs::write(dir.join("a.yaml"), PLAIN).unwrap();
    fs::write(dir.join("b.yaml"), PLAIN).unwrap();
    fs::write(
        dir.join("c.yaml"),
        PLAIN.replace("logicalType: date", "logicalType: datum"),
    )
    .unwrap();
    fs::write(dir.join("d.yaml"), [0xff, 0xfe]).unwrap();
    let dirs = [dir.clone()];
    let faults = Registry::load(&dirs, &[]).unwrap_err();
    let find = |name: &str| faults.iter().find(|f| f.file.ends_with(name)).unwrap();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(find("b.yaml").message.contains("a.yaml as well"));
    assert_eq!(find("c.yaml").line, 10);
    assert!(find("d.yaml").message.contains("cannot be read"));
    let (registry, same) = Registry::gather(&dirs, &[]);
    assert_eq!(same, faults);
    assert!(registry.get("contoh").is_some() && registry.get("wilayah").is_some());
    assert_eq!(check(&dirs), faults);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn references_that_lead_nowhere_are_found_with_their_line() {
    let dir = folder("dangling");
    let refer = |to: &str| with(&format!("        relationships: [{{to: {to}}}]\n"));
    for (to, part) in [
        ("tidak_ada.kode", "no contract describes"),
        ("wilayah.kodee", "column `kodee`"),
    ] {
        fs::write(dir.join("contoh.yaml"), refer(to)).unwrap();
        let faults = check(std::slice::from_ref(&dir));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].message.contains(part), "{}", faults[0]);
        assert_eq!(faults[0].line, 13);
        assert!(
            Registry::load(std::slice::from_ref(&dir), &[]).is_ok(),
            "references are soft"
        );
    }
    fs::write(dir.join("contoh.yaml"), refer("wilayah.kode")).unwrap();
    assert!(check(std::slice::from_ref(&dir)).is_empty());
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn older_majors_stay_readable() {
    let one = Registry::default().with(good(PLAIN));
    let two = one.with(good(&PLAIN.replace("1.0.0", "2.0.0")));
    assert_eq!(
        one.get("contoh").unwrap().version.major,
        1,
        "a registry does not change"
    );
    assert_eq!(two.get("contoh").unwrap().version.major, 2);
    assert_eq!(two.get("contoh_v1").unwrap().version.major, 1);
    assert!(two.get("contoh_v2").is_none() && two.get("contoh_v3").is_none() && two.get("contoh_vx").is_none());
    assert_eq!(two.get_major("contoh", 1).unwrap().version.major, 1);
    let names: Vec<String> = two.readable().map(|(name, _)| name).collect();
    assert_eq!(names, ["contoh_v1", "contoh"]);
    assert_eq!((two.iter().count(), two.iter_all().count()), (1, 2));
    let minor = two.with(good(&PLAIN.replace("1.0.0", "2.1.0")));
    assert_eq!(
        (minor.get("contoh").unwrap().version.minor, minor.iter_all().count()),
        (1, 2)
    );
    let back = two.with(good(PLAIN));
    assert_eq!(
        (back.get("contoh").unwrap().version.major, back.iter_all().count()),
        (1, 1),
        "a later layer decides"
    );
}

#[test]
fn the_fingerprint_follows_the_files() {
    let dir = folder("fingerprint");
    let dirs = [dir.clone()];
    let empty = fingerprint(&dirs);
    fs::write(dir.join("a.yaml"), "x").unwrap();
    let one = fingerprint(&dirs);
    assert_ne!(empty, one);
    assert_eq!(one, fingerprint(&dirs));
    fs::write(dir.join("a.yaml"), "xy").unwrap();
    assert_ne!(one, fingerprint(&dirs));
    fs::write(dir.join("catatan.txt"), "x").unwrap();
    fs::remove_file(dir.join("a.yaml")).unwrap();
    assert_eq!(empty, fingerprint(&dirs));
    fs::remove_dir_all(dir).unwrap();
}
