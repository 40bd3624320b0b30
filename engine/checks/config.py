"""What is checked before a long run, as plain data, and the short trainings that this takes. No torch."""

from dataclasses import dataclass

from engine.catalogue.codec import Codec
from engine.catalogue.params import Choice
from engine.network.spec import NETWORK, NetworkSpec
from engine.text import Text
from engine.training.config import TRAIN_CODEC, TrainConfig
from engine.training.presets import schedule

STEPS = 100
MOST_BATCH = 64  # pictures: enough to see whether it learns
BY_HEART = 32  # pictures that are to be learned by heart
BY_HEART_STEPS = 300  # at most


@dataclass(frozen=True, slots=True)
class Checks:
    """`network` is checked as `config` would train it."""

    network: NetworkSpec
    config: TrainConfig

    @property
    def batch(self) -> int:
        """The pictures of a step: as many as there are at least, of few."""
        return min(self.config.batch_size, MOST_BATCH, self.config.train_images)

    def training(self, pictures: int, epochs: int = 1) -> TrainConfig:
        """A short training on so many pictures: the optimizer at its rate and the loss of `config`, and nothing that
        makes it harder to learn them."""
        optimizer, loss, batch = self.config.optimizer, self.config.loss, min(self.batch, pictures)
        constant: Choice = schedule("Constant")
        return TrainConfig(optimizer, loss, constant, batch, epochs, self.config.seed, pictures, 0.0)


CHECKS_CODEC: Codec[Checks] = Codec(Checks, Text("Checks"), {"network": NETWORK, "config": TRAIN_CODEC})
