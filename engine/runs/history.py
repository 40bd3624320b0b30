"""What a run reported after some event, gathered from memory and from the store.

A browser may name a number that this server never reached: an earlier life sent those events and ended before it stored
them. It gets all events from the start; `after` in the message is 0 then.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from engine.catalogue.params import SpecError
from engine.runs.event_log import ReplayLog
from engine.runs.info import RunInfo
from engine.runs.live import LiveRun, Watcher
from engine.runs.message import Message, join, pack
from engine.runs.store.store import Store
from engine.text import Text

MOST_IN_PASSING = 500  # events, about 2 ms
MESSAGE_SECONDS = 0.2


def live_history(run: LiveRun, store: Store, after: int) -> Message:
    """All events after number `after`: from the buffer, and older ones from the store."""
    if after > run.events.seq:
        after = 0
    first, events = run.events.since(after)
    messages = []
    if first > after + 1:
        for message in store.messages(run.id, after):
            messages.append(message)
            if message["seq"] >= first:  # the store may have gone on since the buffer was read
                events, first = events[message["seq"] - first + 1 :], message["seq"] + 1
    if events:
        messages.append(pack(events, first + len(events) - 1))
    return join(messages, after)


async def live_news(run: LiveRun, store: Store, after: int) -> Message:
    """Call `live_history` from an event loop: in a thread of its own where it takes long."""
    if run.events.first <= after + 1 and 0 <= run.events.seq - after <= MOST_IN_PASSING:
        return live_history(run, store, after)
    return await asyncio.to_thread(live_history, run, store, after)


async def watch_live(run: LiveRun, store: Store, after: int, watcher: Watcher) -> AsyncGenerator[Message, None]:
    """Yield messages with all events after number `after`, until the run is over."""
    while True:
        watcher.has_news.clear()
        was_over = run.is_over
        message = await live_news(run, store, after)
        if message["seq"] > message["after"]:
            after = message["seq"]
            yield message
            if "steps" in message:  # what comes before the first point must not hold it up
                await asyncio.sleep(MESSAGE_SECONDS)
        elif was_over:
            return
        else:
            await watcher.has_news.wait()


def stored_history(info: RunInfo, store: Store, after: int) -> Message:
    """All events of a stored run after number `after`; with `interrupted` true when its server ended first."""
    if after > info.seq:
        after = 0
    message = join(store.messages(info.id, after), after)
    return message | {"interrupted": True} if mark_interrupted(info).is_resumable else message


def mark_interrupted(info: RunInfo) -> RunInfo:
    """Mark a stored run that is not over as interrupted: it is not live, so its server ended first."""
    return info if info.is_over else replace(info, status="interrupted")


def read_replay(info: RunInfo, store: Store) -> ReplayLog:
    """Read the replay log of a stored run. Raises SpecError where not all of its events can be read."""
    what = Text("What this run has told so far cannot be read at the moment.")
    if store.trouble:
        raise SpecError(what, store.trouble)
    replay, seq = ReplayLog(), 0
    for message in store.messages(info.id, 0):
        replay.take_message(message, info.kind)
        seq = message["seq"]
    if seq != info.seq:
        raise SpecError(what, Text("Try again in a while."))
    return replay


def live_frames(run: LiveRun, store: Store) -> list[tuple[int, int, float]]:
    """Number, step and seconds of every frame of a live run's film so far, in order."""
    drawn = dict(run.frames)  # asked before the store: a frame leaves memory once it is stored
    known = {frame[0]: frame for frame in store.frames(run.id)}
    known |= {number: (number, frame.step, frame.seconds) for number, frame in drawn.items()}
    return [known[number] for number in sorted(known)]
