#!/usr/bin/env python3
"""The page "Data masuk" in a real browser: served under the hub's content security policy, with answers of the hub's
shape, in each of its states. Needs Chromium; without one it says so and fails only where SMARTCENTER_REQUIRE_BROWSER
is set.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from pages import serve

NOW = "2026-06-01T05:00:00Z"
FEEDS = [
    {"dataset": "absensi_harian_sekolah", "title": "Absensi <b>harian</b>", "owner": "dikpora", "rows": 33218,
     "last_received_at": NOW, "state": "fresh", "sentence_id": "Lancar sekali.", "sentence_en": "All is well."},
    {"dataset": "kasus_penyakit", "title": "Kasus penyakit", "owner": "dinkes", "last_received_at": NOW,
     "state": "late", "sentence_id": "Terlambat.", "sentence_en": "Late."},
    {"dataset": "wilayah", "title": "Kode wilayah", "owner": "kominfo", "rows": 0, "state": "never",
     "sentence_id": "Belum ada.", "sentence_en": "None yet."},
]
RECEIPTS = [
    {"receipt_id": "a", "dataset": "absensi_harian_sekolah", "status": "partial",
     "rows": {"accepted": 41, "rejected": 2}, "received_at": NOW},
    {"receipt_id": "b", "dataset": "absensi_harian_sekolah", "status": "duplicate",
     "rows": {"accepted": 41, "rejected": 0}, "received_at": NOW},
]


def look(browser, answers, language="id"):
    """The page's document after it has settled, and what the browser complained about."""
    server = serve(answers)
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
             # A figure that is still counting up would be read half way on a busy machine.
             "--force-prefers-reduced-motion",
             "--enable-logging=stderr", f"--lang={language}", "--virtual-time-budget=5000", "--dump-dom",
             f"http://127.0.0.1:{server.server_port}/"],
            capture_output=True, text=True, timeout=120,
        )
    server.shutdown()
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, complaints


def part(document, identity):
    """The opening tag of the element with this id."""
    return re.search(rf'<[^>]*\bid="{identity}"[^>]*>', document).group(0)


def registers(feeds, receipts):
    return {
        "/api/v1/freshness": (200, {"generated_at": NOW, "visible_seq": 7, "feeds": feeds}),
        "/api/v1/receipts": (200, {"items": receipts, "next": None}),
    }


def check_data(browser):
    document, complaints = look(browser, registers(FEEDS, RECEIPTS))
    assert not complaints, complaints
    assert "hidden" not in part(document, "papan") and "hidden" in part(document, "masuk")
    assert document.count('class="card"') == 3
    order = [document.index(f'data-id="{name}"') for name in ("kasus_penyakit", "wilayah", "absensi_harian_sekolah")]
    assert order == sorted(order), "feeds that need attention come first"
    assert 'id="jumlah">33.218<' in document, "numbers are written the Indonesian way"
    assert "Absensi &lt;b&gt;harian&lt;/b&gt;" in document, "titles are text, not HTML"
    assert "jumlah baris tidak ditampilkan" in document, "a hidden count is said to be hidden"
    assert "Lancar sekali." in document and "All is well." not in document
    assert "di karantina" in document and "sudah pernah dikirim" in document


def check_empty(browser):
    document, complaints = look(browser, registers([], []))
    assert not complaints, complaints
    assert "Belum ada kumpulan data" in document and "Belum ada kiriman" in document
    assert "Belum ada data yang masuk" in document


def check_login(browser):
    refused = (401, {"title": "Unauthorized", "detail": "sign in"})
    document, _ = look(browser, {"/api/v1/freshness": refused, "/api/v1/receipts": refused})
    assert "hidden" not in part(document, "masuk") and "hidden" in part(document, "papan")
    assert "hidden" in part(document, "keluar")


def check_failure(browser):
    broken = (500, {"detail": "the control store failed"})
    document, _ = look(browser, {"/api/v1/freshness": broken, "/api/v1/receipts": broken})
    assert "Data tidak dapat dimuat: the control store failed" in document and "Coba lagi" in document


def main():
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("SKIPPED: no Chromium, the page was not looked at")
        return 1 if os.environ.get("SMARTCENTER_REQUIRE_BROWSER") else 0
    failed = 0
    for check in (check_data, check_empty, check_login, check_failure):
        try:
            check(browser)
            print(f"browser {check.__name__}: passed")
        except AssertionError as error:
            failed += 1
            print(f"browser {check.__name__}: FAILED {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
