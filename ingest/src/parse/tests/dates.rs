//! Dates as Indonesians write them, against a slow reader of one expression per form.

use super::super::time::full_year;
use super::*;

/// Spellings of the months as the agencies' files have them.
const MONTHS: [&str; 12] = [
    "januari djanuari jan january",
    "februari pebruari feb peb february",
    "maret mar mrt march",
    "april apr",
    "mei may",
    "juni djuni jun june",
    "juli djuli jul july",
    "agustus agust ags agt agu aug august",
    "september sept sep",
    "oktober okt oct october",
    "november nopember nop nov",
    "desember des dec december",
];

/// Days since 1970-01-01 of a day of the calendar, counted.
fn count(year: i64, month: i64, day: i64) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month - 1).ok()?)?;
    if !(1..=length).contains(&day) || year < 1 {
        return None;
    }
    let before = |year: i64| {
        let past = year - 1;
        past * 365 + past / 4 - past / 100 + past / 400
    };
    let months: i64 = lengths.iter().take(usize::try_from(month - 1).ok()?).sum();
    i32::try_from(before(year) - before(1970) + months + day - 1).ok()
}

/// The slow reader of `indonesia`, without a day of the week, in the year 2026.
fn slow(text: &str) -> Option<i32> {
    let number = |text: &str| text.parse::<i64>().ok();
    let year = |text: &str| {
        let year = number(text)?;
        Some(match text.len() {
            4 => year,
            _ if year <= 36 => 2000 + year,
            _ => 1900 + year,
        })
    };
    if let Some(parts) = Regex::new("^([0-9]{4})-([0-9]{2})-([0-9]{2})$").unwrap().captures(text) {
        return count(number(&parts[1])?, number(&parts[2])?, number(&parts[3])?);
    }
    for sign in ["/", "-", "[.]"] {
        let form = format!("^([0-9]{{1,2}}){sign}([0-9]{{1,2}}){sign}([0-9]{{4}}|[0-9]{{2}})$");
        if let Some(parts) = parts(&form, text) {
            return count(year(&parts[3])?, number(&parts[2])?, number(&parts[1])?);
        }
    }
    let form = "^([0-9]{1,2})[ /.-]*([A-Za-z]+)[ /.,-]*([0-9]{4}|[0-9]{2})$";
    let parts = parts(form, text)?;
    let name = parts[2].to_lowercase();
    let month = MONTHS
        .iter()
        .position(|names| names.split(' ').any(|known| known == name))?;
    count(year(&parts[3])?, i64::try_from(month).ok()? + 1, number(&parts[1])?)
}

fn fast(text: &str) -> Option<i32> {
    moments(&["indonesia"]).date(text, 2026)
}

fn days(text: &str) -> Option<i32> {
    moments(&[]).date(text, 2026)
}

#[test]
fn the_usual_ways_to_write_a_date() {
    for (text, iso) in [
        ("31/12/2024", "2024-12-31"),
        ("31-12-24", "2024-12-31"),
        ("31.12.2024", "2024-12-31"),
        ("1/7/26", "2026-07-01"),
        ("12 Juli 2026", "2026-07-12"),
        ("12 DJULI 1965", "1965-07-12"),
        ("12-Jul-26", "2026-07-12"),
        ("12-Aug-26", "2026-08-12"),
        ("Minggu, 12 Juli 2026", "2026-07-12"),
        ("Senin 13 Juli 2026", "2026-07-13"),
        ("Jum'at, 17 Juli 2026", "2026-07-17"),
        ("Jumat, 17 Jul. 2026", "2026-07-17"),
        ("17 Agustus 1945", "1945-08-17"),
        ("5 Nopember 2026", "2026-11-05"),
        ("5 Pebruari 89", "1989-02-05"),
        ("28 Peb 2026", "2026-02-28"),
        ("2026-07-12", "2026-07-12"),
        ("12 Juli 2026 00.00", "2026-07-12"),
    ] {
        assert_eq!(fast(text), days(iso), "{text}");
    }
    for (index, names) in MONTHS.iter().enumerate() {
        for name in names.split(' ') {
            for name in [
                name.to_owned(),
                name.to_uppercase(),
                name[..1].to_uppercase() + &name[1..],
            ] {
                let iso = format!("2026-{:02}-09", index + 1);
                assert_eq!(fast(&format!("9 {name} 2026")), days(&iso), "{name}");
                assert_eq!(
                    moments(&["%d %B %Y"]).date(&format!("9 {name} 2026"), 2026),
                    days(&iso),
                    "{name}"
                );
                assert_eq!(
                    moments(&["%d-%b-%y"]).date(&format!("9-{name}-26"), 2026),
                    days(&iso),
                    "{name}"
                );
            }
        }
    }
    for text in [
        "31/02/2026",
        "12/13/2026",
        "2026/07/12",
        "12/7-2026",
        "12 Juli",
        "Juli 2026",
        "12 Yuli 2026",
        "12/7/206",
        "12 Juli 2026 08.30",
        "20260712",
        "Rabu",
        "12//2026",
        "12 Juli 2026 WIB",
        "",
        "32 Mei 2026",
        "0/1/2026",
    ] {
        assert_eq!(fast(text), None, "{text}");
    }
}

#[test]
fn a_day_of_the_week_that_is_not_the_date_s_is_told() {
    assert_eq!(fast("Senin, 12 Juli 2026"), None);
    let mut column = col("tanggal", ColumnType::Date);
    column.formats = vec!["indonesia".to_owned()];
    let checked = csv(contract(vec![column]), "tanggal\n\"Senin, 12 Juli 2026\"\n");
    let fault = &checked.rejected[0].faults[0];
    assert_eq!(fault.rule, "ambiguous");
    assert!(
        fault.message.contains("2026-07-12 is minggu") && fault.message.contains("senin"),
        "{}",
        fault.message
    );
}

#[test]
fn times_behind_a_date() {
    let at = |text: &str| moments(&["indonesia"]).timestamp(text, 7 * 60, 2026);
    let hour = 3_600_000_000_i64;
    let midnight = i64::from(days("2026-07-12").unwrap()) * 24 * hour;
    for (text, micros) in [
        ("12 Juli 2026 08.30 WIB", midnight + hour + hour / 2),
        ("12 Juli 2026 08.30 WITA", midnight + hour / 2),
        ("12 Juli 2026 08.30 WIT", midnight - hour / 2),
        ("12 Juli 2026 08.30", midnight + hour + hour / 2),
        ("12 Juli 2026, pukul 8:30 wib", midnight + hour + hour / 2),
        ("12/07/2026 08:30:15", midnight + hour + hour / 2 + 15_000_000),
        ("12-7-26 jam 08.30.15", midnight + hour + hour / 2 + 15_000_000),
        ("2026-07-12T08:30:00+07:00", midnight + hour + hour / 2),
        ("2026-07-12T08:30:00.25Z", midnight + 8 * hour + hour / 2 + 250_000),
        ("12 Juli 2026", midnight - 7 * hour),
        ("Minggu, 12 Juli 2026 08.30 WIB", midnight + hour + hour / 2),
    ] {
        assert_eq!(at(text), Some(micros), "{text}");
    }
    for text in [
        "12 Juli 2026 24.00",
        "12 Juli 2026 8",
        "12 Juli 2026 08.60",
        "12 Juli 2026 08.30 XIB",
        "12 Juli 2026 8.3",
    ] {
        assert_eq!(at(text), None, "{text}");
    }
    let zoned = moments(&["%d/%m/%Y %H.%M %Z"]);
    assert_eq!(
        zoned.timestamp("12/07/2026 08.30 WITA", 7 * 60, 2026),
        Some(midnight + hour / 2)
    );
    assert_eq!(
        zoned.timestamp("12/07/2026 08.30 XYZ", 7 * 60, 2026),
        None,
        "chrono would skip the name"
    );
}

#[test]
fn years_of_two_digits_reach_ten_years_ahead() {
    for (short, now, year) in [
        (26, 2026, 2026),
        (36, 2026, 2036),
        (37, 2026, 1937),
        (89, 2026, 1989),
        (0, 2026, 2000),
        (99, 2026, 1999),
        (5, 2095, 2105),
        (6, 2095, 2006),
    ] {
        assert_eq!(full_year(short, now), year, "{short} in {now}");
    }
    for format in ["%d-%m-%y", "%d/%m/%y", "%d.%m.%y", "%d %m %y"] {
        let text = |year: &str| format.replace("%d", "31").replace("%m", "12").replace("%y", year);
        assert_eq!(
            moments(&[format]).date(&text("36"), 2026),
            days("2036-12-31"),
            "{format}"
        );
        assert_eq!(
            moments(&[format]).date(&text("37"), 2026),
            days("1937-12-31"),
            "{format}"
        );
        assert_eq!(moments(&[format]).date(&text("2024"), 2026), None, "{format}");
    }
}

#[test]
fn two_formats_that_disagree_are_ambiguous() {
    let both = moments(&["%d/%m/%Y", "%m/%d/%Y"]);
    assert_eq!(both.date("03/04/2026", 2026), None);
    assert_eq!(both.candidates("03/04/2026", None, 2026), ["2026-04-03", "2026-03-04"]);
    assert_eq!(
        both.date("04/04/2026", 2026),
        days("2026-04-04"),
        "both read the same day"
    );
    assert_eq!(
        both.date("31/12/2026", 2026),
        days("2026-12-31"),
        "one only can read it"
    );
    assert_eq!(both.date("12/31/2026", 2026), days("2026-12-31"));
    assert_eq!(moments(&["%Y%m%d", "%d%m%Y"]).date("10111213", 2026), None);
    assert_eq!(moments(&["%d-%m-%y", "%y-%m-%d"]).date("11-12-13", 2026), None);
    assert_eq!(moments(&["indonesia", "%m/%d/%Y"]).date("03/04/2026", 2026), None);
    let times = moments(&["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]);
    assert_eq!(times.timestamp("03/04/2026 08:30", 420, 2026), None);
    assert_eq!(times.candidates("03/04/2026 08:30", Some(420), 2026).len(), 2);

    let mut column = col("tanggal", ColumnType::Date);
    column.formats = vec!["%d/%m/%Y".to_owned(), "%m/%d/%Y".to_owned()];
    let checked = csv(contract(vec![column]), "tanggal\n03/04/2026\n");
    let fault = &checked.rejected[0].faults[0];
    assert_eq!(fault.rule, "ambiguous");
    assert!(
        fault.message.starts_with("2026-04-03 or 2026-03-04: "),
        "{}",
        fault.message
    );
}

#[test]
fn a_date_of_the_document_s_own_type_is_iso_whatever_the_formats() {
    let shape = moments(&["%d/%m/%Y"]);
    assert_eq!(shape.date("2026-07-12", 2026), None);
    assert_eq!(shape.native_date("2026-07-12", 2026), days("2026-07-12"));
    assert!(shape.native_timestamp("2026-07-12T08:30:00+07:00", 420, 2026).is_some());
    assert_eq!(
        moments(&["%Y%m%d"]).native_date("20260712", 2026),
        days("2026-07-12"),
        "a JSON number"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2048), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_readers_agree_on_numbers(text in "[0-9]{1,4}[-/. ]{0,2}[0-9]{1,2}[-/. ]{0,2}[0-9]{1,4}") {
        prop_assert_eq!(fast(&text), slow(&text), "{}", text);
    }

    #[test]
    fn both_readers_agree_on_words(
        day in 0_u32..40, month in 0_usize..12, spelling in 0_usize..6, year in 0_u32..2200, short: bool,
        first in "[-/. ]{0,2}", second in "[-/., ]{0,2}", upper: bool,
    ) {
        let names: Vec<&str> = MONTHS[month].split(' ').collect();
        let name = names[spelling % names.len()];
        let name = if upper { name.to_uppercase() } else { name.to_owned() };
        let year = if short { format!("{:02}", year % 100) } else { year.to_string() };
        let text = format!("{day}{first}{name}{second}{year}");
        prop_assert_eq!(fast(&text), slow(&text), "{}", text);
    }

    #[test]
    fn what_is_written_comes_back(days in -25_000_i32..47_000, form in 0_usize..8) {
        let date = chrono::NaiveDate::from_epoch_days(days).unwrap();
        let form = ["%d/%m/%Y", "%-d-%-m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%-d %B %Y", "%d-%b-%Y", "%A, %d %B %Y", "%d/%b/%Y"][form];
        prop_assert_eq!(fast(&date.format(form).to_string()), Some(days));
    }

    #[test]
    fn short_years_come_back(days in -11_000_i32..20_000) {
        // 1939 to 2024: all within ninety years behind 2026.
        let date = chrono::NaiveDate::from_epoch_days(days).unwrap();
        prop_assert_eq!(fast(&date.format("%d-%m-%y").to_string()), Some(days));
        prop_assert_eq!(moments(&["%d-%b-%y"]).date(&date.format("%d-%b-%y").to_string(), 2026), Some(days));
    }

    #[test]
    fn two_orders_agree_or_are_ambiguous(first in 1_u32..32, second in 1_u32..32) {
        let text = format!("{first:02}/{second:02}/2026");
        let one = count(2026, i64::from(second), i64::from(first));
        let other = count(2026, i64::from(first), i64::from(second));
        let wanted = match (one, other) {
            (Some(one), Some(other)) => Some(one).filter(|_| one == other),
            (one, other) => one.or(other),
        };
        prop_assert_eq!(moments(&["%d/%m/%Y", "%m/%d/%Y"]).date(&text, 2026), wanted);
    }
}
