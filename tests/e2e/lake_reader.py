"""lake_reader.py TABLE SQL: answers SQL over the Delta table at TABLE, a folder or an address, called `t`, as a JSON list of rows.

It reads what any reader of Delta tables would read: the table log says which files, Arrow reads them.
"""

import json
import sys

import deltalake
import duckdb


def main(table, sql):
    t = deltalake.DeltaTable(table).to_pyarrow_dataset()
    connection = duckdb.connect()
    connection.register("t", t)
    answer = connection.execute(sql)
    names = [column[0] for column in answer.description]
    rows = [dict(zip(names, row)) for row in answer.fetchall()]
    # Dates and decimals leave as the text that Python gives them.
    json.dump(rows, sys.stdout, default=str)


if __name__ == "__main__":
    main(*sys.argv[1:])
