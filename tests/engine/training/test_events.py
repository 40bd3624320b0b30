"""Events on the wire."""

import json
from dataclasses import asdict, fields

from engine.gan.events import GanStep
from engine.runs.message import pack
from engine.training.events import (
    EpochDone,
    Finished,
    FrameDrawn,
    Started,
    StepDone,
    as_json,
)


def test_steps_travel_in_columns_and_the_rest_in_order() -> None:
    events = [
        Started(10, 2, 2, 100, 0, "cpu"),
        StepDone(1, 1, 2.3025851, 0.125, 0.001),
        StepDone(2, 1, 1.25, 0.5, 0.001),
        EpochDone(2, 1, 1.7, 0.3, None, None, 0.5),
    ]
    message = json.loads(json.dumps(pack(events, seq=4)))
    assert message["seq"] == 4
    assert message["steps"] == {
        "step": [1, 2],
        "epoch": [1, 1],
        "loss": [2.30259, 1.25],
        "accuracy": [0.125, 0.5],
        "lr": [0.001, 0.001],
    }
    assert [e["event"] for e in message["events"]] == ["started", "epoch_done"]


def test_a_message_without_steps_has_no_columns() -> None:
    assert "steps" not in pack([Started(10, 2, 2, 100, 0, "cpu")], seq=1)


def test_json_carries_every_field() -> None:
    finished = Finished(2, 1, 0.1, 0.9, ((1, 0), (0, 1)), 10, 1000.0, 2.0, stopped=False)
    assert as_json(finished) == {"event": "finished", **asdict(finished)}


def test_rounds_of_a_gan_travel_in_columns_of_their_own_and_frames_without_content() -> None:
    events = [
        GanStep(1, 1.3862944, float("nan"), 0.5, 0.5, 1.0, float("nan"), 0.002, 0.002, 1),
        FrameDrawn(1, 0.25, 1, "image/png", b"not for JSON"),
        GanStep(2, 1.25, 0.75, 0.5, 0.25, 1.0, 2.0, 0.002, 0.002, 3),
    ]
    message = pack(events, seq=3)
    assert list(message["steps"]) == [field.name for field in fields(GanStep)]
    assert message["steps"]["step"] == [1, 2] and message["steps"]["trained"] == [1, 3]
    assert message["steps"]["d_loss"] == [1.38629, 1.25]
    assert message["events"] == [
        {"event": "frame_drawn", "step": 1, "seconds": 0.25, "frame": 1, "media_type": "image/png"}
    ]
