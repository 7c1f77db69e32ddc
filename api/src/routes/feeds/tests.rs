#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn the_file_of_a_form_is_told_by_type_or_name() {
    let plain = ContentEncoding::Identity;
    let told = |kind, name| written(kind, name, plain).unwrap();
    assert_eq!(told(Some("text/csv"), None), (Format::Csv, plain));
    assert_eq!(
        told(Some("application/octet-stream"), Some("a.ndjson.gz")),
        (Format::Ndjson, ContentEncoding::Gzip)
    );
    assert_eq!(told(None, Some("a.json.zst")), (Format::Json, ContentEncoding::Zstd));
    assert_eq!(
        written(None, Some("a.csv"), ContentEncoding::Zstd).unwrap().1,
        ContentEncoding::Zstd
    );
    assert_eq!(
        written(Some("application/pdf"), Some("a.pdf"), plain)
            .unwrap_err()
            .status(),
        415
    );
}
