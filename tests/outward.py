"""A record of what a server and its children try to reach beyond this machine: every look-up and every connection."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RECORDER = """
import os, sys

NEAR = ("", "localhost", "::1", "0.0.0.0", "::")
RECORD = os.open(os.environ["OUTWARD_RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def note(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        asked = args[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"):
        asked = args
    else:
        return
    while isinstance(asked, tuple):
        asked = asked[0] if asked else ""
    host = asked.decode() if isinstance(asked, bytes) else str(asked or "")
    if host not in NEAR and not host.startswith(("127.", "/", "\\0")):
        how = f" {args[0].type.name}" if event == "socket.connect" else ""
        os.write(RECORD, f"{event} {host}{how}\\n".encode())

sys.addaudithook(note)
"""


class Outward:
    """Records in a new folder, while `patch` lasts, what Python processes started meanwhile look up or connect to."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._record = folder / "record.txt"
        (folder / "sitecustomize.py").write_text(RECORDER)
        patch.setenv("PYTHONPATH", os.pathsep.join(p for p in (str(folder), os.environ.get("PYTHONPATH")) if p))
        patch.setenv("OUTWARD_RECORD", str(self._record))
        subprocess.run([sys.executable, "-c", "import socket; socket.inet_aton('127.0.0.1')"], check=True)

    def lines(self) -> list[str]:
        """What was tried, in order, each as `event host`."""
        return self._record.read_text().splitlines()
