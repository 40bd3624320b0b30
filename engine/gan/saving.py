"""Saves and loads GANs: the weights of both networks in one safetensors file. No pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor

from engine.files import write_whole
from engine.gan.config import GAN_CODEC, GanSpec, check_gan
from engine.gan.sampling import GanModels
from engine.network.spec import parse_json
from engine.training.saving import (
    MAX_BYTES,
    VERSION,
    facts_of,
    fill_model,
    not_ours,
    read_file,
    tensors_of,
    weights_of,
)

PARTS = ("generator", "discriminator", "average")


@dataclass(frozen=True, slots=True, eq=False)
class SavedGan:
    """A loaded GAN: its settings, its networks in evaluation mode, and the facts that were saved with it."""

    gan: GanSpec
    models: GanModels
    facts: dict[str, Any]


def save_gan(path: Path, gan: GanSpec, models: GanModels, facts: Mapping[str, Any]) -> None:
    """Write the GAN whole or not at all. `facts` is plain JSON, such as `{"step": 6000}`."""
    metadata = {
        "version": VERSION,
        "gan": json.dumps(GAN_CODEC.to_json(gan)),
        "facts": json.dumps(dict(facts), allow_nan=False),
    }
    write_whole(path, save(_weights(models), metadata))


def load_gan(path: Path) -> SavedGan:
    """Read a GAN that may come from anywhere. Raises SpecError when it is not one of ours, FileNotFoundError."""
    metadata, weights = read_file(path, len(PARTS) * MAX_BYTES)
    if "gan" not in metadata:
        raise not_ours()
    gan = GAN_CODEC.from_json(parse_json(metadata["gan"]))
    check_gan(gan)
    return SavedGan(gan, _fill(gan, weights), facts_of(metadata))


def gan_bytes(models: GanModels) -> bytes:
    """The weights and buffers alone, for a reader that knows the GAN."""
    return save(_weights(models))


def gan_from_bytes(gan: GanSpec, content: bytes) -> GanModels:
    """The GAN with the weights that `gan_bytes` wrote, in evaluation mode. Raises SpecError when they do not fit it."""
    return _fill(gan, tensors_of(content))


def _weights(models: GanModels) -> dict[str, Tensor]:
    present = ((part, getattr(models, part)) for part in PARTS)
    return {f"{part}.{name}": t for part, model in present if model for name, t in weights_of(model).items()}


def _fill(gan: GanSpec, weights: Mapping[str, Tensor]) -> GanModels:
    expected = PARTS if gan.config.ema else PARTS[:2]
    by_part: dict[str, dict[str, Tensor]] = {part: {} for part in expected}
    for name, tensor in weights.items():
        part, _, rest = name.partition(".")
        if part not in by_part:
            raise not_ours()
        by_part[part][rest] = tensor
    networks = {"discriminator": gan.discriminator}
    filled_parts = {part: fill_model(networks.get(part, gan.generator), by_part[part]) for part in expected}
    return GanModels(filled_parts["generator"], filled_parts["discriminator"], filled_parts.get("average"))
