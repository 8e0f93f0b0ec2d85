"""The table's server and page as the benchmark of the table has them: the real command, and a real Chromium."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from optimizer import District
from scenarios import read_district
from scenarios.report.browser import find_chromium

REZONE = str(Path(sys.executable).with_name("rezone"))
# As at a planner's: Python keeps what it has compiled. Else each start compiles pandas anew, which takes longer.
ENV = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
WATCH = """
addEventListener("pointerdown", () => { window.began = performance.now(); }, true);
addEventListener("DOMContentLoaded", () => {
  window.took = [];
  new MutationObserver(() => requestAnimationFrame(() => took.push(performance.now() - began)))
    .observe(document.getElementById("panel"), { attributeFilter: ["data-seq"] });
});
"""


@dataclass
class Server:
    """A server that runs. folder: its district's."""

    process: subprocess.Popen[str]
    address: str
    folder: Path

    @cached_property
    def district(self) -> District:
        return read_district(self.folder)

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", "x-rezone": "1"}
        with urlopen(Request(self.address + path, data, headers)) as answer:
            return json.loads(answer.read())

    def job(self, what: str, **keys: Any) -> dict[str, Any]:
        """The job once it has ended."""
        number = self.ask("api/plans/1/ask", {"what": what, "seq": self.seq} | keys)["job"]
        while (job := self.ask(f"api/jobs/{number}"))["state"] == "working":
            time.sleep(0.02)
        return dict(job)

    @property
    def seq(self) -> int:
        return int(self.ask("api/plans")["plans"][0]["seq"])

    def warm(self) -> None:
        """Until the engine has done a job."""
        self.job("best", count=1)

    def memory(self) -> float:
        """Bytes that server and engine have held at the most."""
        found, server = 0.0, self.process.pid
        children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="utf-8")
        for pid in (server, *map(int, children.split())):
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            found += 1024 * float(status.partition("VmHWM:")[2].split()[0])
        return found


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """The real command on a district, its plans in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="rezone-") as plans:
        command = [REZONE, "serve", str(folder), "--out", plans, "--port", "0"]
        process = subprocess.Popen([*command, "--no-browser"], stdout=subprocess.PIPE, text=True, env=ENV)
        assert process.stdout is not None
        try:
            yield Server(process, process.stdout.readline().strip(), folder)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield found
        found.close()


def opened(found: Any, address: str) -> Any:
    """The page, painted."""
    page = found.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_selector("body.ready")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page
