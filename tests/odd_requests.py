"""Requests and sockets that no browser sends: odd addresses, headers, bodies and frames, cut off at any moment."""

import base64
import contextlib
import json
import random
import socket
import struct
from collections.abc import Callable, Sequence

from streamlit.proto.BackMsg_pb2 import BackMsg

PATIENCE = 0.5  # s; what is sent by halves has no answer
METHODS = ("GET", "GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW")
PATHS = (
    *(
        "/",
        "/train",
        "/gan?run=example",
        "/draw",
        "/machine",
        "/train/",
        "/nothing",
        "/train/deeper",
        "//train",
        "/a.b",
    ),
    *("/api/health", "/api/machine", "/api/nothing", "/api", "/api/", "/api/predict/demo", "/api/predict/demo?steps=1"),
    *(
        "/api/inside/demo/mistakes?true=x",
        "/api/inside/demo/learned?first=%00",
        "/api/inside/demo/excites?layer=0&unit=x",
        "/api/inside/none/robust",
    ),
    *("/api/inside/demo", "/api/inside/demo/unit?layer=%00", "/api/inside/demo/why?digit=x", "/api/inside/none/why"),
    *("/api/lessons/01-picture/sheet?for=%00", "/api/lessons/%2e%2e/sheet", "/api/lessons/none/sheet"),
    *("/api/inside/pictures", "/api/inside/demo/map?layer=shares", "/api/inside/demo/map?layer=%00&mark=x"),
    *("/api/inside/demo/surgery?edits={", "/api/inside/demo/surgery?edits=%7B%22bits%22:2%7D", "/api/inside/x/surgery"),
    *("/api/data", "/api/data?side=x", "/api/data/mnist/0.webp", "/api/data/balls/2.webp", "/api/data/none/1.webp"),
    *("/api/data/mnist/averages", "/api/data/fashion-mnist/doubles?first=999999", "/api/data/x/doubles?first=x"),
    *("/api/data/mnist/pictures?part=train&label=77", "/api/data/mnist/doubted?model=%00", "/api/data/own-x/labels"),
    *("/api/data/mnist/99.webp", "/api/data/%00/pictures.npz", "/api/data/own-x/pictures.npz", "/api/data/x/y.webp"),
    *(
        "/api/runs/example/events",
        "/api/runs/none/events",
        "/api/runs/example/share",
        "/api/runs/example/report.html",
        "/api/runs/none/curves.csv",
        "/api/runs/none/events.tfevents",
        "/api/runs/%00/share",
    ),
    *("/api/runs/example/frames/1", "/api/runs/example/frames/x", "/api/runs/example/film.gif?from=9&to=x"),
    *("/api/runs/example/poster.png?frames=1,x", "/api/gan/example/samples", "/api/gan/none/judge", "/api/gan/x/quiz"),
    *("/web/run.js", "/web/none.js", "/web/plotly.min.js", "/web", "/web/%2e%2e/app.py", "/web/\x01", "/web/%00"),
    *("/_stcore/health", "/train/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/stream"),
    *("/_stcore/upload_file/a/b", "/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/bidi-components/x/y"),
    *("/media/none.png", "/component/x/y", "/static/js/none.js", "/favicon.png", "/index.html", "/%ff%fe", "/?%ff=%"),
)
SOCKETS = (
    *("/_stcore/stream",) * 4,
    *("/api/runs/example/events",) * 3,
    *(
        "/api/runs/none/events",
        "/api/runs/next/events?kind=gan&beside=x",
        "/api/runs/example/events?after=7",
        "/api/runs/example/events?after=x",
        "/api/runs/x",
    ),
    *("/", "/train", "/web/run.js", "/_stcore/health", "/api/health", "/component/x", "/train/_stcore/stream"),
)
HOSTS = (
    "[::1",
    "[",
    "]",
    "[bad]",
    "a b",
    "",
    "x" * 5000,
    "127.0.0.1:99999",
    "127.0.0.1:x",
    "\xff",
    "@",
    "a@b",
    "/",
    "?",
)
ORIGINS = (
    *("http://[bad", "http://[::1", "null", "", "http://", "://", "http://a]b", "http://\xff", "x" * 5000, "file://"),
    *("http://elsewhere.example", "http://127.0.0.1@elsewhere.example", "http://127.0.0.1:x", "http://[::1]]:80"),
)
ODD = ("", "\xff\xfe", "a" * 9000, "0", "-1", "9" * 40, "*/*", "\t", '"', "%", ";;;=", "bytes=5-1", "bytes=0-", "none")
NAMES = (
    *("cookie", "accept", "accept-encoding", "content-type", "content-length", "transfer-encoding", "range", "upgrade"),
    *(
        "if-none-match",
        "if-modified-since",
        "expect",
        "x-forwarded-host",
        "x-forwarded-proto",
        "connection",
        "x-xsrftoken",
    ),
    *(
        "sec-websocket-protocol",
        "sec-websocket-key",
        "sec-websocket-version",
        "sec-websocket-extensions",
        "te",
        "forwarded",
    ),
)
COOKIES = (
    *("playground_owner=x", "playground_owner", "=;=;", "a=\xff", '_streamlit_xsrf="\\377', "_streamlit_xsrf=2|a|b|c"),
    *(
        "_streamlit_session=é",
        "_streamlit_session=e30=.x.y",
        "_streamlit_user=x",
        "a[b]=c; playground_owner=" + "y" * 32,
    ),
)
BODIES = (b"", b"{}", b"[" * 2000, b"null", b"\xff" * 100, b'{"size": [1e999, 1]}', b"\x89PNG\r\n\x1a\n", b"9" * 3000)


def odd_exchange(port: int, dice: random.Random) -> str:
    """One connection to loopback: what was sent is drawn by `dice`, and so is when it is cut. The answer's status line,
    empty where it was not waited for or none came."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as wire, contextlib.suppress(OSError):
        return odd_socket(wire, port, dice) if dice.random() < 0.5 else odd_request(wire, port, dice)
    return ""


def odd_request(wire: socket.socket, port: int, dice: random.Random) -> str:
    content = dice.choice(BODIES)
    headers = odd_headers(port, dice)
    if dice.random() < 0.7:
        headers.append(("content-length", str(len(content) + dice.choice((0, 0, 0, 0, 5, -1)))))
    if dice.random() < 0.4:
        headers.append(
            ("content-type", dice.choice(("application/json", "image/png", "multipart/form-data; boundary=")))
        )
    headers.append(("connection", "close"))
    return sent(wire, head(dice.choice(METHODS), dice.choice(PATHS), headers) + content, dice)


def odd_socket(wire: socket.socket, port: int, dice: random.Random) -> str:
    """A handshake, mostly a sound one, then frames."""
    key = base64.b64encode(dice.randbytes(16)).decode()
    headers = [("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-version", "13")]
    headers += [("sec-websocket-key", key), *odd_headers(port, dice)]
    if dice.random() < 0.7:
        headers.append(("sec-websocket-protocol", "streamlit"))
    if dice.random() < 0.05:
        headers.pop(dice.randrange(4))
    status = sent(wire, head("GET", dice.choice(SOCKETS), headers), dice)
    for _ in range(dice.choice((0, 1, 1, 2, 5))):
        wire.sendall(dice.choice(FRAMES)(dice))
        if dice.random() < 0.3:
            wire.recv(dice.choice((1, 100, 65_536)))
    cut(wire, dice)
    return status


def head(method: str, path: str, headers: Sequence[tuple[str, str]]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def odd_headers(port: int, dice: random.Random) -> list[tuple[str, str]]:
    """A few, of which one or another makes no sense."""
    own = f"127.0.0.1:{port}"
    headers = [("host", own if dice.random() < 0.93 else dice.choice(HOSTS))]
    if dice.random() < 0.6:
        headers.append(("origin", f"http://{own}" if dice.random() < 0.8 else dice.choice(ORIGINS)))
    if dice.random() < 0.3:
        headers.append(("cookie", dice.choice(COOKIES)))
    if dice.random() < 0.3:
        headers.append(("accept", "text/html"))
    if dice.random() < 0.15:
        headers.append((dice.choice(NAMES), dice.choice(ODD)))
    if dice.random() < 0.03:
        headers.append(dice.choice(headers))
    return headers


def sent(wire: socket.socket, content: bytes, dice: random.Random) -> str:
    """Send all or a part, and mostly wait for the first line of what comes back."""
    if dice.random() < 0.1:
        wire.sendall(content[: dice.randrange(len(content))])
        cut(wire, dice)
        return ""
    wire.sendall(content)
    if dice.random() < 0.15:
        cut(wire, dice)
        return ""
    return wire.recv(65_536).split(b"\r\n")[0].decode("latin-1")


def cut(wire: socket.socket, dice: random.Random) -> None:
    """Leave: with a reset, by halves, or in peace."""
    match dice.randrange(3):
        case 0:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.close()
        case 1:
            wire.shutdown(dice.choice((socket.SHUT_WR, socket.SHUT_RD, socket.SHUT_RDWR)))


def frame(opcode: int, content: bytes = b"", *, first: int = 0x80, masked: bool = True) -> bytes:
    """A WebSocket frame; its mask is all zeros, which leaves the content as it is."""
    length = len(content)
    size = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", min(length, 65_535))
    if length > 65_535:
        size = b"\x7f" + struct.pack(">Q", length)
    return (
        bytes([first | opcode, size[0] | (0x80 if masked else 0)]) + size[1:] + (b"\0" * 4 if masked else b"") + content
    )


def rerun(dice: random.Random) -> bytes:
    """What Streamlit's page sends when it opens, for pages and addresses that may not be."""
    message = BackMsg()
    message.rerun_script.page_name = dice.choice(
        ("", "train", "gan", "draw", "build", "machine", "nothing", "../x", "\0")
    )
    message.rerun_script.query_string = dice.choice(
        ("", "run=example", "run=none", "n=x", "n=" + "A" * 3000, "%", "part=9")
    )
    if dice.random() < 0.3:
        message.rerun_script.widget_states.widgets.add(id="$$ID-none-None", string_value="x")
    return message.SerializeToString()


FRAMES: tuple[Callable[[random.Random], bytes], ...] = (
    lambda dice: frame(1, b"text"),
    lambda dice: frame(1, b"\xff\xfe"),
    lambda dice: frame(2, dice.randbytes(dice.randrange(200))),
    lambda dice: frame(2, b"x" * 2000),
    lambda dice: frame(2, rerun(dice)),
    lambda dice: frame(2, rerun(dice)),
    lambda dice: frame(2),
    lambda dice: frame(8),
    lambda dice: frame(8, struct.pack(">H", dice.choice((1000, 1001, 1006, 4000, 0, 65_535)))),
    lambda dice: frame(8, b"\x03"),
    lambda dice: frame(9, b"x" * dice.randrange(125)),
    lambda dice: frame(10, b"x"),
    lambda dice: frame(0, b"rest"),
    lambda dice: frame(2, b"part", first=0) + frame(0, b"rest"),
    lambda dice: frame(2, b"part", first=0) + frame(2, b"part"),
    lambda dice: frame(2, b"x", first=0xF0),
    lambda dice: frame(7, b"x"),
    lambda dice: frame(2, b"x", masked=False),
    lambda dice: b"\x82\xff" + struct.pack(">Q", 2**62),
    lambda dice: json.dumps({"stop": True}).encode(),
)
