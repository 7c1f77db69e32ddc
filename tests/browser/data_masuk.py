#!/usr/bin/env python3
"""The page "Data masuk" in a real browser: served under the hub's content security policy, with answers of the hub's
shape, in each of its states. Needs Chromium; without one it says so and fails only where SMARTCENTER_REQUIRE_BROWSER
is set.
"""

import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASSETS = ROOT / "dashboards" / "assets"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
         ".svg": "image/svg+xml"}
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


def content_security_policy():
    """The policy that the hub really sends, read from its source."""
    source = (ROOT / "api" / "src" / "routes" / "pages.rs").read_text(encoding="utf-8")
    text = re.search(r'from_static\(\s*"(default-src[^"]*)"', source).group(1)
    return re.sub(r"\\\n\s*", "", text)


def hub(answers):
    """A server of the page whose two registers answer with `answers`: path to (status, body)."""
    policy = content_security_policy()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.split("?")[0]
            file = ASSETS / ("index.html" if path == "/" else path.removeprefix("/assets/"))
            if path in answers:
                status, body = answers[path]
                kind, body = "application/json", json.dumps(body).encode()
            elif file.is_file():
                status, kind, body = 200, TYPES[file.suffix], file.read_bytes()
            else:
                status, kind, body = 404, "application/json", b"{}"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def look(browser, answers, language="id"):
    """The page's document after it has settled, and what the browser complained about."""
    server = hub(answers)
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
