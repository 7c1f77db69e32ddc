//! Vital and registry events, as the registry records them.

use chrono::{NaiveDate, NaiveDateTime};

/// Kind of event; the words of `peristiwa_kependudukan.jenis`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Birth,
    Death,
    Arrival,
    Departure,
    Marriage,
    Divorce,
    CardChange,
    ElementChange,
    IdRecorded,
    IdPrinted,
    ChildCard,
    DigitalId,
    Acknowledged,
    Adopted,
}

impl Kind {
    /// Every kind with its events per 1,000 people and month: the yearly rates of the domain reference for vital
    /// events, and for the others what makes about a thousand entries a working day in the whole regency. An arrival or
    /// departure moves less than two people, and two of five departures stay in the regency; some plans find nobody.
    pub(crate) const RATES: [(Self, f64); 14] = [
        (Self::Birth, 11.0 / 12.0),
        (Self::Death, 8.6 / 12.0),
        (Self::Arrival, 5.4 / 12.0),
        (Self::Departure, 9.7 / 12.0),
        (Self::Marriage, 9.0 / 12.0),
        (Self::Divorce, 2.7 / 12.0),
        (Self::CardChange, 5.2),
        (Self::ElementChange, 2.6),
        (Self::IdRecorded, 2.0),
        (Self::IdPrinted, 7.6),
        (Self::ChildCard, 4.2),
        (Self::DigitalId, 3.6),
        (Self::Acknowledged, 0.004),
        (Self::Adopted, 0.003),
    ];

    /// The word in the data.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Birth => "lahir",
            Self::Death => "mati",
            Self::Arrival => "datang",
            Self::Departure => "pindah",
            Self::Marriage => "kawin",
            Self::Divorce => "cerai",
            Self::CardChange => "ubah_kk",
            Self::ElementChange => "ubah_elemen",
            Self::IdRecorded => "rekam_ktp",
            Self::IdPrinted => "cetak_ktp",
            Self::ChildCard => "kia_terbit",
            Self::DigitalId => "ikd_aktif",
            Self::Acknowledged => "pengakuan_anak",
            Self::Adopted => "pengangkatan_anak",
        }
    }
}

/// A recorded event. Villages are positions; `outside` is the code of a regency elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) kind: Kind,
    pub(crate) occurred: NaiveDate,
    /// Local time.
    pub(crate) recorded: NaiveDateTime,
    pub(crate) person: u32,
    pub(crate) family: u32,
    pub(crate) from: Option<u8>,
    pub(crate) to: Option<u8>,
    pub(crate) outside: Option<&'static str>,
    /// Persons concerned.
    pub(crate) persons: u32,
    /// Number in its month; part of the event id and the document number.
    pub(crate) number: u32,
}
