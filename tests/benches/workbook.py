"""Reads a workbook as an analyst would, once, in a process of its own: python workbook.py polars|duckdb FILE SHEET.

Prints JSON: seconds from the file to a table in memory and its sums, those sums, and the peak of resident memory."""
import json
import resource
import sys
import time

COUNTS = ["terdaftar", "hadir", "sakit", "izin", "alpa"]


def by_polars(path, sheet):
    import polars

    start = time.perf_counter()
    table = polars.read_excel(path, sheet_name=sheet, engine="calamine")
    sums = table.select(polars.col(COUNTS).sum()).row(0)
    return time.perf_counter() - start, table.height, sums, f"polars {polars.__version__}"


def by_duckdb(path, sheet):
    import duckdb
    from duckdb_extensions import import_extension

    import_extension("excel")
    base = duckdb.connect(":memory:")
    base.execute("LOAD excel")
    base.execute("SET threads = 2")
    # The bar would go to where the answer is wanted.
    base.execute("SET enable_progress_bar = false")
    start = time.perf_counter()
    base.execute(f"CREATE TABLE t AS SELECT * FROM read_xlsx('{path}', sheet = '{sheet}', header = true)")
    sums = ", ".join(f"sum({name})" for name in COUNTS)
    rows, *sums = base.execute(f"SELECT count(*), {sums} FROM t").fetchone()
    return time.perf_counter() - start, rows, sums, f"DuckDB {duckdb.__version__}"


seconds, rows, sums, version = {"polars": by_polars, "duckdb": by_duckdb}[sys.argv[1]](*sys.argv[2:])
print(json.dumps({
    "seconds": seconds,
    "rows_": rows,
    **dict(zip("abcde", map(int, sums))),
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "version": version,
}))
