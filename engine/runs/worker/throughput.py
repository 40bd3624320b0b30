"""How fast a run goes on the clock, and how long it still needs."""

import time
from collections import deque
from collections.abc import Callable

from engine.training.events import Progress

EVENT_SECONDS, EVENT_MARKS = 0.5, 8
REPORT_SECONDS = 0.5
WINDOW_REPORTS = 4


class Throughput:
    """Steps and pictures per second over the last two seconds or so, for a run of so many `steps`, after each of which
    `samples_done` tells the pictures used. `restart` after a pause: it is not to be counted."""

    def __init__(self, steps: int, samples_done: Callable[[int], int]) -> None:
        self._samples_done, self._all = samples_done, samples_done(steps)
        self._marks: deque[tuple[float, int]] = deque(maxlen=WINDOW_REPORTS)

    def restart(self, now: float, step: int) -> None:
        self._marks.clear()
        self._marks.append((now, step))

    def report(self, now: float, step: int) -> Progress | None:
        """What to report at `now` (seconds on a clock that only goes forward), or None while it is too early."""
        if not self._marks or now - self._marks[-1][0] < REPORT_SECONDS:
            return None
        since, before = self._marks[0]
        self._marks.append((now, step))
        if step == before:
            return None
        samples, seconds = self._samples_done(step), now - since
        rate = (samples - self._samples_done(before)) / seconds
        return Progress(step, (step - before) / seconds, rate, (self._all - samples) / rate)


class EventThroughput:
    """Events per second over the last few seconds. `count` and `now` may come from different threads."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), 0)], maxlen=EVENT_MARKS)

    def count(self, more: int) -> None:
        then, so_far = self._marks[-1]
        if (now := time.monotonic()) - then < EVENT_SECONDS:
            self._marks[-1] = (then, so_far + more)
        else:
            self._marks.append((now, so_far + more))

    def now(self) -> float:
        """0 when nothing has come for a while."""
        marks = [mark for mark in tuple(self._marks) if time.monotonic() - mark[0] < EVENT_MARKS * EVENT_SECONDS]
        if not marks:
            return 0.0
        return (marks[-1][1] - marks[0][1]) / max(time.monotonic() - marks[0][0], EVENT_SECONDS)
