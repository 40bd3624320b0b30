"""Shows one round of a GAN in slow motion: follows eight pictures through it, without changing the training."""

import torch
from torch import Tensor, nn

from engine.gan.config import GanSpec
from engine.gan.events import GanStep, RoundShown
from engine.gan.sampling import GanModels, contact_sheet, draw, fixed_z, make_judge, verdicts
from engine.training.predict import data_url

PICTURES = 8
Z_SHOWN = 8


class Slow:
    """Make it before a round, call `after_discriminator` when D has learned, and `shown` at the end for the event."""

    def __init__(self, gan: GanSpec, models: GanModels, images: Tensor, labels: Tensor, step: int) -> None:
        self.gan, self.models = gan, models
        self.z, self.labels = fixed_z(gan, PICTURES, seed=step + 1)
        if gan.is_conditional:
            self.labels = torch.arange(PICTURES)
        chance = torch.Generator().manual_seed(step + 1)
        chosen = torch.randint(len(images), (PICTURES,), generator=chance)
        self.real, self.real_labels = images[chosen], labels[chosen]
        self.made = self.draw()
        self.before = self.judge()
        self.after = self.before

    def after_discriminator(self) -> None:
        self.after = self.judge()

    def shown(self, done: GanStep) -> RoundShown:
        improved = self.draw()
        made_last = verdicts(self.judge_now(), improved, self.labels, self.gan)
        return RoundShown(
            done.step,
            tuple(tuple(round(v, 3) for v in row) for row in self.z[:, :Z_SHOWN].tolist()),
            tuple(self.labels.tolist()),
            *(_strip(self.real), _strip(self.made), _strip(improved)),
            *(*self.before, *self.after, tuple(made_last)),
            *(done.d_loss, done.g_loss, done.d_gradient, done.g_gradient),
            done.trained,
        )

    def draw(self) -> Tensor:
        return draw(self.models.generator, self.z, self.labels, self.gan.is_conditional)

    def judge(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """D's verdicts on the real ones and on the made ones."""
        judge = self.judge_now()
        return (
            tuple(verdicts(judge, self.real, self.real_labels, self.gan)),
            tuple(verdicts(judge, self.made, self.labels, self.gan)),
        )

    def judge_now(self) -> nn.Module:
        """Copy D for single pictures; its dropout must not use the training's random numbers."""
        with torch.random.fork_rng(devices=[]):
            return make_judge(self.models.generator, self.models.discriminator, self.gan)


def _strip(images: Tensor) -> str:
    return data_url(contact_sheet(images, PICTURES))
