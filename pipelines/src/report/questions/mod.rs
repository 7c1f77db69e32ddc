//! What the briefing asks, as data: a file for each group of sections, a line or a few for each figure or table. They read
//! `mart.*` only, and of it what leaders may read. A new figure is a new entry.
//!
//! A figure's rows are `periode, nilai` and perhaps `sasaran`, oldest first. A statement names days by the parameters that
//! [`super::days::Days`] gives, and by `{hari}` the day on which the first flagged period of an alert ended.

mod kepuasan;
mod layanan;
mod masyarakat;
mod names;
mod pengiriman;
mod peringatan;

use super::{
    form::{Better, Grain, Kind},
    words::Unit,
};

/// Texts of both languages.
pub(super) type Both = (&'static str, &'static str);

/// A section.
#[derive(Debug)]
pub(super) struct SectionAsked {
    pub id: &'static str,
    pub title: Both,
    pub note: Both,
    pub figures: &'static [FigureAsked],
    pub tables: &'static [TableAsked],
}

/// A figure.
#[derive(Debug)]
pub(super) struct FigureAsked {
    pub metric: &'static str,
    pub title: Both,
    pub note: Option<Both>,
    pub unit: Unit,
    pub better: Option<Better>,
    pub grain: Grain,
    /// Of things that are counted: a period without a row is none of them, not an unknown number.
    pub counts: bool,
    pub asked: When,
    pub sql: &'static str,
}

/// A table.
#[derive(Debug)]
pub(super) struct TableAsked {
    pub metric: &'static str,
    pub title: Both,
    pub note: Option<Both>,
    pub columns: &'static [ColumnAsked],
    /// Most rows that are shown.
    pub most: usize,
    pub asked: When,
    pub sql: &'static str,
}

/// Which state of the data a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// That of the briefing.
    Then,
    /// What came about within the week: rows at its end whose `kunci` is in none at its beginning. Of a figure, how many.
    Within,
}

/// A column of a table.
#[derive(Debug)]
pub(super) struct ColumnAsked {
    pub key: &'static str,
    pub title: Both,
    pub kind: Kind,
    pub unit: Unit,
    pub read: Read,
}

/// How a column's values become cells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Read {
    /// As they are.
    Plain,
    /// Words for codes; a code without words is shown with spaces for its underscores.
    Codes(&'static [(&'static str, Both)]),
    /// Indonesian; English in the column of the same name with `_en` behind it.
    Pair,
    /// JSON with the texts in `kalimat`.
    Json,
}

const fn text(key: &'static str, title: Both) -> ColumnAsked {
    column(key, title, Kind::Text, Unit::Bilangan, Read::Plain)
}

const fn codes(key: &'static str, title: Both, words: &'static [(&'static str, Both)]) -> ColumnAsked {
    column(key, title, Kind::Text, Unit::Bilangan, Read::Codes(words))
}

const fn number(key: &'static str, title: Both, unit: Unit) -> ColumnAsked {
    column(key, title, Kind::Number, unit, Read::Plain)
}

const fn change(key: &'static str, title: Both, unit: Unit) -> ColumnAsked {
    column(key, title, Kind::Change, unit, Read::Plain)
}

const fn day(key: &'static str, title: Both) -> ColumnAsked {
    column(key, title, Kind::Day, Unit::Bilangan, Read::Plain)
}

const fn column(key: &'static str, title: Both, kind: Kind, unit: Unit, read: Read) -> ColumnAsked {
    ColumnAsked {
        key,
        title,
        kind,
        unit,
        read,
    }
}

/// All sections, in their order.
pub(super) const SECTIONS: &[SectionAsked] = &[
    peringatan::PERINGATAN,
    masyarakat::PENDIDIKAN,
    masyarakat::KESEHATAN,
    layanan::LAYANAN,
    kepuasan::KEPUASAN,
    kepuasan::KINERJA,
    pengiriman::PENGIRIMAN,
];

/// Figures that stand for the week.
pub(super) const KEY_FIGURES: &[&str] = &[
    "laporan.peringatan.baru",
    "laporan.pendidikan.tidak_hadir",
    "laporan.kesehatan.kunjungan",
    "laporan.layanan.mpp",
    "laporan.layanan.tepat_waktu",
    "laporan.kepuasan.ikm",
    "laporan.kepuasan.pengaduan",
    "laporan.kinerja.serapan",
    "laporan.pengiriman.masuk",
];

/// Figures that the headline may name where they moved.
pub(super) const TELLING: &[&str] = &[
    "laporan.pendidikan.tidak_hadir",
    "laporan.pendidikan.sakit",
    "laporan.kesehatan.kunjungan",
    "laporan.kesehatan.ispa",
    "laporan.kesehatan.diare",
    "laporan.kesehatan.dengue",
    "laporan.layanan.mpp",
    "laporan.layanan.tunggu",
    "laporan.layanan.tepat_waktu",
    "laporan.kepuasan.pengaduan",
];
