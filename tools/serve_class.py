"""Serve the playground to a classroom: listen on the LAN, print the address and its QR code, run until Ctrl-C."""

import argparse
import contextlib
import datetime
import os
import socket
import subprocess
import sys
from pathlib import Path

import segno
from cryptography import x509

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from engine.catalogue.params import SpecError
from engine.files import data_folder
from engine.runs.store.claim import claimed_folder
from tools.make_certificates import make_certificates

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


def certificate_for(address: str, given: list[Path]) -> tuple[Path, Path]:
    """A certificate and its key: those given, or what was made for this address before, or made now."""
    if len(given) == 2:
        return given[0], given[1]
    folder = data_folder() / "certificates" / address
    if not folder.exists():
        make_certificates(folder, [address, "127.0.0.1", "localhost"])
    until = x509.load_pem_x509_certificate((folder / "server.pem").read_bytes()).not_valid_after_utc
    if until < datetime.datetime.now(datetime.UTC):
        raise SystemExit(f"The certificate in {folder} has expired. Delete this folder and start again.")
    print(
        f"\n  Browsers warn of a certificate that they do not know. The class's devices can trust {folder / 'ca.pem'}."
    )
    return folder / "server.pem", folder / "server-key.pem"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tls",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="serve over TLS: with CERTIFICATE and KEY, or with made ones",
    )
    tls: list[Path] | None = parser.parse_args(arguments).tls
    if tls is not None and len(tls) not in (0, 2):
        parser.error("--tls takes a certificate and its key, or nothing.")
    try:
        with claimed_folder():
            pass  # the server claims it again; refused there, it would say so below an address that nobody answers
    except SpecError as error:
        raise SystemExit(str(error)) from error
    address, port = lan_address(), free_port()
    options = ["--server.address", "0.0.0.0", "--server.port", str(port), "--server.headless", "true"]
    if tls is not None:
        certificate, key = certificate_for(address, tls)
        options += ["--server.sslCertFile", str(certificate), "--server.sslKeyFile", str(key)]
    url = f"{'http' if tls is None else 'https'}://{address}:{port}"
    print(f"\n  The class opens  {url}\n")
    segno.make(url, error="m").terminal(compact=True)
    if address == "127.0.0.1":
        print("  No network was found: only this computer can open it.")
    print("  Everybody on this network can open the page. Ctrl-C ends it for all.\n", flush=True)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options, "--browser.serverAddress", address]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ) as server:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return server.wait()


if __name__ == "__main__":
    sys.exit(main())
