"""How a run comes from one host to another, and when it is not tried on another one any more."""

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

from engine.runs.cluster.workers import GONE, Host
from engine.runs.live import LiveRun, Watcher
from engine.runs.worker.host import Left
from engine.training.events import Event, Failed, SettingChanged, StatusChanged

log = logging.getLogger(__name__)
STAYS_SECONDS = 15.0
MOST_STRIKES = 2
MOST_FRUITLESS = 5


async def pass_on_orders(run: LiveRun, host: Host) -> None:
    """Tell a host what was asked of the run while no host had it."""
    seat = run.seat
    while seat.orders and seat.host is host:
        await host.actor.control(run.id, *seat.orders.pop(0))
    seat.is_begun = seat.host is host


async def carry(
    run: LiveRun, put_on: Callable[[Host], None], take_back: Callable[[LiveRun, Host], Awaitable[None]]
) -> None:
    """Take a run from its host between two steps, and give the old host to `put_on`, which puts the run on another.
    Its host's last news of it come first, so that its numbers go on. `take_back` is for a host that fails at it."""
    seat, host = run.seat, run.seat.host
    assert host
    watcher = Watcher()
    run.watchers.add(watcher)
    seat.is_begun = False  # from now on orders wait
    try:
        left: Left = await host.actor.release(run.id)
        if left.checkpoint is None:
            seat.stays_until = time.monotonic() + STAYS_SECONDS
            await pass_on_orders(run, host)
            return
        host.hurry.set()
        while host.received.get(run.id, 0) < left.last_seq and seat.host is host:
            watcher.news.clear()
            await watcher.news.wait()
        if seat.host is host:
            host.received.pop(run.id, None)
            seat.checkpoint = left.checkpoint
            ask_again(run)
            await forget(run, host)
            put_on(host)
    except GONE as error:
        log.info("A run could not be moved: %s", error)
        await take_back(run, host)
    finally:
        seat.moves_to = None
        run.watchers.discard(watcher)


async def forget(run: LiveRun, host: Host) -> None:
    """Let a host drop what it has of the run, if it is still there."""
    with contextlib.suppress(*GONE):
        await host.actor.forget(run.id)


def ask_again(run: LiveRun) -> None:
    """Have the next host told what was asked of the run and not yet said to be done."""
    seat = run.seat
    seat.orders[:0] = [order for order in seat.asked.values() if order not in seat.orders]


def seen_done(run: LiveRun, events: Iterable[Event]) -> None:
    """Of what was asked, forget what `events` say has been done."""
    asked = run.seat.asked
    for event in events:
        match event:
            case StatusChanged(status="paused") if asked.get("goal", ("resume",))[0] != "resume":
                asked.pop("goal", None)
            case StatusChanged(status="running") if asked.get("goal", ("",))[0] == "resume":
                asked.pop("goal", None)
            case SettingChanged(name=name, value=value) if asked.get(f"set {name}") == ("set", (name, value)):
                del asked[f"set {name}"]


def set_aside(run: LiveRun, reason: str) -> Failed | None:
    """In words why a run that lost its host again is not tried on another; None while it may be."""
    cure = "Try a smaller network or batch, or other settings."
    if run.seat.strikes >= MOST_STRIKES:
        return Failed(f"This run ended its training process {MOST_STRIKES} times: {reason}.", cure)
    if run.seat.fruitless >= MOST_FRUITLESS:
        return Failed(f"{MOST_FRUITLESS} training processes were lost before this run could do a step.", cure)
    return None
