"""The addresses that look into a network, asked over HTTP: what they answer, and what they refuse in words."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.ui.api.test_routes import BLANK, JSON, SEVEN, Answer, Server, server
from ui import backend
from ui.api.requests import OWNER_COOKIE

__all__ = ["server"]
OWNER = "somebody-who-looks-inside"


def look(server: Server, query: str = "", model: str = "demo", body: Any = SEVEN, **headers: str) -> Answer:
    return server.ask("POST", f"/api/inside/{model}{query}", json.dumps(body), JSON | headers)


def test_the_flow_has_the_answer_of_predict_and_every_layer_within_bounds(server: Server) -> None:
    told = look(server)
    assert told.status == 200 and len(told.body) < 60_000
    read = server.predict(SEVEN).data
    assert told.data["digit"] == read["digit"] == 7
    assert told.data["image"] == read["image"]
    assert told.data["probabilities"] == pytest.approx(read["probabilities"], abs=1e-4)
    assert [told.data["strips"][i]["id"] for i in (0, -1)] == ["input", "shares"]
    assert look(server, body=BLANK).data == {"digit": None}
    other = look(server, "?first=0:16").data["strips"][1]
    assert (other["id"], other["first"]) == ("0", 16)


def test_a_number_is_taken_apart(server: Server) -> None:
    told = look(server, "/unit?layer=0&at=3,4,5").data
    assert told["at"] == [3, 4, 5] and told["form"] == "conv"
    assert told["sum"] == pytest.approx(told["value"], abs=1e-4)
    assert look(server, "/unit?layer=shares").data["at"] == [7]
    assert look(server, "/unit?layer=0", body=BLANK).data == {"form": None}


def test_it_says_why_and_what_would_make_it_another_digit_also_of_a_picture_of_the_test_set(server: Server) -> None:
    told = look(server, "/why?digit=2", body={"test": 0}).data
    assert (told["read"], told["asked"], told["against"], told["change"]["target"]) == (7, 2, 7, 2)
    assert look(server, "/why").data["asked"] == 7 and look(server, "/why", body=BLANK).data == {"digit": None}
    assert look(server, body={"test": 18}).data["digit"] == 3
    for number in (-1, 10_000, True, "0", 0.5, None):
        status, sentence = look(server, body={"test": number}).refusal
        assert status == 400 and sentence.endswith(".")


def test_the_map_has_a_thousand_pictures_and_places_the_digit_among_them(server: Server) -> None:
    told = look(server, "/map?layer=shares").data
    assert told["count"] == 1000 and len(told["here"]) == 10 and told["layers"][-1]["id"] == "shares"
    labels = base64.b64decode(told["labels"])
    assert {labels[at] for at in told["nearest"]} == {7}
    again = look(server, f"/map?layer=shares&mark={told['mark']}")
    assert "labels" not in again.data and again.data["nearest"] == told["nearest"] and len(again.body) < 1000
    assert "here" not in look(server, "/map?layer=0", body=BLANK).data
    answer = server.ask("GET", "/api/inside/pictures")
    assert answer.status == 200 and answer.body.startswith(b"\x89PNG") and len(answer.body) < 400_000


def test_a_network_is_operated_on_and_reads_the_drawing_again(server: Server) -> None:
    told = look(server, "/surgery").data
    assert told["before"] == told["after"] and told["reading"]["digit"] == 7 and told["before"]["accuracy"] > 0.99
    edits = '{"prune":0.95,"off":[["0",1]]}'
    after = look(server, f"/surgery?edits={quote(edits)}").data
    assert after["before"] == told["before"] and after["after"]["accuracy"] < told["before"]["accuracy"]
    assert after["after"]["left"] < 0.06 * after["after"]["weights"]
    assert "reading" not in look(server, "/surgery", body=BLANK).data
    assert look(server).data["digit"] == 7


@pytest.mark.parametrize(
    "query",
    [
        *("/surgery?edits=x", "/surgery?edits=%7B%22bits%22:3%7D", f"/surgery?edits={'1' * 6001}"),
        "/surgery?edits=%7B%22off%22:%5B%5B%22none%22,0%5D%5D%7D",
        *(
            "/map?layer=",
            "/map?layer=99",
            "/map?layer=%00",
            "/unit",
            "/unit?layer=%2e%2e%2f",
            "/unit?layer=99",
            "/unit?layer=0&at=1",
            "/unit?layer=0&at=a,b,c",
        ),
        *("/unit?layer=0&at=0,0,99", "/unit?layer=0&at=-1,0,0", "?start=x", "?start=99999999999", "?turn=A;B"),
        *(
            "/why?digit=10",
            "/why?digit=x",
            "/why?digit=-1",
            "/why?digit=%C2%B2",
            f"/why?digit={'1' * 6000}",
            "/why?digit=0000123",
        ),
        *("?first=0", "?first=0:x", f"?turn={'1,' * 100}"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(server: Server, query: str) -> None:
    status, sentence = look(server, query).refusal
    assert status == 400 and sentence.endswith(".")


def get(server: Server, part: str, model: str = "demo", **headers: str) -> Answer:
    return server.ask("GET", f"/api/inside/{model}/{part}", "", headers)


def test_mistakes_weights_and_what_excites_a_unit_are_answered_and_kept(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.api.learned.TEST_PICTURES", 1000)
    monkeypatch.setattr("ui.api.learned.PICTURES", 100)
    told = get(server, "mistakes").data
    items = told["pictures"]["items"]
    assert (told["count"], told["of"]) == (1000, 10_000) and items[0]["true"] != items[0]["read"]
    mark, (true, read) = told["mark"], (items[0]["true"], items[0]["read"])
    again = get(server, f"mistakes?mark={mark}&true={true}&read={read}").data
    assert again["mark"] == mark and again["pictures"]["items"][0] == items[0]
    assert look(server, body={"test": items[0]["number"]}).data["digit"] == read  # the very picture
    assert get(server, f"mistakes?mark={'0' * 24}").data["mark"] == mark
    weights = get(server, "learned").data["weights"]
    assert (weights["layer"], weights["form"], weights["total"]) == ("0", "filter", 32)
    assert len(get(server, "excites?layer=shares&unit=7").data["items"]) == 9


@pytest.mark.parametrize(
    "part",
    [
        *(
            "mistakes?true=4",
            "mistakes?true=4&read=x",
            "mistakes?true=10&read=1",
            "mistakes?first=-1",
            "mistakes?mark=x",
        ),
        *("learned?first=x", "excites", "excites?layer=../", "excites?layer=99", "excites?layer=0&unit=32"),
        *("excites?layer=0&unit=-1", "excites?layer=0&unit=99999999"),
    ],
)
def test_what_is_not_there_to_get_is_refused_in_a_sentence(server: Server, part: str) -> None:
    status, sentence = get(server, part).refusal
    assert status == 400 and sentence.endswith(".")


@pytest.mark.parametrize("body", ["", "null", "[" * 10_000, '{"size": "large", "width": 3, "strokes": []}'])
def test_a_body_that_is_no_drawing_is_refused(server: Server, body: str) -> None:
    for path in ("/api/inside/demo", "/api/inside/demo/unit?layer=0", "/api/inside/demo/why"):
        status, sentence = server.ask("POST", path, body, JSON).refusal
        assert status == 400 and sentence.endswith(".")
    assert server.ask("POST", "/api/inside/demo", body, {"content-type": "text/plain"}).refusal[0] == 415


def test_unknown_networks_and_those_of_others_are_refused_and_ones_own_is_not(server: Server) -> None:
    assert look(server, model="nothing").refusal[0] == 404
    assert look(server, model="example-gan").refusal[0] in (404, 409)
    quick = PRESETS["quick"]
    run_id = backend.service().start(Classification(quick.network, quick.config), OWNER, paused=True)
    own = {"cookie": f"{OWNER_COOKIE}={OWNER}"}
    try:
        for query in ("", "/unit?layer=0", "/why", "/map?layer=0", "/surgery"):
            status, sentence = look(server, query, run_id).refusal
            assert status == 403 and "somebody else" in sentence
        for part in ("mistakes", "learned", "excites?layer=0", "robust", "sure", "differences?other=demo"):
            assert get(server, part, run_id).refusal[0] == 403 and get(server, part, "nothing").refusal[0] == 404
        assert look(server, "", run_id, **own).status in (200, 409)  # the latter until it has begun to learn
    finally:
        backend.service().control(run_id, OWNER, "stop")


def test_two_networks_are_compared_by_what_they_read_differently(server: Server) -> None:
    same = get(server, "differences?other=demo").data
    assert (same["right"], same["other"], same["none"], same["pictures"]["total"]) == (0, 0, 0, 0)
    for query in ("differences", "differences?other=none", "differences?other=demo&first=-1"):
        status, sentence = get(server, query).refusal
        assert status in (400, 404) and sentence.endswith(".")
