"""DuckDB as the alternative: one command a line on standard input, one JSON answer a line on standard output."""
import json
import sys
import time

import duckdb


def connect(path, memory):
    base = duckdb.connect(path)
    base.execute("SET threads = 2")
    # The bar would go between the answers.
    base.execute("SET enable_progress_bar = false")
    base.execute(f"SET memory_limit = '{memory}'")
    return base


def view(base, table):
    import deltalake

    files = deltalake.DeltaTable(table).file_uris()
    files = [f.removeprefix("file://") for f in files]
    base.execute("CREATE OR REPLACE VIEW absensi AS SELECT * FROM read_parquet(?)".replace("?", repr(files)))
    return files


def load(base, csv, create):
    start = time.perf_counter()
    base.execute(create)
    base.execute(f"INSERT INTO absensi SELECT * FROM read_csv('{csv}', header = true, auto_detect = false, columns = "
                 "{'tanggal': 'DATE', 'npsn': 'VARCHAR', 'nama_sekolah': 'VARCHAR', 'jenjang': 'VARCHAR', "
                 "'kode_kecamatan': 'VARCHAR', 'terdaftar': 'INTEGER', 'hadir': 'INTEGER', 'sakit': 'INTEGER', "
                 "'izin': 'INTEGER', 'alpa': 'INTEGER'})")
    loaded = time.perf_counter() - start
    twice = base.execute("SELECT count(*) - count(DISTINCT (tanggal, npsn)) FROM absensi").fetchone()[0]
    if twice:
        raise ValueError(f"{twice} rows repeat a school and day")
    checked = time.perf_counter() - start
    base.execute("CHECKPOINT")
    return {"seconds": time.perf_counter() - start, "loaded": loaded, "checked": checked}


def plain(value):
    return value if value is None or isinstance(value, (int, float, str, bool)) else str(value)


def main():
    base = connect(":memory:", "1GB")
    for line in sys.stdin:
        command = json.loads(line)
        try:
            match command["do"]:
                case "open":
                    base.close()
                    base = connect(command["path"], command["memory"])
                    answer = {}
                case "load":
                    answer = load(base, command["csv"], command["create"])
                case "view":
                    answer = {"files": len(view(base, command["table"]))}
                case "sql":
                    start = time.perf_counter()
                    answer = base.execute(command["sql"])
                    names = [column[0] for column in answer.description]
                    rows = answer.fetchall()
                    seconds = time.perf_counter() - start
                    answer = {"seconds": seconds, "rows": [dict(zip(names, map(plain, row))) for row in rows]}
                case other:
                    raise ValueError(f"unknown command {other}")
        except Exception as error:  # the caller decides what a failure means
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
