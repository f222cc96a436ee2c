"""A headless Chromium and what a person does with a page, over the DevTools protocol: no driver, no other language."""

import base64
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

PROGRAMS = ("chromium", "chromium-headless-shell", "google-chrome", "chromium-browser")
# It asks for nothing by itself: each of its own calls would leave this machine.
QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-quic", "--disable-gpu", "--no-proxy-server", "--hide-scrollbars")  # fmt: skip
REPLACED = re.compile("navigated|context")  # what it says where the page is being replaced by another
KEYS = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    "Escape": (27, ""),
}  # its code, and what it types: only that presses a button
PATIENCE = 180  # seconds: the machine may be busy
# The last element (dialogs come last) that matches a selector, is visible and begins with this text.
FIND = """(selector, text) => [...document.querySelectorAll(selector)].filter(
  one => one.offsetParent !== null && one.innerText.trim().startsWith(text)).at(-1)"""


def enabled(selector: str, text: str) -> str:
    """An expression: whether what ``FIND`` finds can be pressed."""
    return f"(one => !!one && !one.disabled)(({FIND})({json.dumps(selector)}, {json.dumps(text)}))"


def program() -> str | None:
    """The browser of this machine; None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Page:
    """One page of a browser. Whatever is looked for is waited for; at the end of patience AssertionError says so."""

    def __init__(self, socket: ClientConnection) -> None:
        self.errors: list[str] = []  # of the pages' scripts and loads, since ``watch``
        self._socket = socket
        self._numbers = itertools.count(1)
        self._call("Page.enable")

    def open(self, url: str) -> Self:
        self._call("Page.navigate", url=url)
        return self

    def watch(self) -> Self:
        """From now on ``errors`` holds whatever the console shows as an error."""
        for domain in ("Runtime", "Log"):
            self._call(f"{domain}.enable")
        self.errors.clear()
        return self

    def like(self, width: int, height: int, scheme: str = "light") -> Self:
        """As a window of this size on a device of this colour scheme."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        return self

    def text(self) -> str:
        return str(self.run("document.body.innerText"))

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression; None while the page is being replaced by another."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return answer.get("result", {}).get("value")

    def until(self, expression: str) -> Any:
        """Its value as soon as it is true."""
        deadline = time.monotonic() + PATIENCE
        while not (value := self.run(expression)):
            assert time.monotonic() < deadline, f"{expression} is {value!r} on a page that reads:\n{self.text()}"
            time.sleep(0.2)
        return value

    def until_shown(self, *texts: str) -> str:
        """The page's text as soon as it holds all of these."""
        wanted = json.dumps(texts)
        return str(self.until(f"{wanted}.every(x => document.body.innerText.includes(x)) && document.body.innerText"))

    def click(self, selector: str, text: str = "") -> Self:
        """With the mouse, in the middle of what ``FIND`` finds, as soon as it can be pressed."""
        self.until(enabled(selector, text))
        found = f"({FIND})({json.dumps(selector)}, {json.dumps(text)})"
        where = self.run(f"""(one => {{
            one.scrollIntoView({{block: 'center'}});
            const box = one.getBoundingClientRect();
            return {{x: box.x + box.width / 2, y: box.y + box.height / 2}};
        }})({found})""")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **where)
        return self

    def pick(self, selector: str, value: str) -> Self:
        """Sets an input that opens a picker, such as a date's, as the browser does it when something is picked."""
        self.until(f"!!document.querySelector({json.dumps(selector)})")
        self.run(f"""(one => {{
            Object.getOwnPropertyDescriptor(Object.getPrototypeOf(one), 'value').set.call(one, {json.dumps(value)});
            for (const kind of ['input', 'change', 'focusout'])
                one.dispatchEvent(new Event(kind, {{bubbles: true}}));
        }})(document.querySelector({json.dumps(selector)}))""")
        return self

    def type(self, selector: str, value: str) -> Self:
        """Replaces what an input holds, by the keyboard, and leaves the input."""
        self.click(selector)
        self._call("Input.dispatchKeyEvent", type="keyDown", key="a", modifiers=2, commands=["selectAll"])
        self._call("Input.insertText", text=value)
        return self.press("Tab")

    def press(self, key: str) -> Self:
        code, text = KEYS[key]
        for kind, typed in (("keyDown", {"text": text} if text else {}), ("keyUp", {})):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)
        return self

    def picture(self, path: Path) -> Path:
        """A PNG of what a person sees."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))
        return path

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(timeout=PATIENCE))).get("id") != number:
            self._note(answer)
        if "error" in answer:
            if REPLACED.search(answer["error"]["message"]):
                return {}
            raise RuntimeError(f"{method}: {answer['error']}")
        return dict(answer["result"])

    def _note(self, event: dict[str, Any]) -> None:
        given = event.get("params", {})
        entry = given.get("entry") or given
        is_error = event["method"] == "Runtime.exceptionThrown" or (
            event["method"] in ("Log.entryAdded", "Runtime.consoleAPICalled")
            and "error" in (entry.get("level"), entry.get("type"))
        )
        if is_error:
            self.errors.append(json.dumps(entry)[:500])


@contextmanager
def opened(profile: Path, width: int = 1500, height: int = 1000) -> Iterator[Page]:
    """A page of a new browser with its files under ``profile``."""
    sandbox = () if os.geteuid() else ("--no-sandbox",)  # Chromium refuses to run as root with it
    command = [str(program()), "--headless", *QUIET, *sandbox, f"--window-size={width},{height}",
               "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]  # fmt: skip
    with (profile.parent / "browser.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        with connect(_page_address(profile, process), max_size=None, proxy=None) as socket:
            yield Page(socket)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # Debian's command is a script around the browser
        process.wait()


def _page_address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    port = profile / "DevToolsActivePort"
    deadline = time.monotonic() + PATIENCE
    while not (port.exists() and port.read_text().strip()):
        assert process.poll() is None, f"the browser ended with {process.returncode}; see {profile.parent}/browser.log"
        assert time.monotonic() < deadline, "the browser does not answer"
        time.sleep(0.1)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{port.read_text().split()[0]}/json/list") as answer:
        pages = [one for one in json.load(answer) if one["type"] == "page"]
    return str(pages[0]["webSocketDebuggerUrl"])
