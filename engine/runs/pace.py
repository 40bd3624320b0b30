"""How fast a run goes on the clock, and how long it still needs."""

from collections import deque

from engine.config import TrainConfig
from engine.events import Progress

REPORT_SECONDS = 0.5
WINDOW_REPORTS = 4


class Pace:
    """Pictures per second over the last two seconds or so. `restart` after a pause: it is not to be counted."""

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._marks: deque[tuple[float, int]] = deque(maxlen=WINDOW_REPORTS)

    def restart(self, now: float, step: int) -> None:
        self._marks.clear()
        self._marks.append((now, samples_done(self._config, step)))

    def report(self, now: float, step: int, epoch: int) -> Progress | None:
        """What to report at `now` (seconds on a clock that only goes forward), or None while it is too early."""
        if not self._marks or now - self._marks[-1][0] < REPORT_SECONDS:
            return None
        samples = samples_done(self._config, step)
        since, before = self._marks[0]
        self._marks.append((now, samples))
        if samples == before:
            return None
        rate = (samples - before) / (now - since)
        left = self._config.train_images * self._config.epochs - samples
        return Progress(step, epoch, rate, left / rate)


def samples_done(config: TrainConfig, step: int) -> int:
    """Pictures trained on after `step` updates, the shorter last batch of each epoch taken into account."""
    epochs, steps = divmod(step, config.steps_per_epoch)
    return epochs * config.train_images + steps * config.batch_size
