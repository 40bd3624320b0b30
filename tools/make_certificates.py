"""Make the certificates by which the machines of a cluster know each other: an authority and one for each role."""

import argparse
import datetime
import ipaddress
import os
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROLES = ("scheduler", "worker", "server")
DAYS = 365
LEEWAY = datetime.timedelta(days=1)  # the clocks of several machines differ, and may be set back


def make_certificates(folder: Path, hosts: list[str], days: int = DAYS) -> list[Path]:
    """Write `ca.pem` and, for each role, `ROLE.pem` and `ROLE-key.pem`; the files made. The authority's own key is
    forgotten, so nobody can ever add to them. Raises FileExistsError rather than replacing one."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Deep Learning Playground, authority")
    ca = _begun(issuer, issuer, authority, days)
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = [_write(folder / "ca.pem", _pem(ca.sign(authority, hashes.SHA256())), secret=False)]
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    for role in ROLES:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _begun(_name(f"Deep Learning Playground, {role}"), issuer, key, days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(usage, critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(h) for h in hosts]), critical=False)
        made.append(_write(folder / f"{role}.pem", _pem(builder.sign(authority, hashes.SHA256())), secret=False))
        made.append(_write(folder / f"{role}-key.pem", _key_pem(key), secret=True))
    return made


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - LEEWAY).not_valid_after(now + datetime.timedelta(days=days))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def _write(path: Path, content: bytes, *, secret: bool) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where to put them; keep it to yourself")
    parser.add_argument("hosts", nargs="+", help="names or IP addresses of the cluster's machines")
    parser.add_argument("--days", type=int, default=DAYS, help=f"how long they are valid ({DAYS})")
    options = parser.parse_args(arguments)
    try:
        made = make_certificates(options.folder, options.hosts, options.days)
    except FileExistsError as error:
        print(f"{error.filename} is there already. Name a new folder, or delete the old certificates.", file=sys.stderr)
        return 1
    print("\n".join(str(path) for path in made))
    print(
        "Give each machine ca.pem and the two files of its role. Whoever has a role's key can run code on all of them."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
