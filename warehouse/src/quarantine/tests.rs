#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

#[test]
fn a_row_keeps_how_its_cells_were_written_and_old_rows_are_texts() {
    let row = RejectedRow {
        line: 3,
        cells: vec![
            ("nik".into(), "007".into()),
            ("jumlah".into(), "1.5".into()),
            ("catatan".into(), "".into()),
        ],
        kinds: vec![CellKind::Text, CellKind::Native, CellKind::Absent],
        faults: Vec::new(),
    };
    let raw = raw::write_raw(&row).unwrap();
    assert_eq!(raw, r#"[["nik","007"],["jumlah","1.5","n"],["catatan","","a"]]"#);
    let cells = read_raw(&raw).unwrap();
    let kinds: Vec<CellKind> = cells.iter().map(|cell| cell.kind).collect();
    assert_eq!(kinds, row.kinds);
    let old = read_raw(r#"[["nik","007"]]"#).unwrap();
    assert_eq!((old[0].text.as_str(), old[0].kind), ("007", CellKind::Text));
    assert!(read_raw(r#"[["nik"]]"#).is_err() && read_raw(r#"[["nik","1","?"]]"#).is_err());
}

#[test]
fn a_million_scattered_lines_stay_small() {
    let lines: LineSet = (0..1_000_000).map(|n| n * 3 + 1).collect();
    assert_eq!(lines.len(), 1_000_000);
    assert!(lines.encode().len() < 2_500_000, "{}", lines.encode().len());
    assert!(LineSet::decode(b"no set").is_err());
}

proptest! {
    /// A set is the same after it was written, and does what sets of numbers do.
    #[test]
    fn sets_of_lines_are_sets(a in prop::collection::btree_set(any::<u64>(), 0..200), b in prop::collection::btree_set(0..500u64, 0..200)) {
        let (left, right): (LineSet, LineSet) = (a.iter().copied().collect(), b.iter().copied().collect());
        let text = serde_json::to_string(&left).unwrap();
        prop_assert_eq!(&serde_json::from_str::<LineSet>(&text).unwrap(), &left);
        let mut rest = left.clone();
        rest.remove(&right);
        prop_assert!(rest.iter().eq(a.difference(&b).copied()));
        prop_assert!(left.common(&right).iter().eq(a.intersection(&b).copied()));
        rest.add(&right);
        prop_assert!(rest.iter().eq(a.union(&b).copied()));
    }
}
