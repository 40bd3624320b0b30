"""Judges the health of a GAN's training from its events. No torch."""

import math
from collections.abc import Iterator
from typing import Any

from engine.gan.config import GanSpec
from engine.gan.events import GanEvaluated, GanFinished, GanStep, HealthChanged
from engine.gan.losses import GAN_LOSSES
from engine.network.spec import cards
from engine.text import Text
from engine.training.events import SettingChanged
from engine.training.facts import fact, numbers

MEMORY = 0.98  # of the running means: about 50 rounds
PATIENCE = 100  # rounds that something must last before it is said
EVALUATIONS = 2  # in a row that must agree on a collapse
BEGINNING = 300  # rounds in which pictures that are all alike are no collapse yet
LEAST_VARIETY = 0.3
LEAST_DIGITS = 4
LEAST_LR = 1e-6
SEEN = ("flat_evaluations", "rounds", "lead", "d_loss", "made", "g_gradient")
# D's loss, above the least it can be, under which it makes hardly a mistake. A Wasserstein critic should win.
SURE = {"NonSaturating": 0.1, "Minimax": 0.1, "LeastSquares": 0.03, "Hinge": 0.1}
HEALTHY = Text("Neither side is winning: D is right often enough to teach G, and wrong often enough to be fooled.")


class Health:
    """Gets every round, evaluation and change of a setting; yields an event when its judgement changes."""

    def __init__(self, gan: GanSpec) -> None:
        config = gan.config
        self.loss = config.loss.kind
        self.even = GAN_LOSSES[self.loss].even or 0.0
        self.settings: dict[str, float] = {
            "generator_lr": config.generator_optimizer["lr"],
            "discriminator_lr": config.discriminator_optimizer["lr"],
            "discriminator_steps": config.discriminator_steps,
            "generator_steps": config.generator_steps,
            "label_smoothing": config.label_smoothing,
        }
        self.another_way = _another_way(gan)
        self.state = ""  # nothing has been said yet
        self.rounds_since = {"discriminator_wins": 0, "generator_wins": 0}
        self.flat_evaluations = self.rounds = 0
        self.lead = self.d_loss = self.made = self.g_gradient = 0.0

    def kept(self) -> dict[str, Any]:
        """Its state as plain JSON."""
        seen = {name: getattr(self, name) for name in SEEN}
        return {"state": self.state, "settings": {**self.settings}, "since": {**self.rounds_since}, "seen": seen}

    def resume(self, kept: dict[str, Any]) -> None:
        """Restore a state. Raises SpecError."""
        self.state = fact(kept, "state", str)
        settings = fact(kept, "settings", dict)
        self.settings = numbers({"settings": self.settings | settings}, "settings", self.settings)
        since = numbers(kept, "since", self.rounds_since)
        self.rounds_since = {name: int(rounds) for name, rounds in since.items()}
        for name, value in numbers(kept, "seen", dict.fromkeys(SEEN, 0)).items():
            setattr(self, name, value)

    def after_change(self, change: SettingChanged) -> None:
        """Start a new judgement after a change of a setting."""
        self.settings[change.name] = change.value
        self.rounds_since = dict.fromkeys(self.rounds_since, 0)
        self.rounds = 0

    def after_step(self, done: GanStep) -> Iterator[HealthChanged]:
        """Check whether one side has been winning for a while."""
        real = self.even if math.isnan(done.real) else done.real  # a D that never learned was not asked about real ones
        figures = real - done.made, done.d_loss, done.made, done.g_gradient
        if math.isnan(done.made) or math.isnan(done.g_gradient):
            return
        memory = MEMORY if self.rounds else 0.0
        kept = (self.lead, self.d_loss, self.made, self.g_gradient)
        means = [memory * old + (1 - memory) * new for old, new in zip(kept, figures, strict=True)]
        self.lead, self.d_loss, self.made, self.g_gradient = means
        self.rounds += 1
        sure = self.d_loss - self.least_loss() < SURE.get(self.loss, -math.inf)
        for state, holds in (("discriminator_wins", sure), ("generator_wins", self.lead < 0)):
            self.rounds_since[state] = self.rounds_since[state] + 1 if holds else 0
        if self.state == "collapsed":
            return
        winning = [state for state, rounds in self.rounds_since.items() if rounds >= PATIENCE]
        if winning:
            yield from self.said(done.step, winning[0])
        elif self.rounds >= PATIENCE and not any(self.rounds_since.values()) and not self.is_alike:
            yield from self.said(done.step, "healthy")

    def after_evaluation(self, done: GanEvaluated | GanFinished) -> Iterator[HealthChanged]:
        """Check whether G keeps generating the same few pictures (mode collapse). One that does not learn, or learns
        nothing because D wins, has not collapsed."""
        flat = done.variety < LEAST_VARIETY or done.digits_covered < LEAST_DIGITS
        if flat and (not self.settings["generator_steps"] or self.rounds_since["discriminator_wins"] >= PATIENCE):
            return
        self.flat_evaluations = self.flat_evaluations + 1 if flat and done.step > BEGINNING else 0
        if self.flat_evaluations >= EVALUATIONS:
            yield from self.said(done.step, "collapsed", done)
        elif flat and self.state in ("", "healthy"):
            yield from self.said(done.step, "alike", done)
        elif not flat and self.state in ("alike", "collapsed"):
            yield from self.said(done.step, "healthy")

    @property
    def is_alike(self) -> bool:
        """Whether the pictures were alike when they were last evaluated."""
        return self.state == "alike" or self.flat_evaluations > 0

    def said(
        self, step: int, state: str, evaluated: GanEvaluated | GanFinished | None = None
    ) -> Iterator[HealthChanged]:
        if state == self.state:
            return
        self.state = state
        match state:
            case "alike":
                assert evaluated
                yield self.alike(step, evaluated)
            case "collapsed":
                assert evaluated
                yield self.collapsed(step, evaluated)
            case "discriminator_wins":
                yield self.discriminator_wins(step)
            case "generator_wins":
                yield self.generator_wins(step)
            case _:
                yield HealthChanged(step, state, HEALTHY, None, {}, live=True)

    def alike(self, step: int, done: GanEvaluated | GanFinished) -> HealthChanged:
        why = Text(
            "The pictures are alike: they vary {variety:.2f} times as much as real ones, and cover {digits} of 10 "
            "digits. Usual at first; if it lasts, it is mode collapse.",
            variety=done.variety,
            digits=done.digits_covered,
        )
        return HealthChanged(step, "alike", why, None, {}, live=True)

    def collapsed(self, step: int, done: GanEvaluated | GanFinished) -> HealthChanged:
        why = Text(
            "Mode collapse: G repeats a few pictures. They vary {variety:.2f} times as much as real ones, and cover "
            "{digits} of 10 digits.",
            variety=done.variety,
            digits=done.digits_covered,
        )
        cure, changes = self.another_way
        return HealthChanged(step, "collapsed", why, cure, changes, live=False)

    def discriminator_wins(self, step: int) -> HealthChanged:
        why = Text(
            "The discriminator is winning: its loss is down to {loss:.3f}, and G's gradient has a norm of "
            "{gradient:.2g}.",
            loss=self.d_loss,
            gradient=self.g_gradient,
        )
        if self.loss == "Minimax":
            cure = Text("Start again with the non-saturating loss")
            return HealthChanged(step, "discriminator_wins", why, cure, {"loss": "NonSaturating"}, live=False)
        slower: dict[str, float | str] = {"discriminator_lr": self.settings["discriminator_lr"] / 4}
        return HealthChanged(step, "discriminator_wins", why, Text("Slow D down to a quarter"), slower, live=True)

    def generator_wins(self, step: int) -> HealthChanged:
        steps, lr = self.settings["discriminator_steps"], self.settings["discriminator_lr"]
        changes: dict[str, float | str]
        if not steps:
            cure, changes = Text("Let D learn"), {"discriminator_steps": 1}
        elif lr < self.settings["generator_lr"]:
            cure, changes = Text("Let D learn as fast as G"), {"discriminator_lr": self.settings["generator_lr"]}
        else:
            cure, changes = Text("Give D one step more"), {"discriminator_steps": min(10, steps + 1)}
        return HealthChanged(step, "generator_wins", self.taken_for_real(), cure, changes, live=True)

    def taken_for_real(self) -> Text:
        made, real = self.made, self.made + self.lead
        if GAN_LOSSES[self.loss].verdict == "probability":
            return Text(
                "The generator is winning: D's mean probability is {generated:.2f} for generated pictures, {real:.2f} "
                "for real ones.",
                generated=made,
                real=real,
            )
        return Text(
            "The generator is winning: D's mean score is {generated:.2f} for generated pictures, {real:.2f} for "
            "real ones.",
            generated=made,
            real=real,
        )

    def diverged(self, done: GanStep) -> HealthChanged:
        """The event before a run ends because its losses are no usable numbers any more."""
        why = Text(
            "The losses are no longer usable numbers at round {step:,}: D's is {d_loss:.3g}, G's {g_loss:.3g}.",
            step=done.step,
            d_loss=done.d_loss,
            g_loss=done.g_loss,
        )
        rates = ("generator_lr", "discriminator_lr")
        smaller = {name: max(LEAST_LR, self.settings[name] / 10) for name in rates}
        cure = Text("Start again with steps ten times smaller")
        return HealthChanged(done.step, "diverged", why, cure, smaller, live=False)

    def least_loss(self) -> float:
        """The loss of a perfect D, which is above 0 with label smoothing."""
        share = self.settings["label_smoothing"]
        if not share or self.loss not in ("NonSaturating", "Minimax"):
            return 0.0
        return -share * math.log(share) - (1 - share) * math.log(1 - share)


def _another_way(gan: GanSpec) -> tuple[Text, dict[str, float | str]]:
    """The cure against mode collapse of such a GAN: the text of the button, and the changes."""
    if not any(choice.kind in ("Conv2d", "ConvTranspose2d") for choice in cards(gan.generator.layers)):
        return Text("Start again with convolutions"), {"recipe": "dcgan"}
    if not gan.is_conditional:
        return Text("Start again and tell it the digits"), {"recipe": "conditional"}
    return Text("Start again with gentler steps"), {"generator_lr": 2e-4, "discriminator_lr": 2e-4, "beta1": 0.5}
