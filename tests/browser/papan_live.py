#!/usr/bin/env python3
"""The pages for executives against a living hub that the simulator fed, in a real browser: every figure of every page is
what SQL says, six of them what SQL says of the raw rows; then rows change, and the figures move without a reload. Needs
Chromium, the binary with the pages in it (`SMARTCENTER_BIN`, or what cargo built) and the simulator beside it; without
Chromium it says so and fails only where SMARTCENTER_REQUIRE_BROWSER is set. `--measure` prints how fast the pages are
instead. SMARTCENTER_PAGES_URL names another address where the same hub's pages are served.
"""

import concurrent.futures
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

import chromium
from live import Hub, program
from pages import chosen, lacking, need, run
from papan_figures import FIGURES, differences, owner, questions, wrong_text

REFERENCES = ["wilayah", "padanan_kecamatan", "instansi", "suksesi_instansi", "layanan", "lokasi_layanan", "hari_libur", "kalender_pendidikan", "penyakit", "faskes",
              "wilayah_kerja_puskesmas", "sekolah", "saldo_penduduk"]
FEEDS = ["absensi_harian_sekolah", "kunjungan_puskesmas", "kasus_penyakit", "antrean_peristiwa", "permohonan_desa", "skm_respons", "penilaian_layanan", "pengaduan",
         "anggaran_realisasi", "kinerja_opd"]
# A living hub works tables out while the page waits, on a machine that may have other work.
chromium.PATIENCE = 240
BOARDS = ["", "pendidikan", "kesehatan", "layanan", "kepuasan"]
DAYS = 110
# New rows are told apart from those of a run before.
TAG = uuid.uuid4().hex[:8].upper()
WIB = datetime.timezone(datetime.timedelta(hours=7))
TODAY = datetime.datetime.now(WIB).date()
SUNDAY = TODAY - datetime.timedelta(days=TODAY.isoweekday() % 7 + 7)
MONTH = (TODAY.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)

WEEK = f"BETWEEN DATE '{SUNDAY}' AND DATE '{SUNDAY + datetime.timedelta(days=6)}'"
LOCAL = "CAST({} + INTERVAL '7 hours' AS DATE)"
# Key figures from the rows as they were sent, by statements that share nothing with the boards.
RAW = {
    "ringkasan.pengaduan": f"SELECT count(*) AS n FROM data.pengaduan WHERE {LOCAL.format('diterima_pada')} {WEEK}",
    "layanan.surat": f"SELECT count(*) AS n FROM data.permohonan_desa WHERE {LOCAL.format('diajukan_pada')} {WEEK}",
    "layanan.mpp": f"SELECT count(DISTINCT tiket_id) AS n FROM data.antrean_peristiwa WHERE lokasi = 'MPP' AND peristiwa IN ('hadir', 'dipanggil') "
                   f"AND {LOCAL.format('waktu')} {WEEK}",
    "kepuasan.jawaban": f"SELECT count(*) AS n FROM data.skm_respons WHERE date_trunc('month', {LOCAL.format('dikirim_pada')}) = DATE '{MONTH}'",
    "ringkasan.serapan": f"SELECT round(100.0 * sum(realisasi_rp) / sum(pagu_rp), 1) AS n FROM data.anggaran_realisasi WHERE tahun = {MONTH.year} AND bulan = {MONTH.month}",
    "ringkasan.kinerja": "SELECT round(100.0 * count(*) FILTER (WHERE CASE WHEN arah = 'naik' THEN realisasi >= target ELSE realisasi <= target END) / count(realisasi), 1) AS n "
                         "FROM data.kinerja_opd WHERE realisasi IS NOT NULL GROUP BY tahun, triwulan ORDER BY tahun DESC, triwulan DESC LIMIT 1",
}
# Figures that must move when the rows of `change` come in.
MOVED = {"ringkasan.tidak_hadir", "ringkasan.kunjungan", "ringkasan.mpp", "ringkasan.surat", "ringkasan.ikm", "ringkasan.pengaduan", "ringkasan.serapan", "ringkasan.kinerja",
         "pendidikan.sakit", "layanan.surat", "layanan.mpp", "kepuasan.ikm", "kepuasan.jawaban", "kesehatan.kunjungan"}
# What no question of the page stands behind, and where it is compared instead.
ELSEWHERE = re.compile(r"ringkasan\.peringatan|peringatan\.|ticker\.|data_masuk\.|tanda_terima\.")


def recent(name):
    """Whether a file of the simulator tells of days that the boards show; names without a day always do."""
    found = re.search(r"(\d{4})-(\d{2})(?:-(\d{2}))?", name)
    if not found:
        return True
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 28)
    return datetime.date(year, month, day) >= TODAY - datetime.timedelta(days=DAYS)


def push(hub, dataset, name, data):
    """A file as a browser sends it: by its name."""
    border = uuid.uuid4().hex
    body = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data + f"\r\n--{border}--\r\n".encode()
    request = urllib.request.Request(f"{hub.url}/api/v1/feeds/{dataset}", data=body, headers={
        "Authorization": f"Bearer {hub.key}", "Content-Type": f"multipart/form-data; boundary={border}", "Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        said = error.read().decode()
        # A batch that is rejected whole has a receipt, too; the simulator's senders make mistakes on purpose.
        if error.code == 422 and "receipt_id" in said:
            return json.loads(said)
        raise AssertionError(f"{dataset} {name}: {error.code} {said[:500]}") from None


def push_rows(hub, dataset, rows):
    receipt = push(hub, dataset, "ubah.ndjson", "".join(json.dumps(row) + "\n" for row in rows).encode())
    assert receipt["rows"]["rejected"] == 0, (dataset, receipt["faults"])
    assert receipt["rows"]["inserted"] + receipt["rows"]["updated"] == len(rows), (dataset, receipt)


def feed(hub):
    """A small regency: code lists first, then what the boards read, each dataset in its order."""
    simulator = os.environ.get("SMARTCENTER_SIMULATOR") or program().with_name("smartcenter-simulator")
    with tempfile.TemporaryDirectory(prefix="smartcenter-regency-") as folder:
        folder = pathlib.Path(folder)
        subprocess.run([simulator, "write", folder, "--schools", "16", "--people", "0.004", "--activity", "0.08", "--until", str(TODAY - datetime.timedelta(days=1))],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)

        def send(dataset):
            files = sorted((one for one in (folder / dataset).iterdir() if one.stat().st_size > 0 and recent(one.name)), key=lambda one: one.stat().st_mtime_ns)
            for file in files:
                receipt = push(hub, dataset, file.name, file.read_bytes())
                assert dataset not in REFERENCES or receipt["rows"]["rejected"] == 0, (dataset, receipt["faults"][:3])
            return len(files)

        sent = sum(map(send, REFERENCES))
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            sent += sum(pool.map(send, FEEDS))
    print(f"browser: {sent} files of the simulator pushed", flush=True)


class Reader:
    """Somebody who reads the pages with a key of a role."""

    def __init__(self, hub, role, **browser):
        self.hub, self.key, self.browser = hub, hub.new_key(f"papan-{role}-{uuid.uuid4().hex[:6]}", role), chromium.Chromium(chromium.find(), **browser)
        self.url = os.environ.get("SMARTCENTER_PAGES_URL", hub.url)

    def __enter__(self):
        self.tab = self.browser.__enter__().tab
        self.tab.open(f"{self.url}/app/")
        self.tab.shown("#kunci")
        self.tab.type(self.key)
        self.tab.press("Enter")
        self.tab.gone("#kunci")
        return self

    def __exit__(self, kind, *_):
        complaints = self.tab.complaints
        self.browser.__exit__()
        if kind is None:
            assert not complaints, complaints

    def open(self, at):
        self.tab.posts.clear()
        self.tab.open(f"{self.url}/app/{at}")
        self.ready()

    def ready(self):
        self.tab.wait("!!document.querySelector('main h1') && !document.querySelector('.state.loading')", "everything to be loaded")
        self.tab.wait("[...document.querySelectorAll('.chart')].every((one) => one.dataset.ready === 'true')", "charts to be drawn")

    def sql(self, asked):
        return self.hub.ask("/api/v1/sql", asked, key=self.key)["rows"]

    def figures(self):
        return self.tab.ask(FIGURES)

    def wrong(self):
        """Every figure of the page that is not what the hub says, or that nobody stands behind."""
        asked = questions(self.tab)
        figures = self.figures()
        found = [text for figure in figures for text in wrong_text(figure)]
        for name, question in asked.items():
            own = [figure for figure in figures if owner(figure["metric"], asked) == name]
            if own:
                found += differences(name, self.sql(question), own)
        return found + [f"{one['metric']}: nobody stands behind it" for one in figures if owner(one["metric"], asked) is None and not ELSEWHERE.match(one["metric"])]

    def agree(self):
        """Waits until every figure is what the hub says: models may still be at work. Answers the figures by name."""
        last = []

        def agreed():
            last[:] = self.wrong()
            return not last
        try:
            chromium.until(agreed, "the figures to be what the hub says")
        except AssertionError:
            raise AssertionError(last[:6]) from None
        return {one["metric"]: one["value"] for one in self.figures() if one["kind"] == "value"}

    def picture(self, name):
        folder = os.environ.get("SMARTCENTER_PICTURES")
        if folder:
            self.tab.picture(pathlib.Path(folder) / f"{name}.png")


def change(hub):
    """Rows that change every figure of the overview: corrected ones where there is something to correct, new ones otherwise."""
    at = f"{SUNDAY + datetime.timedelta(days=2)}T03:00:00Z"
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    rows = hub.sql(f"SELECT tanggal, npsn, nama_sekolah, jenjang, kode_kecamatan, terdaftar, hadir, sakit, izin, alpa FROM data.absensi_harian_sekolah "
                   f"WHERE tanggal {WEEK} AND hadir > 30 ORDER BY tanggal, npsn LIMIT 40")
    push_rows(hub, "absensi_harian_sekolah", [{**row, "hadir": row["hadir"] - 20, "sakit": row["sakit"] + 20, "diperbarui": now} for row in rows])
    centre = hub.sql("SELECT kode_faskes AS kode, max(kode_desa) AS desa FROM data.kunjungan_puskesmas GROUP BY kode_faskes ORDER BY count(*) DESC, kode LIMIT 1")[0]
    push_rows(hub, "kunjungan_puskesmas", [{"kunjungan_id": f"{centre['kode']}-{TAG}-{n}", "kode_faskes": centre["kode"], "poli": "umum", "datang_pada": at, "umur_hari": 4000 + n,
                                            "jenis_kelamin": "L", "kode_desa": centre["desa"], "penjamin": "umum", "status": "arrived"} for n in range(25)])
    service = hub.sql("SELECT kode_layanan, kode_instansi FROM data.antrean_peristiwa WHERE lokasi = 'MPP' ORDER BY kode_layanan LIMIT 1")[0]
    push_rows(hub, "antrean_peristiwa", [{"peristiwa_id": f"MPP-{TAG}-{n}-1", "tiket_id": f"MPP-{TAG}-{n}", "peristiwa": "hadir", "waktu": at, "lokasi": "MPP", "kanal": "langsung",
                                          **service, "prioritas": "tidak", "kunjungan_ke": 1} for n in range(9)])
    village = hub.sql("SELECT max(kode_desa) AS desa FROM data.permohonan_desa")[0]["desa"]
    late = f"{SUNDAY + datetime.timedelta(days=6)}T03:00:00Z"
    push_rows(hub, "permohonan_desa", [{"permohonan_id": f"PD-{TAG}-{n}", "jenis_surat": "usaha", "kode_layanan": "DESA-USAHA", "kode_desa": village, "diajukan_pada": at,
                                        "diverifikasi_pada": late, "ditandatangani_pada": late, "dikirim_pada": late, "status": "dikirim", "penanda_tangan": "kades",
                                        "kanal": "aplikasi", "diperbarui": late} for n in range(30)])
    asked = {f"u_{name}": 1 for name in ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarana")}
    push_rows(hub, "skm_respons", [{"respons_id": f"R-{TAG}-{n}", "dikirim_pada": f"{MONTH + datetime.timedelta(days=9)}T03:00:00Z", "kode_instansi": "dukcapil", "lokasi": "MPP",
                                    "kanal": "qr", **asked} for n in range(40)])
    push_rows(hub, "pengaduan", [{"pengaduan_id": f"ADU-{TAG}-{n}", "diterima_pada": at, "kanal": "wa", "kategori": "Jalan", "kode_instansi": "dpupr", "status": "baru",
                                  "diperbarui": at} for n in range(6)])
    budget = hub.sql(f"SELECT tahun, bulan, kode_instansi, kode_program, nama_program, pagu_rp, realisasi_rp FROM data.anggaran_realisasi "
                     f"WHERE tahun = {MONTH.year} AND bulan = {MONTH.month} ORDER BY pagu_rp DESC LIMIT 8")
    push_rows(hub, "anggaran_realisasi", [{**row, "realisasi_rp": round((float(row["pagu_rp"]) + float(row["realisasi_rp"])) / 2, 2)} for row in budget])
    missed = hub.sql("SELECT indikator_id, kode_instansi, tahun, triwulan, tingkat, nama, satuan, arah, target, realisasi, dataset_sumber FROM data.kinerja_opd "
                     "WHERE arah = 'naik' AND realisasi < target ORDER BY tahun DESC, triwulan DESC, indikator_id LIMIT 5")
    push_rows(hub, "kinerja_opd", [{**row, "realisasi": row["target"]} for row in missed])


def check_every_figure_is_what_the_hub_says_and_moves_with_it():
    with Reader(HUB, "analis") as reader:
        tab = reader.tab
        reader.open("")
        chromium.until(lambda: tab.ask("[...document.querySelectorAll('.figure .value')].filter((one) => one.dataset.value).length") == 8, "the overview to be full")
        before = {}
        for at in BOARDS:
            reader.open(at)
            found = reader.agree()
            assert len(found) >= 4, (at, found)
            assert not tab.ask("[...document.querySelectorAll('.state.error')].map((one) => one.innerText)"), at
            before |= found
            reader.picture(f"papan-hidup-{at or 'ringkasan'}")
        for metric, statement in RAW.items():
            assert float(before[metric]) == float(HUB.sql(statement)[0]["n"]), (metric, before[metric], HUB.sql(statement))
        # The overview stays open while rows come in; nothing loads it anew.
        reader.open("")
        reader.agree()
        tab.ask("window.stillHere = true")
        pushed, posted = time.monotonic(), len(tab.posts)
        change(HUB)
        shown = lambda: tab.ask("Object.fromEntries([...document.querySelectorAll('.figure .value')].map((one) => [one.dataset.metric, one.dataset.value]))")
        moving = lambda: [metric for metric, value in shown().items() if value == before[metric]]
        try:
            chromium.until(lambda: not moving(), "every figure of the overview to move")
        except AssertionError as error:
            raise AssertionError(f"{error}: {moving()}") from None
        took = time.monotonic() - pushed
        # Dozens of tables changed. Each of a figure's few is asked for every four seconds at most.
        times = sum("/* ringkasan.kinerja */" in body for _, body in tab.posts[posted:])
        print(f"browser: every figure of the open overview has moved after {took:.1f} s, each asked for {times} times", flush=True)
        assert times <= 3 + took / 2, (times, took)
        assert tab.ask("window.stillHere === true")
        after = {}
        for at in BOARDS:
            if at:
                reader.open(at)
            after |= reader.agree()
        still = sorted(metric for metric in MOVED if before[metric] == after[metric])
        assert not still, still
        for metric, statement in RAW.items():
            assert float(after[metric]) == float(HUB.sql(statement)[0]["n"]), (metric, after[metric])


def check_alerts_are_those_of_the_table():
    opened = "SELECT peringatan_id AS id, keparahan, indikator, unit FROM mart.alert WHERE status IN ('open', 'acknowledged')"
    chromium.until(lambda: HUB.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'mart' AND table_name = 'alert'"), "the first alerts")
    with Reader(HUB, "walidata") as reader:
        tab = reader.tab
        reader.open("peringatan?status=semua")

        def agreed():
            shown = tab.ask("[...document.querySelectorAll('.alerts .alert a')].map((one) => one.dataset.metric.split('.')[1])")
            known = {row["id"] for row in HUB.sql("SELECT peringatan_id AS id FROM mart.alert")}
            # The page shows the worst two hundred.
            return shown and len(set(shown)) == min(200, len(known)) and set(shown) <= known and shown
        ids = chromium.until(agreed, "the list to be that of the table")
        reader.open("")
        chromium.until(lambda: int(tab.ask("document.querySelector('[data-metric=\"ringkasan.peringatan\"]')?.dataset.value ?? 0")) == len(HUB.sql(opened)), "the count of open alerts")
        # One with its evidence: its points are those of the indicator's table.
        reader.open(f"peringatan/{ids[0]}")
        detail = HUB.ask(f"/api/v1/alerts/{ids[0]}")
        rows = HUB.ask(detail["links"]["series"])["items"]
        chart = tab.ask("(({ points, value }) => [+points, +value])(document.querySelector('[data-metric=\"peringatan.seri\"]').dataset)")
        assert chart == [len(rows), [row["observed"] for row in rows if row.get("observed") is not None][-1]], (chart, len(rows))
        assert tab.ask("document.querySelectorAll('[data-panel=\"peringatan.bukti\"] tbody tr').length") == min(8, len(detail["evidence"]))
        found = [one for one in reader.wrong() if "nobody" not in one]
        assert not found, found
        reader.picture("papan-hidup-peringatan")
        # A step of a person stands in the table and in the history.
        if "acknowledge" in detail["may"]:
            tab.click(".act .buttons .main")
            tab.says(".steps", "Tangani")
            assert HUB.sql(f"SELECT status FROM mart.alert WHERE peringatan_id = '{ids[0]}'")[0]["status"] == "acknowledged"


def check_arriving_data_are_those_of_the_register():
    spoilt = "Tanggal;NPSN;Nama Sekolah;Jenjang;Kode Kecamatan;Jumlah Siswa;Hadir;Sakit;Izin;Alpa\n" + "".join(
        f"{SUNDAY + datetime.timedelta(days=1)};9900{n};SD Simulasi;SD;35.03.11;50;{x};0;0;0\n" for n, x in (("0001", 50), ("0002", "banyak"), ("A", 50)))
    with Reader(HUB, "walidata") as reader, tempfile.TemporaryDirectory() as folder:
        tab = reader.tab
        reader.open("data-masuk")
        feeds = HUB.ask("/api/v1/freshness", key=reader.key)["feeds"]
        shown = tab.ask("[...document.querySelectorAll('.feeds tbody tr:not(.group)')].map((one) => [one.querySelector('button').innerText, one.querySelector('[data-metric]').dataset.value ?? null])")
        # Two datasets may have one title.
        expected = sorted([one["title"], str(one["rows"])] for one in feeds)
        assert sorted(shown) == expected, [one for one in shown if one not in expected]
        rows = {one["dataset"]: one["rows"] for one in feeds}
        for dataset in ("pengaduan", "wilayah"):
            assert rows[dataset] == HUB.sql(f"SELECT count(*) AS n FROM data.{dataset}")[0]["n"], dataset
        reader.picture("papan-hidup-data-masuk")
        # A file with wrong cells: checked, sent, seen again under its receipt and in the quarantine.
        file = pathlib.Path(folder) / "absen.csv"
        file.write_text(spoilt, encoding="utf-8")
        reader.open("data-masuk/kirim?umpan=absensi_harian_sekolah")
        tab.choose_files(".send input[type=file]", file)
        tab.click(".send .buttons .quiet")
        tab.says(".outcome", "Baru diperiksa")
        tab.click(".send .buttons .main")
        tab.shown(".outcome a")
        tab.click(".outcome a")
        tab.wait("location.pathname.includes('/kiriman/')")
        reader.ready()
        receipt = tab.ask("location.pathname.split('/').at(-1)")
        row = HUB.sql(f"SELECT received, accepted, rejected FROM system.receipts WHERE receipt_id = '{receipt}'")[0]
        figures = {one["metric"]: one["value"] for one in reader.figures()}
        assert [int(figures[f"tanda_terima.{name}"]) for name in ("dibaca", "diterima", "ditolak")] == [row["received"], row["accepted"], row["rejected"]], (figures, row)
        assert row["rejected"] == 2
        for words in ("banyak", "9900A", "bentuk isi tidak cocok", "pola tidak cocok", "masih terbuka"):
            assert words in tab.text("main"), (words, tab.text("main"))
        found = tab.accessibility()
        assert not found, found
        reader.picture("papan-hidup-kiriman")


def check_the_map_takes_up_boundaries():
    places = HUB.sql("SELECT kode, nama, lintang, bujur FROM mart.daftar_kecamatan ORDER BY kode")
    assert len(places) == 14, places

    def feature(one):
        x, y = one["bujur"], one["lintang"]
        corners = [[x - 0.04, y], [x, y - 0.035], [x + 0.04, y], [x, y + 0.035], [x - 0.04, y]]
        return {"type": "Feature", "properties": {"code": one["kode"], "name": one["nama"]}, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    with Reader(HUB, "pimpinan") as reader:
        reader.open("")
        reader.tab.shown(".regions.tiled")
        found = reader.wrong()
        assert not found, found
        push(HUB, "batas_kecamatan", "batas.geojson", json.dumps({"type": "FeatureCollection", "features": [feature(one) for one in places]}).encode())
        chromium.until(lambda: HUB.sql("SELECT count(batas) AS n FROM mart.daftar_kecamatan")[0]["n"] == 14, "the boundaries")
        reader.open("")
        reader.tab.shown(".regions:not(.tiled)")
        assert reader.tab.ask("document.querySelectorAll('.regions .region').length") == 14
        assert not reader.tab.accessibility(), reader.tab.accessibility()
        reader.picture("papan-hidup-batas")


BOARD = """
title: Kecamatan
title_en: Districts
sections:
  - filters:
      - {name: kecamatan, title: Kecamatan, places: true, all: Semua, all_en: All}
    panels:
      - {kind: figure, metric: kunjungan, title: Kunjungan, unit: kunjungan, period: minggu, sql: "SELECT minggu_mulai AS periode, sum(kunjungan) AS nilai
          FROM mart.skdr_kecamatan_mingguan WHERE slug = 'total' AND ($kecamatan = '' OR kode_kecamatan = $kecamatan) GROUP BY minggu_mulai ORDER BY minggu_mulai"}
      - {kind: map, metric: peta, title: Peta, unit: kunjungan, period: minggu, sql: "SELECT kode_kecamatan AS kode, sum(kunjungan) AS nilai
          FROM mart.skdr_kecamatan_mingguan WHERE slug = 'total' GROUP BY kode_kecamatan ORDER BY kode_kecamatan"}
      - {kind: table, metric: tabel, title: Tabel, sql: "SELECT minggu_mulai, sum(kunjungan) AS kunjungan FROM mart.skdr_kecamatan_mingguan
          WHERE slug = 'total' GROUP BY minggu_mulai ORDER BY minggu_mulai", columns: [{key: minggu_mulai, title: Minggu, kind: day}, {key: kunjungan, title: Kunjungan, kind: number}]}
"""


def check_a_board_of_the_site_is_a_page_at_once():
    folder = pathlib.Path(HUB.folder.name) / "data" / "boards"
    folder.mkdir(exist_ok=True)
    (folder / "kecamatan.yaml").write_text(BOARD)
    with Reader(HUB, "pimpinan") as reader:
        reader.open("kecamatan")
        all_of_it = reader.agree()
        shown = {one["metric"] for one in reader.figures()}
        assert {"kecamatan.kunjungan", "kecamatan.peta.nilai", "kecamatan.tabel.kunjungan"} <= shown, shown
        assert "Kecamatan" in reader.tab.text("nav")
        reader.open("kecamatan?kecamatan=35.03.07")
        some = reader.agree()
        assert some["kecamatan.kunjungan"] != all_of_it["kecamatan.kunjungan"], some
        assert not reader.tab.accessibility(), reader.tab.accessibility()
        reader.picture("papan-hidup-situs")


def check_nothing_leaves_the_machine():
    with Reader(HUB, "analis") as reader:
        for at in [*BOARDS, "peringatan", "data-masuk", "dinding"]:
            reader.tab.open(f"{reader.url}/app/{at}")
            reader.tab.shown("main")
        foreign = [url for url in reader.tab.requests if not url.startswith((f"{reader.url}/", "blob:", "about:", "data:"))]
        assert len(reader.tab.requests) > 30 and not foreign, foreign


OBSERVER = """(() => { const note = (name) => { if (!(name in window.seen)) window.seen[name] = performance.now(); }; window.seen = {}; window.slow = 0;
    new MutationObserver(() => { if (document.querySelector('.figure .value')) note('figure'); if (document.querySelector('.attention .alert, .attention .state.empty')) note('attention'); })
        .observe(document, { childList: true, subtree: true });
    new PerformanceObserver((list) => { for (const one of list.getEntries()) window.slow = Math.max(window.slow, one.duration); }).observe({ type: 'event', durationThreshold: 16, buffered: true }); })()"""


def measure():
    """First useful paint of the overview with an empty cache, and the delay of interactions at a fourth of the speed, once
    the hub has worked out what was fed."""
    worked_out = lambda: [one.get("refreshed_at") for one in HUB.ask("/api/v1/models")["items"]]

    def at_rest():
        before = worked_out()
        time.sleep(8)
        return worked_out() == before
    chromium.until(at_rest, "the hub to be at rest")
    with Reader(HUB, "pimpinan", width=1440) as reader:
        tab = reader.tab
        tab.send("Page.addScriptToEvaluateOnNewDocument", source=OBSERVER)
        tab.send("Network.setCacheDisabled", cacheDisabled=True)
        useful = []
        for _ in range(5):
            reader.open("")
            tab.wait("'figure' in window.seen && 'attention' in window.seen")
            paint = tab.ask("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            useful.append((paint, tab.ask("Math.max(window.seen.figure, window.seen.attention)")))
        useful.sort(key=lambda one: one[1])
        print(f"measure: first paint {useful[2][0]:.0f} ms, first useful paint (what needs attention and a first figure) {useful[2][1]:.0f} ms, median of 5, empty cache")
        tab.send("Emulation.setCPUThrottlingRate", rate=4)
        for at, deeds in (("", ['button[lang="en"]', 'button[lang="id"]', ".tabs button:nth-child(2)", ".map-foot .link", ".tools .round"]),
                          ("pendidikan", ["[data-kode=\"35.03.07\"]", ".frame.series .link", ".frame.series .link", "thead th:nth-child(2) button"])):
            reader.open(at)
            delays = []
            for deed in deeds:
                tab.ask("window.slow = 0")
                tab.click(deed)
                reader.ready()
                tab.ask("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
                delays.append((tab.ask("window.slow"), deed))
            print(f"measure: {at or 'ringkasan'}: interactions at 4x CPU throttle, ms: " + ", ".join(f"{deed} {delay:.0f}" for delay, deed in delays))


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]

if __name__ == "__main__":
    need(lacking())
    start = time.monotonic()
    with Hub() as HUB:
        feed(HUB)
        print(f"browser: fed after {time.monotonic() - start:.0f} s", flush=True)
        code = measure() or 0 if sys.argv[1:] == ["--measure"] else run(chosen(CHECKS))
    print(f"browser: {time.monotonic() - start:.0f} s", flush=True)
    sys.exit(code)
