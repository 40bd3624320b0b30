"""Messages of a run: its events packed for the wire and the store, and how they are cut and joined. No torch."""

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
    """Consecutive events as one message, `seq` being the sequence number of the last (they count from 1).

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
        message["steps"] = {f.name: [_short(getattr(step, f.name)) for step in steps] for f in fields(steps[0])}
    return message


def kept(events: Sequence[Event], first: int) -> Message:
    """`pack`ed events whose sequence numbers begin at `first`; `at` has those of the events that are not steps."""
    message = pack(events, first + len(events) - 1)
    message["at"] = [first + i for i, event in enumerate(events) if sort_of(event) != "step"]
    return message


def upgraded(message: Message) -> Message:
    """A message as it is packed today; an earlier version of the playground may have stored it."""
    for event in message["events"]:
        if event["event"] == "lr_changed":
            event |= {"event": "setting_changed", "name": "lr", "value": event.pop("lr")}
    return message


def cut(message: Message, first: int, after: int) -> Message:
    """What a kept message that begins at `first` says about the events that come after number `after`."""
    if after < first:
        return message
    others = bisect_right(message["at"], after)
    steps = after - first + 1 - others
    rest: Message = {"seq": message["seq"], "events": message["events"][others:], "at": message["at"][others:]}
    if len(message.get("steps", {}).get("step", ())) > steps:
        rest["steps"] = {name: column[steps:] for name, column in message["steps"].items()}
    return rest


def joined(messages: Iterable[Message], after: int = 0) -> Message:
    """Consecutive messages as one for the wire. Of some events only the newest matters; a very long curve is thinned
    evenly to between half of MOST_STEPS and MOST_STEPS, and a very long film likewise, which keeps the answer to a late
    reader bounded. `after` in it is the number of the event it continues from."""
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
    whole: Message = {"after": after, "seq": seq, "events": _worth_telling(others)}
    if columns:
        whole["steps"] = columns
    return whole


def _worth_telling(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
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


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.6g}")
