"""Serve the playground to a classroom: listen on the LAN, print the address and its QR code, run until Ctrl-C."""

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import segno

ROOT = Path(__file__).parent.parent
FIRST_PORT = 8501


def lan_address() -> str:
    """The address other machines reach this one by. Connecting a UDP socket only asks for a route: nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def free_port(first: int = FIRST_PORT) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + 100):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise SystemExit(f"Ports {first} to {first + 99} are all in use. Close another program and try again.")


def main() -> int:
    address, port = lan_address(), free_port()
    url = f"http://{address}:{port}"
    print(f"\n  The class opens  {url}\n")
    segno.make(url, error="m").terminal(compact=True)
    if address == "127.0.0.1":
        print("  No network was found: only this computer can open it.")
    print("  Everybody on this network can open the page. Ctrl-C ends it for all.\n", flush=True)
    options = ["--server.address", "0.0.0.0", "--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options, "--browser.serverAddress", address]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ) as server:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return server.wait()


if __name__ == "__main__":
    sys.exit(main())
