"""A class served over TLS: by a certificate that was made for this machine, with a cookie that only travels there."""

import http.client
import ssl
import sys
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.test_gate import PATIENCE, group, told_address
from tools.serve_class import certificate_for, lan_address, main


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent to a group of processes")
def test_over_tls_the_cookie_is_secure_and_sockets_open(data: Path) -> None:
    with group([sys.executable, "tools/serve_class.py", "--tls"]) as process:
        host = told_address(process, scheme="https")
        trust = ssl.create_default_context(cafile=data / "certificates" / lan_address() / "ca.pem")
        connection = http.client.HTTPSConnection(host, timeout=PATIENCE, context=trust)
        connection.request("GET", "/", headers={"accept": "text/html"})
        answer = connection.getresponse()
        cookie = answer.headers["set-cookie"]
        connection.close()
        assert answer.status == 200
        assert cookie.endswith("; HttpOnly; SameSite=Lax; Secure")
        assert f"wss://{host}" in answer.headers["content-security-policy"]
        for path in ("/_stcore/stream", "/api/runs/example/events"):
            with connect(
                f"wss://{host}{path}",
                ssl=trust,
                origin=Origin(f"https://{host}"),
                subprotocols=[Subprotocol("streamlit")] if "stcore" in path else None,
                open_timeout=PATIENCE,
            ):
                pass


def test_a_certificate_is_made_once_for_an_address_and_its_key_is_for_nobody_else(data: Path) -> None:
    certificate, key = certificate_for("192.0.2.7", [])
    assert certificate_for("192.0.2.7", []) == (certificate, key)
    assert key.is_relative_to(data)
    if sys.platform != "win32":
        assert key.stat().st_mode & 0o077 == 0


def test_a_certificate_without_its_key_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--tls", "certificate.pem"])
    assert "a certificate and its key" in capsys.readouterr().err
