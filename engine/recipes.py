"""A network with its training settings, as JSON for a file and as a short text for a link. Imports no torch."""

import base64
import binascii
import json
import zlib
from typing import Any

from engine.config import TrainConfig, config_from_json, config_to_json
from engine.network import MAX_JSON_CHARACTERS, NetworkSpec, network_from_json, network_to_json, parsed_json
from engine.params import SpecError

MAX_LINK_CHARACTERS = 4_000


def recipe_to_json(network: NetworkSpec, config: TrainConfig) -> dict[str, Any]:
    return {"network": network_to_json(network), "training": config_to_json(config)}


def recipe_from_json(data: object) -> tuple[NetworkSpec, TrainConfig]:
    """Read an untrusted recipe (parsed, or text), or a network alone with default settings. Raises SpecError."""
    if isinstance(data, str):
        data = parsed_json(data)
    if not isinstance(data, dict) or not data.keys() & {"network", "layers"}:
        raise SpecError("This is not a network that was saved here.", "Open a file from the Build page.")
    if "network" not in data:
        return network_from_json(data), TrainConfig()
    return network_from_json(data["network"]), config_from_json(data.get("training", {}))


def recipe_to_link(network: NetworkSpec, config: TrainConfig) -> str:
    """The recipe as letters, digits, - and _, for a URL. Raises SpecError when it would be too long for one."""
    text = json.dumps(recipe_to_json(network, config), separators=(",", ":"))
    link = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    if len(link) > MAX_LINK_CHARACTERS:
        raise SpecError("This network is too long for a link.", "Save it as a file and share that.")
    return link


def recipe_from_link(text: str) -> tuple[NetworkSpec, TrainConfig]:
    """Read an untrusted link; what it unpacks to is bounded. Raises SpecError."""
    if len(text) > MAX_LINK_CHARACTERS:
        raise SpecError("The link is too long.", "Ask for the network as a file.")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, MAX_JSON_CHARACTERS + 1)
        if len(content) > MAX_JSON_CHARACTERS or not unpacking.eof or unpacking.unused_data:
            raise ValueError("unpacks to too much, too little, or is followed by something else")
        return recipe_from_json(content.decode())
    except SpecError as error:
        raise SpecError(f"The link does not hold a usable network. {error.what}", error.cure) from error
    except (ValueError, binascii.Error, zlib.error) as error:
        raise SpecError("The link is damaged.", "Copy the whole link again.") from error
