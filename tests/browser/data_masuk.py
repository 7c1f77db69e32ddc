#!/usr/bin/env python3
"""The page "Data masuk" in a real browser: served under the hub's content security policy, with answers of the hub's
shape, in each of its states. Needs Chromium; without one it says so and fails only where SMARTCENTER_REQUIRE_BROWSER
is set. Where SMARTCENTER_PICTURES names a folder, it leaves pictures there.
"""

import json
import sys
from urllib.parse import parse_qs

from pages import Page, chosen, lacking, need, run

NOW = "2026-06-01T05:00:00Z"
EVIL = "<img src=x onerror=document.title='markup'>"
SENTENCES = {
    "fresh": ("Lancar sekali.", "All is well."), "late": ("Terlambat dua jam.", "Two hours late."),
    "silent": ("Tidak ada kabar sejak Senin.", "Silent since Monday."), "never": ("Belum ada data.", "None yet."),
}
NAMES = {"dikpora": "Dinas Pendidikan, Kepemudaan dan Olahraga", "dinkes": "Dinas Kesehatan", "kominfo": "Dinas Komunikasi dan Informatika"}


def feed(dataset, title, owner, state="fresh", rows=100):
    words = dict(zip(("sentence_id", "sentence_en"), SENTENCES[state]))
    came = {} if state == "never" else {"last_received_at": NOW}
    count = {} if rows is None else {"rows": rows}
    return {"dataset": dataset, "title": title, "owner": owner, "state": state, **words, **came, **count}


FEEDS = [
    feed("absensi_harian_sekolah", "Absensi <b>harian</b>", "dikpora", rows=33218),
    feed("kasus_penyakit", "Kasus penyakit", "dinkes", "late", rows=None),
    feed("faskes", "Fasilitas kesehatan", "dinkes"),
    feed("wilayah", "Kode wilayah", "kominfo", "never", rows=0),
]


def many():
    """45 feeds of 12 institutions: of the third one is silent, of every other one a feed is late."""
    state = lambda owner, n: "silent" if (owner, n) == (2, 1) else "late" if owner % 2 and n == 0 else "fresh"
    return [feed(f"kumpulan_{owner:02}_{n}", f"Kumpulan data ke-{n} dari bidang yang namanya panjang", f"instansi_{owner:02}", state(owner, n), 1234567 * n)
            for owner in range(12) for n in range(4 if owner < 9 else 3)]


RECEIPTS = [
    {"receipt_id": "a", "dataset": "absensi_harian_sekolah", "status": "partial", "rows": {"accepted": 41, "rejected": 2}, "received_at": NOW,
     "links": {"self": "/api/v1/receipts/a", "rejects": "/api/v1/receipts/a/rejects"}},
    {"receipt_id": "b", "dataset": "absensi_harian_sekolah", "status": "duplicate", "rows": {"accepted": 41, "rejected": 0}, "received_at": NOW,
     "links": {"self": "/api/v1/receipts/b", "rejects": "/api/v1/receipts/b/rejects"}},
]
LATE = [
    {"kalimat": f"Dinas Kesehatan: laporan {n} belum masuk dari {n + 1} dari 22 unit {EVIL}.", "nama_instansi": "Dinas Kesehatan",
     "umpan": "kasus_penyakit" if n == 0 else f"lain_{n}", "unit_terlambat": n + 1, "sejak": "2026-05-20"}
    for n in range(5)
]


class Hub:
    """Prepared answers, and what was asked."""

    def __init__(self, feeds=FEEDS, receipts=RECEIPTS, late=(), **more):
        self.feeds, self.receipts, self.late, self.asked = list(feeds), list(receipts), late, []
        self.answers = {
            "/api/v1/freshness": lambda *_: (200, {"generated_at": NOW, "visible_seq": 7, "feeds": self.feeds}),
            "/api/v1/receipts": self.list_receipts,
            "/api/v1/receipts/a/rejects": lambda method, headers, query, body: (
                (200, b"tanggal;_alasan\r\n", {"Content-Type": "text/csv"}) if headers["Accept"] == "text/csv" and query == "state=all" else (406, {})),
            "/api/v1/sql": self.sql,
            **more,
        }

    def list_receipts(self, method, headers, query, body):
        asked = {name: value[0] for name, value in parse_qs(query).items()}
        self.asked.append(asked)
        wanted = asked.get("dataset")
        return 200, {"items": [one for one in self.receipts if wanted in (None, one["dataset"])], "next": None}

    def sql(self, method, headers, query, body):
        sql = json.loads(body)["sql"]
        if "mart.kelengkapan_instansi" in sql:
            assert sql == "SELECT kalimat, nama_instansi, umpan, unit_terlambat, sejak FROM mart.kelengkapan_instansi ORDER BY sejak"
            # As where the model is not there, or not for this key.
            if self.late is None:
                return 422, {"title": "unknown table", "detail": "table mart.kelengkapan_instansi not found"}
            rows = self.late
        else:
            rows = [{"id": one, "nama": name} for one, name in NAMES.items()]
        return 200, {"columns": [], "rows": rows, "end": True, "count": len(rows), "truncated": False}


def page(hub=None, at="/", **browser):
    return Page((hub or Hub()).answers, at, **browser)


def ids(tab):
    """The feeds that are shown, from top to bottom."""
    return tab.ask("[...document.querySelectorAll('#feed .feed')].map((row) => row.dataset.id)")


def address(tab):
    return tab.ask("location.pathname + location.search")


def put(tab, text):
    """Writes into the search box, over what is there."""
    tab.click("#cari")
    tab.ask("document.querySelector('#cari').select()")
    tab.type(text)


def check_feeds_stand_with_their_institution():
    with page() as shown:
        tab = shown.tab
        tab.says("#feed", "Dinas Kesehatan")
        tab.gone("#masuk")
        groups = tab.ask("[...document.querySelectorAll('#feed .group')].map((group) => group.querySelector('h3').innerText)")
        assert groups == [NAMES["dinkes"], NAMES["kominfo"], NAMES["dikpora"]], "institutions that need attention come first"
        assert ids(tab) == ["kasus_penyakit", "faskes", "wilayah", "absensi_harian_sekolah"], ids(tab)
        health = tab.text("#feed .group")
        for words in ("2 kumpulan data", "1 terlambat", "Terlambat dua jam.", "jumlah tertutup"):
            assert words in health, (words, health)
        assert "Lancar sekali." not in tab.text("#feed"), "what is well needs no sentence"
        assert tab.text("#jumlah") == "33.318", "numbers are written the Indonesian way"
        assert "Absensi <b>harian</b>" in tab.text("#feed"), "titles are text, not HTML"
        assert "di karantina" in tab.text("#kiriman") and "sudah pernah dikirim" in tab.text("#kiriman")
        assert not tab.accessibility(), tab.accessibility()


def check_names_of_institutions_are_not_needed():
    hub = Hub(**{"/api/v1/sql": (403, {"title": "forbidden", "detail": "no SQL for this role"})})
    with page(hub) as shown:
        shown.tab.says("#feed h3", "dinkes")
        shown.tab.gone("#tertinggal")
        shown.tab.shown("#papan")


def check_search_and_filter_stay_in_the_address():
    with page() as shown:
        tab = shown.tab
        tab.says("#cari-hasil", "4 dari 4 kumpulan data, 3 instansi")
        put(tab, "KESEHATAN")
        tab.says("#cari-hasil", "2 dari 4 kumpulan data, 1 instansi")
        assert ids(tab) == ["kasus_penyakit", "faskes"], "the institution's name is searched, too"
        assert address(tab) == "/?q=KESEHATAN"
        tab.click('#hitungan [data-status="late"]')
        tab.says("#cari-hasil", "1 dari 4")
        assert ids(tab) == ["kasus_penyakit"] and address(tab) == "/?q=KESEHATAN&status=late"
        assert "1 dari 2 kumpulan data" in tab.text("#feed .group")
        pressed = tab.ask("[...document.querySelectorAll('#hitungan [aria-pressed=true]')].map((one) => one.innerText)")
        assert pressed == ["1 terlambat"], pressed
        # New figures leave search and filter as they are.
        tab.click('#hitungan [data-status="late"]')
        assert address(tab) == "/?q=KESEHATAN", "pressed again, a state is no filter any more"
        put(tab, "tidak ada ini")
        tab.says("#feed-panel", "Tidak ada yang cocok")
        tab.click("#feed-panel button")
        tab.says("#cari-hasil", "4 dari 4")
        assert address(tab) == "/" and tab.focus() == "cari"
        shown.open("/?q=wilayah&status=never")
        tab.says("#cari-hasil", "1 dari 4")
        assert ids(tab) == ["wilayah"] and tab.ask("document.querySelector('#cari').value") == "wilayah"
        shown.open("/?status=toString&q=")
        tab.says("#cari-hasil", "4 dari 4")


def check_a_feed_shows_its_receipts():
    hub = Hub()
    with page(hub) as shown:
        tab = shown.tab
        line = '[data-id="absensi_harian_sekolah"] .feed-line'
        # Names of institutions, which come later, put the groups into another order.
        tab.says("#feed", NAMES["dikpora"])
        tab.click(line)
        tab.says("#rinci-absensi_harian_sekolah", "41 baris diterima")
        more = tab.text("#rinci-absensi_harian_sekolah")
        for words in ("Lancar sekali.", "sebagian", "2 di karantina", "ulangan", "Tanda terima"):
            assert words in more, (words, more)
        assert {"dataset": "absensi_harian_sekolah", "derived": "false", "limit": "6"} in hub.asked, hub.asked
        assert {"derived": "false", "limit": "20"} in hub.asked, "what the hub works out is not among the latest pushes"
        assert tab.ask("document.querySelector('.past a').getAttribute('href')") == "/api/v1/receipts/a"
        assert tab.ask("document.querySelectorAll('.past .link').length") == 1, "only where there is something rejected"
        assert not tab.accessibility(), tab.accessibility()
        tab.click(".past .link")
        name, data = shown.browser.downloaded(".csv")
        assert (name, data) == ("ditolak-absensi_harian_sekolah-a.csv", b"tanggal;_alasan\r\n")
        # A push of this feed comes in: the list follows by itself.
        hub.receipts.insert(0, {**RECEIPTS[0], "receipt_id": "c", "rows": {"accepted": 977, "rejected": 0}})
        tab.says("#rinci-absensi_harian_sekolah", "977 baris diterima")
        shown.picture("umpan-terbuka")
        tab.click('[data-id="wilayah"] .feed-line')
        tab.says("#rinci-wilayah", "Belum ada kiriman")
        tab.gone("#rinci-absensi_harian_sekolah")
        tab.click('[data-id="wilayah"] .feed-line')
        tab.gone("#rinci-wilayah")


def check_who_is_late_is_said():
    hub = Hub(late=LATE)
    with page(hub) as shown:
        tab = shown.tab
        tab.says("#tertinggal", "laporan 0 belum masuk dari 1 dari 22 unit")
        assert EVIL in tab.text("#tertinggal") and tab.ask("document.querySelectorAll('#papan img').length") == 0
        tab.says("#tertinggal-jumlah", "1 instansi, 5 tunggakan")
        assert tab.ask("document.querySelectorAll('#tertinggal-daftar li').length") == 3
        assert not tab.accessibility(), tab.accessibility()
        tab.click("#tertinggal-semua")
        tab.wait("document.querySelectorAll('#tertinggal-daftar li').length === 5")
        tab.click("#bahasa-en")
        tab.says("#tertinggal", "Kasus penyakit has not come since it was due on 20 May 2026")
        tab.says("#tertinggal", "lain_4 has not come from 5 units, the oldest due on 20 May 2026")
        tab.click("#tertinggal-daftar .link")
        tab.says("#cari-hasil", "1 of 4 datasets")
        assert ids(tab) == ["kasus_penyakit"] and address(tab) == "/?q=kasus_penyakit"
    for late in ([], None):
        with page(Hub(late=late)) as shown:
            shown.tab.shown("#feed .group")
            shown.tab.gone("#tertinggal")


def check_both_languages():
    with page() as shown:
        tab = shown.tab
        tab.says("#feed", NAMES["dikpora"])
        tab.click('[data-id="absensi_harian_sekolah"] .feed-line')
        tab.says("#rinci-absensi_harian_sekolah", "Tanda terima")
        tab.click("#bahasa-en")
        tab.says("#rinci-absensi_harian_sekolah", "Receipt")
        tab.says("#rinci-absensi_harian_sekolah", "All is well.")
        tab.says("#cari-hasil", "4 of 4 datasets, 3 institutions")
        assert tab.text("#jumlah") == "33,318"
        assert tab.ask("document.querySelector('#cari').placeholder") == "Search by name, institution or code"
        assert "1 late" in tab.text("#hitungan") and "Two hours late." in tab.text("#feed")
        left = [word for word in ("Kumpulan data", "terlambat", "baris", "Terlambat", "kiriman") if word in tab.text("#papan")]
        assert not left, left
        tab.click("#bahasa-id")
        tab.says("#hitungan", "1 terlambat")


def check_the_keyboard_alone_is_enough():
    hub = Hub()
    with page(hub) as shown:
        tab = shown.tab
        tab.shown("#feed .group")
        seen = []
        for _ in range(14):
            tab.press("Tab")
            seen.append(tab.focus())
            if seen[-1] == "cari":
                break
        assert seen[-1] == "cari", seen
        tab.press("ArrowDown")
        tab.press("ArrowDown")
        at = "document.activeElement.closest('.feed')?.dataset.id"
        assert tab.ask(at) == "faskes"
        # Figures come in, and another order: whoever stands on a row stays on it.
        hub.feeds = [{**one, "state": "fresh", "rows": 7} if one["dataset"] == "kasus_penyakit" else one for one in FEEDS]
        tab.says('[data-id="kasus_penyakit"]', "7 baris")
        assert tab.ask(at) == "faskes"
        assert ids(tab)[0] == "wilayah", "the order follows"
        tab.press("Enter")
        tab.says("#rinci-faskes", "Lancar sekali.")
        tab.press("Enter")
        tab.gone("#rinci-faskes")
        for _ in range(4):
            tab.press("ArrowUp")
        assert tab.focus() == "cari"
        tab.press("Tab")
        tab.press("Tab")
        tab.press(" ")
        assert address(tab) == "/?status=never", address(tab)
        assert tab.ask("document.activeElement.dataset.status") == "never"
        shown.open("/?q=absensi")
        tab.says("#cari-hasil", "1 dari 4")
        tab.ask("document.querySelector('#cari').focus()")
        tab.press("Enter")
        tab.says("#rinci-absensi_harian_sekolah", "41 baris diterima")


def check_many_feeds_on_every_screen():
    for width, prefer in ((360, "light"), (360, "dark"), (768, "light"), (1024, "light"), (1280, "light"), (1280, "dark")):
        hub = Hub(feeds=many(), late=LATE)
        with page(hub, width=width, height=800, phone=width < 500, prefer=prefer) as shown:
            tab = shown.tab
            tab.says("#cari-hasil", "45 dari 45 kumpulan data, 12 instansi")
            assert ids(tab)[0] == "kumpulan_02_1", "the silent one is on top"
            tab.says("#hitungan", "6 terlambat")
            tab.click('[data-id="kumpulan_03_0"] .feed-line')
            tab.says("#rinci-kumpulan_03_0", "Belum ada kiriman")
            assert tab.ask("document.documentElement.scrollWidth") <= width, "nothing sticks out"
            assert tab.ask("Math.max(...[...document.querySelectorAll('.feed-line')].map((line) => line.offsetHeight))") < 130, "rows are compact"
            small = tab.ask("[...document.querySelectorAll('#papan button, #papan input')].filter((one) => one.checkVisibility() && one.offsetHeight < 24).length")
            assert small == 0, "fingers find what they want"
            assert not tab.accessibility(), tab.accessibility()
            shown.picture(f"banyak-{width}-{prefer}")


def check_empty():
    with page(Hub([], [])) as shown:
        shown.tab.says("#feed-panel", "Belum ada kumpulan data")
        shown.tab.says("#kiriman-panel", "Belum ada kiriman")
        shown.tab.says("#terakhir", "Belum ada data yang masuk")


def check_login():
    refused = (401, {"title": "Unauthorized", "detail": "sign in"})
    with page(Hub(**dict.fromkeys(("/api/v1/freshness", "/api/v1/receipts", "/api/v1/sql"), refused))) as shown:
        shown.tab.shown("#masuk")
        shown.tab.gone("#papan")
        shown.tab.gone("#keluar")


def check_a_key_that_this_page_is_not_for():
    # A board has neither feeds nor receipts; the hub says so in two ways.
    hub = Hub(**{"/api/v1/freshness": (422, {"title": "not valid", "detail": "table system.feeds not found"}),
                 "/api/v1/receipts": (403, {"title": "not allowed", "detail": "receipts are not for this role"})})
    with page(hub) as shown:
        shown.tab.says("#masuk-salah", "Kunci ini tidak boleh melihat halaman ini")
        shown.tab.gone("#papan")


def check_failure():
    broken = (500, {"detail": "the control store failed"})
    hub = Hub(**{"/api/v1/freshness": broken})
    with page(hub) as shown:
        shown.tab.says("#feed-panel", "Data tidak dapat dimuat: the control store failed")
        hub.answers["/api/v1/freshness"] = lambda *_: (200, {"generated_at": NOW, "visible_seq": 7, "feeds": FEEDS})
        shown.tab.click("#feed-panel button")
        shown.tab.says("#cari-hasil", "4 dari 4")
        shown.tab.gone("#feed-panel")


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]

if __name__ == "__main__":
    need(lacking())
    sys.exit(run(chosen(CHECKS)))
