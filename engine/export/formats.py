"""What can be taken away: a network as a PyTorch or Keras program, a network or a GAN as JSON or a link. No torch."""

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.catalogue.codec import Codec
from engine.catalogue.params import SpecError
from engine.export.keras import keras_code
from engine.export.pytorch import pytorch_code
from engine.gan.config import GAN_CODEC, GanSpec
from engine.network.spec import MAX_JSON_CHARACTERS, NetworkSpec, network_from_json, network_to_json, parse_json
from engine.text import Text, sentences
from engine.training.config import TRAIN_CODEC, TrainConfig

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


MAX_LINK_CHARACTERS = 4_000

Work = tuple[NetworkSpec, TrainConfig] | GanSpec
Read = TypeVar("Read")


def recipe_to_json(network: NetworkSpec, config: TrainConfig) -> dict[str, Any]:
    return {"network": network_to_json(network), "training": TRAIN_CODEC.to_json(config)}


def recipe_from_json(data: object) -> tuple[NetworkSpec, TrainConfig]:
    """Read an untrusted recipe (parsed, or text), or a network alone with default settings. Raises SpecError."""
    if isinstance(data, str):
        data = parse_json(data)
    if not isinstance(data, dict) or not data.keys() & {"network", "layers"}:
        raise SpecError(Text("This is not a network that was saved here."), Text("Open a file from the Build page."))
    if "network" not in data:
        return network_from_json(data), TrainConfig()
    return network_from_json(data["network"]), TRAIN_CODEC.from_json(data.get("training", {}))


def work_from_json(data: object) -> Work:
    """Read an untrusted recipe, or a whole GAN. Raises SpecError."""
    if isinstance(data, str):
        data = parse_json(data)
    return GAN_CODEC.from_json(data) if isinstance(data, dict) and "generator" in data else recipe_from_json(data)


def recipe_to_link(network: NetworkSpec, config: TrainConfig) -> str:
    """The recipe as letters, digits, - and _, for a URL. Raises SpecError when it would be too long for one."""
    return _pack(recipe_to_json(network, config))


def gan_to_link(gan: GanSpec) -> str:
    """The GAN for a URL. Raises SpecError when it would be too long for one."""
    return write_link(gan, GAN_CODEC)


def write_link(data: Read, codec: Codec[Read]) -> str:
    """What a codec writes, for a URL. Raises SpecError when it would be too long for one."""
    return _pack(codec.to_json(data))


def read_link(text: str, codec: Codec[Read]) -> Read:
    """Read an untrusted link to what a codec reads; what it unpacks to is bounded. Raises SpecError."""
    return _unpack(text, lambda found: codec.from_json(parse_json(str(found))))


def recipe_from_link(text: str) -> tuple[NetworkSpec, TrainConfig]:
    """Read an untrusted link to a recipe; what it unpacks to is bounded. Raises SpecError."""
    return _unpack(text, recipe_from_json)


def work_from_link(text: str) -> Work:
    """Read an untrusted link to a recipe or a GAN; what it unpacks to is bounded. Raises SpecError."""
    return _unpack(text, work_from_json)


def _pack(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, separators=(",", ":"))
    link = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    if len(link) > MAX_LINK_CHARACTERS:
        raise SpecError(Text("This network is too long for a link."), Text("Save it as a file and share that."))
    return link


def _unpack(text: str, read: Callable[[object], Read]) -> Read:
    if len(text) > MAX_LINK_CHARACTERS:
        raise SpecError(Text("The link is too long."), Text("Ask for the network as a file."))
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, MAX_JSON_CHARACTERS + 1)
        if len(content) > MAX_JSON_CHARACTERS or not unpacking.eof or unpacking.unused_data:
            raise ValueError("unpacks to too much, too little, or is followed by something else")
        return read(content.decode())
    except SpecError as error:
        what = sentences(Text("The link does not hold a usable network."), error.what)
        raise SpecError(what, error.cure) from error
    except (ValueError, binascii.Error, zlib.error) as error:
        raise SpecError(Text("The link is damaged."), Text("Copy the whole link again.")) from error
