use super::fixture::*;
use crate::{
    Kind,
    policy::{Identity, Role},
    query::{Op, RowFilterRequest, RowsPage, RowsRequest, RowsSchema},
};
use arrow::{array::AsArray, datatypes::Int64Type};

fn house() -> House {
    let house = House::new(vec![siswa(), absensi()]);
    for dataset in ["siswa", "absensi"] {
        let contract = house.contract(dataset);
        let table = contract.table();
        let pupils = |ids: std::ops::Range<i64>| {
            ids.map(|id| {
                let row = Pupil::new(id);
                Pupil {
                    sekolah: row.sekolah.filter(|_| id % 5 != 0),
                    hadir: row.hadir.filter(|_| id % 4 != 1),
                    ..row
                }
            })
            .collect::<Vec<_>>()
        };
        let seq = Some(house.next_seq());
        let rows = batch(&contract, &pupils(0..30), seq, 1);
        house.push_file(&table, house.file(&table, "a.parquet", &rows, &[], None, None));
        let big = batch(&contract, &pupils(30..50), None, 1);
        let seq = Some(house.next_seq());
        house.push_file(&table, house.file(&table, "b.parquet", &big, &[], None, seq));
        let seq = Some(house.next_seq());
        house.push_hot(&table, batch(&contract, &pupils(50..63), seq, 1));
    }
    house
}

fn request(dataset: &str) -> RowsRequest {
    RowsRequest::of(dataset.parse().unwrap())
}

async fn ids(page: &mut RowsPage) -> Vec<i64> {
    let batches = page.rows.collect().await.unwrap();
    batches
        .iter()
        .flat_map(|b| {
            b.column_by_name("id")
                .unwrap()
                .as_primitive::<Int64Type>()
                .values()
                .to_vec()
        })
        .collect()
}

#[tokio::test]
async fn pages_hold_each_row_once_while_pushes_go_on() {
    for order in [
        vec![],
        vec![("id".to_owned(), true)],
        vec![("sekolah".to_owned(), false)],
        vec![("sekolah".to_owned(), true), ("hadir".to_owned(), false)],
        vec![("hadir".to_owned(), true), ("waktu".to_owned(), true)],
    ] {
        for (dataset, who) in [
            ("absensi", steward()),
            ("siswa", steward()),
            ("siswa", identity(Role::Analis)),
        ] {
            let house = house();
            let contract = house.contract(dataset);
            let session = house.session(who);
            let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
            loop {
                let request = RowsRequest {
                    order: order.clone(),
                    limit: Some(7),
                    cursor,
                    ..request(dataset)
                };
                let mut page = session.rows(request).await.unwrap();
                seen.extend(ids(&mut page).await);
                pages += 1;
                // A push between any two pages.
                let seq = Some(house.next_seq());
                let late: Vec<Pupil> = (1000 + pages..1003 + pages).map(Pupil::new).collect();
                house.push_hot(&contract.table(), batch(&contract, &late, seq, 1));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(pages, 9, "{order:?}");
            let mut sorted = seen.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..63).collect::<Vec<_>>(), "{order:?} of {dataset}");
            if order == [("id".to_owned(), true)] {
                assert_eq!(seen, (0..63).rev().collect::<Vec<_>>());
            }
        }
    }
}

#[tokio::test]
async fn filters_and_projection() {
    let house = house();
    let session = house.session(steward());
    let filter = |column: &str, op: &str, value: &str| RowFilterRequest {
        column: column.to_owned(),
        op: op.parse().unwrap(),
        value: value.to_owned(),
    };
    for (filters, expected) in [
        (vec![filter("id", "gte", "60")], vec![60, 61, 62]),
        (vec![filter("id", "in", "3,4,99")], vec![3, 4]),
        (
            vec![filter("id", "lt", "10"), filter("sekolah", "is", "null")],
            vec![0, 5],
        ),
        (
            vec![filter("id", "lte", "4"), filter("sekolah", "like", "sdn%")],
            vec![1, 3, 4],
        ),
        (
            vec![
                filter("id", "neq", "0"),
                filter("id", "lt", "3"),
                filter("sekolah", "is", "notnull"),
            ],
            vec![1, 2],
        ),
        (vec![filter("sekolah", "eq", "sdn-1' OR '1'='1")], vec![]),
    ] {
        let request = RowsRequest {
            filters: filters.clone(),
            select: vec!["id".to_owned()],
            ..request("absensi")
        };
        let mut page = session.rows(request).await.unwrap();
        assert_eq!(page.rows.schema().fields().len(), 1);
        assert_eq!(page.count, expected.len());
        assert_eq!(ids(&mut page).await, expected, "{filters:?}");
        assert!(page.next.is_none());
    }
    let history = RowsRequest {
        schema: RowsSchema::History,
        limit: Some(1),
        ..request("absensi")
    };
    let page = session.rows(history).await.unwrap();
    assert!(page.rows.schema().field_with_name("valid_from").is_ok());
    for wrong in [
        RowsRequest {
            filters: vec![filter("tiada", "eq", "1")],
            ..request("absensi")
        },
        RowsRequest {
            filters: vec![filter("id", "eq", "satu")],
            ..request("absensi")
        },
        RowsRequest {
            filters: vec![filter("id", "like", "1%")],
            ..request("absensi")
        },
        RowsRequest {
            select: vec!["tiada".to_owned()],
            ..request("absensi")
        },
        RowsRequest {
            order: vec![("tiada".to_owned(), false)],
            ..request("absensi")
        },
        RowsRequest {
            limit: Some(10_001),
            ..request("absensi")
        },
        RowsRequest {
            limit: Some(0),
            ..request("absensi")
        },
    ] {
        assert_eq!(
            session.rows(wrong.clone()).await.unwrap_err().kind(),
            Kind::Invalid,
            "{wrong:?}"
        );
    }
    assert!("approx".parse::<Op>().is_err());
    let public = house.session(Identity::anonymous());
    assert_eq!(public.rows(request("siswa")).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(public.rows(request("absensi")).await.unwrap().count, 63);
}

#[tokio::test]
async fn personal_filters_are_named() {
    let house = house();
    let filter = |column: &str| RowFilterRequest {
        column: column.to_owned(),
        op: Op::Eq,
        value: "x".to_owned(),
    };
    let request = RowsRequest {
        filters: vec![filter("sekolah"), filter("nik")],
        ..request("siswa")
    };
    assert_eq!(house.session(steward()).personal_filters(&request).unwrap(), ["nik"]);
}

#[tokio::test]
async fn a_cursor_tells_nothing_and_fits_only_its_request() {
    let house = house();
    let session = house.session(steward());
    let first = RowsRequest {
        order: vec![("nik".to_owned(), false)],
        limit: Some(5),
        ..request("siswa")
    };
    let cursor = session.rows(first.clone()).await.unwrap().next.unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &cursor).unwrap();
    assert!(!bytes.windows(4).any(|w| w == b"9900"));
    let with = |cursor: String| RowsRequest {
        cursor: Some(cursor),
        ..first.clone()
    };
    assert!(session.rows(with(cursor.clone())).await.is_ok());
    let mut altered = cursor.clone().into_bytes();
    for at in [0, altered.len() / 2, altered.len() - 2] {
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered.clone()).unwrap();
        assert_eq!(session.rows(with(altered)).await.unwrap_err().kind(), Kind::Invalid);
    }
    for text in ["", "AAAA", "not base64 !"] {
        assert_eq!(
            session.rows(with(text.to_owned())).await.unwrap_err().kind(),
            Kind::Invalid
        );
    }
    let other_order = RowsRequest {
        order: vec![("id".to_owned(), false)],
        ..with(cursor.clone())
    };
    assert_eq!(session.rows(other_order).await.unwrap_err().kind(), Kind::Invalid);
    let other_key = Identity {
        key: "lain".parse().unwrap(),
        ..steward()
    };
    assert_eq!(
        house.session(other_key).rows(with(cursor)).await.unwrap_err().kind(),
        Kind::Invalid
    );
}
