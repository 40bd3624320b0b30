"""Do a GAN's pictures help a classifier? The question as plain data: how many real and made ones. No torch."""

import re
from dataclasses import dataclass, field, fields
from typing import Any

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Param, SpecError, choose, integer
from engine.catalogue.schedules import SCHEDULES
from engine.gan.config import GanSpec, check_gan, gan_from_json, gan_to_json
from engine.network.presets import PRESETS
from engine.network.spec import CLASSES, NetworkSpec, network_from_json, network_to_json, plan
from engine.training.config import TrainConfig

BATCH = 64
STUDY_SETTINGS: dict[str, Param] = {
    "per_digit": integer(20, 10, 500, "Real pictures", "Real training pictures of each digit.", "of each digit"),
    "added_per_digit": integer(
        200, 10, 1000, "Made pictures", "Added to the real ones in every second training.", "of each digit"
    ),
    "seeds": integer(3, 1, 5, "Repeats", "With other real pictures and other first weights each time."),
    "steps": integer(400, 10, 3000, "Steps", "Updates of the classifier, the same number with and without."),
    "seed": integer(0, 0, 2**31 - 100, "Seed", "Start of every random choice."),
}
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Study:
    """Trainings of `network` in pairs, without and with pictures made by the `gan` of run `gan_run`. Both of a pair
    have equally many updates: without made pictures, the real ones come round more often."""

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
        """In one pass: as many as there are real and made ones together."""
        return CLASSES * (self.per_digit + self.added_per_digit)

    def training(self, seed: int) -> TrainConfig:
        """Of either of a pair; the number of steps is the nearest that whole passes give."""
        adam = choose(OPTIMIZERS, "Adam", {"lr": 5e-3}, "Optimizer")
        cycle = choose(SCHEDULES, "OneCycle", {}, "Schedule")
        loss = choose(LOSSES, "CrossEntropy", {}, "Loss")
        epochs = max(1, round(self.steps / -(-self.pictures // BATCH)))
        return TrainConfig(adam, loss, cycle, BATCH, epochs, seed, self.pictures, 0.0)


def check_study(study: Study) -> None:
    """Raise SpecError unless the GAN can be asked for digits and the classifier can be trained."""
    check_gan(study.gan)
    if not study.gan.is_conditional:
        raise SpecError(
            "This GAN cannot be asked for a digit, so its pictures have no labels.", "Use one that is told the digit."
        )
    if study.network.role != "classifier":
        raise SpecError(f"The {study.network.role} reads no digits.", "Choose a classifier.")
    plan(study.network)


def study_to_json(study: Study) -> dict[str, Any]:
    values = {f.name: getattr(study, f.name) for f in fields(study)}
    return {**values, "gan": gan_to_json(study.gan), "network": network_to_json(study.network)}


def study_from_json(data: object) -> Study:
    """Read a study from untrusted JSON; settings that are missing take their defaults. Raises SpecError."""
    if not isinstance(data, dict):
        raise SpecError("This is not a study.", "Expected an object.")
    run = data.get("gan_run")
    if not isinstance(run, str) or not _RUN_ID.fullmatch(run):
        raise SpecError("The study does not say which GAN it uses.", "Give the id of its run.")
    known: dict[str, Any] = {}
    for name, value in data.items():
        match name:
            case "gan_run" | "gan":
                continue
            case "network":
                known[name] = network_from_json(value)
            case str() if name in STUDY_SETTINGS:
                known[name] = STUDY_SETTINGS[name].check(value, "Study")
            case _:
                raise SpecError(f"Study: there is no setting {str(name)[:40]!r}.", "Check the file or link.")
    return Study(run, gan_from_json(data.get("gan")), **known)
