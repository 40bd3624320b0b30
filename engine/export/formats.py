"""What can be taken away: a network as a PyTorch or Keras program, a network or a GAN as JSON or a link. No torch."""

from collections.abc import Callable

from engine.export.keras import keras_code
from engine.export.pytorch import pytorch_code
from engine.export.recipes import (
    gan_to_link,
    recipe_from_json,
    recipe_from_link,
    recipe_to_json,
    recipe_to_link,
    work_from_json,
    work_from_link,
)

PROGRAMS: dict[str, Callable[..., str]] = {"pytorch": pytorch_code, "keras": keras_code}
TITLES = {"pytorch": "PyTorch", "keras": "Keras"}

__all__ = [
    "PROGRAMS",
    "TITLES",
    "gan_to_link",
    "keras_code",
    "pytorch_code",
    "recipe_from_json",
    "recipe_from_link",
    "recipe_to_json",
    "recipe_to_link",
    "work_from_json",
    "work_from_link",
]
