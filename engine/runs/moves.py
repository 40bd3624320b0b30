"""How a run comes from one host to another, and when it is not tried on another one any more."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from engine.events import Failed
from engine.runs.host import Left
from engine.runs.hosts import GONE, Host
from engine.runs.live import LiveRun, Watcher

log = logging.getLogger(__name__)
MOVE_SECONDS = 10.0
MOST_STRIKES = 2
MOST_FRUITLESS = 5


async def pass_on_orders(run: LiveRun, host: Host) -> None:
    """Tell a host what was asked of the run while no host had it."""
    seat = run.seat
    while seat.orders:
        await host.actor.control(run.id, *seat.orders[0])
        seat.orders.pop(0)
    seat.is_begun = True


async def carry(run: LiveRun, put_on: Callable[[Host], None], is_here: Callable[[Host], bool]) -> None:
    """Take a run from its host between two steps, and give the old host to `put_on`, which puts the run on another.
    Its host's last news of it come first, so that its numbers go on."""
    seat, host = run.seat, run.seat.host
    assert host
    watcher = Watcher()
    run.watchers.add(watcher)
    seat.is_begun = False  # from now on orders wait
    try:
        async with asyncio.timeout(MOVE_SECONDS):
            left: Left = await host.actor.release(run.id)
            if left.checkpoint is None:
                await pass_on_orders(run, host)
                return
            host.hurry.set()
            while host.received.get(run.id, 0) < left.last_seq and seat.host is host:
                watcher.news.clear()
                await watcher.news.wait()
        if seat.host is host:
            host.received.pop(run.id, None)
            seat.checkpoint = left.checkpoint
            put_on(host)
            await host.actor.forget(run.id)
    except GONE as error:  # the host is lost, and its runs with it; or it is slow, and the run stays
        log.info("A run could not be moved: %s", error)
        if seat.host is host and is_here(host) and not seat.is_begun:
            with contextlib.suppress(*GONE):
                await pass_on_orders(run, host)
    finally:
        seat.is_moving = False
        run.watchers.discard(watcher)


def set_aside(run: LiveRun, reason: str) -> Failed | None:
    """In words why a run that lost its host again is not tried on another; None while it may be."""
    cure = "Try a smaller network or batch, or other settings."
    if run.seat.strikes >= MOST_STRIKES:
        return Failed(f"This run ended its training process {MOST_STRIKES} times: {reason}.", cure)
    if run.seat.fruitless >= MOST_FRUITLESS:
        return Failed(f"{MOST_FRUITLESS} training processes were lost before this run could do a step.", cure)
    return None
