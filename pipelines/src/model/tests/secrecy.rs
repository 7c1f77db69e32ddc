//! What a column of a model carries of the personal columns that it is made of.

use super::fixture::{Hub, model};
use crate::model::Plan;
use smartcenter_warehouse::contract::{Classification, Contract, Origin, parse};
use std::sync::Arc;

const ORANG: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:orang
name: Orang
version: 1.0.0
status: active
schema:
  - name: orang
    customProperties: [{property: owner, value: dukcapil}]
    properties:
      - {name: k, logicalType: string, required: true, primaryKey: true}
      - {name: nik, logicalType: string, classification: pribadi}
      - {name: nama, logicalType: string, classification: pribadi}
      - {name: lahir, logicalType: date, classification: pribadi}
      - {name: pada, logicalType: timestamp, classification: pribadi}
      - {name: n, logicalType: integer}
"#;

fn orang() -> Arc<Contract> {
    parse(ORANG, Origin::Api, "uji").unwrap().into()
}

/// Whether column `c` of the SQL, which also gives `k`, is marked personal, and whether `k` is.
async fn marks(sql: &str) -> (bool, bool) {
    let text = format!(
        "/*\ntitle: t\ntitle_en: t\ndescription: d\nowner: kominfo\ngrain: g\nkind: table\nkey: [k]\nsources:\n  \
         data.orang: all\naccess: analis\n*/\n{sql}"
    );
    let plan = Plan::of(vec![model("uji", &text)], &[orang()]).await.unwrap();
    assert!(plan.faults.is_empty(), "{sql}: {:?}", plan.faults);
    let contract = plan.models[0].contract.clone().unwrap();
    let of = |name: &str| contract.columns[contract.column(name).unwrap()].classification == Classification::Personal;
    (of("c"), of("k"))
}

#[tokio::test]
async fn what_is_made_of_a_personal_value_is_personal() {
    let made = [
        "SELECT k, nama AS c FROM data.orang",
        "SELECT k, upper(trim(nama)) AS c FROM data.orang",
        "SELECT k, nik::bigint + 0 AS c FROM data.orang",
        "SELECT k, -(nik::bigint) AS c FROM data.orang",
        "SELECT k, n * 2 + nik::bigint AS c FROM data.orang",
        "SELECT k, md5(nik) AS c FROM data.orang",
        "SELECT k, encode(sha256(nik), 'hex') AS c FROM data.orang",
        "SELECT k, lahir + INTERVAL '0 day' AS c FROM data.orang",
        "SELECT k, CAST(pada + INTERVAL '7 hours' AS DATE) AS c FROM data.orang",
        "SELECT k, date_trunc('hour', pada) AS c FROM data.orang",
        "SELECT k, date_part('epoch', pada) AS c FROM data.orang",
        "SELECT k, date_part('doy', lahir) AS c FROM data.orang",
        "SELECT k, make_date(CAST(date_part('year', lahir) AS INT), CAST(date_part('month', lahir) AS INT), 1) AS c FROM data.orang",
        "SELECT k, array_to_string(array_agg(nama), ', ') AS c FROM data.orang GROUP BY k",
        "SELECT k, (array_agg(nama ORDER BY n))[1] AS c FROM data.orang GROUP BY k",
        "SELECT k, array_to_string(array_sort(array_distinct(array_agg(nama))), ',') AS c FROM data.orang GROUP BY k",
        "SELECT k, (regexp_match(nama, '(.*)'))[1] AS c FROM data.orang",
        "SELECT k, named_struct('a', nama)['a'] AS c FROM data.orang",
        "SELECT k, CASE WHEN n > 1 THEN 'x' ELSE nama END AS c FROM data.orang",
        "SELECT k, first_value(nama) OVER (PARTITION BY n ORDER BY k) AS c FROM data.orang",
        "SELECT k, median(nik::bigint) AS c FROM data.orang GROUP BY k",
        "SELECT o.k, (SELECT o.nama) AS c FROM data.orang o",
        "SELECT o.k, (SELECT max(concat(o.nama, i.k)) FROM data.orang i) AS c FROM data.orang o",
        "SELECT o.k, (SELECT max(i.nama) FROM data.orang i WHERE i.k = o.k) AS c FROM data.orang o",
        "SELECT o.k, x.c FROM data.orang o CROSS JOIN LATERAL (SELECT o.nama AS c) x",
        "SELECT k, unnest(make_array(nama)) AS c FROM data.orang",
        "SELECT DISTINCT ON (k) k, nama AS c FROM (SELECT nama, k FROM data.orang)",
        "WITH RECURSIVE r AS (SELECT k, nama AS c FROM data.orang UNION ALL SELECT k, c FROM r WHERE false) SELECT k, c FROM r",
    ];
    for sql in made {
        assert!(marks(sql).await.0, "{sql}");
    }
}

#[tokio::test]
async fn what_is_counted_compared_or_cut_to_a_year_is_not() {
    let reduced = [
        "SELECT k, n AS c FROM data.orang",
        "SELECT k, count(DISTINCT nik) AS c FROM data.orang GROUP BY k",
        "SELECT k, count(*) FILTER (WHERE nama LIKE 'A%') AS c FROM data.orang GROUP BY k",
        "SELECT k, avg(length(nama)) AS c FROM data.orang GROUP BY k",
        "SELECT k, date_part('year', lahir) + 1 AS c FROM data.orang",
        "SELECT k, date_trunc('year', pada) AS c FROM data.orang",
        "SELECT k, CASE WHEN lahir < DATE '2000-01-01' THEN 'tua' ELSE 'muda' END AS c FROM data.orang",
        "SELECT k, nama IS NOT NULL AND nik <> '' AS c FROM data.orang",
        "SELECT k, row_number() OVER (ORDER BY nik) AS c FROM data.orang",
        "SELECT o.k, (SELECT count(*) FROM data.orang i WHERE i.nik = o.nik) AS c FROM data.orang o",
        "SELECT k, EXISTS (SELECT 1 FROM data.orang i WHERE i.nik = o.nik) AS c FROM data.orang o",
    ];
    for sql in reduced {
        assert_eq!(marks(sql).await, (false, false), "{sql}");
    }
    // The columns of the answer, not those that stand in their places below.
    let (c, k) = marks("SELECT DISTINCT ON (k) k, nama AS c FROM (SELECT nama, k FROM data.orang)").await;
    assert_eq!((c, k), (true, false));
}

/// The hub judges as the plan does, over rows as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_names_is_masked() {
    let hub = Hub::new(&[ORANG]).await;
    let text = "/*\ntitle: t\ntitle_en: t\ndescription: d\nowner: kominfo\ngrain: g\nkind: table\nkey: [n]\nsources:\n  \
                data.orang: all\naccess: analis\n*/\nSELECT n, array_to_string(array_agg(nama), ', ') AS c FROM data.orang \
                GROUP BY n";
    hub.push("orang", "k,nama,n\na,Ani,1\nb,Budi,1\n").await;
    hub.engine(vec![model("uji", text)]).bring_up_to_date().await.unwrap();
    let analyst = super::fixture::identity(smartcenter_warehouse::policy::Role::Analis);
    let seen = hub.lines_of(&analyst, "SELECT n, c FROM mart.uji", None).await;
    assert_eq!(seen.unwrap(), ["1|-"]);
}
