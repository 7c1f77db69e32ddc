//! `smartcenter push`: files into a dataset, with a receipt for each and a line for each wrong cell.

mod payload;
pub(super) mod report;

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, output};
use crate::{
    problem::REPLAYED,
    receipt_body::{PushStatus, ReceiptBody},
};
use anyhow::bail;
use clap::{Args, ValueEnum};
pub(super) use payload::Payload;
use reqwest::{Method, blocking::Response};
use smartcenter_ingest::Format;
use smartcenter_warehouse::{DatasetId, ReceiptId};
use std::path::PathBuf;

/// Arguments of `push`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smartcenter push absensi_harian_sekolah juli.csv
  smartcenter push kasus_penyakit minggu-*.ndjson.gz --wait
  smartcenter push kasus_penyakit coba.csv --dry-run          only check it
  extract | smartcenter push kasus_penyakit - --format ndjson
  smartcenter push kasus_penyakit ditolak.csv --corrects RECEIPT   an exported file, put right
  smartcenter push pegawai pegawai.csv --mode snapshot --scope opd=dikpora   what is not in the file ends

  smartcenter push absensi_harian_sekolah \"Rekap Juli.xlsx\" --sheet Juli

Files: .xlsx .xls .ods .csv .tsv .ndjson .jsonl .json .geojson .fhir.json .fwf .parquet .arrow, each also as .gz or .zst.
Pushing a file again is safe: it changes nothing.
Exit code: 0 all accepted, 3 some rows are in quarantine, 1 rejected or not sent.")]
pub struct PushArgs {
    /// Dataset to push to
    pub dataset: DatasetId,
    /// Files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only check: nothing is kept
    #[arg(long)]
    pub dry_run: bool,
    /// Answer only when the rows are in the Delta table
    #[arg(long)]
    pub wait: bool,
    /// Name of this push of one file: the same name again answers the same receipt
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// How rows meet those that are there; left out, what the dataset's contract implies
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// What a snapshot is a snapshot of; several must all hold, none means the whole dataset
    #[arg(long, value_name = "KOLOM=NILAI", num_args = 1.., value_parser = pin)]
    pub scope: Vec<(String, String)>,
    /// The file has corrected rows of this receipt; its column _baris tells which, as in an export
    #[arg(long, value_name = "RECEIPT")]
    pub corrects: Option<ReceiptId>,
    /// How the files are written, where their names do not say it
    #[arg(long, value_parser = format_named)]
    pub format: Option<Format>,
    /// Workbooks: the sheet, by name or number from 1; left out, the one that fits the contract best
    #[arg(long)]
    pub sheet: Option<String>,
    /// Most wrong cells to print for each file
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub faults: usize,
}

/// How rows meet those with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Add keys, and replace the rows of keys that are there
    Upsert,
    /// Only add: other values for a key that is there reject the push
    Append,
    /// The rows are all there is in the scope: what is there and not among them ends
    Snapshot,
}

impl Mode {
    fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Append => "append",
            Self::Snapshot => "snapshot",
        }
    }
}

/// One `KOLOM=NILAI`.
fn pin(text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or("it is not of the form KOLOM=NILAI")?;
    Ok((column.trim().to_owned(), value.to_owned()))
}

/// A pin as the query has it: `,` parts pins there.
fn query_pin((column, value): &(String, String)) -> String {
    format!("{column}:{}", value.replace('%', "%25").replace(',', "%2C"))
}

/// The format called `name`.
pub(super) fn format_named(name: &str) -> Result<Format, String> {
    Format::named(name).ok_or_else(|| {
        let names: Vec<_> = Format::names().collect();
        format!("use one of {}", names.join(", "))
    })
}

/// Runs the command.
///
/// # Errors
/// Files that cannot be read, a hub that is not there or refuses. A rejected push is an outcome, not an error.
pub fn run(global: &Global, args: &PushArgs) -> Outcome {
    if args.idempotency_key.is_some() && args.files.len() > 1 {
        bail!("an idempotency key names one push: give one file with it");
    }
    if !args.scope.is_empty() && args.mode != Some(Mode::Snapshot) {
        bail!("--scope says what a snapshot is a snapshot of: give --mode snapshot with it");
    }
    if args.mode == Some(Mode::Snapshot) && args.files.len() > 1 {
        bail!("each file would be a snapshot of its own, and end what the one before brought: push them one by one");
    }
    let payloads: Vec<Payload> = args
        .files
        .iter()
        .map(|file| Payload::of(file, args.format))
        .collect::<anyhow::Result<_>>()?;
    hub::with(global, Absent::Refuse, |client| {
        let mut worst = code::OK;
        for payload in &payloads {
            worst = heavier(worst, push(&client, args, payload, global.json)?);
        }
        Ok(worst)
    })
}

fn push(client: &Client, args: &PushArgs, payload: &Payload, json: bool) -> Outcome {
    let (receipt, replayed) = send(client, args, payload)?;
    if json {
        report::json_line(&receipt)?;
    } else {
        report::print(client, &payload.name(), &receipt, replayed, args.faults)?;
    }
    Ok(exit_code(receipt.status, &receipt))
}

/// Sends the payload; the receipt, and whether the hub had it already.
fn send(client: &Client, args: &PushArgs, payload: &Payload) -> anyhow::Result<(ReceiptBody, bool)> {
    let bar = payload.bar();
    let response = client.send(|| {
        let mut request = client
            .request(Method::POST, &format!("/api/v1/feeds/{}", args.dataset))
            .header(reqwest::header::CONTENT_TYPE, payload.content_type())
            .body(payload.body(&bar)?);
        if let Some(encoding) = payload.encoding() {
            request = request.header(reqwest::header::CONTENT_ENCODING, encoding);
        }
        if let Some(key) = &args.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(mode) = args.mode {
            request = request.query(&[("mode", mode.as_str())]);
        }
        for pin in &args.scope {
            request = request.query(&[("scope", query_pin(pin))]);
        }
        if let Some(sheet) = &args.sheet {
            request = request.query(&[("sheet", sheet)]);
        }
        if let Some(receipt) = args.corrects {
            request = request.query(&[("corrects", receipt.to_string())]);
        }
        if args.dry_run {
            request = request.query(&[("dry_run", "true")]);
        }
        if args.wait {
            request = request.query(&[("wait", "landed")]);
        }
        Ok(request)
    });
    bar.finish_and_clear();
    receipt(response?)
}

pub(super) fn receipt(response: Response) -> anyhow::Result<(ReceiptBody, bool)> {
    let is_receipt = super::client::has_type(&response, "application/json")
        && (response.status().is_success() || response.status() == reqwest::StatusCode::UNPROCESSABLE_ENTITY);
    if !is_receipt {
        return Err(super::client::refusal(response).into());
    }
    let replayed = response.headers().get(REPLAYED).is_some_and(|value| value == "true");
    Ok((response.json()?, replayed))
}

/// `duplicate` does not say how the first push went; the counts do.
pub(super) fn exit_code(status: PushStatus, receipt: &ReceiptBody) -> u8 {
    match status {
        PushStatus::Accepted => code::OK,
        PushStatus::Partial => code::PARTIAL,
        PushStatus::Rejected => code::FAILED,
        PushStatus::Duplicate if receipt.rows.rejected == 0 => code::OK,
        PushStatus::Duplicate => code::PARTIAL,
    }
}

/// A rejected file weighs more than a partly accepted one.
fn heavier(a: u8, b: u8) -> u8 {
    let weight = |code| match code {
        code::OK => 0,
        code::PARTIAL => 1,
        _ => 2,
    };
    if weight(b) > weight(a) { b } else { a }
}

/// How the person at the terminal reaches what does not fit here.
fn further(receipt: &ReceiptBody) {
    output::note(&format!(
        "all of them: smartcenter quarantine export {} --output ditolak.csv",
        receipt.receipt_id
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_survives_the_query() {
        assert_eq!(pin("nama=a=b"), Ok(("nama".to_owned(), "a=b".to_owned())));
        assert!(pin("nama").is_err());
        let pin = ("nama".to_owned(), "50%, lebih".to_owned());
        assert_eq!(query_pin(&pin), "nama:50%25%2C lebih");
    }

    #[test]
    fn the_worst_file_decides() {
        let worst = |codes: &[u8]| codes.iter().fold(code::OK, |worst, code| heavier(worst, *code));
        assert_eq!(worst(&[0, 0]), 0);
        assert_eq!(worst(&[0, 3, 0]), 3);
        assert_eq!(worst(&[3, 1, 3, 0]), 1);
    }
}
