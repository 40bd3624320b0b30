"""Curves for TensorBoard: its own format, every value at its step, long curves thinned."""

import struct

import pytest
from tensorboardX.crc32c import crc32c
from tensorboardX.proto.event_pb2 import Event

from engine.export.tensorboard import MOST_POINTS, VERSION, event_file
from engine.runs.results import example
from engine.training.kind import EXAMPLE


def masked(content: bytes) -> int:
    """The checksum of a record, as TFRecord files have it."""
    crc = int(crc32c(content))
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def read(file: bytes) -> list[Event]:
    events = []
    while file:
        (length,) = struct.unpack("<Q", file[:8])
        content = file[12 : 12 + length]
        assert struct.unpack("<I", file[8:12]) == (masked(file[:8]),)
        assert struct.unpack("<I", file[12 + length : 16 + length]) == (masked(content),)
        events.append(Event.FromString(content))
        file = file[16 + length :]
    return events


def test_every_value_stands_at_its_step() -> None:
    recorded = example(EXAMPLE)
    assert recorded
    history = recorded.history(0)
    first, *events = read(event_file(history, 1e9))
    assert first.file_version == VERSION and first.wall_time == 1e9
    curves: dict[str, dict[int, float]] = {}
    for event in events:
        (value,) = event.summary.value
        curves.setdefault(value.tag, {})[event.step] = value.simple_value
    steps = history["steps"]
    assert list(curves["loss/training"]) == steps["step"]
    assert list(curves["loss/training"].values()) == pytest.approx(steps["loss"], rel=1e-6)
    finished = next(event for event in history["events"] if event["event"] == "finished")
    assert abs(curves["accuracy/test"][finished["step"]] - finished["test_accuracy"]) < 1e-6
    assert {"accuracy/training", "learning_rate", "loss/validation", "accuracy/validation", "loss/test"} < curves.keys()


def test_a_long_curve_is_thinned_what_is_no_number_left_out_and_nothing_is_no_trouble() -> None:
    count = 10 * MOST_POINTS
    steps = {"step": list(range(1, count + 1)), "loss": [None, *[0.5] * (count - 1)]}
    events = read(event_file({"events": [], "steps": steps}, 0.0))
    assert len(events) == MOST_POINTS  # the first one says the version, and the first loss is none
    assert len(read(event_file({"events": []}, 0.0))) == 1
