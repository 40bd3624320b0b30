"""Events of a GAN's training stream: one frozen dataclass each. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.kind import Sort
from engine.text import Text
from engine.training.events import FrameDrawn, SettingChanged


@dataclass(frozen=True, slots=True)
class GanStarted:
    """First event of a GAN's run. `steps` are the rounds planned, `z` the random numbers that G reads; `real_distance`
    is the Frechet distance of real pictures from real ones: what a perfect G would get."""

    steps: int
    generator_parameters: int
    discriminator_parameters: int
    z: int
    conditional: bool
    images: int
    device: str
    real_distance: float


@dataclass(frozen=True, slots=True)
class GanStep:
    """One round. Losses are those of the last update of D and of G in it; `real` and `made` D's mean verdict on them
    before that update (0 to 1 where the loss makes it a probability); then the norms of both gradients, the learning
    rates, and which networks were trained: 0 none, 1 D, 2 G, 3 both. A network that was not trained keeps its newest
    figures."""

    step: int
    d_loss: float
    g_loss: float
    real: float
    made: float
    d_gradient: float
    g_gradient: float
    d_lr: float
    g_lr: float
    trained: int


@dataclass(frozen=True, slots=True)
class GanEvaluated:
    """How good G's pictures are, by a classifier that reads `images` of them: Frechet `distance` of its features from
    those of real ones; how many of ten digits are drawn at least 1 % of the time; the entropy of the digits in nats
    (at most ln 10 = 2.303); the share read as the digit asked for (None without labels); `variety`, the spread of the
    features within each digit as a share of that of real pictures; and each digit's share."""

    step: int
    seconds: float
    distance: float
    digits_covered: int
    entropy: float
    agreement: float | None
    variety: float
    shares: tuple[float, ...]
    images: int


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """The health of the training: `state` is healthy, alike, collapsed, discriminator_wins, generator_wins or diverged;
    `why` says it with the number that was seen. `cure` names the button, or is None; `changes` what it changes:
    settings while it trains where it is `live`, otherwise by starting again, as `apply_cure` takes them."""

    step: int
    state: str
    why: Text
    cure: Text | None
    changes: Mapping[str, float | str]
    live: bool


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round in slow motion, for eight pictures: PNG strips of 224 x 28 as data URLs, verdicts before D's update,
    after it, and after G's; `z` has the first eight numbers behind each picture."""

    step: int
    z: tuple[tuple[float, ...], ...]
    labels: tuple[int, ...]
    real_strip: str
    made_strip: str
    improved_strip: str
    real_before: tuple[float, ...]
    made_before: tuple[float, ...]
    real_after: tuple[float, ...]
    made_after: tuple[float, ...]
    made_last: tuple[float, ...]
    d_loss: float
    g_loss: float
    d_gradient: float
    g_gradient: float
    trained: int


@dataclass(frozen=True, slots=True)
class GanFinished:
    """Last event of a GAN's run that trained; figures as in GanEvaluated, on 2,000 pictures. `seconds` is busy time."""

    step: int
    seconds: float
    distance: float
    digits_covered: int
    entropy: float
    agreement: float | None
    variety: float
    shares: tuple[float, ...]
    images: int
    frames: int
    generator_steps: int
    stopped: bool


GAN_EVENTS: Mapping[type[Any], Sort] = {
    GanStarted: "opening",
    GanStep: "step",
    GanEvaluated: "note",
    HealthChanged: "note",
    RoundShown: "newest",
    GanFinished: "result",
}
GanEvent = GanStarted | GanStep | FrameDrawn | GanEvaluated | SettingChanged | HealthChanged | RoundShown | GanFinished
