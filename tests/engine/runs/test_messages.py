"""Kept messages: cut anywhere and joined again they say what one message would have said."""

from itertools import pairwise

import pytest

from engine.runs.event_log import KEEP_EVENTS, EventBuffer
from engine.runs.message import MOST_FRAMES, MOST_STEPS, cut, join, pack, pack_to_store
from engine.training.events import (
    Evaluated,
    Event,
    FrameDrawn,
    Progress,
    StatusChanged,
    StepDone,
)


def some_events(count: int) -> list[Event]:
    """Steps with a validation after every third and a change of status at the ends."""
    events: list[Event] = [StatusChanged("running")]
    for step in range(1, count + 1):
        events.append(StepDone(step, 1, 1 / step, 0.5, 0.1))
        if step % 3 == 0:
            events.append(Evaluated(step, 1, 0.25, 0.5, 100, False))
    return [*events, StatusChanged("finished")]


@pytest.mark.parametrize("first", [1, 41])
def test_a_kept_message_can_be_cut_after_every_event(first: int) -> None:
    events = some_events(10)
    message = pack_to_store(events, first)
    for after in range(first - 1, first + len(events)):
        rest = cut(message, first, after)
        assert join([rest], after) == {"after": after} | pack(events[after - first + 1 :], first + len(events) - 1)


def test_joined_messages_are_the_whole_story() -> None:
    events = some_events(20)
    parts = [pack_to_store(events[i : i + 4], i + 1) for i in range(0, len(events), 4)]
    assert join(parts) == {"after": 0} | pack(events, len(events))


def test_joining_nothing_stays_where_the_reader_was() -> None:
    assert join([], 7) == {"after": 7, "seq": 7, "events": []}


def test_of_progress_a_late_reader_gets_the_newest_only() -> None:
    parts = [pack([Progress(step, 1.0, 10.0, 5.0)], step) for step in (1, 2, 3)]
    assert [event["step"] for event in join(parts)["events"]] == [3]


def test_a_very_long_curve_is_thinned_evenly() -> None:
    size = 997
    parts = []
    for first in range(1, 5 * MOST_STEPS, size):
        parts.append(pack([StepDone(step, 1, 1.0, 0.5, 0.1) for step in range(first, first + size)], first + size - 1))
    steps = join(parts)["steps"]["step"]
    assert MOST_STEPS / 2 <= len(steps) <= MOST_STEPS
    assert {b - a for a, b in pairwise(steps)} == {8}
    assert {len(column) for column in join(parts)["steps"].values()} == {len(steps)}


def test_a_very_long_film_is_thinned_evenly_and_ends_with_its_last_frame() -> None:
    count = 2 * MOST_FRAMES + 10
    frames = [FrameDrawn(step, 1.0, step, "image/png", b"") for step in range(1, count + 1)]
    numbers = [event["frame"] for event in join([pack(frames, count)])["events"]]
    assert len(numbers) <= MOST_FRAMES and numbers[-1] == count
    assert {b - a for a, b in pairwise(numbers[:-1])} == {3}
    assert len(join([pack(frames[:MOST_FRAMES], MOST_FRAMES)])["events"]) == MOST_FRAMES


def test_a_buffer_takes_what_is_delivered_twice_once() -> None:
    events = some_events(10)
    buffer = EventBuffer()
    assert list(buffer.add(1, events[:5])) == events[:5]
    assert list(buffer.add(3, events[2:8])) == events[5:8]
    assert list(buffer.add(1, events[:4])) == []
    assert buffer.since(0) == (1, events[:8])
    assert buffer.since(6) == (7, events[6:8])
    assert buffer.seq == 8


def test_a_tape_drops_only_what_is_old_and_stored() -> None:
    events = some_events(5 * KEEP_EVENTS)
    buffer = EventBuffer()
    buffer.add(1, events)
    buffer.trim(10)
    assert buffer.first == 1
    buffer.trim(len(events) - 3)
    assert buffer.first == len(events) - KEEP_EVENTS + 1
    assert buffer.since(0) == (buffer.first, events[-KEEP_EVENTS:])
    assert buffer.seq == len(events)
