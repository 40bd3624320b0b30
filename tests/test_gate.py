"""What reaches the server from outside, however odd; and what the server reaches for: nothing beyond this machine."""

import contextlib
import http.client
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.a_visitor import Visitor, first_step
from tests.odd_requests import odd_exchange
from tests.outward import Outward
from tools.browser import ROOT, Server, local_server

PATIENCE = 60.0
READERS = 6
EXCHANGES = 70  # of each reader
LISTED = "https://school.example"
FOREIGN = ("http://elsewhere.example", "http://127.0.0.1.elsewhere.example", "null", "http://[bad", "http://[::1")
FORM_START = b'--x\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n'
FORM_END = b"\r\n--x--\r\n"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
ROUTE_ASKED = "socket.connect 192.0.2.1 SOCK_DGRAM"  # no packet: the system says which address would be used


def ask(server: str, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """The status and the content of the answer; `headers` with _ for -."""
    connection = http.client.HTTPConnection(server, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host="host" in headers)
        for name, value in ({"content_length": str(len(body))} | headers).items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def handshake(visitor: Visitor, path: str, origin: str) -> int:
    """The status that a WebSocket from a page of `origin` is answered with."""
    try:
        with visitor.connected(path, origin):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def host_of(server: Server) -> str:
    return server.url.removeprefix("http://")


@pytest.fixture(scope="module")
def outward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outward]:
    with pytest.MonkeyPatch.context() as patch:
        yield Outward(tmp_path_factory.mktemp("outward"), patch)


@pytest.fixture(scope="module")
def host(outward: Outward, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A whole playground of which is known what it tries to reach, and that lists one origin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS", LISTED)
        with local_server(tmp_path_factory.mktemp("playground")) as server:
            yield host_of(server)


@pytest.mark.parametrize("name", ["[::1", "[bad]", "a b", "", "127.0.0.1@elsewhere.example", "[::::]", "x:y"])
def test_a_host_that_cannot_be_is_refused(host: str, name: str) -> None:
    for path in ("/", "/_stcore/health", "/api/health"):
        assert ask(host, path, host=name)[0] == 400


@pytest.mark.parametrize("name", ["localhost:8501", "[::1]:8501", "LapTop.local", "192.168.1.20:8501", "[fe80::1]"])
def test_a_host_that_can_be_is_served(host: str, name: str) -> None:
    for path in ("/_stcore/health", "/api/health"):
        assert ask(host, path, host=name, origin=f"http://{name.lower()}")[0] == 200


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_other_sites_reach_no_address_of_streamlit(host: str, origin: str) -> None:
    for path in ("/_stcore/health", "/_stcore/host-config", "/", "/train", "/api/health"):
        assert ask(host, path, origin=origin)[0] == 403
    assert ask(host, "/_stcore/upload_file/a/b", "PUT", b"x", origin=origin)[0] == 403
    with Visitor(host) as visitor:
        for path in ("/_stcore/stream", "/api/runs/example/events", "/nothing"):
            assert handshake(visitor, path, origin) == 403


def test_an_origin_that_is_listed_is_served_as_behind_a_proxy(host: str) -> None:
    assert ask(host, "/api/health", origin=LISTED)[0] == 200
    assert ask(host, "/api/health", origin=f"{LISTED}.elsewhere.example")[0] == 403
    with Visitor(host) as visitor:
        for path in ("/_stcore/stream", "/api/runs/example/events"):
            assert handshake(visitor, path, LISTED) == 101


@pytest.mark.parametrize(
    ("path", "status", "headers"),
    [
        ("/", 200, {"accept": "text/html"}),
        ("/train", 200, {"accept": "text/html"}),
        ("/nothing", 200, {"accept": "text/html"}),
        ("/api/health", 200, {}),
        ("/api/nothing", 404, {}),
        ("/api/predict/demo", 404, {}),
        ("/web/none.js", 404, {}),
        ("/web/plotly.min.js", 200, {}),
        ("/_stcore/health", 200, {}),
        ("/media/none.png", 404, {}),
        ("/favicon.png", 200, {}),
        ("/", 403, {"origin": "http://elsewhere.example"}),
        ("/", 400, {"host": "[bad]"}),
    ],
)
def test_every_answer_tells_the_browser_what_may_run(
    host: str, path: str, status: int, headers: dict[str, str]
) -> None:
    connection = http.client.HTTPConnection(host, timeout=PATIENCE)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    connection.close()
    told = answer.headers
    assert answer.status == status
    assert told["x-content-type-options"] == "nosniff" and told["referrer-policy"] == "same-origin"
    rules = dict(rule.split(" ", 1) for rule in told["content-security-policy"].split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert "unsafe" not in rules["script-src"]
    assert ("bad" in told["content-security-policy"]) is False


@pytest.mark.parametrize("message", ["text", b"\xff\xff\xff", b"\x0a"])
def test_what_streamlit_does_not_understand_ends_its_socket_alone(host: str, message: str | bytes) -> None:
    with Visitor(host) as visitor, visitor.connected("/_stcore/stream", f"http://{host}") as connection:
        connection.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(PATIENCE)
        assert closed.value.rcvd and closed.value.rcvd.code == 1003
        visitor.open("draw")


@pytest.mark.long
def test_whatever_comes_no_traceback_is_logged(tmp_path: Path) -> None:
    with local_server(tmp_path) as server:
        host = host_of(server)
        with ThreadPoolExecutor(READERS) as readers:
            statuses = readers.map(lambda seed: odd_statuses(host, seed), range(READERS))
            cut_off_an_upload(host)
        assert not any(" 500 " in status for told in statuses for status in told)
        assert ask(host, "/api/health")[0] == 200
    log = (tmp_path / "server.log").read_text(errors="replace")
    assert "Invalid HTTP request" in log  # something odd did come
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:5000]


def odd_statuses(host: str, seed: int) -> list[str]:
    dice = random.Random(seed)
    return [odd_exchange(int(host.split(":")[1]), dice) for _ in range(EXCHANGES)]


@contextlib.contextmanager
def uploading(host: str, visitor: Visitor, name: str, size: int) -> Iterator[http.client.HTTPConnection]:
    """A file on its way to Streamlit's uploader; of its content nothing was sent yet."""
    token = xsrf_cookie(host)
    upload = http.client.HTTPConnection(host, timeout=PATIENCE)
    upload.putrequest("PUT", f"/_stcore/upload_file/{visitor.session}/{name}")
    upload.putheader("content-length", str(len(FORM_START) + size + len(FORM_END)))
    upload.putheader("content-type", "multipart/form-data; boundary=x")
    upload.putheader("cookie", token)
    upload.putheader("x-xsrftoken", token.partition("=")[2])
    upload.endheaders(FORM_START)
    yield upload
    upload.close()


def xsrf_cookie(host: str) -> str:
    connection = http.client.HTTPConnection(host, timeout=PATIENCE)
    connection.request("GET", "/_stcore/health")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return (answer.headers["set-cookie"] or "").split(";")[0]


def cut_off_an_upload(host: str) -> None:
    """A visitor sends half a file to the Draw page, and is gone."""
    with Visitor(host) as visitor:
        visitor.open("draw")
        with uploading(host, visitor, "one", 100_000) as upload:
            upload.send(b"half")
            upload.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_of_a_visitor_s_uploads_only_the_newest_are_kept(host: str) -> None:
    size = 900_000
    with Visitor(host) as visitor:
        visitor.open("build")
        for number in range(12):
            with uploading(host, visitor, str(number), size) as upload:
                upload.send(b"x" * size + FORM_END)
                assert upload.getresponse().status == 204
        metrics = ask(host, "/_stcore/metrics")[1].decode()
    kept = re.search(r'cache_memory_bytes\{cache_type="UploadedFileManager".*?\} (\d+)', metrics)
    assert kept and 2 * size < int(kept[1]) <= 3 * size + 1000


def test_the_record_sees_what_would_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outward = Outward(tmp_path, monkeypatch)
    code = """import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.connect(("192.0.2.1", 9))
    probe.connect(("127.0.0.1", 9))
socket.getaddrinfo("192.0.2.7", 80, flags=socket.AI_NUMERICHOST)"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert outward.lines() == [ROUTE_ASKED, "socket.getaddrinfo 192.0.2.7"]


def test_pages_runs_and_handshakes_from_elsewhere_reach_for_nothing_outside(host: str, outward: Outward) -> None:
    with Visitor(host) as visitor:
        for page in PAGES:
            visitor.open(page if page != "home" else "")
        visitor.open("train")
        visitor.press("Start")
        with visitor.events(visitor.run_id) as events:
            first_step(events)
        for origin in (*FOREIGN, LISTED):
            handshake(visitor, "/_stcore/stream", origin)
        visitor.press("Stop")
    assert outward.lines() == []


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent to a group of processes")
def test_a_server_for_a_class_starts_without_reaching_for_anything_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outward = Outward(tmp_path, monkeypatch)
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    with group([sys.executable, "tools/serve_class.py"]) as process:
        address = told_address(process)
        with Visitor(address) as visitor:
            visitor.open("")
            for origin in FOREIGN:
                assert handshake(visitor, "/_stcore/stream", origin) == 403
    assert outward.lines() == [ROUTE_ASKED]


@contextlib.contextmanager
def group(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A process with its children, ended by Ctrl-C."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=ROOT, text=True, start_new_session=True, **streams) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=PATIENCE)


def told_address(process: subprocess.Popen[str], scheme: str = "http") -> str:
    """The host that the terminal names, once it listens."""
    assert process.stdout
    told = re.search(rf"{scheme}://(\S+)", next(line for line in process.stdout if f"{scheme}://" in line))
    assert told
    name, port = told[1].split(":")
    while True:
        with contextlib.suppress(OSError), socket.create_connection((name, int(port)), PATIENCE):
            return told[1]
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.05)
