"""The playground's own addresses, asked over HTTP of a real server: what they answer, and what they refuse in words."""

import base64
import gzip
import http.client
import importlib.metadata
import io
import json
import random
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import websockets.exceptions
import websockets.sync.client
from PIL import Image
from starlette.applications import Starlette

from engine.data.mnist import load_mnist
from engine.training.kind import EXAMPLE, Classification
from engine.training.presets import PRESETS
from ui import backend
from ui.api.predict import PICTURE_BYTES, STROKES_BYTES
from ui.api.requests import OWNER_COOKIE
from ui.api.routes import MIDDLEWARE, ROUTES
from ui.api.web import FOREVER, WEB, web_url

JSON = {"content-type": "application/json"}
PNG = {"content-type": "image/png"}
SEVEN = {"size": [400, 400], "width": 32, "strokes": [[[110, 100], [200, 100], [290, 100], [240, 210], [190, 320]]]}
BLANK = {"size": [400, 400], "width": 32, "strokes": []}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @property
    def refusal(self) -> tuple[int, str]:
        return self.status, self.data["error"]


@dataclass(frozen=True, slots=True)
class Server:
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def predict(self, data: Any, model: str = "demo", **headers: str) -> Answer:
        return self.ask("POST", f"/api/predict/{model}", json.dumps(data), JSON | headers)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(tmp_path_factory.mktemp("data")))
        backend.service.cache_clear()
        backend.service().begin()
        app = Starlette(routes=ROUTES, middleware=MIDDLEWARE)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            runner = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio"))
            thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]})
            thread.start()
            yield Server(listener.getsockname()[1])
            runner.should_exit = True
            thread.join()
        backend.service().close()
        backend.service.cache_clear()


def png(pixels: Any, size: tuple[int, int] = (28, 28)) -> bytes:
    with io.BytesIO() as file:
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(file, "PNG")
        return file.getvalue()


def pictured(url: str) -> Image.Image:
    kind, content = url.split(",")
    assert kind == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def test_health_tells_whether_runs_can_start(server: Server) -> None:
    answer = server.ask("GET", "/api/health")
    assert answer.status == 200
    assert answer.data["ok"] is True
    assert isinstance(answer.data["training"], bool)


def test_a_drawn_seven_is_read_as_seven(server: Server) -> None:
    answer = server.predict(SEVEN).data
    assert answer["digit"] == 7
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert max(answer["probabilities"]) == answer["probabilities"][7] > 0.9
    assert pictured(answer["image"]).size == (28, 28)
    assert answer["learning"] is False
    assert "steps" not in answer


def test_the_steps_end_in_the_picture_the_network_sees(server: Server) -> None:
    answer = server.ask("POST", "/api/predict/demo?steps=1", json.dumps(SEVEN), JSON).data
    assert [step["name"] for step in answer["steps"]] == ["ink", "crop", "20 x 20", "centred"]
    last = pictured(answer["steps"][-1]["image"])
    assert last.tobytes() == pictured(answer["image"]).tobytes()
    assert max(pictured(answer["steps"][2]["image"]).size) == 20


def test_a_blank_pad_has_no_digit(server: Server) -> None:
    assert server.predict(BLANK).data == {"digit": None}


@pytest.mark.parametrize("inverted", [False, True])
def test_pictures_of_test_digits_are_read(server: Server, inverted: bool) -> None:
    data = load_mnist()
    read = 0
    for image, label in zip(data.test_images[:20].numpy(), data.test_labels[:20].tolist(), strict=True):
        answer = server.ask("POST", "/api/predict/demo", png(255 - image if inverted else image, (280, 280)), PNG)
        assert answer.status == 200
        read += answer.data["digit"] == label
    assert read >= 19


def test_an_unknown_network_is_named_so(server: Server) -> None:
    for model in ("no-such-run", "..%2f..%2fetc", "%00", "a" * 500, "demo%20"):
        status, sentence = server.predict(SEVEN, model).refusal
        assert status == 404
        assert sentence.startswith("There is no")


def test_a_recorded_run_says_that_its_weights_were_not_kept(server: Server) -> None:
    assert backend.service().run(EXAMPLE) is not None
    status, sentence = server.predict(SEVEN, EXAMPLE).refusal
    assert status == 409
    assert "not kept" in sentence


def test_a_run_reads_while_it_learns_and_when_it_is_done(server: Server) -> None:
    quick = PRESETS["quick"]
    service = backend.service()
    assert service.wait_ready(120)
    run_id = service.start(
        Classification(quick.network, replace(quick.config, images=600, epochs=1)), "tester", paused=True
    )
    answer = _until(lambda: server.predict(SEVEN, run_id), lambda answer: answer.status != 409)
    assert answer.data["learning"] is True
    service.control(run_id, "tester", "resume")
    answer = _until(lambda: server.predict(SEVEN, run_id), lambda answer: not answer.data["learning"])
    assert len(answer.data["probabilities"]) == 10


def _until(ask: Any, good: Any) -> Answer:
    """Ask again until the answer is good: each asking takes its time on the server, so this does not spin."""
    deadline = time.monotonic() + 60
    while not good(answer := ask()):
        assert time.monotonic() < deadline, answer
    return answer


@pytest.mark.parametrize(
    "origin",
    ["http://elsewhere.example", "https://elsewhere.example:8501", "null", "http://127.0.0.1:1", "http://[", "file://"],
)
def test_a_page_of_another_site_is_refused(server: Server, origin: str) -> None:
    status, sentence = server.predict(SEVEN, origin=origin).refusal
    assert status == 403
    assert sentence == "This request comes from another site. Open the playground itself and try again."
    assert server.ask("GET", "/api/health", headers={"origin": origin}).status == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_our_own_page_is_served_whatever_the_scheme(server: Server, scheme: str) -> None:
    assert server.predict(SEVEN, origin=f"{scheme}://{server.host}").status == 200


def test_a_socket_from_another_site_is_refused_and_ours_is_not(server: Server) -> None:
    url = f"ws://{server.host}/api/runs/{EXAMPLE}/events"
    with pytest.raises(websockets.exceptions.InvalidStatus, match="403"):
        websockets.sync.client.connect(url, origin="http://elsewhere.example")
    with websockets.sync.client.connect(url, origin=f"http://{server.host}") as socket:
        assert json.loads(socket.recv(30))["seq"] > 0


def test_what_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    drawing = b" " * (STROKES_BYTES + 1)
    assert server.ask("POST", "/api/predict/demo", drawing, JSON).refusal[0] == 413
    status, sentence = server.ask("POST", "/api/predict/demo", iter([drawing]), JSON).refusal  # sent in chunks
    assert status == 413
    assert sentence == "This is larger than 0.25 MB. Send less."
    announced = PNG | {"content-length": str(PICTURE_BYTES + 1)}
    assert server.ask("POST", "/api/predict/demo", b"", announced).refusal[0] == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "", "multipart/form-data", "imag/png"])
def test_what_is_no_picture_by_its_type_is_refused(server: Server, kind: str) -> None:
    status, sentence = server.ask("POST", "/api/predict/demo", b"7", {"content-type": kind}).refusal
    assert (status, sentence) == (415, "This is not a picture. Use a PNG, JPEG, GIF or WebP file.")


@pytest.mark.parametrize("content", [b"", b"seven", b"\x89PNG\r\n\x1a\nnonsense", b"<svg/>"])
def test_a_file_that_only_says_it_is_a_picture_is_refused(server: Server, content: bytes) -> None:
    status, sentence = server.ask("POST", "/api/predict/demo", content, PNG).refusal
    assert status == 400
    assert _is_sentence(sentence)


def test_a_picture_of_100_megapixels_is_refused(server: Server) -> None:
    with io.BytesIO() as file:
        Image.new("L", (10_000, 10_000)).save(file, "PNG")
        content = file.getvalue()
    status, sentence = server.ask("POST", "/api/predict/demo", content, PNG).refusal
    assert status == 400
    assert _is_sentence(sentence)


@pytest.mark.parametrize(
    "text",
    [
        '{"size": [400, 400], "width": 32, "strokes": [[[NaN, 1]]]}',
        '{"size": [400, 400], "width": 32, "strokes": [[[1e999, 1]]]}',
        '{"size": [400, 400], "width": 32, "strokes": [[[1]]]}',
        '{"size": [400, 400], "width": -1, "strokes": []}',
        '{"size": [1e9, 400], "width": 3, "strokes": []}',
        '{"size": "large", "width": 3, "strokes": []}',
        "[" * 100_000,
        "9" * 10_000,
        "not json",
        "",
        "null",
    ],
)
def test_a_drawing_that_is_none_is_refused_in_a_sentence(server: Server, text: str) -> None:
    status, sentence = server.ask("POST", "/api/predict/demo", text, JSON).refusal
    assert status == 400
    assert _is_sentence(sentence)


def test_no_body_makes_the_server_fail(server: Server) -> None:
    dice = random.Random(0)
    for _ in range(150):
        body = _damaged(
            dice, json.dumps(SEVEN).encode() if dice.random() < 0.5 else png(load_mnist().test_images[0].numpy())
        )
        kind = dice.choice(["application/json", "image/png", "image/jpeg", "image/gif", "image/x-nonsense"])
        answer = server.ask("POST", "/api/predict/demo", body, {"content-type": kind})
        assert answer.status in (200, 400), answer
        assert "digit" in answer.data or _is_sentence(answer.data["error"])


def _damaged(dice: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(damaged))
        match dice.randrange(3):
            case 0:
                damaged[at] = dice.randrange(256)
            case 1:
                del damaged[at : at + dice.randint(1, 8)]
            case _:
                damaged[at:at] = dice.choice([b"-", b"e9", b"[", b"null", b"\xff\x00", b'"'])
    return bytes(damaged)


def _is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z0-9].{10,200}\.", text))


def test_an_address_that_does_not_exist_is_said_in_words(server: Server) -> None:
    for method, path in (("GET", "/api/nothing"), ("POST", "/api/predict"), ("DELETE", "/api/predict/demo")):
        status, sentence = server.ask(method, path).refusal
        assert status == 404
        assert _is_sentence(sentence)


def test_the_first_page_brings_a_cookie_that_scripts_cannot_read(server: Server) -> None:
    page = {"accept": "text/html,application/xhtml+xml"}
    cookie = server.ask("GET", "/", headers=page).headers["set-cookie"]
    assert re.match(rf"{OWNER_COOKIE}=[\w-]{{32}}; ", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    value = cookie.split(";")[0]
    assert server.ask("GET", "/", headers=page | {"cookie": value}).headers["set-cookie"] is None
    assert server.ask("GET", "/", headers=page | {"cookie": f"{OWNER_COOKIE}=x"}).headers["set-cookie"] is not None
    assert server.ask("GET", "/api/health").headers["set-cookie"] is None


def test_our_files_are_kept_for_long_under_an_address_that_changes_with_them(server: Server) -> None:
    for path in (path for path in WEB.rglob("*") if path.is_file()):
        name = path.relative_to(WEB).as_posix()
        answer = server.ask("GET", web_url(name))
        assert answer.body == path.read_bytes()
        assert answer.headers["cache-control"] == FOREVER
        unversioned = server.ask("GET", f"/web/{name}")
        assert unversioned.headers["cache-control"] == "no-cache"
    assert server.ask("GET", web_url("pad/pad.js")).headers["content-type"].startswith("text/javascript")


def test_nothing_outside_the_folder_is_served(server: Server) -> None:
    for path in ("/web/../routes.py", "/web/..%2f..%2fapp.py", "/web/%2e%2e/models/demo.safetensors", "/web/none.js"):
        assert server.ask("GET", path).status == 404


def test_plotly_comes_compressed_from_its_wheel(server: Server) -> None:
    wheel = Path(str(importlib.metadata.distribution("plotly").locate_file("plotly/package_data/plotly.min.js")))
    url = web_url("plotly.min.js")
    assert importlib.metadata.version("plotly") in url
    answer = server.ask("GET", url, headers={"accept-encoding": "gzip, br"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == FOREVER
    assert len(answer.body) < 2_000_000
    assert gzip.decompress(answer.body) == wheel.read_bytes()
    assert server.ask("GET", url).body == wheel.read_bytes()


def test_a_run_is_taken_along_as_a_report_and_as_a_table(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    report = server.ask("GET", f"/api/runs/{EXAMPLE}/report.html")
    assert report.status == 200 and report.headers["content-disposition"] == 'attachment; filename="quick-report.html"'
    assert "MNIST" in report.body.decode() and "ScriptRunContext" not in caplog.text
    curves = server.ask("GET", f"/api/runs/{EXAMPLE}/curves.csv")
    assert curves.headers["content-type"] == "text/csv; charset=utf-8" and curves.body.startswith(b"step,lr,loss,")
    events = server.ask("GET", f"/api/runs/{EXAMPLE}/events.tfevents")
    assert (
        events.headers["content-disposition"] == 'attachment; filename="quick.tfevents"' and len(events.body) > 10_000
    )
    for path in ("nothing/report.html", "example-gan/curves.csv", "nothing/events.tfevents"):
        status, sentence = server.ask("GET", f"/api/runs/{path}").refusal
        assert status == 404 and sentence.startswith("There is no such run of a classifier.")
