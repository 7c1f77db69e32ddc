"""Plays the person who fixes rejected rows in a spreadsheet.

fix_workbook.py WORKBOOK FIXES.json CORRECTED.xlsx

Prints what it saw as JSON: sheets, header, frozen pane, filter, and for each coloured cell its header, line, text and note.
FIXES.json is a list of [line, header, text]; all of them must hit a coloured cell. The corrected book is saved.
"""

import json
import sys

from openpyxl import load_workbook

PINK = "FFFFD9D9"


def main(workbook, fixes, corrected):
    book = load_workbook(workbook)
    sheet = book["Ditolak"]
    header = [cell.value for cell in sheet[1]]
    line_at = header.index("_baris")
    coloured = []
    cells = {}
    for row in sheet.iter_rows(min_row=2):
        line = int(row[line_at].value)
        for name, cell in zip(header, row):
            if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == PINK:
                note = cell.comment.text if cell.comment else None
                coloured.append([name, line, cell.value, note])
                cells[line, name] = cell
    with open(fixes, encoding="utf-8") as file:
        for line, name, text in json.load(file):
            cells[line, name].value = text
    book.save(corrected)
    seen = {
        "sheets": book.sheetnames,
        "header": header,
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "coloured": coloured,
        "formats": sorted({cell.number_format for row in sheet.iter_rows(min_row=2) for cell in row}),
    }
    json.dump(seen, sys.stdout, ensure_ascii=False)


main(*sys.argv[1:])
