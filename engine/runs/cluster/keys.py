"""Keys by which the processes of this machine know each other. Nothing of them is written to a file."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from distributed.security import Security

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Deep Learning Playground, this machine")])
BEGIN, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def new_keys() -> Security:
    """One key for all of them, valid whatever the clock says; dask's own is refused once the clock is set back."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(BEGIN).not_valid_after(END)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
    roles = ("client", "scheduler", "worker")
    files = {f"tls_{role}_{part}": text for role in roles for part, text in (("key", private), ("cert", certificate))}
    return Security(require_encryption=True, tls_ca_file=certificate, **files)
