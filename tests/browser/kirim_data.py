#!/usr/bin/env python3
"""The page "Kirim data" in a real browser, in each of its states, against prepared answers of the hub's shape. Needs
Chromium; without one it says so and fails only where SMARTCENTER_REQUIRE_BROWSER is set. Where SMARTCENTER_PICTURES
names a folder, it leaves a picture of each state there.
"""

import json
import pathlib
import sys
import tempfile
import threading
from urllib.parse import parse_qs

import chromium
import pages
from pages import chosen, lacking, need, run

NOW = "2026-06-01T05:00:00Z"
EVIL = "<img src=x onerror=document.title='markup'>"
FRESH = {"state": "fresh", "last_received_at": NOW, "sentence_id": "Lancar.", "sentence_en": "Fine."}
DATASETS = [
    {"dataset": "absensi_harian_sekolah", "title": "Absensi harian sekolah", "owner": "dikpora", "description": "Murid hadir.",
     "primary_key": ["tanggal", "npsn"], "may_push": True, "allow_repeats": False, "freshness": FRESH},
    {"dataset": "kasus_penyakit", "title": "Kasus penyakit", "owner": "dinkes", "description": "Kasus per minggu.",
     "primary_key": [], "may_push": True, "allow_repeats": True, "freshness": {**FRESH, "state": "late"}},
    {"dataset": "kalender", "title": EVIL, "owner": "dikpora", "description": "", "primary_key": [], "may_push": True,
     "freshness": {"state": "never", "sentence_id": "Belum.", "sentence_en": "None."}},
    {"dataset": "wilayah", "title": "Kode wilayah", "owner": "kominfo", "description": "", "primary_key": ["kode"],
     "may_push": False, "freshness": FRESH},
]
COLUMNS = [
    {"name": "tanggal", "title": "Tanggal", "type": "date", "required": True, "example": "2026-01-31", "classification": "terbatas", "masked": False},
    {"name": "npsn", "title": "NPSN", "type": "text", "required": True, "example": "12345678", "classification": "terbatas", "masked": False},
    {"name": "jenjang", "title": "Jenjang", "type": "text", "required": True, "example": "SD", "allowed": ["SD", "SMP"], "classification": "terbatas", "masked": False},
    {"name": "hadir", "title": "Hadir", "type": "int32", "required": False, "example": "12", "classification": "terbatas", "masked": False},
]
FAULTS = [
    {"line": 3, "column": "npsn", "rule": "pattern", "value": "12A", "message": "does not match [0-9]{8}"},
    {"line": 3, "column": "tanggal", "rule": "type", "value": "31/31/2026", "message": "is not a date: write 2026-01-31"},
    {"line": 5, "column": "nama", "rule": "length", "value": EVIL, "message": "is longer than 20"},
    {"line": 6, "rule": "jumlah_sesuai", "message": "hadir + sakit harus sama dengan terdaftar"},
    {"line": 7, "column": "npsn", "rule": "required", "value": "", "message": "must be filled in"},
]


def receipt(identity="r1", **more):
    rows = {"received": 0, "accepted": 0, "inserted": 0, "updated": 0, "unchanged": 0, "stale": 0, "deleted": 0,
            "duplicate": 0, "rejected": 0, **more.pop("rows", {})}
    own = f"/api/v1/receipts/{identity}"
    return {"receipt_id": identity, "dataset": "absensi_harian_sekolah", "contract_version": "1.0.0", "status": "accepted",
            "rows": rows, "faults": [], "received_at": NOW, "payload_sha256": "0" * 64,
            "links": {"self": own, "rejects": f"{own}/rejects"}, **more}


PARTIAL = receipt(status="partial", rows={"received": 41, "accepted": 36, "inserted": 30, "updated": 4, "unchanged": 2, "duplicate": 1, "rejected": 4},
                  faults=FAULTS, warnings=["column catatan is not part of the contract and was left out"])


class Hub:
    """Prepared answers: signed in, four datasets, and whatever pushes are to answer, one after another."""

    def __init__(self, *pushes, **more):
        self.asked, self.pushes = [], list(pushes)
        rows = [{"line": line, "columns": "", "rules": "", "faults": [fault for fault in FAULTS if fault["line"] == line]}
                for line in sorted({fault["line"] for fault in FAULTS})]
        self.answers = {
            "/api/v1/session": (200, {"name": "dikpora-1", "role": "opd", "institution": "dikpora", "regions": []}),
            "/api/v1/datasets": (200, {"items": DATASETS, "next": None}),
            **{f"/api/v1/datasets/{one['dataset']}": (200, {**one, "columns": COLUMNS, "rules": ["hadir + sakit harus sama dengan terdaftar"]})
               for one in DATASETS},
            "/api/v1/feeds/absensi_harian_sekolah": self.push,
            "/api/v1/feeds/kasus_penyakit": self.push,
            "/api/v1/receipts/r1/rejects": lambda method, headers, query, body: self.rejects(headers, query, rows),
            "/api/v1/receipts/r1": (200, PARTIAL),
            **more,
        }

    def push(self, method, headers, query, body):
        self.asked.append({"key": headers.get("Idempotency-Key"), "query": {k: v[0] for k, v in parse_qs(query).items()}, "body": body})
        answer = self.pushes.pop(0)
        return answer(body) if callable(answer) else answer

    def rejects(self, headers, query, rows):
        if headers["Accept"] == "text/csv":
            return 200, b"tanggal;npsn\r\n", {"Content-Type": "text/csv"}
        if headers["Accept"] != "application/json":
            return 406, {"title": "no acceptable format", "detail": "rejected rows come as application/json or text/csv"}
        after = int(parse_qs(query).get("cursor", ["0"])[0])
        page = rows[after:after + 2]
        more = after + 2 < len(rows)
        return 200, {"items": page, "next": str(after + 2) if more else None}


class Page(pages.Page):
    """A browser with the page open on a prepared hub."""

    def __init__(self, hub, at="/kirim-data", **browser):
        super().__init__(hub.answers, at, **browser)
        self.hub = hub

    def file(self, name, text="tanggal;npsn\n2026-01-05;12345678\n"):
        path = pathlib.Path(self.browser.folder.name) / name
        path.write_text(text, encoding="utf-8")
        return path

    def choose(self, *files, dataset="absensi_harian_sekolah"):
        if dataset:
            self.tab.click(f'[data-id="{dataset}"]')
            self.tab.shown("#terpilih")
        self.tab.choose_files("#berkas", *files)
        self.tab.shown("#antrean li")


def check_datasets_are_found_and_described():
    with Page(Hub()) as page:
        tab = page.tab
        tab.shown("#data")
        page.picture("pilih")
        shown = tab.text("#data")
        assert "Kasus penyakit" in shown and EVIL in shown, "titles are text, not HTML"
        assert "Kode wilayah" not in shown, "only what the key may push to"
        assert "Masuk sebagai dikpora-1 · dikpora" in tab.text("#siapa")
        tab.click("#cari")
        tab.type("DIKPORA hadir")
        tab.says("#cari-hasil", "1 kumpulan data")
        tab.press("Enter")
        tab.says("#terpilih", "Absensi harian sekolah")
        assert tab.focus() == "terpilih-judul"
        assert tab.ask("location.hash") == "#absensi_harian_sekolah"
        tab.click("#kolom summary")
        described = tab.text("#kolom")
        for words in ("Kolom yang diharapkan (4)", "wajib", "boleh kosong", "12345678", "salah satu: SD, SMP", "bilangan bulat",
                      "hadir + sakit harus sama"):
            assert words in described, (words, described)
        page.picture("kolom")
        assert not tab.accessibility(), tab.accessibility()
        tab.click("#templat")
        name, data = page.browser.downloaded(".csv")
        assert (name, data) == ("absensi_harian_sekolah-templat.csv", b"tanggal;npsn;jenjang;hadir\r\n")
        tab.click("#ganti")
        tab.shown("#cari")
        assert tab.focus() == "cari"
        tab.type("tidak ada ini")
        tab.says("#data-panel", "Tidak ada yang cocok")


def many():
    """45 datasets of 12 institutions that the key may push to, one that it may not, and one that the hub works out."""
    one = lambda dataset, owner, **more: {**DATASETS[1], "dataset": dataset, "title": f"Kumpulan data {dataset} dari bidang yang namanya panjang",
                                          "owner": owner, "description": "", **more}
    pushed = [one(f"kumpulan_{n:02}", f"instansi_{n % 12:02}") for n in range(45)]
    return [*pushed, one("tertutup", "instansi_00", may_push=False), one("olahan_mart", "instansi_00", layer="mart")]


def check_many_datasets_by_institution():
    names = {"rows": [{"id": "instansi_04", "nama": "Dinas Perikanan"}], "columns": [], "end": True, "count": 1, "truncated": False}
    for width, prefer in ((360, "light"), (1280, "dark")):
        hub = Hub(**{"/api/v1/datasets": (200, {"items": many(), "next": None}), "/api/v1/sql": (200, names)})
        with Page(hub, width=width, height=800, phone=width < 500, prefer=prefer) as page:
            tab = page.tab
            tab.says("#cari-hasil", "45 kumpulan data")
            tab.says("#data", "Dinas Perikanan")
            listed = tab.text("#data")
            assert "tertutup" not in listed, "only what the key may push to"
            assert "olahan_mart" not in listed, "nobody sends what the hub works out"
            groups = tab.ask("[...document.querySelectorAll('#data section')].map((one) => [one.querySelector('h3').innerText.split(' ')[0], one.querySelectorAll('button').length])")
            assert len(groups) == 12 and sum(count for _, count in groups) == 45 and groups[0] == ["Dinas", 4], groups
            assert tab.ask("document.documentElement.scrollWidth") <= width, "nothing sticks out"
            assert not tab.accessibility(), tab.accessibility()
            page.picture(f"pilih-banyak-{width}-{prefer}")
            tab.click("#cari")
            tab.type("perikanan")
            tab.says("#cari-hasil", "4 kumpulan data")
            # From one institution to the next and back to the search, without a mouse.
            tab.press("ArrowDown")
            tab.press("ArrowDown")
            assert tab.ask("document.activeElement.dataset.id") == "kumpulan_16"
            tab.press("ArrowUp")
            tab.press("ArrowUp")
            assert tab.focus() == "cari"
            tab.type(" kumpulan_28")
            tab.says("#cari-hasil", "1 kumpulan data")
            tab.press("Enter")
            tab.says("#terpilih", "Dinas Perikanan · kumpulan_28")
            tab.click("#bahasa-en")
            tab.click("#ganti")
            tab.says("#cari-hasil", "1 datasets")


def check_nothing_to_push_to():
    hub = Hub(**{"/api/v1/datasets": (200, {"items": DATASETS[3:], "next": None})})
    with Page(hub) as page:
        page.tab.says("#data-panel", "tidak boleh mengirim")


def check_login():
    refused = (401, {"title": "a valid key is needed", "detail": "sign in"})
    with Page(Hub(**{"/api/v1/session": refused})) as page:
        page.tab.shown("#masuk")
        page.tab.gone("#papan")
        page.tab.gone("#keluar")
        assert page.tab.focus() == "kunci"
        assert not page.tab.accessibility(), page.tab.accessibility()


def check_what_is_missing_is_said():
    with Page(Hub()) as page:
        tab = page.tab
        tab.click("#kirim")
        tab.says("#kurang", "Pilih kumpulan datanya dahulu")
        tab.click('[data-id="kasus_penyakit"]')
        tab.says("#terpilih", "Kasus penyakit")
        tab.gone("#lanjutan")
        tab.click("#periksa")
        tab.says("#kurang", "Pilih berkasnya dahulu")
        tab.choose_files("#berkas", page.file("surat.pdf"), page.file("kosong.csv", ""), page.file("isi.csv.gz"))
        tab.says("#kurang", "surat.pdf tidak dipakai")
        tab.says("#kurang", "kosong.csv tidak dipakai: kosong")
        tab.says("#antrean", "isi.csv.gz")
        tab.gone("#lembar-ruas")
        tab.choose_files("#berkas", page.file("absensi.xlsx"))
        tab.shown("#lembar-ruas")
        tab.says("#kirim", "Kirim 2 berkas")


def check_a_partial_push_shows_every_wrong_cell():
    hub = Hub((202, PARTIAL))
    with Page(hub) as page:
        tab = page.tab
        page.choose(page.file(f"absensi {EVIL.replace('/', '')}.csv"))
        tab.click("#kirim")
        tab.says("#hasil-judul", "Sebagian diterima")
        tab.wait("document.activeElement.id === 'hasil-judul'")
        tab.says("#salah-kata", "5 kesalahan di 4 baris")
        numbers = tab.text("#hitungan").split()
        assert [n for n in numbers if n.isdigit()] == ["41", "36", "4", "1"], numbers
        tab.says("#rincian", "30 baru, 4 diperbarui, 2 tidak berubah")
        tab.says("#catatan", "column catatan is not part of the contract")
        cells = tab.text("#sel")
        for words in ("12A", "pola tidak cocok", EVIL, "seluruh baris", "jumlah sesuai", "kosong", "is not a date: write 2026-01-31"):
            assert words in cells, (words, cells)
        assert tab.ask("document.querySelectorAll('#papan img').length") == 0, "cells and names are text, not HTML"
        assert "markup" not in tab.ask("document.title")
        page.picture("sebagian")
        assert not tab.accessibility(), tab.accessibility()

        tab.click("#aturan .chip:nth-child(3)")
        assert tab.ask("document.querySelectorAll('#sel tr').length") == 1, tab.text("#sel")
        tab.click("#aturan .chip:nth-child(1)")
        tab.ask("(() => { const box = document.querySelector('#saring'); box.value = '=npsn'; box.dispatchEvent(new Event('change')); })()")
        assert tab.ask("[...document.querySelectorAll('#sel .line')].map((cell) => cell.innerText).join()") == "3,7"

        tab.click("#bahasa-en")
        tab.says("#hasil-judul", "Partly accepted")
        tab.says("#sel", "wrong pattern")
        tab.says("#riwayat", "4 still wrong")
        assert "Sebagian" not in tab.text("#papan")
        tab.click("#bahasa-id")

        tab.click("#unduh-csv")
        name, data = page.browser.downloaded(".csv")
        assert (name, data) == ("ditolak-absensi_harian_sekolah-r1.csv", b"tanggal;npsn\r\n")
        tab.click("#unduh-xlsx")
        tab.says("#obat .wrong", "Unduh sebagai CSV")

        asked = hub.asked[0]
        assert asked["query"] == {} and asked["key"] is None, "the hub knows this file by its content"
        assert b"application/octet-stream" in asked["body"] and b"12345678" in asked["body"]
        tab.open(f"http://127.0.0.1:{page.server.server_port}/kirim-data")
        tab.says("#riwayat", "Absensi harian sekolah")
        tab.says("#riwayat", "4 masih salah")


def check_a_correction_closes_what_was_wrong():
    mended = receipt("r2", rows={"received": 4, "accepted": 4, "updated": 4}, corrects={"receipt_id": "r1", "closed": 3, "superseded": 1})
    closed = {**PARTIAL, "rejects": {"open": 0, "corrected": 3, "superseded": 1}}
    hub = Hub((202, {**PARTIAL, "rejects": {"open": 4, "corrected": 0, "superseded": 0}}), (202, mended), **{"/api/v1/receipts/r1": (200, closed)})
    with Page(hub) as page:
        tab = page.tab
        page.choose(page.file("absensi.csv"))
        tab.click("#kirim")
        tab.says("#salah-kata", "5 kesalahan di 4 baris")
        tab.click("#lanjutan summary")
        tab.ask("(() => { const box = document.querySelector('#mode'); box.value = 'snapshot'; box.dispatchEvent(new Event('change')); })()")
        tab.click("#kirim-perbaikan")
        tab.says("#perbaikan", "4 baris salah masih terbuka")
        tab.gone("#lanjutan")
        tab.says("#kirim", "Kirim perbaikan")
        tab.choose_files("#berkas", page.file("benar.csv"))
        page.picture("perbaikan")
        tab.click("#kirim")
        tab.says("#hasil-kata", "menutup 3 baris salah")
        tab.says("#hasil-kata", "1 baris dikirim lagi tetapi masih salah")
        tab.says("#riwayat", "tak ada yang terbuka")
        tab.gone("#perbaikan")
        tab.gone("#salah")
        assert [asked["query"] for asked in hub.asked] == [{}, {"corrects": "r1"}]
        # No snapshot: the rows of a correction are some, and all others would end.
        assert len(hub.asked[1]["key"]) == 36, "the same content may correct, too"
        page.picture("diperbaiki")
        tab.click('[data-id="r1"] button')
        tab.says("#catatan", "Tidak ada lagi baris salah yang terbuka di kiriman ini: 3 sudah diperbaiki, 1 dikirim lagi")
        tab.gone("#kirim-perbaikan")


def check_a_check_keeps_nothing_and_the_file_stays():
    dry = {**PARTIAL, "dry_run": True, "faults": FAULTS}
    hopeless = {**dry, "status": "rejected"}
    hub = Hub((200, dry), (422, hopeless))
    with Page(hub) as page:
        tab = page.tab
        page.choose(page.file("absensi.csv"))
        tab.click("#periksa")
        tab.says("#hasil-judul", "Ada yang perlu diperbaiki")
        tab.says("#hasil-kata", "belum ada yang disimpan")
        tab.says("#salah-kata", "5 kesalahan pertama")
        tab.says("#antrean", "sudah diperiksa")
        tab.gone("#kirim-perbaikan")
        tab.says("#riwayat-panel", "Belum ada kiriman")
        page.picture("periksa")
        tab.click("#periksa")
        tab.says("#hasil-judul", "Seluruh berkas akan ditolak")
        assert [asked["query"] for asked in hub.asked] == [{"dry_run": "true"}] * 2
        assert [asked["key"] for asked in hub.asked] == [None, None], "a check needs no key"


def check_all_is_well():
    good = receipt(rows={"received": 1204, "accepted": 1204, "inserted": 1204})
    again = {**good, "receipt_id": "r9", "status": "duplicate"}
    with Page(Hub((202, good), (202, again, {"Idempotency-Replayed": "true"}))) as page:
        tab = page.tab
        page.choose(page.file("satu.csv"), page.file("dua.csv"))
        tab.click("#kirim")
        tab.says("#hasil-judul", "Sudah pernah dikirim")
        tab.says("#hasil-kata", "tidak ada yang berubah")
        tab.click("#riwayat li:last-child button")
        tab.says("#hasil-judul", "Semua baris diterima")
        tab.says("#hitungan", "1.204")
        tab.gone("#salah")
        tab.gone("#antrean li")
        page.picture("diterima")


def check_a_lost_connection_doubles_nothing():
    good = receipt(rows={"received": 1, "accepted": 1, "inserted": 1})
    # The hub knows the first file by its content, the second by its key: equal ones may be different pushes there.
    lost_and_sent("absensi_harian_sekolah", {**good, "status": "duplicate"}, keys=(0, 0))
    lost_and_sent("kasus_penyakit", good, keys=(1, 2))


def lost_and_sent(dataset, answer_again, keys):
    broken = threading.Event()
    broken.set()

    def answer(method, headers, query, body):
        hub.asked.append(headers["Idempotency-Key"])
        # Broken off after all of it arrived: the sender cannot know whether it was taken.
        return None if broken.is_set() else hub.pushes.pop(0)
    hub = Hub((202, answer_again, {"Idempotency-Replayed": "true"}), (202, receipt("r3", rows={"received": 1, "accepted": 1})),
              **{f"/api/v1/feeds/{dataset}": answer})
    with Page(hub) as page:
        tab = page.tab
        page.choose(page.file("absensi.csv"), dataset=dataset)
        tab.click("#kirim")
        tab.says("#galat", "Sambungan terputus")
        tab.says("#antrean", "tertunda")
        page.picture("putus")
        assert not tab.accessibility(), tab.accessibility()
        broken.clear()
        tab.click("#lagi")
        tab.says("#hasil-judul", "Semua baris diterima")
        tab.says("#hasil-kata", "tidak ada yang tersimpan dua kali")
        tab.gone("#galat")
        assert len(set(hub.asked) - {None}) == keys[0], hub.asked
        tab.choose_files("#berkas", page.file("absensi.csv"))
        tab.click("#kirim")
        tab.wait("document.querySelectorAll('#riwayat li').length === 2")
        assert len(set(hub.asked) - {None}) == keys[1], "the next push has another key"


def check_refusals_name_the_remedy():
    def problem(status, detail, **headers):
        return status, {"title": "no", "status": status, "detail": detail, "instance": "urn:request:7"}, {"Content-Type": "application/problem+json", **headers}
    cases = [
        (problem(403, "key dikpora-1 may not push"), "Tidak boleh mengirim ke sini", "minta walidata"),
        (problem(404, "dataset has no contract"), "Kumpulan data tidak ada", "Muat ulang"),
        (problem(409, "the same push is in flight"), "sedang berjalan", "tidak tersimpan dua kali"),
        (problem(413, "over 1 GB"), "terlalu besar", "Bagi berkas"),
        (problem(415, f"what is {EVIL}"), "Jenis berkas tidak dikenal", "XLSX atau CSV"),
        (problem(422, "line 3: a quote is not closed"), "tidak dapat dibaca", "Perbaiki berkas"),
        (problem(500, "the hub failed"), "Hub gagal", "urn:request:7"),
    ]
    hub = Hub(*(answer for answer, _, _ in cases))
    with Page(hub) as page:
        tab = page.tab
        page.choose(page.file("absensi.csv"))
        for answer, title, remedy in cases:
            tab.click("#kirim")
            tab.says("#galat h2", title)
            tab.says("#galat", remedy)
            tab.says("#galat", answer[1]["detail"])
            tab.says("#antrean", "absensi.csv")
            if answer[0] == 413:
                page.picture("galat")
        assert tab.ask("document.querySelectorAll('#papan img').length") == 0


def check_a_busy_hub_is_asked_again_by_itself():
    busy = (429, {"title": "too many requests", "detail": "the budget is used up"}, {"Retry-After": "1"})
    hub = Hub(busy, (202, receipt(rows={"received": 1, "accepted": 1, "inserted": 1})))
    with Page(hub) as page:
        page.choose(page.file("absensi.csv"), dataset="kasus_penyakit")
        page.tab.click("#kirim")
        page.tab.says("#galat", "Mencoba lagi sendiri dalam 1 detik")
        page.tab.says("#hasil-judul", "Semua baris diterima")
        assert hub.asked[0]["key"] == hub.asked[1]["key"] and hub.asked[0]["key"], hub.asked


def check_an_ended_session_keeps_the_file():
    who = {"name": "dikpora-1", "role": "opd", "institution": "dikpora", "regions": []}
    hub = Hub((401, {"title": "a valid key is needed", "detail": "the session has ended"}), (202, receipt(rows={"received": 1, "accepted": 1, "inserted": 1})))
    with Page(hub) as page:
        tab = page.tab
        page.choose(page.file("absensi.csv"), dataset="kasus_penyakit")
        tab.click("#kirim")
        tab.says("#masuk-salah", "berkas yang dipilih masih ada")
        tab.type("kunci-baru")
        tab.press("Enter")
        tab.says("#antrean", "absensi.csv")
        tab.click("#kirim")
        tab.says("#hasil-judul", "Semua baris diterima")
        assert hub.asked[0]["key"] == hub.asked[1]["key"] and hub.asked[0]["key"], hub.asked
        # Another key at the same screen: nothing of the one before is left.
        tab.choose_files("#berkas", page.file("rahasia.csv"))
        hub.pushes.append((401, {"detail": "the session has ended"}))
        tab.click("#kirim")
        tab.shown("#masuk")
        hub.answers["/api/v1/session"] = (200, {**who, "name": "dinkes-1", "institution": "dinkes"})
        tab.type("kunci-lain")
        tab.press("Enter")
        tab.says("#siapa", "dinkes-1")
        tab.gone("#antrean li")
        tab.gone("#hasil")
        tab.says("#riwayat-panel", "Belum ada kiriman")


def check_progress_and_cancel():
    held = threading.Event()

    def hold(body):
        held.wait(chromium.PATIENCE)
        return 202, receipt(rows={"received": 1, "accepted": 1})
    hub = Hub(hold, (202, receipt(rows={"received": 1, "accepted": 1, "inserted": 1})))
    with Page(hub) as page:
        tab = page.tab
        page.choose(page.file("absensi.csv"), page.file("lain.csv"), dataset="kasus_penyakit")
        tab.click("#kirim")
        tab.says("#langkah", "hub sedang memeriksa")
        assert tab.ask("document.querySelector('#kirim').disabled"), "one push at a time"
        page.picture("kemajuan")
        tab.click("#batal")
        tab.says("#galat", "Dibatalkan")
        tab.says("#antrean", "tertunda")
        tab.says("#antrean", "menunggu")
        held.set()
        tab.click("#antrean li:last-child .round")
        tab.wait("document.querySelectorAll('#antrean li').length === 1")
        tab.click("#kirim")
        tab.says("#hasil-judul", "Semua baris diterima")
        assert hub.asked[0]["key"] == hub.asked[1]["key"] is not None, "it may have arrived before it was cancelled"


def check_modes_and_sheets_are_passed_on():
    good = receipt(rows={"received": 1, "accepted": 1})
    hub = Hub((202, good), (202, good))
    with Page(hub, at="/kirim-data#absensi_harian_sekolah") as page:
        tab = page.tab
        # The address bears the choice.
        tab.says("#terpilih", "Absensi harian sekolah")
        page.choose(page.file("absensi.xlsx"), dataset=None)
        tab.click("#lembar")
        tab.type("Juli & Agustus")
        tab.click("#lanjutan summary")
        tab.says("#mode-kata", "tanggal + npsn")
        tab.ask("(() => { const box = document.querySelector('#mode'); box.value = 'snapshot'; box.dispatchEvent(new Event('change')); })()")
        tab.says("#mode-kata", "Hati-hati")
        tab.click("#lingkup")
        tab.type("tahun:2026")
        page.picture("lanjutan")
        tab.click("#kirim")
        tab.shown("#hasil")
        tab.choose_files("#berkas", page.file("absensi.csv"))
        tab.click("#kirim")
        tab.wait("!document.querySelector('#antrean li')")
        assert [asked["query"] for asked in hub.asked] == [
            {"sheet": "Juli & Agustus", "mode": "snapshot", "scope": "tahun:2026"}, {"mode": "snapshot", "scope": "tahun:2026"}]
        assert len({asked["key"] for asked in hub.asked} - {None}) == 2, "each file has a key of its own"


def check_the_keyboard_alone_is_enough():
    hub = Hub((202, PARTIAL))
    with Page(hub) as page:
        tab = page.tab
        tab.shown("#data")
        tab.ask("document.querySelector('#cari').focus()")
        tab.press("ArrowDown")
        tab.press("ArrowDown")
        tab.press("ArrowUp")
        tab.press("Enter")
        tab.shown("#terpilih")
        title = tab.text("#terpilih-judul")
        if title != "Absensi harian sekolah":
            tab.press("Tab")
            tab.press("Enter")
            tab.wait("document.activeElement.id === 'cari'")
            tab.type("absensi")
            tab.press("Enter")
            tab.says("#terpilih-judul", "Absensi harian sekolah")
        tab.shown("#templat")
        seen = []
        for _ in range(12):
            tab.press("Tab")
            seen.append(tab.focus())
            if seen[-1] == "berkas":
                break
        assert seen[-1] == "berkas", seen
        tab.choose_files("#berkas", page.file("absensi.csv"))
        for _ in range(12):
            tab.press("Tab")
            seen.append(tab.focus())
            if seen[-1] == "kirim":
                break
        tab.press("Enter")
        tab.says("#hasil-judul", "Sebagian diterima")
        tab.wait("document.activeElement.id === 'hasil-judul'")


def check_files_can_be_dropped():
    with Page(Hub((202, receipt(rows={"received": 1, "accepted": 1})))) as page:
        tab = page.tab
        tab.shown("#data")
        tab.drop_files("#jatuh", page.file("seret.csv"))
        tab.says("#antrean", "seret.csv")
        assert tab.ask("location.pathname") == "/kirim-data"


def check_phone_and_dark():
    for width, height, prefer in ((390, 844, "light"), (390, 844, "dark"), (1280, 900, "dark")):
        with Page(Hub((202, PARTIAL)), width=width, height=height, phone=width < 500) as page:
            tab = page.tab
            tab.open(f"http://127.0.0.1:{page.server.server_port}/kirim-data", prefer)
            page.choose(page.file("absensi.csv"))
            tab.click("#kirim")
            tab.says("#salah-kata", "5 kesalahan di 4 baris")
            assert tab.ask("document.documentElement.scrollWidth") <= width, "nothing sticks out"
            assert not tab.accessibility(), tab.accessibility()
            page.picture(f"sebagian-{width}-{prefer}")
            tab.click("#ganti")
            page.picture(f"pilih-{width}-{prefer}")


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]
if __name__ == "__main__":
    need(lacking())
    sys.exit(run(chosen(CHECKS)))
