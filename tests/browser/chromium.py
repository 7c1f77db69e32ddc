"""A real browser steered by its own protocol: clicks, keys, files, downloads, a lost connection, pictures. Waiting is
always for a condition with a deadline."""

import base64
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import axe_core_python
from websockets.sync.client import connect

PATIENCE = 60
KEYS = {"Tab": (9, None), "Enter": (13, "\r"), "Escape": (27, None), "ArrowDown": (40, None), "ArrowUp": (38, None),
        "ArrowLeft": (37, None), "ArrowRight": (39, None), "End": (35, None), " ": (32, " ")}
AXE = pathlib.Path(axe_core_python.__file__).with_name("axe.min.js")


def find():
    """The browser's program, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Chromium:
    """A browser with one tab and a profile of its own; gone when the block ends."""

    def __init__(self, program, width=1280, height=900, phone=False):
        self.program, self.size, self.phone = program, (width, height), phone

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="smartcenter-browser-")
        profile = pathlib.Path(self.folder.name)
        self.downloads = profile / "downloads"
        self.downloads.mkdir()
        self.process = subprocess.Popen(
            # A figure that is still counting up would be read half way on a busy machine.
            [self.program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--force-prefers-reduced-motion",
             "--remote-debugging-port=0", f"--user-data-dir={profile}", f"--window-size={self.size[0]},{self.size[1]}",
             "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            port = self._port(profile / "DevToolsActivePort")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=PATIENCE) as answer:
                target = next(one for one in json.load(answer) if one["type"] == "page")
            self.tab = Tab(connect(target["webSocketDebuggerUrl"], max_size=None, open_timeout=PATIENCE), *self.size, self.phone)
            self.tab.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if hasattr(self, "tab"):
            self.tab.socket.close()
        self.process.kill()
        self.process.wait()
        # The browser's last writes may still be on their way.
        shutil.rmtree(self.folder.name, ignore_errors=True)

    def _port(self, file):
        def port():
            if self.process.poll() is not None:
                raise AssertionError("the browser ended before it could be steered")
            return file.read_text().splitlines()[0] if file.exists() and file.read_text().strip() else None
        return until(port, "the browser to start")

    def downloaded(self, suffix):
        """The bytes of the one finished download with this suffix, which is taken away."""
        def finished():
            found = [path for path in self.downloads.iterdir() if path.name.endswith(suffix)]
            return found[0] if len(found) == 1 and found[0].stat().st_size > 0 else None
        path = until(finished, f"a download that ends in {suffix}")
        data = path.read_bytes()
        path.unlink()
        return path.name, data


class Tab:
    """The tab: what a person does, and what the page then is."""

    def __init__(self, socket, width, height, phone):
        self.socket, self.counter, self.complaints, self.requests, self.posts = socket, 0, [], [], []
        for domain in ("Page", "Runtime", "Log", "DOM", "Network"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def send(self, method, **params):
        self.counter += 1
        self.socket.send(json.dumps({"id": self.counter, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=PATIENCE * 3))
            if message.get("id") == self.counter:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        kind, about = message.get("method"), message.get("params", {})
        if kind == "Runtime.exceptionThrown":
            details = about["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        # A refusal by the hub is no complaint of the browser.
        elif kind == "Log.entryAdded" and about["entry"]["level"] == "error" and about["entry"]["source"] != "network":
            self.complaints.append(about["entry"]["text"])
        elif kind == "Runtime.consoleAPICalled" and about["type"] in ("error", "assert"):
            self.complaints.append(str([argument.get("value") for argument in about["args"]]))
        elif kind == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
            if about["request"].get("postData"):
                self.posts.append((about["request"]["url"], about["request"]["postData"]))
        elif kind == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {about['message']}")

    def open(self, url, prefer="light"):
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": prefer},
                                                          {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'", "the page to load")

    def ask(self, expression):
        """The value of a JavaScript expression in the page; promises are waited for."""
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{expression}: {result['exceptionDetails'].get('exception', {}).get('description')}")
        return result["result"].get("value")

    def wait(self, expression, what=None):
        return until(lambda: self.ask(expression), what or expression)

    def shown(self, selector):
        """Waits until the element is there to be seen."""
        return self.wait(f"!!document.querySelector({json.dumps(selector)})?.checkVisibility()", f"{selector} to be shown")

    def gone(self, selector):
        return self.wait(f"!document.querySelector({json.dumps(selector)})?.checkVisibility()", f"{selector} to be gone")

    def text(self, selector):
        return self.ask(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")

    def says(self, selector, text):
        """Waits until the element's text contains `text`."""
        condition = f"(document.querySelector({json.dumps(selector)})?.innerText ?? '').includes({json.dumps(text)})"
        try:
            return self.wait(condition)
        except AssertionError:
            raise AssertionError(f"{selector} should say {text!r}, and says {self.text(selector)!r}") from None

    def click(self, selector):
        """Clicks with the mouse in the middle of the element, wherever that is: what covers it gets the click. As a
        person would, waits until the element stands still: what is moved between press and release gets no click."""
        self.shown(selector)
        x, y = self.wait(f"""(async () => {{
            const middle = () => {{ const box = document.querySelector({json.dumps(selector)})?.getBoundingClientRect();
                return box && [box.x + box.width / 2, box.y + box.height / 2]; }};
            document.querySelector({json.dumps(selector)})?.scrollIntoView({{ block: 'center', behavior: 'instant' }});
            const before = middle();
            for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
            const after = middle();
            return before && after && before[0] === after[0] && before[1] === after[1] ? after : null; }})()""",
            f"{selector} to stand still")
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def press(self, key, shift=False):
        code, text = KEYS[key]
        about = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.send("Input.dispatchKeyEvent", type="keyDown", **about, **({"text": text} if text else {}))
        self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    def focus(self):
        """The id of what has the focus, or its text where it has none."""
        return self.ask("document.activeElement.id || document.activeElement.innerText || document.activeElement.tagName")

    def choose_files(self, selector, *paths):
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def drop_files(self, selector, *paths):
        """Drags files from the desktop and drops them on the element."""
        x, y = self.ask(f"""(() => {{ const node = document.querySelector({json.dumps(selector)});
            node.scrollIntoView({{ block: 'center', behavior: 'instant' }}); const box = node.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.send("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def resize(self, width, height, phone=False):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def offline(self, lost):
        self.send("Network.emulateNetworkConditions", offline=lost, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def picture(self, path):
        """A picture of the whole page, seen from its top."""
        self.ask("scrollTo({ top: 0, behavior: 'instant' })")
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def accessibility(self):
        """What axe finds wrong on the page as it is now."""
        self.ask(AXE.read_text(encoding="utf-8") + "; true")
        found = self.ask("""axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`))""")
        return found


def until(condition, what):
    """The first true value of `condition`, within the time there is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE} s for {what}")
