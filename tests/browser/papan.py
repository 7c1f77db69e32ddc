#!/usr/bin/env python3
"""The pages for executives in a real browser: the built application under the hub's content security policy, with answers
of the hub's shape. Needs Chromium and `npm run build`; without one of them it says so and fails only where
SMARTCENTER_REQUIRE_BROWSER is set. Where SMARTCENTER_PICTURES names a folder, it leaves pictures there.
"""

import json
import pathlib
import sys
import tempfile
import threading
import time

import chromium
from pages import Page, chosen, lacking, need, run
from papan_answers import ALERTS, PASAR, Hub, receipt

BOARDS = ["pendidikan", "kesehatan", "layanan", "kepuasan"]
PAGES = ["", "peringatan", f"peringatan/{ALERTS[0]['id']}", *BOARDS, "data-masuk", "data-masuk/kiriman/r2", "data-masuk/kirim"]
SIZES = [(360, 740), (768, 1024), (1440, 900), (3840, 2160)]

# Text nodes with a digit that no figure, name, day or choice holds: a number that nobody could trace.
UNTRACED = r"""(() => { const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT); const found = [];
    while (walk.nextNode()) { const node = walk.currentNode; const up = node.parentElement;
        if (/\d/.test(node.data) && !up.closest('[data-metric], [data-name], time, select, .head > p, .note, .sentence')) found.push(node.data.trim()); }
    return found; })()"""


# One browser for all checks; each page has an address of its own.
shared = None


def page(hub=None, at="", **browser):
    return Page((hub or Hub()).answers, f"/app/{at}", within=shared, **browser)


def ready(tab):
    tab.wait("!!document.querySelector('main h1')", "the page to stand")
    tab.wait("!document.querySelector('.state.loading')", "everything to be loaded")
    tab.wait("[...document.querySelectorAll('.chart')].every((one) => one.dataset.ready === 'true')", "charts to be drawn")


def overflow(tab):
    return tab.ask("document.documentElement.scrollWidth - innerWidth")


def check_the_overview_says_what_needs_attention():
    with page() as shown:
        tab = shown.tab
        ready(tab)
        attention = tab.text(".attention")
        assert attention.index("Murid sakit di sekolah") < attention.index("Penyakit SKDR"), "the worst comes first"
        for words in ("35 anak lebih banyak dari wajar", "Kritis", "sejak 26 Nov 2026", "Trenggalek", "Dinas Pendidikan"):
            assert words in attention, (words, attention)
        assert tab.ask("document.title") == "Ringkasan · Smart Center"
        figures = tab.ask("[...document.querySelectorAll('.figure .value')].map((one) => [one.dataset.metric, one.dataset.value, one.innerText])")
        assert len(figures) == 8 and all(value for _, value, _ in figures), figures
        assert "sasaran 4,5%" in tab.text('[data-panel="ringkasan.serapan"]')
        assert "22–28 Nov 2026" in tab.text('[data-panel="ringkasan.mpp"]').replace("\u2009", "")
        assert tab.ask("document.querySelectorAll('.regions .region').length") == 14
        assert "Dinas Kesehatan" in tab.text('[data-panel="ringkasan.kesegaran"]')
        assert "absensi harian sekolah" in tab.text(".ticker") and "1.202 baris" in tab.text(".ticker")
        assert not tab.accessibility(), tab.accessibility()
        shown.picture("papan-ringkasan")


def check_every_figure_can_be_traced():
    with page() as shown:
        for at in PAGES:
            shown.open(f"/app/{at}")
            ready(shown.tab)
            untraced = shown.tab.ask(UNTRACED)
            assert not untraced, (at, untraced)
            # A form has no figures before something was sent.
            assert at.endswith("/kirim") or shown.tab.ask("document.querySelectorAll('[data-metric]').length") > 3, at


def check_figures_move_with_the_data():
    hub = Hub()
    with page(hub) as shown:
        tab = shown.tab
        ready(tab)
        values = "JSON.stringify([...document.querySelectorAll('.figure .value')].map((one) => one.dataset.value))"
        before = json.loads(tab.ask(values))
        hub.scale = 3
        told = lambda tables: b"".join(f"event: receipt\ndata: {json.dumps({**receipt(n, table), 'derived': True})}\n\n".encode() for n, table in enumerate(tables))
        hub.words = told(("kehadiran_kecamatan_mingguan", "skdr_kecamatan_mingguan", "antrean_layanan_mingguan", "permohonan_kecamatan_mingguan",
                                       "skm_unit_bulanan", "pengaduan_mingguan", "anggaran_serapan", "kinerja_capaian"))
        tab.wait(f"JSON.parse({values}).every((value, index) => value !== {json.dumps(before)}[index])", "every figure to move")
        after = json.loads(tab.ask(values))
        assert all(abs(float(b) - 3 * float(a)) < 0.01 for a, b in zip(before, after)), (before, after)
        # Of what changes all the time, by names that nobody has heard before, only its own figure is asked for, and not all the time.
        hub.words = told(("skdr_kecamatan_mingguan", *(f"tabel_baru_{n}" for n in range(30))))
        time.sleep(6)
        hub.asked.clear()
        time.sleep(9)
        again = [one["sql"].split()[1] for one in hub.asked]
        assert set(again) == {"ringkasan.kunjungan"} and len(again) <= 4, again


def check_boards_show_their_panels():
    with page(at="pendidikan") as shown:
        tab = shown.tab
        ready(tab)
        assert tab.text("main h1") == "Pendidikan"
        assert int(tab.ask("document.querySelector('[data-metric=\"pendidikan.seri\"]').dataset.points")) == 52
        assert "Libur sekolah" in tab.text(".frame.series .legend")
        assert "Rentang wajar" in tab.text("main") and "Di luar kebiasaan: 3" in tab.text("main")
        assert f"SD Simulasi {'<img'}" in tab.text("select[name=sekolah]"), "names are text, not markup"
        for at in BOARDS:
            shown.open(f"/app/{at}")
            ready(tab)
            assert not tab.ask("[...document.querySelectorAll('.state.error')].map((one) => one.innerText)"), at
            shown.picture(f"papan-{at}")


def check_a_choice_stands_in_the_address_and_in_the_question():
    hub = Hub()
    with page(hub, at="pendidikan") as shown:
        tab = shown.tab
        ready(tab)
        tab.click('[data-kode="35.03.07"]')
        tab.wait("location.search === '?kecamatan=35.03.07'")
        tab.wait("document.querySelector('select[name=kecamatan]').value === '35.03.07'")
        ready(tab)
        assert any(one.get("params", {}).get("kecamatan") == "35.03.07" for one in hub.asked), "the choice is handed over as a value"
        assert not any("35.03.07" in one["sql"] for one in hub.asked)
        shown.open("/app/pendidikan?kecamatan=35.03.02")
        ready(tab)
        assert tab.ask("document.querySelector('select[name=kecamatan]').value") == "35.03.02"


def navigation(tab):
    return tab.ask("[...document.querySelectorAll('nav a')].map((one) => one.innerText)")


def with_boards(*boards, **more):
    hub = Hub(**more)
    hub.boards = list(boards)
    return hub


def named(hub):
    """What was asked for figures, by their name: the values that went with it."""
    return {one["sql"].split()[1]: one.get("params") for one in hub.asked if one["sql"].startswith("/*")}


def market(tab):
    # Its series waits for what its filter offers.
    tab.shown(".frame.series .chart")
    ready(tab)


def check_boards_of_the_site():
    hub = with_boards(PASAR)
    with page(hub, at="pasar") as shown:
        tab = shown.tab
        market(tab)
        assert tab.text("main h1") == "Pasar" and tab.ask("document.title") == "Pasar · Smart Center"
        assert navigation(tab) == ["Ringkasan", "Peringatan", "Pendidikan", "Kesehatan", "Layanan publik", "Kepuasan", "Pasar", "Laporan mingguan", "Data masuk", "Layar dinding"], navigation(tab)
        assert tab.text("nav [aria-current]") == "Pasar"
        assert tab.ask("document.querySelector('.value[data-metric=\"pasar.kios\"]').dataset.value")
        assert int(tab.ask("document.querySelector('[data-metric=\"pasar.seri\"]').dataset.points")) == 52 and "berulang" in tab.text(".frame.series .legend")
        assert tab.ask("document.querySelectorAll('.frame.map .region').length") == 14
        assert "Kampak" in tab.text('[data-panel="pasar.kecamatan"]') and "waktu" in tab.text(".frame.bars")
        assert "Asing" not in tab.text("main"), "what the page does not know is left out"
        assert not tab.ask("document.querySelectorAll('.state.error').length") and not tab.ask(UNTRACED), tab.ask(UNTRACED)
        found = tab.accessibility()
        assert not found, found
        shown.picture("papan-pasar")
        # A choice goes to the questions that name it, as a value; on the map it is the same choice.
        hub.asked.clear()
        tab.ask("(() => { const choice = document.querySelector('select[name=kecamatan]'); choice.value = '35.03.07'; choice.dispatchEvent(new Event('change', { bubbles: true })); })()")
        tab.wait("location.search === '?kecamatan=35.03.07' && !!document.querySelector('.region.chosen[data-kode=\"35.03.07\"]')")
        ready(tab)
        assert named(hub) == {"pasar.kios": {"kecamatan": "35.03.07"}, "pasar.seri": {"kecamatan": "35.03.07", "lokasi": "MPP"}}, hub.asked
        tab.click('.region[data-kode="35.03.07"]')
        tab.wait("location.search === '' && document.querySelector('select[name=kecamatan]').value === ''", "nothing to be chosen")
        tab.click('button[lang="en"]')
        tab.says("main h1", "Markets")
        ready(tab)
        assert "Markets" in navigation(tab) and "Visitors per week" in tab.text("main") and "Whole regency" in tab.text("main")
        tab.click('button[lang="id"]')
        tab.resize(360, 740, phone=True)
        shown.open("/app/pasar?kecamatan=35.03.02")
        market(tab)
        assert tab.ask("document.querySelector('select[name=kecamatan]').value") == "35.03.02"
        tab.wait("document.documentElement.scrollWidth <= innerWidth", "the board to fit a phone")


def check_a_board_of_the_site_stands_in_for_a_shipped_one():
    with page(with_boards({**PASAR, "id": "kesehatan"}), at="kesehatan") as shown:
        ready(shown.tab)
        shown.tab.says("main h1", "Pasar")
        assert navigation(shown.tab)[2:6] == ["Pendidikan", "Pasar", "Layanan publik", "Kepuasan"], navigation(shown.tab)
        shown.tab.wait("!document.querySelector('[data-panel^=\"kesehatan.\"]')")


def check_boards_of_the_site_come_and_go():
    hub = with_boards()
    held, asked, told = threading.Event(), [], hub.list_boards

    def boards(*request):
        held.wait(30)
        asked.append(request)
        return told(*request)

    hub.answers["/api/v1/boards"] = boards
    with page(hub, at="pasar") as shown:
        tab = shown.tab
        tab.shown("main .state.loading")
        tab.shown("nav a")
        assert tab.ask("document.title") == "Smart Center" and "tidak ada" not in tab.text("main"), "nobody knows yet whose address it is"
        held.set()
        tab.says("main h1", "Halaman ini tidak ada")
        # Whoever comes back looks again, now and then; what did not change asks nothing anew.
        back = "document.dispatchEvent(new Event('visibilitychange'))"
        later = "Date.now = ((now) => () => now() + 31000)(Date.now); " + back
        hub.boards = [PASAR]
        tab.ask(back)
        assert len(asked) == 1, "not so soon"
        tab.ask(later)
        tab.says("main h1", "Pasar")
        market(tab)
        hub.asked.clear()
        tab.ask("document.querySelector('main h1').dataset.same = 'yes'")
        hub.boards = [PASAR, {**PASAR, "id": "air", "title": {"id": "Air bersih", "en": "Water"}}]
        tab.ask(later)
        tab.wait("[...document.querySelectorAll('nav a')].some((one) => one.innerText === 'Air bersih')")
        assert tab.ask("document.querySelector('main h1').dataset.same") == "yes" and not named(hub), hub.asked
        hub.boards = [{**PASAR, "lead": {"id": "Sudah diubah.", "en": "Changed."}}]
        tab.ask(later)
        tab.says(".head", "Sudah diubah.")
        ready(tab)
        # A hub that fails takes nothing away.
        hub.answers["/api/v1/boards"] = (500, {"title": "internal", "status": 500, "detail": "mesin sedang panas"})
        tab.ask(later)
        ready(tab)
        assert tab.text("main h1") == "Pasar" and "Pasar" in navigation(tab)
        shown.open("/app/pasar")
        tab.says("main .state.error", "mesin sedang panas")
        hub.answers["/api/v1/boards"] = told
        tab.click("main .state.error button")
        tab.says("main h1", "Pasar")
        # A hub from before has no such door.
        hub.answers["/api/v1/boards"] = (404, {"title": "not found", "status": 404})
        shown.open("/app/pasar")
        tab.says("main h1", "Halaman ini tidak ada")
        assert "Pasar" not in navigation(tab) and "Kepuasan" in navigation(tab)
        # Boards belong to the session.
        hub.answers["/api/v1/boards"] = told
        shown.open("/app/pasar")
        ready(tab)
        tab.ask("document.querySelector('.tools > .quiet:last-child').click()")
        tab.shown("#kunci")
        hub.boards = []
        tab.ask("document.querySelector('#kunci').focus()")
        tab.type("sc_benar")
        tab.press("Enter")
        tab.says("main h1", "Halaman ini tidak ada")


def check_files_that_are_no_boards():
    faults = [{"file": "boards/pasar.yaml", "line": 7, "message": f"unknown unit 'ringgit' {'<img'}"}, {"file": "boards/air.yaml", "message": "cannot be read"}]
    for role in ("walidata", "pimpinan"):
        hub = with_boards(role=role)
        hub.faults = faults
        with page(hub) as shown:
            tab = shown.tab
            ready(tab)
            if role == "pimpinan":
                assert not tab.ask("!!document.querySelector('.faults')") and "Papan yang tidak dapat dibaca" not in tab.text("main")
                continue
            tab.says(".faults", "Papan yang tidak dapat dibaca")
            for words in ("boards/pasar.yaml:7", f"unknown unit 'ringgit' {'<img'}", "boards/air.yaml cannot be read"):
                assert words in tab.text(".faults"), (words, tab.text(".faults"))
            assert not tab.ask(UNTRACED), tab.ask(UNTRACED)
            found = tab.accessibility()
            assert not found, found
            shown.picture("papan-berkas-salah")
            # It is gone once the file is mended.
            hub.faults = []
            shown.open("/app/")
            ready(tab)
            tab.gone(".faults")


def check_a_panel_that_its_question_does_not_fit():
    odd = {**PASAR, "sections": [{"panels": [{**panel, "sql": panel["sql"].replace("$kecamatan", "''").replace("$lokasi", "''")} for panel in PASAR["sections"][0]["panels"][:4]]}]}
    hub = with_boards(odd)
    usual = hub.rows
    hub.rows = lambda sql, params: [{"minggu": "2026-11-22", "jumlah": 3}] if "pasar_mingguan" in sql and "AS kode" not in sql else usual(sql, params)
    with page(hub, at="pasar") as shown:
        tab = shown.tab
        ready(tab)
        assert tab.ask("document.querySelectorAll('main .state.error').length") == 2, tab.text("main")
        assert "tidak seperti yang diminta" in tab.text('[data-panel="pasar.kios"]')
        assert tab.ask("document.querySelectorAll('.frame.map .region').length") == 14 and "Kampak" in tab.text('[data-panel="pasar.kecamatan"]'), "the others stand"
        hub.rows = usual
        tab.click('[data-panel="pasar.kios"] button')
        tab.wait("document.querySelector('.value[data-metric=\"pasar.kios\"]')?.dataset.value", "the panel to be shown once its answer fits")
        # The browser's log tells whoever writes the board.
        assert tab.complaints
        tab.complaints.clear()


def check_both_languages():
    with page() as shown:
        tab = shown.tab
        ready(tab)
        tab.click('button[lang="en"]')
        tab.says("main h1", "Overview")
        ready(tab)
        text = tab.text("main")
        for words in ("Needs attention today", "41 of 216 pupils are ill", "Pupils absent", "Critical", "target 4.5%"):
            assert words in text, (words, text)
        assert tab.ask("document.documentElement.lang") == "en"
        for at in PAGES:
            shown.open(f"/app/{at}")
            ready(tab)
            for indonesian in ("Unduh CSV", "Lihat sebagai", "Memuat", "Belum ada", "Tidak hadir"):
                assert indonesian not in tab.text("main"), (at, indonesian)
        tab.click('button[lang="id"]')
        tab.wait("document.documentElement.lang === 'id'")


def check_keyboard_only():
    with page(at="pendidikan") as shown:
        tab = shown.tab
        ready(tab)
        tab.press("Tab")
        assert tab.focus() == "Langsung ke isi", tab.focus()
        tab.press("Enter")
        tab.wait("document.activeElement.id === 'isi'")
        # The series is read point by point.
        tab.ask("document.querySelector('.chart').focus()")
        tab.press("End")
        tab.says('[data-metric="pendidikan.seri.titik"]', "Nilai")
        spoken = tab.ask("document.querySelector('[data-metric=\"pendidikan.seri.titik\"]').textContent")
        tab.press("ArrowLeft")
        tab.wait(f"document.querySelector('[data-metric=\"pendidikan.seri.titik\"]').textContent !== {json.dumps(spoken)}")
        # The map: one stop, arrows within, Enter chooses.
        assert tab.ask("document.querySelectorAll('.region[tabindex=\"0\"]').length") == 1
        tab.ask("document.querySelector('.region[tabindex=\"0\"]').focus()")
        first = tab.ask("document.activeElement.dataset.kode")
        tab.press("ArrowRight")
        tab.wait(f"document.activeElement.dataset.kode && document.activeElement.dataset.kode !== {json.dumps(first)}")
        kode = tab.ask("document.activeElement.dataset.kode")
        tab.press("Enter")
        tab.wait(f"new URLSearchParams(location.search).get('kecamatan') === {json.dumps(kode)}")
        # A table is sorted from its head.
        ready(tab)
        tab.ask("document.querySelector('[data-panel=\"pendidikan.kecamatan\"] thead th:nth-child(2) button').focus()")
        tab.press("Enter")
        tab.wait("document.querySelector('[data-panel=\"pendidikan.kecamatan\"] th:nth-child(2)').getAttribute('aria-sort') === 'descending'")
        values = tab.ask("[...document.querySelectorAll('[data-metric=\"pendidikan.kecamatan.ini\"]')].map((one) => +one.dataset.value)")
        assert values == sorted(values, reverse=True), values


def check_maps_and_charts_are_tables_as_well():
    with page(at="pendidikan") as shown:
        tab = shown.tab
        ready(tab)
        tab.click(".frame.map .link")
        tab.wait("document.querySelectorAll('.frame.map tbody tr').length === 14")
        assert "Kampak" in tab.text(".frame.map table") and "–" in tab.text(".frame.map table"), "what is withheld is no zero"
        tab.click(".frame.series .link")
        tab.shown(".frame.series table")
        assert "22–28 Nov 2026" in tab.text(".frame.series table") or "28 Nov 2026" in tab.text(".frame.series table") or "22 Nov 2026" in tab.text(".frame.series table")
        tab.click('.frame.map .table-tools .link')
        _, data = shown.browser.downloaded(".csv")
        lines = data.decode("utf-8-sig").splitlines()
        assert lines[0] == "Kecamatan;Nilai" and len(lines) == 15, lines[:2]


def check_an_alert_is_judged():
    hub = Hub(role="walidata")
    with page(hub, at="peringatan") as shown:
        tab = shown.tab
        ready(tab)
        assert len(tab.ask("[...document.querySelectorAll('.alerts .alert')].map((one) => one.innerText)")) == 3
        assert "<img src=x" in tab.text(".alerts"), "sentences are text, not markup"
        tab.click(".alerts .alert.kritis a")
        tab.says("main h1", "Murid sakit di sekolah")
        ready(tab)
        text = tab.text("main")
        for words in ("35,2", "< 0,0001", "kuat", "Telepon kepala sekolah", "kunjungan puskesmas", "9 kasus diare", "tidak ada", "Puskesmas Trenggalek"):
            assert words in text, (words, text)
        assert not tab.accessibility(), tab.accessibility()
        shown.picture("papan-peringatan")
        tab.click(".act .buttons button:nth-child(2)")
        tab.says(".act .wrong", "Catatan perlu diisi")
        tab.type("12 murid demam, puskesmas mengambil sampel")
        tab.click(".act .buttons button:nth-child(2)")
        tab.says(".steps", "puskesmas mengambil sampel")
        tab.says(".alert-title", "Terbukti")
        assert hub.acts == [{"action": "verify", "note": "12 murid demam, puskesmas mengambil sampel"}], hub.acts
        # What the hub refuses is said in its own words.
        shown.open(f"/app/peringatan/{ALERTS[2]['id']}")
        ready(tab)
        assert "Dilayani di tempat lain" in tab.text("main") and "-5" in tab.text("main")
        tab.ask("document.querySelector('.act textarea').focus()")
        tab.type("selesai")
        tab.click(".act .buttons button:nth-child(4)")
        tab.says(".act .wrong", "after a verdict")
        shown.open("/app/peringatan/ffff")
        tab.says(".state.closed", "tidak terbuka")


def check_what_arrives():
    with page(Hub(role="walidata"), at="data-masuk") as shown:
        tab = shown.tab
        ready(tab)
        text = tab.text("main")
        for words in ("1 terlambat", "2 lancar", "1 belum ada data", "Dinas Kesehatan belum mengirim", "30.569", "tertutup", "jadwalnya paling lama"):
            assert words in text, (words, text)
        groups = tab.ask("[...document.querySelectorAll('.feeds .group')].map((one) => one.innerText.trim())")
        assert groups[0] == "Dinas Kesehatan" and len(groups) == 3, ("the late one comes first", groups)
        tab.click(".chip.late")
        tab.wait("document.querySelectorAll('.feeds .group').length === 1")
        assert tab.ask("location.search") == "?keadaan=late"
        tab.click(".chip.late")
        # Receipts page by page, and of one feed.
        lines = "document.querySelectorAll('[data-receipt]').length"
        assert tab.ask(lines) == 25
        tab.click(".receipts .more")
        tab.wait(f"{lines} === 30")
        tab.gone(".receipts .more")
        tab.ask("(() => { const choice = document.querySelector('.receipts select'); choice.value = 'partial'; choice.dispatchEvent(new Event('change', { bubbles: true })); })()")
        tab.wait(f"{lines} === 1")
        tab.click("[data-receipt] a")
        tab.says("main h1", "absensi harian sekolah")
        ready(tab)
        text = tab.text("main")
        for words in ("di luar batas", "harus 0 atau lebih", f"-4 {'<img'}", "disembunyikan", "kode tidak dikenal", "sudah diperbaiki", "2 masih terbuka", "kolom Catatan tidak dipakai", "Periksa angkanya"):
            assert words in text, (words, text)
        found = tab.accessibility()
        assert not found, found
        shown.picture("papan-kiriman")
        tab.ask("[...document.querySelectorAll('.advice button')].find((one) => one.innerText === 'CSV').click()")
        name, data = shown.browser.downloaded(".csv")
        assert name == "ditolak-absensi_harian_sekolah-r2.csv" and b"_alasan" in data, name
        shown.open("/app/data-masuk/kiriman/zz")
        tab.says("main", "tidak terbuka")


def check_a_file_is_checked_mended_and_sent():
    hub = Hub(role="opd")
    with page(hub, at="data-masuk/kirim?umpan=absensi_harian_sekolah&perbaikan=r2") as shown, tempfile.TemporaryDirectory() as folder:
        tab = shown.tab
        bad, good = pathlib.Path(folder) / "buruk.csv", pathlib.Path(folder) / "baik.csv"
        bad.write_text("NPSN;Sakit\n99;salah\n")
        good.write_text("NPSN;Sakit\n99;4\n")
        tab.says(".advice-line", "2 baris masih terbuka")
        main, check = ".send .buttons .main", ".send .buttons .quiet"
        tab.click(main)
        tab.says("#kirim-salah", "Pilih berkasnya dahulu")
        tab.choose_files(".send input[type=file]", bad)
        tab.click(check)
        tab.says(".outcome", "Ada yang perlu diperbaiki")
        for words in ("Baru diperiksa", "bentuk isi tidak cocok", "bukan bilangan", "salah"):
            assert words in tab.text(".outcome"), (words, tab.text(".outcome"))
        assert hub.pushes[0]["dry_run"] and hub.pushes[0]["key"] is None
        found = tab.accessibility()
        assert not found, found
        shown.picture("papan-kirim")
        # The answer is lost on its way; sending again is the same push.
        tab.choose_files(".send input[type=file]", good)
        tab.gone(".outcome")
        hub.lost = True
        tab.click(main)
        tab.says("#kirim-salah", "tidak akan menyimpannya dua kali")
        hub.lost = False
        tab.click(main)
        tab.says(".outcome", "Semua baris diterima")
        assert "menutup 1 baris salah" in tab.text(".outcome")
        kept = [one for one in hub.pushes if not one["dry_run"]]
        assert len(kept) == 1 and kept[0]["key"] and kept[0]["corrects"]["receipt_id"] == "r2", kept
        tab.click(".outcome a")
        tab.wait(f"location.pathname.endsWith('/kiriman/{kept[0]['receipt_id']}')")


def check_those_who_see_sums_only():
    with page(Hub(role="pimpinan", **{"/api/v1/receipts": (403, {"title": "not allowed", "status": 403})}), at="pendidikan") as shown:
        tab = shown.tab
        ready(tab)
        assert "Per sekolah" not in tab.text("main") and not tab.ask("document.querySelectorAll('.state.closed, .state.error').length")
        shown.open(f"/app/peringatan/{ALERTS[0]['id']}")
        ready(tab)
        assert "dilakukan oleh instansi pemilik" in tab.text(".act") and not tab.ask("document.querySelectorAll('.act button').length")
        assert "tidak terbuka bagi kunci Anda" in tab.text("main"), "rows behind it are not for everybody"


def check_states():
    broken = {"on": True}
    hub = Hub()
    usual = hub.sql
    hub.answers["/api/v1/sql"] = lambda *request: (500, {"title": "internal", "status": 500, "detail": "mesin sedang panas"}) if broken["on"] else usual(*request)
    hub.answers["/api/v1/alerts"] = (404, {"title": "not found", "status": 404})
    with page(hub) as shown:
        tab = shown.tab
        ready(tab)
        tab.says(".attention", "belum mengawasi indikator")
        tab.says('[data-panel="ringkasan.mpp"]', "mesin sedang panas")
        assert not tab.accessibility(), tab.accessibility()
        broken["on"] = False
        tab.click('[data-panel="ringkasan.mpp"] button')
        tab.wait("document.querySelector('[data-panel=\"ringkasan.mpp\"] .value')?.dataset.value")
        shown.open("/app/tidak-ada")
        tab.says("main h1", "Halaman ini tidak ada")
    empty = Hub(alerts=[])
    empty.rows = lambda sql, params: []
    with page(empty) as shown:
        ready(shown.tab)
        shown.tab.says(".attention", "Tidak ada peringatan terbuka")
        shown.tab.says('[data-panel="ringkasan.mpp"]', "Belum ada data")
        for at in BOARDS:
            shown.open(f"/app/{at}")
            ready(shown.tab)
            shown.tab.says("main", "Belum ada data")


def check_the_way_in_and_out():
    hub = Hub()
    hub.is_out = True
    with page(hub, at="kesehatan") as shown:
        tab = shown.tab
        tab.shown("#kunci")
        assert not tab.accessibility(), tab.accessibility()
        tab.press("Enter")
        tab.says("#masuk-salah", "belum diisi")
        tab.type("sc_salah")
        tab.press("Enter")
        tab.says("#masuk-salah", "tidak dikenal")
        tab.ask("document.querySelector('#kunci').select()")
        tab.type("sc_benar")
        tab.press("Enter")
        tab.says("main h1", "Kesehatan")
        ready(tab)
        assert tab.ask("Object.values(localStorage).join() + document.cookie").find("sc_benar") == -1, "the key is kept nowhere"
        # The key ends while somebody reads.
        hub.is_out = True
        hub.answers["/api/v1/sql"] = (401, {"title": "unauthorised", "status": 401})
        tab.ask("document.querySelector('nav a').click()")
        tab.shown("#kunci")


def check_every_size_in_both_themes():
    with page() as shown:
        tab = shown.tab
        for prefer in ("light", "dark"):
            shown.prefer = prefer
            for at in PAGES:
                shown.open(f"/app/{at}")
                for width, height in SIZES if prefer == "light" else SIZES[::2]:
                    tab.resize(width, height, phone=width < 700)
                    ready(tab)
                    tab.wait("document.documentElement.scrollWidth <= innerWidth", f"{at} to fit {width} px")
                    # Both themes on a phone and on a desk are looked at, each page in two of the four.
                    if (prefer, width) in (("light", 360), ("dark", 1440)):
                        found = tab.accessibility()
                        assert not found, (prefer, width, at, found)
                    if at in ("", "pendidikan", f"peringatan/{ALERTS[0]['id']}") and (width, prefer) != (1440, "light"):
                        shown.picture(f"papan-{at.split('/')[0] or 'ringkasan'}{'-satu' if '/' in at else ''}-{width}-{prefer}")
        # On a phone the navigation is behind a button.
        tab.resize(360, 740, phone=True)
        shown.open("/app/")
        ready(tab)
        tab.gone("nav a")
        tab.click(".menu")
        tab.shown("nav a")
        tab.ask("[...document.querySelectorAll('nav a')].find((one) => one.innerText === 'Kesehatan').click()")
        tab.says("main h1", "Kesehatan")
        tab.gone("nav a")


def check_the_wall_goes_on_by_itself():
    with page(at="dinding", width=1920, height=1080) as shown:
        tab = shown.tab
        tab.shown(".attention")
        ready(tab)
        assert overflow(tab) <= 0
        shown.picture("papan-dinding")
        tab.press("ArrowRight")
        tab.shown(".figures")
        ready(tab)
        assert not tab.accessibility(), tab.accessibility()
        tab.press("ArrowRight")
        tab.shown(".regions")
        shown.picture("papan-dinding-peta")
        before = tab.ask("document.querySelector('.dots .on') && [...document.querySelectorAll('.dots i')].findIndex((one) => one.className === 'on')")
        tab.wait(f"[...document.querySelectorAll('.dots i')].findIndex((one) => one.className.includes('on')) !== {before}", "the next slide to come by itself")
        tab.press("Escape")
        tab.says("main h1", "Ringkasan")


def check_a_hundred_thousand_points():
    hub = Hub()
    many = [{"tanggal": f"{1700 + n // 366:04}-{1 + n % 366 // 31:02}-{1 + n % 366 % 31 % 28:02}", "nilai": n % 97} for n in range(100_000)]
    usual = hub.rows
    hub.rows = lambda sql, params: many if "kunjungan_puskesmas_harian" in sql else usual(sql, params)
    with page(hub, at="kesehatan") as shown:
        tab = shown.tab
        ready(tab)
        tab.wait("document.querySelector('[data-metric=\"kesehatan.puskesmas.harian\"]')?.dataset.points === '100000'")
        redraw = tab.ask("""(async () => { const start = performance.now();
            document.querySelector('[aria-label="Ganti terang atau gelap"]').click();
            const drawn = () => [...document.querySelectorAll('.chart')].every((one) => one.dataset.ready === 'true');
            await new Promise((done) => { const look = () => (drawn() ? done() : setTimeout(look)); setTimeout(look); });
            return performance.now() - start; })()""")
        print(f"browser: all charts of a page with 100,000 points drawn anew in {redraw:.0f} ms", flush=True)
        assert redraw < 3000, redraw


def check_nothing_leaves_the_machine():
    with page() as shown:
        tab = shown.tab
        for at in [*PAGES, "dinding"]:
            shown.open(f"/app/{at}")
            tab.shown("main")
        ready(tab)
        own = f"http://127.0.0.1:{shown.server.server_port}/"
        # The browser draws its own calendar sign from a data address.
        foreign = [url for url in tab.requests if not url.startswith((own, "blob:", "about:", "data:"))]
        assert len(tab.requests) > 30 and not foreign, foreign


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]

if __name__ == "__main__":
    need(lacking(built=True))
    start = time.monotonic()
    with chromium.Chromium(chromium.find()) as shared:
        code = run(chosen(CHECKS))
    print(f"browser: {time.monotonic() - start:.0f} s", flush=True)
    sys.exit(code)
