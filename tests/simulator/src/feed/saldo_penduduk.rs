//! Registered population per village at the end of a semester: a workbook per kecamatan with merged headers, village
//! names and a line of totals. A few villages do not agree with the events; the answer key names them.

use super::{Feed, Shipment, periods::moment};
use crate::{Envelope, Result, World, book, dice::Dice, regions::Regions};
use chrono::{Datelike, Days, NaiveDate};
use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};
use std::sync::{Arc, OnceLock};

/// The feed.
pub(crate) struct Balance;

const DATASET: &str = "saldo_penduduk";

impl Feed for Balance {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    /// Closing days up to 25 days before `to`, and the one before `from`, from which balances start.
    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let mut all = Vec::new();
        for closing in closings(from, to) {
            let counts: Arc<OnceLock<Vec<[u32; 3]>>> = Arc::default();
            for place in 0..world.regions.kecamatan.len() {
                let shared = counts.clone();
                let name = format!("DKB_{}_{closing}.xlsx", world.regions.code(place).replace('.', ""));
                let title = name.clone();
                let arrives = moment((closing + Days::new(25)).max(from), 10, place as u32);
                all.push(Shipment::new(DATASET, name, arrives, move |world| {
                    let counts = shared.get_or_init(|| world.registry().balance(closing + Days::new(1)));
                    sheet(world, &title, place, closing, counts)
                }));
            }
        }
        Ok(all)
    }
}

fn closings(from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let days = (from.year() - 1..=to.year())
        .flat_map(|year| [(year, 6, 30), (year, 12, 31)])
        .filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    let ready: Vec<_> = days.filter(|day| *day + Days::new(25) <= to).collect();
    let first = ready.partition_point(|day| *day < from).saturating_sub(1);
    ready.into_iter().skip(first).collect()
}

/// Persons by which a village's figure is off. Neighbours in the list differ in opposite ways, as when somebody was
/// counted in the wrong village.
pub(crate) fn residual(seed: u64, village: usize, closing: NaiveDate) -> i32 {
    let semester = u64::from(closing.year().unsigned_abs()) * 2 + u64::from(closing.month() > 6);
    let mut dice = Dice::of(seed, [73, village as u64, semester]);
    if dice.chance(0.02) { 2 + dice.below(6) as i32 } else { 0 }
}

/// Villages with a residual among the closing days in `from..=to`: day, village, persons.
pub(crate) fn planted(seed: u64, regions: &Regions, from: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, usize, i32)> {
    let days = closings(from, to).into_iter();
    days.flat_map(|day| (0..regions.villages.len()).map(move |v| (day, v, residual(seed, v, day))))
        .filter(|(_, _, off)| *off != 0)
        .collect()
}

fn sheet(world: &World, name: &str, place: usize, closing: NaiveDate, counts: &[[u32; 3]]) -> Result<Envelope> {
    let villages: Vec<_> = world.regions.villages_of(place).collect();
    book::workbook(DATASET, name, "DKB", villages.len(), |page| {
        headers(world, page, place, closing)?;
        let mut total = [0; 3];
        for (row, village) in (5u32..).zip(&villages) {
            let place = &world.regions.villages[*village];
            let [men, women, families] = counts[*village];
            let men = men + residual(world.seed, *village, closing).unsigned_abs();
            page.write(row, 0, row - 4)?;
            page.write(row, 1, &world.regions.kecamatan[place.kecamatan].name)?;
            page.write(row, 2, &place.name)?;
            page.write(row, 3, closing.format("%d/%m/%Y").to_string())?;
            for (column, count) in (4u16..).zip([men, women, men + women, families]) {
                page.write(row, column, count)?;
            }
            for (sum, count) in total.iter_mut().zip([men, women, families]) {
                *sum += count;
            }
        }
        let last = 5 + villages.len() as u32;
        page.write(last, 1, "JUMLAH")?;
        for (column, sum) in (4u16..).zip([total[0], total[1], total[0] + total[1], total[2]]) {
            page.write(last, column, sum)?;
        }
        page.write(
            last + 2,
            1,
            "Sumber: Data Konsolidasi Bersih, Dinas Kependudukan dan Pencatatan Sipil",
        )?;
        Ok(())
    })
}

fn headers(world: &World, page: &mut Worksheet, place: usize, closing: NaiveDate) -> Result<(), XlsxError> {
    let middle = Format::new().set_bold().set_align(FormatAlign::Center);
    let semester = if closing.month() > 6 { "II" } else { "I" };
    page.write(
        0,
        0,
        format!("JUMLAH PENDUDUK SEMESTER {semester} TAHUN {}", closing.year()),
    )?;
    page.write(
        1,
        0,
        format!("KECAMATAN {}", world.regions.kecamatan[place].name.to_uppercase()),
    )?;
    for (column, title) in (0u16..).zip(["No", "Kecamatan", "Desa/Kelurahan", "Keadaan Per"]) {
        page.merge_range(3, column, 4, column, title, &middle)?;
    }
    page.merge_range(3, 4, 3, 6, "Penduduk", &middle)?;
    for (column, title) in (4u16..).zip(["L", "P", "L+P"]) {
        page.write_with_format(4, column, title, &middle)?;
    }
    page.merge_range(3, 7, 4, 7, "Jumlah KK", &middle)?;
    Ok(())
}
