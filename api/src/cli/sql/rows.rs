//! Rows of an Arrow answer as a table: the types say which columns stand at the right.

use crate::cli::table::Table;
use anyhow::Context;
use arrow::{
    ipc::reader::StreamReader,
    util::display::{ArrayFormatter, FormatOptions},
};
use std::io::{BufReader, Read, Write};

/// Writes at most `most` rows and their number; true when there were more.
pub fn write_table(answer: impl Read, most: u64, out: &mut impl Write) -> anyhow::Result<bool> {
    let broken = "the answer broke off or is not an Arrow stream";
    let reader = StreamReader::try_new(BufReader::new(answer), None).context(broken)?;
    let schema = reader.schema();
    let mut table = Table::aligned(
        schema
            .fields()
            .iter()
            .map(|f| (f.name().clone(), f.data_type().is_numeric())),
    );
    let options = FormatOptions::default();
    let mut more = false;
    for batch in reader {
        let batch = batch.context(broken)?;
        let columns = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            if table.len() as u64 == most {
                more = true;
                break;
            }
            table.add(columns.iter().map(|column| column.value(row).to_string()));
        }
    }
    table.write(out)?;
    let rows = table.len();
    writeln!(
        out,
        "({rows} {}{})",
        if rows == 1 { "row" } else { "rows" },
        if more { ", and more" } else { "" }
    )?;
    Ok(more)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use arrow::{
        array::{Int64Array, RecordBatch, StringArray},
        ipc::writer::StreamWriter,
    };
    use std::sync::Arc;

    fn answer() -> Vec<u8> {
        let names = StringArray::from(vec![Some("Durenan"), None, Some("a\u{1b}[2J\nb")]);
        let batch = RecordBatch::try_from_iter([
            ("nama", Arc::new(names) as _),
            ("murid", Arc::new(Int64Array::from(vec![7, 1234, 5])) as _),
        ]);
        let batch = batch.unwrap();
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    #[test]
    fn numbers_stand_at_the_right_and_control_characters_do_nothing() {
        let mut out = Vec::new();
        assert!(!write_table(answer().as_slice(), 10, &mut out).unwrap());
        let text = String::from_utf8(out).unwrap();
        let wanted = "nama             murid\n\
                      ──────────────────────\n\
                      Durenan              7\n\
                      \x20                1234\n\
                      a\\u{1b}[2J\\nb      5\n\
                      (3 rows)\n";
        assert_eq!(text.lines().map(str::trim_end).collect::<Vec<_>>().len(), 6);
        assert!(
            text.contains("Durenan") && text.contains("a\\u{1b}[2J\\nb") && !text.contains('\u{1b}'),
            "{text}"
        );
        let widths: Vec<_> = text.lines().take(5).map(|line| line.chars().count()).collect();
        assert!(
            widths.iter().all(|width| *width == widths[0]),
            "not aligned:\n{text}\n{wanted}"
        );
    }

    #[test]
    fn a_limit_is_told_and_a_cut_answer_is_an_error() {
        let mut out = Vec::new();
        assert!(write_table(answer().as_slice(), 2, &mut out).unwrap());
        assert!(String::from_utf8(out).unwrap().ends_with("(2 rows, and more)\n"));
        let whole = answer();
        for cut in [3, whole.len() / 2] {
            assert!(write_table(&whole[..cut], 2, &mut Vec::new()).is_err(), "cut at {cut}");
        }
    }
}
