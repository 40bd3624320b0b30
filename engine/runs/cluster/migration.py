"""Moves a run from one host to another, keeps the visitor's orders until an event confirms them, and says when no other
host is tried any more."""

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

from engine.kind import SET, Action
from engine.kinds import kind_of
from engine.runs.cluster.host import GONE, Host
from engine.runs.info import Value
from engine.runs.live import LiveRun, Watcher
from engine.text import Text
from engine.training.events import Event, Failed, SettingChanged, StatusChanged

log = logging.getLogger(__name__)
STAYS_SECONDS = 15.0
MOST_STRIKES = 2
MOST_FRUITLESS = 5


async def migrate(
    run: LiveRun, put_on: Callable[[Host], None], take_back: Callable[[LiveRun, Host], Awaitable[None]]
) -> None:
    """Take a run from its host between two steps, and give the old host to `put_on`, which puts the run on another.

    Reads the old host's last events first, so that sequence numbers continue. `take_back(run, host)` is called when
    the old host fails at it.
    """
    assigned, host = run.assignment, run.assignment.host
    assert host
    watcher = Watcher()
    run.watchers.add(watcher)
    assigned.is_begun = False  # from now on orders wait
    try:
        last_seq, checkpoint = await host.actor.release(run.id)
        if checkpoint is None:
            assigned.stays_until = time.monotonic() + STAYS_SECONDS
            await pass_on_orders(run, host)
            return
        host.hurry.set()
        while host.received.get(run.id, 0) < last_seq and assigned.host is host:
            watcher.has_news.clear()
            await watcher.has_news.wait()
        if assigned.host is host:
            host.received.pop(run.id, None)
            assigned.checkpoint = checkpoint
            repeat_unconfirmed(run)
            await forget(run, host)
            put_on(host)
    except GONE as error:
        log.info("A run could not be moved: %s", error)
        await take_back(run, host)
    finally:
        assigned.moves_to = None
        run.watchers.discard(watcher)


async def forget(run: LiveRun, host: Host) -> None:
    """Let a host drop what it has of the run, if it is still there."""
    with contextlib.suppress(*GONE):
        await host.actor.forget(run.id)


async def pass_on_orders(run: LiveRun, host: Host) -> None:
    """Send a host the orders that came while no host had the run."""
    assigned = run.assignment
    while assigned.orders and assigned.host is host:
        await host.actor.control(run.id, *assigned.orders.pop(0))
    assigned.is_begun = assigned.host is host


def note_order(run: LiveRun, action: Action, value: Value) -> None:
    """Keep an order for another host, should this one be lost before an event confirms it."""
    unconfirmed = run.assignment.unconfirmed
    if action == "stop":
        unconfirmed[action] = (action, value)
    elif action == SET and value:
        unconfirmed[f"set {value[0]}"] = (action, value)
    elif action not in kind_of(run.job).by_hand:
        unconfirmed["goal"] = (action, value)
    else:
        unconfirmed.pop("goal", None)


def confirm_orders(run: LiveRun, events: Iterable[Event]) -> None:
    """Drop the orders that `events` confirm."""
    unconfirmed = run.assignment.unconfirmed
    for event in events:
        match event:
            case StatusChanged(status="paused") if unconfirmed.get("goal", ("resume",))[0] != "resume":
                unconfirmed.pop("goal", None)
            case StatusChanged(status="running") if unconfirmed.get("goal", ("",))[0] == "resume":
                unconfirmed.pop("goal", None)
            case SettingChanged(name=name, value=value) if unconfirmed.get(f"set {name}") == ("set", (name, value)):
                del unconfirmed[f"set {name}"]


def repeat_unconfirmed(run: LiveRun) -> None:
    """Give the orders that no event has confirmed to the next host, too."""
    assigned = run.assignment
    assigned.orders[:0] = [order for order in assigned.unconfirmed.values() if order not in assigned.orders]


def describe_end(run: LiveRun, reason: Text) -> Failed | None:
    """The reason why a run that lost its host again is not tried on another; None while it may be."""
    cure = Text("Try a smaller network or batch, or other settings.")
    if run.assignment.strikes >= MOST_STRIKES:
        what = Text("This run ended its training process {count} times: {reason}", count=MOST_STRIKES, reason=reason)
        return Failed(what, cure)
    if run.assignment.fruitless >= MOST_FRUITLESS:
        what = Text("{count} training processes were lost before this run could do a step.", count=MOST_FRUITLESS)
        return Failed(what, cure)
    return None
