"""A hub of the real binary in a folder of its own, on a free port; stopped when the block ends."""

import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from pages import ASSETS, ROOT

PATIENCE = 120


def program():
    """The binary: `SMARTCENTER_BIN`, or the one that cargo built."""
    named = os.environ.get("SMARTCENTER_BIN")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return pathlib.Path(named) if named else target / "debug" / "smartcenter"


class Hub:
    """The hub; `url`, and `admin` with the key that the first start printed."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="smartcenter-live-")
        self.log = open(pathlib.Path(self.folder.name) / "hub.log", "wb")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SMARTCENTER_")}
        self.process = subprocess.Popen(
            [program(), "serve", "--data", pathlib.Path(self.folder.name) / "data", "--http", "127.0.0.1:0",
             "--contracts", ROOT / "tests" / "fixtures" / "contracts"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True, env=clean, cwd=ROOT / "tests" / "fixtures",
        )
        # A hub that says nothing is ended, so that reading its lines ends, too.
        watch = threading.Timer(PATIENCE, self.process.kill)
        watch.start()
        self.url, self.key = None, None
        for line in self.process.stdout:
            if "is ready at " in line:
                self.url = line.split("is ready at ")[1].split()[0]
            if line.strip().startswith("export SMARTCENTER_KEY="):
                self.key = line.strip().split("=", 1)[1]
                break
        watch.cancel()
        if not (self.url and self.key):
            self.__exit__()
            raise AssertionError("the hub did not start")
        self._wait_ready()
        for file in ASSETS.glob("*.[cj]s"):
            served = self.ask(f"/assets/{file.name}", key=None)
            assert served == file.read_bytes(), f"{program()} is older than {file.name}: build it anew"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()

    def _wait_ready(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.ask("/readyz", key=None)
            except (OSError, AssertionError):
                assert time.monotonic() < deadline, "the hub was not ready in time"
                time.sleep(0.05)

    def ask(self, path, body=None, key="admin", accept="application/json"):
        """The JSON answer to GET, or to POST where there is a body."""
        headers = {"Accept": accept, **({"Content-Type": "application/json"} if body is not None else {})}
        if key:
            headers["Authorization"] = f"Bearer {self.key if key == 'admin' else key}"
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data=data, headers=headers), timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode(errors='replace')}") from None
        try:
            return json.loads(text)
        except ValueError:
            return text

    def new_key(self, name, role, **more):
        return self.ask("/api/v1/keys", {"name": name, "role": role, **more})["key"]

    def sql(self, sql):
        """Rows of an answer."""
        answer = self.ask("/api/v1/sql", {"sql": sql}, accept="application/x-ndjson")
        lines = answer.decode().splitlines() if isinstance(answer, bytes) else [json.dumps(answer)]
        return [json.loads(line) for line in lines if '"end":true' not in line]
