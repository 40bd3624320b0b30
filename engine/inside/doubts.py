"""How a network reads the pictures that others, or it itself, learn from: where it doubts their labels."""

from dataclasses import dataclass

from torch import Tensor

from engine.data.found import load_set
from engine.inside.mistakes import READING_SECONDS, affordable
from engine.inside.network import Network
from engine.training.predict import probabilities

READ = 10_000  # pictures at most


@dataclass(frozen=True, slots=True, eq=False)
class TrainReadings:
    """The share that a network gave each class, of the first N pictures to train with: (N, classes)."""

    shares: Tensor


def read_train_set(network: Network, name: str) -> TrainReadings:
    """Read as many pictures of the data set as take some seconds. Raises SpecError where it is not here any more."""
    images = load_set(name).train_images
    count = affordable(network.plan, READING_SECONDS, min(READ, len(images)))
    return TrainReadings(probabilities(network.model, images[:count], network.plan.network.reads).nan_to_num())
