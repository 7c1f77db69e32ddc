//! The diseases and diagnoses of the regency, watched ones first in the order of the form.

use super::disease::{
    Ages::{self, Adults, Children, Everybody, Infants, Mothers, Old, Pupils},
    Disease,
    Rule::{self, AtLeast, Times, Trend},
};

const fn watched(
    slug: &'static str,
    name: &'static str,
    letter: &'static str,
    icd10: &'static str,
    written: &'static [&'static str],
) -> Disease {
    Disease {
        slug,
        name,
        letter,
        icd10,
        written,
        rule: Rule::None,
        old_threshold: 0,
        incubation: (0.0, 0.0),
        notifiable: false,
        weekly: 0.0,
        rain: 0.0,
        ages: Ages::Everybody,
    }
}

const fn usual(written: &'static [&'static str], weekly: f64, ages: Ages) -> Disease {
    Disease {
        weekly,
        ages,
        ..watched("", "", "", "", written)
    }
}

/// Watched diseases first, in the order of the form, then those without a letter, then everyday diagnoses.
pub(crate) static DISEASES: &[Disease] = &[
    Disease {
        rule: Times(1.5),
        old_threshold: 15,
        incubation: (0.5, 3.0),
        weekly: 3.2,
        rain: 0.3,
        ages: Children,
        ..watched("diare_akut", "Diare akut", "A", "A09", &["A09", "A09.9"])
    },
    Disease {
        rule: AtLeast(1.0),
        old_threshold: 1,
        incubation: (9.0, 30.0),
        notifiable: true,
        weekly: 0.004,
        ..watched(
            "malaria_konfirmasi",
            "Malaria konfirmasi",
            "B",
            "B50-B54",
            &["B51", "B54"],
        )
    },
    Disease {
        rule: AtLeast(2.0),
        old_threshold: 5,
        incubation: (4.0, 10.0),
        notifiable: true,
        weekly: 0.3,
        rain: 0.85,
        ages: Pupils,
        ..watched(
            "suspek_dengue",
            "Suspek dengue",
            "C",
            "A90,A91,A97",
            &["A90", "A91", "A97.0"],
        )
    },
    Disease {
        rule: Times(1.5),
        old_threshold: 5,
        incubation: (1.0, 7.0),
        weekly: 0.4,
        rain: 0.3,
        ages: Infants,
        ..watched("pneumonia", "Pneumonia", "D", "J18", &["J18.9", "J18.0"])
    },
    Disease {
        rule: AtLeast(1.0),
        old_threshold: 5,
        incubation: (1.0, 7.0),
        weekly: 0.06,
        rain: 0.2,
        ..watched(
            "disentri",
            "Diare berdarah/disentri",
            "E",
            "A03,A06",
            &["A03.9", "A06.0"],
        )
    },
    Disease {
        rule: Times(1.5),
        old_threshold: 3,
        incubation: (6.0, 30.0),
        weekly: 0.5,
        rain: 0.1,
        ages: Pupils,
        ..watched("suspek_demam_tifoid", "Suspek demam tifoid", "F", "A01", &["A01.0"])
    },
    Disease {
        rule: AtLeast(1.0),
        old_threshold: 3,
        incubation: (15.0, 50.0),
        notifiable: true,
        weekly: 0.03,
        ..watched(
            "sindrom_jaundice",
            "Sindrom jaundice akut",
            "G",
            "R17,B15-B19",
            &["R17", "B15.9"],
        )
    },
    Disease {
        rule: Times(1.5),
        old_threshold: 1,
        incubation: (3.0, 7.0),
        notifiable: true,
        weekly: 0.04,
        rain: 0.8,
        ages: Adults,
        ..watched("suspek_chikungunya", "Suspek chikungunya", "H", "A92.0", &["A92.0"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (2.0, 8.0),
        notifiable: true,
        ..watched(
            "suspek_flu_burung",
            "Suspek flu burung pada manusia",
            "J",
            "J09",
            &["J09"],
        )
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (10.0, 14.0),
        notifiable: true,
        weekly: 0.02,
        ages: Children,
        ..watched("campak", "Suspek campak", "K", "B05", &["B05.9"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (2.0, 5.0),
        notifiable: true,
        weekly: 0.001,
        ages: Children,
        ..watched("observasi_difteri", "Observasi difteri", "L", "A36", &["A36.9"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (5.0, 10.0),
        notifiable: true,
        weekly: 0.002,
        ages: Infants,
        ..watched("suspek_pertusis", "Suspek pertusis", "M", "A37", &["A37.9"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (7.0, 14.0),
        notifiable: true,
        weekly: 0.002,
        ages: Children,
        ..watched("afp", "AFP (lumpuh layu mendadak)", "N", "G81-G83,A80", &["G82.0"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (14.0, 90.0),
        notifiable: true,
        weekly: 0.08,
        ..watched(
            "gigitan_hpr",
            "Gigitan hewan penular rabies",
            "P",
            "Z20.3,W54,A82",
            &["W54", "Z20.3"],
        )
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (1.0, 7.0),
        notifiable: true,
        ..watched("suspek_antraks", "Suspek antraks", "Q", "A22", &["A22.9"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (2.0, 30.0),
        notifiable: true,
        weekly: 0.02,
        rain: 0.8,
        ages: Adults,
        ..watched("suspek_leptospirosis", "Suspek leptospirosis", "R", "A27", &["A27.9"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (0.2, 5.0),
        notifiable: true,
        ..watched("suspek_kolera", "Suspek kolera", "S", "A00", &["A00.9"])
    },
    Disease {
        rule: AtLeast(3.0),
        incubation: (2.0, 10.0),
        notifiable: true,
        weekly: 0.002,
        ..watched(
            "suspek_meningitis",
            "Suspek meningitis/ensefalitis",
            "U",
            "G00-G05",
            &["G03.9"],
        )
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (3.0, 21.0),
        ages: Infants,
        ..watched("tetanus_neonatorum", "Tetanus neonatorum", "V", "A33", &["A33"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (3.0, 21.0),
        weekly: 0.001,
        ages: Adults,
        ..watched("tetanus", "Tetanus", "W", "A35", &["A35"])
    },
    Disease {
        rule: Trend,
        incubation: (1.0, 4.0),
        weekly: 4.0,
        rain: 0.35,
        ..watched("ili", "ILI", "Y", "J10,J11", &["J11.1", "J11"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (3.0, 6.0),
        weekly: 0.05,
        rain: 0.3,
        ages: Infants,
        ..watched("hfmd", "Suspek HFMD", "Z", "B08.4", &["B08.4"])
    },
    Disease {
        rule: Times(1.5),
        incubation: (1.0, 4.0),
        weekly: 38.0,
        rain: 0.3,
        ages: Children,
        ..watched("ispa", "ISPA", "AA", "J00-J06", &["J06.9", "J00", "J02.9", "J03.9"])
    },
    Disease {
        rule: AtLeast(1.0),
        incubation: (2.0, 14.0),
        notifiable: true,
        weekly: 0.01,
        ..watched("covid19_konfirmasi", "COVID-19 konfirmasi", "AC", "U07.1", &["U07.1"])
    },
    Disease {
        incubation: (10.0, 21.0),
        weekly: 0.2,
        ages: Pupils,
        ..watched("varisela", "Varisela", "", "B01", &["B01.9"])
    },
    Disease {
        incubation: (12.0, 25.0),
        weekly: 0.08,
        ages: Pupils,
        ..watched("parotitis", "Parotitis (gondongan)", "", "B26", &["B26.9"])
    },
    Disease {
        incubation: (1.0, 3.0),
        weekly: 0.9,
        ages: Everybody,
        ..watched("konjungtivitis", "Konjungtivitis", "", "H10", &["H10.9", "H10.1"])
    },
    Disease {
        incubation: (0.1, 1.5),
        notifiable: true,
        weekly: 0.05,
        ages: Everybody,
        ..watched("keracunan_pangan", "Keracunan pangan", "", "A05", &["A05.9"])
    },
    usual(&["I10"], 19.0, Old),
    usual(&["E11.9", "E11"], 9.0, Old),
    usual(&["M79.1", "M13.9", "M54.5"], 15.0, Adults),
    usual(&["K29.7", "K30"], 11.0, Adults),
    usual(&["K04.1", "K02.9", "K05.1"], 9.0, Everybody),
    usual(&["L30.9", "L23.9", "B35.4"], 8.0, Everybody),
    usual(&["R50.9"], 6.0, Children),
    usual(&["R51", "G44.2"], 6.0, Adults),
    usual(&["Z34.9", "Z34.0"], 9.0, Mothers),
    usual(&["Z30.9"], 5.0, Mothers),
    usual(&["Z23", "Z27.9"], 8.0, Infants),
    usual(&["Z00.1", "E44.1"], 4.0, Infants),
    usual(&["T14.1", "S01.9"], 4.5, Everybody),
    usual(&["A15.0", "Z03.0"], 1.4, Adults),
    usual(&["Z02.7"], 5.0, Adults),
];
