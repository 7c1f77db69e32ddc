use crate::{
    services::workbook::{date_words, decimal, thousands},
    tests::day,
};

#[test]
fn numbers_and_dates_are_written_as_offices_do() {
    assert_eq!(thousands(0), "0");
    assert_eq!(thousands(999), "999");
    assert_eq!(thousands(1_261_400), "1.261.400");
    assert_eq!(decimal(1261.4, 2), "1.261,40");
    assert_eq!(decimal(-0.005, 2), "-0,01");
    assert_eq!(decimal(0.999, 2), "1,00");
    assert_eq!(decimal(86.5, 0), "87");
    assert_eq!(date_words(day("2026-07-12")), "12 Juli 2026");
}
