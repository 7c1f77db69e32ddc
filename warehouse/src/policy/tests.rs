#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::contract::Mask;
use arrow::{
    array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, StringViewArray, TimestampMicrosecondArray},
    datatypes::{Date32Type, TimestampMicrosecondType},
};
use std::sync::Arc;

fn masker() -> Masker {
    Masker::new(&[1; 32])
}

fn texts(mask: Mask, values: &[Option<&str>]) -> Vec<Option<String>> {
    let column: ArrayRef = Arc::new(values.iter().copied().collect::<StringViewArray>());
    masker()
        .apply(mask, &column)
        .as_string_view()
        .iter()
        .map(|t| t.map(str::to_owned))
        .collect()
}

#[test]
fn partial_never_shows_a_whole_text() {
    let shown = texts(
        Mask::Partial,
        &[
            Some("Ani Lestari"),
            Some("Budi"),
            Some("Ani"),
            Some("Al"),
            Some(""),
            None,
            Some("ÄÖÜß"),
        ],
    );
    let expected = [
        Some("An***"),
        Some("Bu***"),
        Some("***"),
        Some("***"),
        Some("***"),
        None,
        Some("ÄÖ***"),
    ];
    assert_eq!(shown, expected.map(|t| t.map(str::to_owned)));
}

#[test]
fn a_hash_joins_and_depends_on_the_secret() {
    let shown = texts(Mask::Hash, &[Some("9903"), Some("9903"), Some("9904"), None]);
    assert_eq!(shown[0], shown[1]);
    assert_ne!(shown[0], shown[2]);
    assert_eq!((shown[0].as_ref().unwrap().len(), &shown[3]), (32, &None));
    assert_ne!(Masker::new(&[2; 32]).person_key("9903"), masker().person_key("9903"));
}

#[test]
fn a_year_is_its_first_day() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(-1), Some(20_000), None]));
    let shown = masker().apply(Mask::Year, &days);
    assert_eq!(
        shown.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(),
        [Some(0), Some(-365), Some(19_723), None]
    );
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1_735_689_600_000_001]).with_timezone("UTC"));
    let shown = masker().apply(Mask::Year, &at);
    assert_eq!(shown.data_type(), at.data_type());
    assert_eq!(
        shown.as_primitive::<TimestampMicrosecondType>().value(0),
        1_735_689_600_000_000
    );
}

#[test]
fn a_mask_that_does_not_fit_the_type_hides_all() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    for mask in [Mask::Hash, Mask::Partial, Mask::Year, Mask::Null] {
        let shown = masker().apply(mask, &numbers);
        assert_eq!((shown.null_count(), shown.data_type()), (2, numbers.data_type()));
    }
}
