#!/usr/bin/env python3
"""The page "Kirim data" against a living hub in a real browser, as a clerk works: a messy file goes in, the wrong cells
come back, they are mended and sent, and the counts add up. Needs Chromium and the binary (`SMARTCENTER_BIN`, or what
cargo built); without Chromium it says so and fails only where SMARTCENTER_REQUIRE_BROWSER is set.
"""

import csv
import datetime
import io
import os
import pathlib
import sys

import openpyxl

import chromium
from live import Hub
from pages import chosen, lacking, need, run

DATASET = "absensi_harian_sekolah"
HEADER = "Tanggal;NPSN;Nama Sekolah;Jenjang;Kode Kecamatan;Jumlah Siswa;Hadir;Sakit;Izin;Alpa;Catatan"
MESSY = [
    "05/01/2026;99000001;SD Simulasi 1;SD;35.03.11;96;91;3;1;1;baik",
    "05/01/2026;99000002;SD Simulasi 2;SD;35.03.11;50;50;0;0;0;",
    "05/01/2026;9900A;SD <b>Simulasi</b> 3;SD;35.03.11;50;50;0;0;0;",
    "31/31/2026;99000004;SD Simulasi 4;SDX;35.03.11;50;50;0;0;0;",
    "05/01/2026;99000005;SD Simulasi 5;SD;35.03.11;96;95;3;1;1;",
    "05/01/2026;99000001;SD Simulasi 1;SD;35.03.11;96;91;3;1;1;lagi",
    "05/01/2026;99000006;SD Simulasi 6;SD;35.03.11;20;;0;0;0;",
]
#: What is right in the cells that were wrong, by line of the file.
MENDED = {4: {"NPSN": "99000003"}, 5: {"Tanggal": "05/01/2026", "Jenjang": "SD"}, 6: {"Hadir": "91"}, 8: {"Hadir": "20"}}


class Desk:
    """A clerk of dikpora at a browser, signed in."""

    def __init__(self, hub, name):
        self.hub, self.key, self.browser = hub, hub.new_key(name, "opd", institution="dikpora"), chromium.Chromium(PROGRAM)

    def __enter__(self):
        self.tab = self.browser.__enter__().tab
        self.files = pathlib.Path(self.browser.folder.name)
        self.tab.open(f"{self.hub.url}/")
        self.tab.shown("#masuk")
        self.tab.type(self.key)
        self.tab.press("Enter")
        self.tab.shown("#feed")
        self.tab.click('nav a[href="/kirim-data"]')
        self.tab.shown("#data")
        return self

    def __exit__(self, kind, *_):
        complaints = self.tab.complaints
        self.browser.__exit__()
        if kind is None:
            assert not complaints, complaints

    def file(self, name, lines):
        path = self.files / name
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        return path

    def receipts(self):
        return self.hub.ask(f"/api/v1/receipts?dataset={DATASET}", key=self.key)["items"]

    def picture(self, name):
        folder = os.environ.get("SMARTCENTER_PICTURES")
        if folder:
            self.tab.picture(pathlib.Path(folder) / f"{name}.png")


def adds_up(receipt):
    rows = receipt["rows"]
    assert rows["received"] == rows["accepted"] + rows["rejected"] + rows["duplicate"], rows
    assert rows["accepted"] == sum(rows[kind] for kind in ("inserted", "updated", "unchanged", "stale", "deleted")), rows
    return rows


def figures(tab):
    return [int(word) for word in tab.text("#hitungan").split() if word.isdigit()]


def mend(rows):
    for row in rows:
        row.update(MENDED[int(row["_baris"])])


def mended_csv(data):
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    mend(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def mended_workbook(data):
    """The downloaded workbook with its wrong cells, which must be coloured, put right."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = next(sheet for sheet in book if any(cell.value == "_baris" for row in sheet.iter_rows() for cell in row))
    head = next(row for row in sheet.iter_rows() if any(cell.value == "_baris" for cell in row))
    columns = {cell.value: cell.column for cell in head}
    coloured = 0
    for number in range(head[0].row + 1, sheet.max_row + 1):
        line = int(sheet.cell(number, columns["_baris"]).value)
        for name, value in MENDED[line].items():
            cell = sheet.cell(number, columns[name])
            coloured += cell.fill.fill_type == "solid"
            cell.value = value
    wrong = sum(len(cells) for cells in MENDED.values()) - 1
    assert coloured >= wrong, f"{coloured} of the wrong cells are coloured; line 6 is wrong as a whole"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def check_a_messy_file_is_mended():
    with Hub() as hub, Desk(hub, "dikpora-csv") as desk:
        tab = desk.tab
        listed = tab.text("#data")
        assert "Absensi harian sekolah" in listed and "Kasus penyakit" not in listed, listed
        tab.click(f'[data-id="{DATASET}"]')
        tab.click("#kolom summary")
        described = tab.text("#kolom")
        for words in ("12345678", "2026-01-31", "salah satu: PAUD, KB", "12.34.56", "hadir + sakit + izin + alpa"):
            assert words in described, (words, described)
        desk.picture("hidup-kolom")
        tab.click("#templat")
        _, template = desk.browser.downloaded(".csv")
        assert template.startswith(b"tanggal;npsn;nama_sekolah;jenjang;"), template
        tab.click("#kolom summary")
        # A check first: nothing is kept, the file stays.
        tab.choose_files("#berkas", desk.file("absensi januari.csv", MESSY))
        tab.click("#periksa")
        tab.says("#hasil-judul", "Ada yang perlu diperbaiki")
        tab.says("#sel", "9900A")
        assert desk.receipts() == [] and hub.sql(f"SELECT count(*) AS n FROM data.{DATASET}") == [{"n": 0}]
        tab.click("#kirim")
        tab.says("#hasil-judul", "Sebagian diterima")
        tab.says("#salah-kata", "di 4 baris")
        assert figures(tab) == [7, 3, 4, 0], tab.text("#hitungan")
        tab.says("#catatan", "Catatan")
        cells = tab.text("#sel")
        for words in ("9900A", "31/31/2026", "SDX", "wajib diisi", "jumlah sesuai terdaftar", "hadir + sakit + izin + alpa harus sama"):
            assert words in cells, (words, cells)
        assert not tab.accessibility(), tab.accessibility()
        desk.picture("hidup-sebagian")
        [receipt] = desk.receipts()
        # The first school's day came twice with the same figures.
        rows = adds_up(receipt)
        assert (rows["inserted"], rows["unchanged"]) == (2, 1), rows

        tab.click("#unduh-csv")
        name, rejected = desk.browser.downloaded(".csv")
        assert receipt["receipt_id"] in name
        fixed = desk.files / "absensi januari perbaikan.csv"
        fixed.write_bytes(mended_csv(rejected))
        send_correction(desk, hub, receipt, fixed)
        desk.picture("hidup-diperbaiki")
        assert hub.sql(f"SELECT count(*) AS n, sum(hadir) AS h FROM data.{DATASET}") == [{"n": 6, "h": 91 + 50 + 50 + 50 + 91 + 20}]


def send_correction(desk, hub, receipt, file):
    tab = desk.tab
    tab.click("#kirim-perbaikan")
    tab.says("#perbaikan", "4 baris salah masih terbuka")
    tab.choose_files("#berkas", file)
    tab.click("#kirim")
    tab.says("#hasil-judul", "Semua baris diterima")
    tab.gone("#salah")
    assert figures(tab) == [4, 4, 0, 0], tab.text("#hitungan")
    new = next(one for one in desk.receipts() if one["receipt_id"] != receipt["receipt_id"])
    assert adds_up(new)["inserted"] == 4
    tab.says("#hasil-kata", "menutup 4 baris salah")
    assert new["corrects"]["receipt_id"] == receipt["receipt_id"] and new["corrects"]["closed"] == 4, new
    old = hub.ask(f"/api/v1/receipts/{receipt['receipt_id']}", key=desk.key)
    assert (old["rejects"]["open"], old["rejects"]["corrected"]) == (0, 4), old
    tab.click(f'[data-id="{receipt["receipt_id"]}"] button')
    tab.says("#catatan", "4 sudah diperbaiki")
    tab.gone("#salah")


def workbook():
    """The messy file as an office keeps it: a sheet of instructions first, days and numbers as such."""
    book = openpyxl.Workbook()
    book.active.title = "Petunjuk"
    book.active.append(["Isi lembar Januari, lalu kirim sebelum tanggal 10."])
    sheet = book.create_sheet("Januari")
    for line in [HEADER, *MESSY]:
        sheet.append([cell(text) for text in line.split(";")])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(text):
    if text == "05/01/2026":
        return datetime.date(2026, 1, 5)
    return int(text) if text.isdigit() and len(text) < 4 else text or None


def check_a_workbook_is_mended():
    with Hub() as hub, Desk(hub, "dikpora-xlsx") as desk:
        tab = desk.tab
        tab.click(f'[data-id="{DATASET}"]')
        messy = desk.files / "Absensi Januari.xlsx"
        messy.write_bytes(workbook())
        tab.choose_files("#berkas", messy)
        tab.click("#lembar")
        tab.type("Januari")
        tab.click("#kirim")
        tab.says("#hasil-judul", "Sebagian diterima")
        tab.says("#salah-kata", "5 kesalahan di 4 baris")
        assert figures(tab) == [7, 3, 4, 0], tab.text("#hitungan")
        cells = tab.text("#sel")
        for words in ("9900A", "31/31/2026", "SDX", "jumlah sesuai terdaftar"):
            assert words in cells, (words, cells)
        desk.picture("hidup-excel")
        [receipt] = desk.receipts()
        adds_up(receipt)
        tab.click("#unduh-xlsx")
        _, rejected = desk.browser.downloaded(".xlsx")
        fixed = desk.files / "perbaikan.xlsx"
        fixed.write_bytes(mended_workbook(rejected))
        send_correction(desk, hub, receipt, fixed)
        assert hub.sql(f"SELECT count(*) AS n, sum(hadir) AS h FROM data.{DATASET}") == [{"n": 6, "h": 91 + 50 + 50 + 50 + 91 + 20}]


def check_a_lost_connection_doubles_nothing():
    with Hub() as hub, Desk(hub, "dikpora-putus") as desk:
        tab = desk.tab
        tab.click(f'[data-id="{DATASET}"]')
        tab.choose_files("#berkas", desk.file("absensi.csv", MESSY[:2]))
        tab.offline(True)
        tab.click("#kirim")
        tab.says("#galat", "Sambungan terputus")
        tab.says("#antrean", "absensi.csv")
        tab.offline(False)
        tab.click("#lagi")
        tab.says("#hasil-judul", "Semua baris diterima")
        # The same file once more is the same push, and is said to be.
        tab.choose_files("#berkas", desk.file("absensi.csv", MESSY[:2]))
        tab.click("#kirim")
        tab.says("#hasil-judul", "Sudah pernah dikirim")
        assert len(desk.receipts()) == 1 and hub.sql(f"SELECT count(*) AS n FROM data.{DATASET}") == [{"n": 2}]


def check_what_the_hub_refuses():
    with Hub() as hub, Desk(hub, "dikpora-tolak") as desk:
        tab = desk.tab
        tab.click(f'[data-id="{DATASET}"]')
        tab.choose_files("#berkas", desk.file("kutip.csv", ['05/01/2026;"99000001;SD']))
        tab.click("#kirim")
        tab.says("#galat h2", "Berkas tidak dapat dibaca")
        tab.says("#galat", "baris 2")
        desk.picture("hidup-galat")
        # The key is revoked while the clerk is at work.
        hub.new_key("dikpora-lain", "opd", institution="dikpora")
        tab.ask("fetch('/api/v1/session', { method: 'DELETE' }).then(() => true)")
        tab.click("#periksa")
        tab.says("#masuk-salah", "berkas yang dipilih masih ada")
        tab.type(desk.key)
        tab.press("Enter")
        tab.says("#antrean", "kutip.csv")


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]
PROGRAM = chromium.find()

if __name__ == "__main__":
    need(lacking())
    sys.exit(run(chosen(CHECKS)))
