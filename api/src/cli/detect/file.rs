//! Reads the CSV of `detect`. Every fault names the line and what would be right.

use anyhow::{anyhow, bail};
use chrono::NaiveDate;
use smartcenter_pipelines::detector::Series;

/// Steps in a year, unless the parameter `freq` says otherwise.
const WEEKS: usize = 52;

/// A series of the file.
#[derive(Debug)]
pub struct Group {
    /// Its name, if the file has a column `series`.
    pub name: Option<String>,
    /// The dates as written.
    pub labels: Vec<String>,
    /// The numbers.
    pub series: Series,
}

impl Group {
    /// Where an error is.
    pub fn place(&self, file: &str) -> String {
        match &self.name {
            Some(name) => format!("{file}, series {name}"),
            None => file.to_owned(),
        }
    }
}

/// A CSV file with the columns it has.
pub struct Rows {
    file: String,
    header: Vec<String>,
    rows: Vec<(u64, csv::StringRecord)>,
}

impl Rows {
    /// Splits the bytes. Errors: no header, a line with another number of cells, text that is not UTF-8.
    pub fn read(bytes: &[u8], file: &str) -> anyhow::Result<Self> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let header = reader.headers().map_err(|e| anyhow!("{file}: {e}"))?;
        let header = header.iter().map(str::to_lowercase).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| anyhow!("{file}: {e}"))?;
            rows.push((record.position().map_or(0, csv::Position::line), record));
        }
        if rows.is_empty() {
            bail!("{file} has no rows below its header");
        }
        Ok(Self {
            file: file.to_owned(),
            header,
            rows,
        })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The position of a column, under any of these names.
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.header.iter().position(|h| h == name))
    }

    /// The same of a column that must be there.
    pub fn need(&self, names: &[&str]) -> anyhow::Result<usize> {
        self.find(names).ok_or_else(|| {
            anyhow!(
                "{} has no column {}: its header is {}",
                self.file,
                names[0],
                self.header.join(",")
            )
        })
    }

    /// The text of a cell.
    pub fn text(&self, row: usize, column: usize) -> &str {
        self.rows[row].1.get(column).unwrap_or_default()
    }

    /// The number of a cell; NaN where it is empty or NA.
    pub fn number(&self, row: usize, column: usize) -> anyhow::Result<f64> {
        let text = self.text(row, column);
        if text.is_empty() || text == "NA" {
            return Ok(f64::NAN);
        }
        text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| {
            self.fault(
                row,
                column,
                "is not a number with a decimal point; leave the cell empty if nothing was reported",
            )
        })
    }

    /// An error about a cell.
    pub fn fault(&self, row: usize, column: usize, what: &str) -> anyhow::Error {
        anyhow!(
            "{} line {}: column {}: \"{}\" {what}",
            self.file,
            self.rows[row].0,
            self.header[column],
            self.text(row, column)
        )
    }
}

/// Reads the series, in the order of the file.
pub fn parse(bytes: &[u8], file: &str) -> anyhow::Result<Vec<Group>> {
    let rows = Rows::read(bytes, file)?;
    let date = rows.need(&["date", "epoch", "idx"])?;
    let observed = rows.need(&["observed"])?;
    let population = rows.find(&["population"]);
    let series = rows.find(&["series"]);
    let has_dates = rows.text(0, date).parse::<NaiveDate>().is_ok();
    let mut groups: Vec<Group> = Vec::new();
    for row in 0..rows.len() {
        let name = series.map(|column| rows.text(row, column));
        if groups.last().is_none_or(|group| group.name.as_deref() != name) {
            if let (Some(name), Some(column)) = (name, series)
                && groups.iter().any(|group| group.name.as_deref() == Some(name))
            {
                return Err(rows.fault(
                    row,
                    column,
                    "begins anew after another series; sort the file by series and date",
                ));
            }
            groups.push(Group {
                name: name.map(str::to_owned),
                labels: Vec::new(),
                series: Series::new(Vec::new(), WEEKS),
            });
        }
        let Some(group) = groups.last_mut() else { continue };
        group.labels.push(rows.text(row, date).to_owned());
        group.series.observed.push(rows.number(row, observed)?);
        if let Some(column) = population {
            group
                .series
                .population
                .get_or_insert_default()
                .push(rows.number(row, column)?);
        }
        time(&rows, row, date, has_dates, group)?;
    }
    // A file with one series, named or not, prints the six columns everybody expects.
    if let [only] = &mut groups[..] {
        only.name = None;
    }
    Ok(groups)
}

/// Checks that time goes on, and keeps the date.
fn time(rows: &Rows, row: usize, column: usize, has_dates: bool, group: &mut Group) -> anyhow::Result<()> {
    let text = rows.text(row, column);
    if has_dates {
        let date: NaiveDate = text
            .parse()
            .map_err(|_| rows.fault(row, column, "is not a date such as 2026-07-13, as in the first line"))?;
        let dates = group.series.dates.get_or_insert_default();
        if dates.last().is_some_and(|last| *last >= date) {
            return Err(rows.fault(
                row,
                column,
                "is not after the date before it; sort by date and keep one row per date",
            ));
        }
        dates.push(date);
        return Ok(());
    }
    let index = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    let now =
        index(text).ok_or_else(|| rows.fault(row, column, "is neither a date such as 2026-07-13 nor an index"))?;
    let before = group.labels.iter().rev().nth(1).and_then(|text| index(text));
    if before.is_some_and(|before| before >= now) {
        return Err(rows.fault(
            row,
            column,
            "is not after the index before it; sort by time and keep one row per step",
        ));
    }
    Ok(())
}

/// A cell as CSV wants it.
pub fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
