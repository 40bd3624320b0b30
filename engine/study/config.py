"""A study as plain data: how many real and made pictures the classifiers get. No torch."""

from dataclasses import dataclass, field

from engine.catalogue.codec import Codec, Part
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Param, SpecError, choose, integer
from engine.catalogue.schedules import SCHEDULES
from engine.gan.config import GAN_CODEC, GanSpec, check_gan
from engine.network.spec import CLASSES, NETWORK, NetworkSpec, plan
from engine.text import Text
from engine.training.config import TrainConfig, read_run_id
from engine.training.presets import PRESETS

BATCH = 64
STUDY_SETTINGS: dict[str, Param] = {
    "per_digit": integer(
        20, 10, 500, Text("Real pictures"), Text("Real training pictures of each digit."), Text("of each digit")
    ),
    "added_per_digit": integer(
        200,
        10,
        1000,
        Text("Generated pictures"),
        Text("Added to the real ones in every second training."),
        Text("of each digit"),
    ),
    "seeds": integer(3, 1, 5, Text("Repeats"), Text("With other real pictures and other first weights each time.")),
    "steps": integer(
        400, 10, 3000, Text("Steps"), Text("Updates of the classifier, the same number with and without.")
    ),
    "seed": integer(0, 0, 2**31 - 100, Text("Seed"), Text("Start of every random choice.")),
}


@dataclass(frozen=True, slots=True)
class Study:
    """Trains `network` in pairs, without and with pictures made by the `gan` of run `gan_run`. Both of a pair do
    equally many updates: without made pictures, the real ones are used more often."""

    gan_run: str
    gan: GanSpec
    network: NetworkSpec = field(default_factory=lambda: PRESETS["quick"].network)
    per_digit: int = 20
    added_per_digit: int = 200
    seeds: int = 3
    steps: int = 400
    seed: int = 0

    @property
    def pictures(self) -> int:
        """The pictures of one epoch: real and made ones together."""
        return CLASSES * (self.per_digit + self.added_per_digit)

    def training(self, seed: int) -> TrainConfig:
        """The settings of either training of a pair; the number of steps is the nearest that whole epochs give."""
        adam = choose(OPTIMIZERS, "Adam", {"lr": 5e-3}, Text("Optimizer"))
        cycle = choose(SCHEDULES, "OneCycle", {}, Text("Schedule"))
        loss = choose(LOSSES, "CrossEntropy", {}, Text("Loss"))
        epochs = max(1, round(self.steps / -(-self.pictures // BATCH)))
        return TrainConfig(adam, loss, cycle, BATCH, epochs, seed, self.pictures, 0.0)


def check_study(study: Study) -> None:
    """Raise SpecError unless the GAN can be asked for digits and the classifier can be trained."""
    check_gan(study.gan)
    if not study.gan.is_conditional:
        raise SpecError(
            Text("This GAN cannot be asked for a digit, so its pictures have no labels."),
            Text("Use one that is told the digit."),
        )
    if study.network.role != "classifier":
        is_generator = study.network.role == "generator"
        what = Text("The generator reads no digits.") if is_generator else Text("The discriminator reads no digits.")
        raise SpecError(what, Text("Choose a classifier."))
    plan(study.network)


STUDY_CODEC: Codec[Study] = Codec(
    Study, Text("Study"), {"gan_run": Part(read_run_id), "gan": GAN_CODEC, "network": NETWORK, **STUDY_SETTINGS}
)
