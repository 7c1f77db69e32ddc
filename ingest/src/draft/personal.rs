//! Columns that may hold personal data, by what they are called and what is in them. Suspicion, not proof: a draft that
//! marks too much is corrected by a person, one that marks too little shows somebody's data.

use super::profile::Profile;
use smartcenter_warehouse::contract::fold;

/// Why a column is taken for personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suspicion {
    /// `pribadi` or `pribadi_spesifik` (UU 27/2022, article 4).
    pub class: &'static str,
    /// In words.
    pub reason: &'static str,
}

/// Words in a name that tell a person's data, after UU 27/2022 article 4: `pribadi` are its general, `pribadi_spesifik`
/// its specific ones.
const WORDS: [(&str, &str, &str); 33] = [
    ("nik", "pribadi", "a NIK names a person"),
    ("noktp", "pribadi", "the number of an identity card names a person"),
    ("nokk", "pribadi", "the number of a family card names a family"),
    ("nisn", "pribadi", "the NISN names a pupil"),
    ("nip", "pribadi", "the NIP names an official"),
    ("npwp", "pribadi", "the NPWP names a taxpayer"),
    ("bpjs", "pribadi_spesifik", "the number of an insured person"),
    ("paspor", "pribadi", "the number of a passport"),
    (
        "rekening",
        "pribadi_spesifik",
        "a bank account is personal financial data",
    ),
    ("penghasilan", "pribadi_spesifik", "income is personal financial data"),
    ("gaji", "pribadi_spesifik", "pay is personal financial data"),
    ("alamat", "pribadi", "an address leads to a person"),
    ("telepon", "pribadi", "a telephone number leads to a person"),
    ("telp", "pribadi", "a telephone number leads to a person"),
    ("nohp", "pribadi", "a telephone number leads to a person"),
    ("nowa", "pribadi", "a telephone number leads to a person"),
    ("whatsapp", "pribadi", "a telephone number leads to a person"),
    ("email", "pribadi", "an e-mail address leads to a person"),
    ("surel", "pribadi", "an e-mail address leads to a person"),
    ("tanggallahir", "pribadi", "a birthday tells a person from others"),
    ("tgllahir", "pribadi", "a birthday tells a person from others"),
    ("tempatlahir", "pribadi", "a birthplace tells a person from others"),
    ("agama", "pribadi", "religion is personal data"),
    ("statuskawin", "pribadi", "marital status is personal data"),
    ("perkawinan", "pribadi", "marital status is personal data"),
    ("diagnosa", "pribadi_spesifik", "a diagnosis is health data"),
    ("diagnosis", "pribadi_spesifik", "a diagnosis is health data"),
    ("rekammedis", "pribadi_spesifik", "a medical record is health data"),
    (
        "norm",
        "pribadi_spesifik",
        "the number of a medical record is health data",
    ),
    ("golongandarah", "pribadi_spesifik", "a blood group is health data"),
    ("disabilitas", "pribadi_spesifik", "a disability is health data"),
    ("sidikjari", "pribadi_spesifik", "a fingerprint is biometric data"),
    ("foto", "pribadi_spesifik", "a picture of a face is biometric data"),
];

/// Persons of whom a name may be; a name of anything else is none.
const PERSONS: [&str; 22] = [
    "lengkap", "siswa", "murid", "pasien", "warga", "penduduk", "pegawai", "guru", "ayah", "ibu", "wali", "anak",
    "suami", "istri", "pemohon", "pelapor", "penerima", "peserta", "petugas", "kepala", "dokter", "orang",
];

/// Whether the column may be personal, and why.
pub(super) fn suspicion(header: &str, profile: &Profile) -> Option<Suspicion> {
    let suspect = |class, reason| Some(Suspicion { class, reason });
    let folded: String = fold(header).chars().filter(|c| c.is_alphanumeric()).collect();
    if profile.niks * 2 > profile.present {
        return suspect("pribadi", "most values are built like a NIK");
    }
    if profile.mails * 2 > profile.present {
        return suspect("pribadi", "most values are e-mail addresses");
    }
    if profile.telephones * 2 > profile.present {
        return suspect("pribadi", "most values are built like telephone numbers");
    }
    let words: Vec<String> = header
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .collect();
    let counts = words
        .iter()
        .any(|word| matches!(word.as_str(), "jumlah" | "jml" | "total" | "rata" | "persen"));
    if counts {
        return None;
    }
    for (word, class, reason) in WORDS {
        // Short words are part of others (`nik` of `teknik`), so they have to stand alone.
        let is_there = if word.len() <= 4 {
            folded == word || words.iter().any(|own| own == word)
        } else {
            folded.contains(word)
        };
        if is_there {
            return suspect(class, reason);
        }
    }
    let is_name = words.iter().any(|word| word == "nama") || folded == "nama" || folded.starts_with("nama");
    let of_person = folded == "nama" || PERSONS.iter().any(|person| folded.contains(person));
    (is_name && of_person).then_some(Suspicion {
        class: "pribadi",
        reason: "it may be the name of a person",
    })
}
