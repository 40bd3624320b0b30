"""Messages of a run as they are kept: they know the place of every event, so they can be cut and joined. No torch."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from engine.training.events import STEPS, Event, pack

Message = dict[str, Any]
MOST_STEPS = 40_000
MOST_FRAMES = 2_000
ONLY_THE_NEWEST = ("progress", "round_shown", "study_went")


def kept(events: Sequence[Event], first: int) -> Message:
    """`pack`ed events whose sequence numbers begin at `first`; `at` has those of the events that are not steps."""
    message = pack(events, first + len(events) - 1)
    message["at"] = [first + i for i, event in enumerate(events) if not isinstance(event, STEPS)]
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
    stale: set[int] = set()
    for name in ONLY_THE_NEWEST:
        stale.update(_places(events, name)[:-1])
    frames = _places(events, "frame_drawn")
    stale.update(set(frames[:-1]) - set(frames[:: -(-len(frames) // MOST_FRAMES) or 1]))
    return [event for i, event in enumerate(events) if i not in stale]


def _places(events: list[dict[str, Any]], name: str) -> list[int]:
    return [i for i, event in enumerate(events) if event["event"] == name]
