"""The addresses for pictures of one's own: how they come in, how far that is, and who may see them."""

import asyncio
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette

from engine.data.importing import Importing
from engine.files import ASSETS
from ui.api.requests import OWNER_COOKIE
from ui.api.routes import MIDDLEWARE, ROUTES

MINE, OTHER = "mine-is-this-cookie-value", "another-visitor-s-cookie"
BALLS = (ASSETS / "balls" / "balls.zip").read_bytes()
APP = Starlette(routes=ROUTES, middleware=MIDDLEWARE)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setattr("ui.api.pictures._importing", {})
    return tmp_path


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


def ask(method: str, path: str, body: bytes = b"", owner: str = MINE) -> Answer:
    """Ask as a browser with this cookie, none where it is empty."""
    path, _, query = path.partition("?")
    cookie = [(b"cookie", f"{OWNER_COOKIE}={owner}".encode())] if owner else []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode()), *cookie],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "http_version": "1.1",
    }
    sent: list[dict[str, Any]] = []

    bodies = [body]

    async def receive() -> dict[str, Any]:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        await asyncio.Event().wait()  # the browser stays
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(APP(scope, receive, send))  # type: ignore[arg-type]
    return Answer(sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]))


def brought_in(query: str = "title=Balls&side=32") -> dict[str, Any]:
    """The end of an import of the balls."""
    assert ask("POST", f"/api/data?{query}", BALLS).data == {"started": True}
    while True:
        told: dict[str, Any] = ask("GET", "/api/data").data
        if told["name"] or told["error"]:
            return told


def test_an_archive_comes_in_and_is_seen_by_its_owner_alone(data: Path) -> None:
    assert ask("GET", "/api/data").data == {}
    told = brought_in()
    assert (told["of"], told["error"]) == (230, "")
    name = told["name"]
    sheet = ask("GET", f"/api/data/{name}/2.webp")
    assert Image.open(io.BytesIO(sheet.body)).size == (8 * 64, 2 * 64)
    arrays = np.load(io.BytesIO(ask("GET", f"/api/data/{name}/pictures.npz").body))
    assert arrays["test_images"].shape == (45, 3, 32, 32)
    for owner in (OTHER, ""):
        for file in ("0.webp", "pictures.npz"):
            refused = ask("GET", f"/api/data/{name}/{file}", owner=owner)
            assert refused.status == 404 and "no such data set" in refused.data["error"]
    assert ask("GET", "/api/data", owner=OTHER).data == {}
    assert [path.name for path in (data / "pictures").iterdir()] == [name]  # what arrived is gone


def test_bundled_pictures_are_everybody_s_and_what_is_not_there_is_said() -> None:
    assert ask("GET", "/api/data/mnist/7.webp", owner="").status == 200
    assert ask("GET", "/api/data/mnist/10.webp").status == 404
    assert ask("GET", "/api/data/mnist/pictures.npz").status == 404
    assert ask("GET", "/api/data/nowhere/0.webp").status == 404


@pytest.mark.parametrize(
    ("query", "body", "owner", "status", "sentence"),
    [
        ("", BALLS, "", 403, "Allow cookies"),
        ("side=97", BALLS, MINE, 409, "Use from 16 to 96"),
        ("side=-1", BALLS, MINE, 400, "Use 16 to 96"),
        ("way=round", BALLS, MINE, 409, "Use one of crop, fit, stretch"),
    ],
)
def test_what_cannot_be_is_refused_in_words(query: str, body: bytes, owner: str, status: int, sentence: str) -> None:
    answer = ask("POST", f"/api/data?{query}", body, owner)
    assert answer.status == status and sentence in answer.data["error"]


def test_many_archives_wait_but_not_without_end_and_old_news_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = {f"visitor-{number}": Importing() for number in range(24)}
    monkeypatch.setattr("ui.api.pictures._importing", waiting)
    refused = ask("POST", "/api/data", BALLS)
    assert refused.status == 429 and "Try again in a few minutes" in refused.data["error"]
    over = {f"visitor-{number}": Importing(name="done") for number in range(600)}
    monkeypatch.setattr("ui.api.pictures._importing", over)
    assert not brought_in()["error"]
    assert len(over) == 501 and "visitor-0" not in over and "visitor-599" in over


def test_an_archive_that_is_too_large_or_none_leaves_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("POST", "/api/data", b"no archive").status == 200
    while not (told := ask("GET", "/api/data").data)["error"]:
        pass
    assert told["error"].startswith("This is no zip archive")
    monkeypatch.setattr("ui.api.pictures.MB", 1000)
    assert ask("POST", "/api/data", BALLS).status == 413
    assert list((data / "pictures").iterdir()) == []


def test_own_pictures_are_looked_at_and_corrected_by_their_owner_alone() -> None:
    name = brought_in()["name"]
    for view in ("averages", "doubles", "pictures?part=train&label=2", "doubted?model=demo"):
        assert ask("GET", f"/api/data/{name}/{view}", owner=OTHER).status == 404
    assert [item["train"] for item in ask("GET", f"/api/data/{name}/averages").data["items"]] == [62, 61, 62]
    assert len(ask("GET", f"/api/data/{name}/doubles").data["items"]) == 24
    assert ask("GET", f"/api/data/{name}/pictures?part=test&label=0").data["total"] == 15
    assert ask("GET", f"/api/data/{name}/doubted?model=demo").data["error"].startswith("This network reads other")
    corrections = json.dumps({"corrections": [["train", 0, 2], ["test", 1, None]]}).encode()
    assert ask("POST", f"/api/data/{name}/labels", corrections, OTHER).status == 404
    assert ask("POST", f"/api/data/{name}/labels", corrections).data == {"started": True}
    while not (told := ask("GET", "/api/data").data)["name"]:
        assert not told["error"]
    assert ask("GET", f"/api/data/{name}/averages").status == 404
    assert sum(item["test"] for item in ask("GET", f"/api/data/{told['name']}/averages").data["items"]) == 44


def test_digits_are_doubted_by_the_bundled_network() -> None:
    told = ask("GET", "/api/data/mnist/doubted?model=demo", owner="").data
    assert told["count"] == 10_000 and 0 < told["total"] < 100
    assert all(item["read"] != item["label"] for item in told["items"])


@pytest.mark.parametrize(
    "body",
    [
        *(b"[]", b"{", b"{}", b'{"corrections": []}', b'{"corrections": [[1, 2, 3]]}', b'{"corrections": ["abc"]}'),
        *(b'{"corrections": [["train", true, 1]]}', b'{"corrections": [["train", 1, false]]}'),
        *(b'{"corrections": [["train", 1.5, 1]]}', b'{"corrections": [["train", 1, "0"]]}'),
    ],
)
def test_malformed_corrections_are_refused_in_words(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.api.look.allowed", lambda _: "own-123456789abc-0123456789abcdef")
    refused = ask("POST", "/api/data/any/labels", body)
    assert refused.status == 400 and "Send corrections, as" in refused.data["error"]


def test_what_is_no_view_is_refused() -> None:
    for query in (
        "pictures?part=all",
        "pictures?part=train&label=10",
        "doubles?first=x",
        "doubted",
        "doubted?model=no",
    ):
        assert ask("GET", f"/api/data/mnist/{query}").status in (400, 404)
    assert ask("POST", "/api/data/mnist/labels", b"{}").status == 409
