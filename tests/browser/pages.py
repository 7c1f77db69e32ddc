"""The pages as the hub serves them, under its content security policy, with prepared answers of the hub's shape."""

import contextlib
import http.server
import json
import os
import pathlib
import re
import sys
import threading
import time

import chromium

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASSETS = ROOT / "dashboards" / "assets"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
         ".svg": "image/svg+xml"}
PAGES = {"/": "index.html", "/kirim-data": "kirim-data.html"}
# The application as `npm run build` made it.
BUILT = ROOT / "dashboards" / "dist" / "app"


def file_of(path):
    """The file at an address, as the hub finds it: an address of the application that is no file is its page."""
    if not path.startswith("/app/"):
        return ASSETS / PAGES.get(path, path.removeprefix("/assets/"))
    file = BUILT / path.removeprefix("/app/")
    return file if file.is_file() or "." in file.name else BUILT / "index.html"


def content_security_policy():
    """The policy that the hub really sends, read from its source."""
    source = (ROOT / "api" / "src" / "routes" / "pages.rs").read_text(encoding="utf-8")
    text = re.search(r'from_static\(\s*"(default-src[^"]*)"', source).group(1)
    return re.sub(r"\\\n\s*", "", text)


def serve(answers):
    """A server of the pages whose doors answer with `answers`: path to (status, body) or (status, body, headers), or
    to a function of the request's method, headers, query and body that gives one; None breaks the connection off. A path
    that ends in `/*` stands for all below it, and its function is given the path as well."""
    policy = content_security_policy()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            file = file_of(path)
            headers = {}
            found = answers.get(path) or next((answers[known] for known in answers if known.endswith("/*") and path.startswith(known[:-1])), None)
            if found is not None:
                if callable(found):
                    # Of many addresses the answer depends on the one that was asked for.
                    found = found(self.command, self.headers, query, body, path) if path not in answers else found(self.command, self.headers, query, body)
                if found is None:
                    self.close_connection = True
                    return
                status, body, *more = found
                headers = more[0] if more else {}
                kind = headers.pop("Content-Type", "application/json")
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
            elif file.is_file():
                status, kind, body = 200, TYPES[file.suffix], file.read_bytes()
            else:
                status, kind, body = 404, "application/json", b"{}"
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": len(body), "Content-Security-Policy": policy, **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(body)

        do_GET = do_POST = do_DELETE = answer

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            """A browser that goes away is no fault; anything else is shown."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Page:
    """A browser with a page open on prepared answers. `within` is a browser that many pages share, one after the other:
    each has an address of its own, and so nothing of what the others kept."""

    def __init__(self, answers, at, prefer="light", within=None, **browser):
        self.answers, self.at, self.prefer, self.shared = answers, at, prefer, within
        self.size = (browser.get("width", 1280), browser.get("height", 900))
        self.browser = within or chromium.Chromium(chromium.find(), **browser)

    def __enter__(self):
        self.server = serve(self.answers)
        self.tab = self.browser.tab if self.shared else self.browser.__enter__().tab
        if self.shared:
            self.tab.complaints.clear()
            self.tab.requests.clear()
            self.tab.resize(*self.size)
        self.open(self.at)
        return self

    def __exit__(self, kind, *_):
        complaints = list(self.tab.complaints)
        if self.shared:
            # What is still on its way to this page's server ends with it.
            self.tab.open("about:blank")
        else:
            self.browser.__exit__()
        self.server.shutdown()
        if kind is None:
            assert not complaints, complaints

    def open(self, at):
        self.tab.open(f"http://127.0.0.1:{self.server.server_port}{at}", self.prefer)

    def picture(self, name):
        folder = os.environ.get("SMARTCENTER_PICTURES")
        if folder:
            self.tab.picture(pathlib.Path(folder) / f"{name}.png")


def need(lacking):
    """Ends the script where something is lacking that it cannot do without: as a failure where a browser is required."""
    if lacking:
        print(f"SKIPPED: {lacking}, the page was not looked at")
        sys.exit(1 if os.environ.get("SMARTCENTER_REQUIRE_BROWSER") else 0)


def lacking(built=False):
    """What is not there of a browser, and of the built application where it is asked for; None where all is."""
    if chromium.find() is None:
        return "no Chromium"
    return "not built (npm run build)" if built and not (BUILT / "index.html").is_file() else None


def chosen(checks):
    """Those that the command line names; all where it names none."""
    wanted = sys.argv[1:]
    return [check for check in checks if not wanted or check.__name__ in wanted]


def run(checks):
    """Runs each check and says what became of it; the exit code of all."""
    failed = 0
    for check in checks:
        start = time.monotonic()
        try:
            check()
            print(f"browser {check.__name__}: passed ({time.monotonic() - start:.1f} s)", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"browser {check.__name__}: FAILED {error}", flush=True)
    return 1 if failed else 0
