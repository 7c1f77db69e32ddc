use crate::{Kind, query::guard::check};

#[test]
fn reading_statements_pass() {
    for sql in [
        "SELECT 1",
        "select * from data.absensi a join data.absensi b using (id) where a.id = $1;",
        "WITH x AS (SELECT 1 AS a) SELECT * FROM x UNION ALL VALUES (2)",
        "VALUES (1, 'a'), (2, 'b')",
        "SELECT 1 EXCEPT SELECT 2",
        "(SELECT 1) INTERSECT (SELECT 1)",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "SHOW COLUMNS FROM data.absensi",
        "DESCRIBE data.absensi",
        "SELECT 'DROP TABLE x; --'",
    ] {
        assert!(check(sql).is_ok(), "{sql}: {:?}", check(sql).err());
    }
}

#[test]
fn everything_else_is_refused() {
    for sql in [
        "",
        ";",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE data.absensi",
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE SCHEMA s",
        "CREATE DATABASE d",
        "CREATE FUNCTION f() RETURNS INT RETURN 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "DROP TABLE data.absensi",
        "ALTER TABLE data.absensi ADD COLUMN x INT",
        "INSERT INTO data.absensi VALUES (1)",
        "UPDATE data.absensi SET id = 1",
        "DELETE FROM data.absensi",
        "TRUNCATE TABLE data.absensi",
        "MERGE INTO data.absensi a USING data.absensi b ON a.id = b.id WHEN MATCHED THEN DELETE",
        "COPY data.absensi TO '/tmp/x.csv'",
        "COPY (SELECT 1) TO '/tmp/x.parquet' STORED AS PARQUET",
        "SET datafusion.explain.logical_plan_only = false",
        "RESET datafusion.explain.format",
        "SHOW ALL",
        "SHOW datafusion.execution.batch_size",
        "SHOW FUNCTIONS",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "DEALLOCATE p",
        "BEGIN",
        "COMMIT",
        "EXPLAIN ANALYZE SELECT 1",
        "EXPLAIN VERBOSE SELECT 1",
        "EXPLAIN FORMAT TREE SELECT 1",
        "EXPLAIN EXPLAIN SELECT 1",
        "EXPLAIN INSERT INTO data.absensi VALUES (1)",
        "EXPLAIN COPY data.absensi TO '/tmp/x.csv'",
        "WITH x AS (INSERT INTO data.absensi VALUES (1) RETURNING id) SELECT * FROM x",
        "WITH x AS (DELETE FROM data.absensi RETURNING id) SELECT * FROM x",
        "GRANT SELECT ON data.absensi TO publik",
        "USE data",
        "KILL 1",
    ] {
        let refused = check(sql).expect_err(sql);
        assert_eq!(refused.kind(), Kind::Invalid, "{sql}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    let deep = format!("SELECT {}1{}", "(".repeat(20_000), ")".repeat(20_000));
    assert_eq!(check(&deep).unwrap_err().kind(), Kind::Invalid);
    let long = format!("SELECT '{}'", "a".repeat(2 << 20));
    assert_eq!(check(&long).unwrap_err().kind(), Kind::Invalid);
}
