"""How the game between G and D stands, judged from what the stream reports. No torch."""

from collections.abc import Iterator

from engine.gan_config import GanSpec
from engine.gan_events import GanEvaluated, GanStep, HealthChanged


class Health:
    """Fed with every round and every evaluation; yields an event when its judgement changes."""

    def __init__(self, gan: GanSpec) -> None:
        self.gan = gan

    def after_step(self, done: GanStep) -> Iterator[HealthChanged]:
        yield from ()

    def after_evaluation(self, done: GanEvaluated) -> Iterator[HealthChanged]:
        yield from ()
