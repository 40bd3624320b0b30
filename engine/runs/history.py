"""What a run has reported after some event, gathered from memory and from the store."""

from dataclasses import replace

from engine.events import Event, Failed, StatusChanged, pack
from engine.runs.info import RunInfo
from engine.runs.live import LiveRun
from engine.runs.message import Message, joined
from engine.runs.store import Store

CUT_OFF = Failed("The playground was closed while this run was training.", "Train it again to get its result.")


def live_history(run: LiveRun, store: Store, after: int) -> Message:
    """From the run's tape, and from the store what the tape no longer has."""
    first, events = run.tape.since(after)
    messages = []
    if first > after + 1:
        for message in store.messages(run.id, after):
            messages.append(message)
            if message["seq"] >= first:  # the store may have gone on since the tape was read
                events, first = events[message["seq"] - first + 1 :], message["seq"] + 1
    if events:
        messages.append(pack(events, first + len(events) - 1))
    return joined(messages, after)


def stored_history(info: RunInfo, store: Store, after: int) -> Message:
    """From the store. A run that was cut off gets an end in words, as the last two of its events."""
    messages = list(store.messages(info.id, after))
    if not info.is_over:
        endings: list[tuple[int, Event]] = [(info.seq + 1, CUT_OFF), (info.seq + 2, StatusChanged("stopped"))]
        messages += [pack([event], seq) for seq, event in endings if seq > after]
    return joined(messages, after)


def told_apart(info: RunInfo) -> RunInfo:
    """A stored run that is not over, and not live, belonged to an earlier life of the server: it was cut off."""
    return info if info.is_over else replace(info, status="stopped", seq=info.seq + 2)
