"""What a run has reported after some event, gathered from memory and from the store.

Who asks for what comes after an event that is not known, because an earlier life of the server had told of more than
it stored, gets all from the start: `after` in the message is 0 then.
"""

import asyncio
from dataclasses import replace

from engine.runs.info import RunInfo
from engine.runs.live import LiveRun
from engine.runs.message import Message, joined, pack
from engine.runs.store.store import Store

MOST_IN_PASSING = 500  # events, about 2 ms


def live_history(run: LiveRun, store: Store, after: int) -> Message:
    """From the run's tape, and from the store what the tape no longer has."""
    if after > run.tape.seq:
        after = 0
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


async def live_news(run: LiveRun, store: Store, after: int) -> Message:
    """`live_history` for an event loop: in a thread of its own where it takes long."""
    if run.tape.first <= after + 1 and 0 <= run.tape.seq - after <= MOST_IN_PASSING:
        return live_history(run, store, after)
    return await asyncio.to_thread(live_history, run, store, after)


def stored_history(info: RunInfo, store: Store, after: int) -> Message:
    """From the store. `interrupted` is in it, and true, when the run was cut off."""
    if after > info.seq:
        after = 0
    message = joined(store.messages(info.id, after), after)
    return message | {"interrupted": True} if told_apart(info).is_resumable else message


def told_apart(info: RunInfo) -> RunInfo:
    """A stored run that is not over, and not live, belonged to an earlier life of the server: it was cut off."""
    return info if info.is_over else replace(info, status="interrupted")
