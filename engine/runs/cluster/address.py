"""Reads the scheduler address of a cluster and its certificates from the environment."""

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from distributed.security import Security

from engine.catalogue.params import SpecError
from engine.text import Text, sentences

SCHEDULER = "PLAYGROUND_SCHEDULER"
FILES = {
    "tls_ca_file": "PLAYGROUND_TLS_CA",
    "tls_client_cert": "PLAYGROUND_TLS_CERT",
    "tls_client_key": "PLAYGROUND_TLS_KEY",
}
MAKE = Text("Make certificates with {program}.", program="tools/make_certificates.py")


@dataclass(frozen=True, slots=True)
class SchedulerAddress:
    """The address of a scheduler, and the keys to it."""

    address: str
    security: Security


def read_scheduler_address() -> SchedulerAddress | None:
    """Read `PLAYGROUND_SCHEDULER` and the certificates that `PLAYGROUND_TLS_CA`, `_CERT` and `_KEY` name; None where it
    is not set, so that this machine trains alone. Raises SpecError."""
    address = os.environ.get(SCHEDULER, "").strip()
    if not address:
        return None
    _check_address(address)
    files = {field: _file(variable) for field, variable in FILES.items()}
    security = Security(require_encryption=True, **{field: str(path) for field, path in files.items()})
    try:
        security.get_connection_args("client")
    except (ssl.SSLError, OSError) as error:
        what = Text("The certificates for the scheduler cannot be used: {error}.", error=str(error))
        cure = Text("Name a certificate, its own key and the authority that signed it.")
        raise SpecError(what, sentences(cure, MAKE)) from error
    _check_dates(files["tls_client_cert"])
    return SchedulerAddress(address, security)


def unreachable(scheduler: SchedulerAddress, error: BaseException) -> SpecError:
    """Describe why a connection to a scheduler failed, and the cure."""
    reason = (str(error.__cause__ or "") or str(error)).rstrip(".")
    if "certificate" in reason.lower() or "ssl" in reason.lower():
        what = Text(
            "The scheduler at {address} and this server do not trust each other: {reason}.",
            address=scheduler.address,
            reason=reason,
        )
        return SpecError(what, Text("Give both certificates of the same authority that are still valid."))
    what = Text("The scheduler at {address} does not answer: {reason}.", address=scheduler.address, reason=reason)
    cure = Text("Start it, or let this machine through its firewall; it is tried again until it answers.")
    return SpecError(what, cure)


def _check_address(address: str) -> None:
    if address.startswith("tcp://"):
        what = Text(
            "{variable} is {address}: without encryption and certificates anyone who reaches it could run code.",
            variable=SCHEDULER,
            address=address,
        )
        raise SpecError(what, sentences(MAKE, Text("Use tls:// instead of tcp://.")))
    try:
        parts = urlsplit(address)
        whole = parts.scheme == "tls" and bool(parts.hostname) and bool(parts.port) and not parts.path.strip("/")
    except ValueError:  # a port that is no number, a bracket left open
        whole = False
    if not whole:
        what = Text("{variable} is {address}.", variable=SCHEDULER, address=address)
        raise SpecError(what, Text("Write it as tls://host:8786, as the scheduler says it."))


def _file(variable: str) -> Path:
    named = os.environ.get(variable, "").strip()
    if not named:
        what = Text("{one} is set and {other} is not.", one=SCHEDULER, other=variable)
        cure = Text("Set {variables} to the server's three files.", variables=", ".join(FILES.values()))
        raise SpecError(what, sentences(MAKE, cure))
    path = Path(named).expanduser().absolute()
    try:
        path.read_bytes()
    except OSError as error:
        what = Text(
            "{variable} is {path}, which cannot be read: {reason}.",
            variable=variable,
            path=str(path),
            reason=str(error.strerror),
        )
        cure = Text("Name a file that is there and that this user may read.")
        raise SpecError(what, sentences(cure, MAKE)) from error
    return path


def _check_dates(path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    begin, end, now = certificate.not_valid_before_utc, certificate.not_valid_after_utc, datetime.now(UTC)
    if not begin <= now <= end:
        what = Text(
            "The certificate {path} is valid from {begin} to {end}, and today is {today}.",
            path=str(path),
            begin=f"{begin:%Y-%m-%d}",
            end=f"{end:%Y-%m-%d}",
            today=f"{now:%Y-%m-%d}",
        )
        raise SpecError(what, sentences(MAKE, Text("Or set this machine's clock.")))
