"""Packs events into messages for the wire and the store, and cuts and joins these. No torch."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from engine.kinds import sort_of, sort_of_name
from engine.training.events import Event, as_json

Message = dict[str, Any]
MOST_STEPS = 40_000
MOST_FRAMES = 2_000


def pack(events: Iterable[Event], seq: int) -> Message:
    """Pack consecutive events into one message. `seq` is the number of the last event; numbers count from 1.

    Steps, by far the most, go in columns with six significant digits; the others keep their order in `events`.
    """
    steps: list[Event] = []
    others: list[dict[str, Any]] = []
    for event in events:
        if sort_of(event) == "step":
            steps.append(event)
        else:
            others.append(as_json(event))
    message: Message = {"seq": seq, "events": others}
    if steps:
        message["steps"] = {f.name: [_shorten(getattr(step, f.name)) for step in steps] for f in fields(steps[0])}
    return message


def pack_to_store(events: Sequence[Event], first: int) -> Message:
    """Pack events, the first numbered `first`, for the store: `at` has the numbers of the events that are not steps."""
    message = pack(events, first + len(events) - 1)
    message["at"] = [first + i for i, event in enumerate(events) if sort_of(event) != "step"]
    return message


def upgrade(message: Message) -> Message:
    """Bring a message that an earlier version stored to today's form."""
    for event in message["events"]:
        if event["event"] == "lr_changed":
            event |= {"event": "setting_changed", "name": "lr", "value": event.pop("lr")}
    return message


def cut(message: Message, first: int, after: int) -> Message:
    """Drop the events up to number `after` from a stored message that begins at number `first`."""
    if after < first:
        return message
    others = bisect_right(message["at"], after)
    steps = after - first + 1 - others
    rest: Message = {"seq": message["seq"], "events": message["events"][others:], "at": message["at"][others:]}
    if len(message.get("steps", {}).get("step", ())) > steps:
        rest["steps"] = {name: column[steps:] for name, column in message["steps"].items()}
    return rest


def join(messages: Iterable[Message], after: int = 0) -> Message:
    """Join consecutive messages into one for the wire, which continues after event number `after`. Keeps only the
    newest of some events, and thins a very long curve evenly to between half of MOST_STEPS and MOST_STEPS, and a very
    long film likewise, so that the answer to a late reader is bounded."""
    seq, seen, stride = after, 0, 1
    columns: dict[str, list[float]] = {}
    others: list[dict[str, Any]] = []
    for message in messages:
        seq = message["seq"]
        others += message["events"]
        steps = message.get("steps")
        if not steps:
            continue
        for name, column in steps.items():
            columns.setdefault(name, []).extend(column[-seen % stride :: stride])
        seen += len(steps["step"])
        if len(columns["step"]) > MOST_STEPS:
            columns = {name: column[::2] for name, column in columns.items()}
            stride *= 2
    whole: Message = {"after": after, "seq": seq, "events": _drop_stale(others)}
    if columns:
        whole["steps"] = columns
    return whole


def _drop_stale(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    places: dict[str, list[int]] = {}
    for i, event in enumerate(events):
        places.setdefault(event["event"], []).append(i)
    stale: set[int] = set()
    for name, those in places.items():
        if sort_of_name(name) == "newest":
            stale.update(those[:-1])
    frames = places.get("frame_drawn", [])
    stale.update(set(frames[:-1]) - set(frames[:: -(-len(frames) // MOST_FRAMES) or 1]))
    return [event for i, event in enumerate(events) if i not in stale]


def _shorten(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.6g}")
