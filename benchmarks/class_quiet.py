"""The app with nothing to do, and a run that is alone on the machine."""

import json
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.goals import told
from benchmarks.processes import cores_used, family, memory_mb
from tools.browser import Server, local_server

SETTLE_SECONDS, IDLE_SECONDS = 5.0, 20.0


def idle() -> list[bool]:
    """Memory and CPU of all processes of a warm server, its training processes among them."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, local_server(Path(name)) as server:
        wait_until_warm(server)
        time.sleep(SETTLE_SECONDS)
        processes = family(server.process.pid)
        used, memory = cores_used(processes, IDLE_SECONDS), memory_mb(processes)
        print(f"    {len(processes)} processes")
    return [told("idle: whole memory (PSS)", memory, "MB", 900), told("idle: CPU of a core", 100 * used, "%", 3)]


def wait_until_warm(server: Server) -> None:
    while not json.load(urllib.request.urlopen(f"{server.url}/api/health"))["training"]:
        time.sleep(0.1)
