"""One round of a GAN in slow motion: eight pictures followed through it, without disturbing the training."""

from typing import TYPE_CHECKING

import torch
from torch import nn

from engine.gan.events import GanStep, RoundShown
from engine.gan.judging import judge_of
from engine.gan.sampling import contact_sheet, draw, fixed_z, verdicts
from engine.training.predict import data_url

if TYPE_CHECKING:
    from engine.gan.train import Game

PICTURES = 8
Z_SHOWN = 8


class Slow:
    """Made before a round; told when D has learned; says at the end what happened."""

    def __init__(self, game: "Game") -> None:
        self.game = game
        self.z, self.labels = fixed_z(game.gan, PICTURES, seed=game.duel.done.step + 1)
        if game.conditional:
            self.labels = torch.arange(PICTURES)
        chance = torch.Generator().manual_seed(game.duel.done.step + 1)
        chosen = torch.randint(len(game.images), (PICTURES,), generator=chance)
        self.real, self.real_labels = game.images[chosen], game.labels[chosen]
        self.made = self.draw()
        self.before = self.judge()
        self.after = self.before

    def after_discriminator(self) -> None:
        self.after = self.judge()

    def shown(self, done: GanStep) -> RoundShown:
        improved = self.draw()
        made_last = verdicts(self.judge_now(), improved, self.labels, self.game.gan)
        return RoundShown(
            done.step,
            tuple(tuple(round(v, 3) for v in row) for row in self.z[:, :Z_SHOWN].tolist()),
            tuple(self.labels.tolist()),
            *(_strip(self.real), _strip(self.made), _strip(improved)),
            *(*self.before, *self.after, tuple(made_last)),
            *(done.d_loss, done.g_loss, done.d_gradient, done.g_gradient),
            done.trained,
        )

    def draw(self) -> torch.Tensor:
        return draw(self.game.models.generator, self.z, self.labels, self.game.conditional)

    def judge(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """D's verdicts on the real ones and on the made ones."""
        game = self.game
        judge = self.judge_now()
        return (
            tuple(verdicts(judge, self.real, self.real_labels, game.gan)),
            tuple(verdicts(judge, self.made, self.labels, game.gan)),
        )

    def judge_now(self) -> nn.Module:
        """D as it stands, fit for single pictures; dropout in it must not use up the training's own chance."""
        models = self.game.models
        with torch.random.fork_rng(devices=[]):
            return judge_of(models.generator, models.discriminator, self.game.gan)


def _strip(images: torch.Tensor) -> str:
    return data_url(contact_sheet(images, PICTURES))
