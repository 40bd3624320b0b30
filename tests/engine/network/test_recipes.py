import json
import random
import re
import zlib
from base64 import urlsafe_b64encode

import pytest

from engine.catalogue.params import SpecError
from engine.export.formats import (
    MAX_LINK_CHARACTERS,
    recipe_from_json,
    recipe_from_link,
    recipe_to_json,
    recipe_to_link,
)
from engine.network.spec import MAX_LAYERS, NetworkSpec, layer, network_to_json
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_recipes_survive_json_text_and_links(name: str) -> None:
    network, settings = PRESETS[name].network, PRESETS[name].config
    assert recipe_from_json(json.dumps(recipe_to_json(network, settings))) == (network, settings)
    link = recipe_to_link(network, settings)
    assert re.fullmatch(r"[\w-]+", link, re.ASCII)
    assert recipe_from_link(link) == (network, settings)


def test_a_network_alone_is_a_recipe_with_default_settings() -> None:
    network = PRESETS["cnn"].network
    assert recipe_from_json(network_to_json(network)) == (network, TrainConfig())


def test_the_longest_networks_fit_a_link_or_are_told_to_be_saved() -> None:
    chance = random.Random(0)
    layers = [
        layer("Conv2d", channels=chance.randint(1, 512), padding=chance.randint(0, 14)) for _ in range(MAX_LAYERS)
    ]
    network = NetworkSpec(tuple(layers), name="Long")
    assert recipe_from_link(recipe_to_link(network, TrainConfig()))[0] == network


def packed(content: bytes) -> str:
    return urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


GOOD = recipe_to_link(PRESETS["cnn"].network, TrainConfig())
NONSENSE = {
    "nothing": "",
    "a word": "hello",
    "other letters": "é" * 40,
    "cut short": GOOD[:-20],
    "followed by more": GOOD + "AAAAAAAA",
    "too long": "A" * (MAX_LINK_CHARACTERS + 1),
    "not zlib": urlsafe_b64encode(b"not compressed at all").decode(),
    "unpacks to 100 MB": packed(b" " * 100_000_000)[:MAX_LINK_CHARACTERS],
    "unpacks to 2 MB": packed(b" " * 2_000_000),
    "not text": packed(b"\xff\xfe\x00"),
    "not JSON": packed(b"{"),
    "nested": packed(b"[" * 50_000),
    "NaN": packed(b'{"network": {"layers": [{"kind": "Dropout", "p": NaN}]}}'),
    "a number": packed(b"7"),
    "an empty object": packed(b"{}"),
    "a network that is none": packed(b'{"network": []}'),
    "an unknown layer": packed(b'{"network": {"layers": [{"kind": "Transformer"}]}}'),
    "a negative width": packed(b'{"network": {"layers": [{"kind": "Linear", "units": -1}]}}'),
    "10,000 layers": packed(json.dumps({"network": {"layers": [{"kind": "ReLU"}] * 10_000}}).encode()),
    "1,000 layers": packed(json.dumps({"network": {"layers": [{"kind": "ReLU"}] * 1_000}}).encode()),
    "unknown training": packed(b'{"network": {"layers": []}, "training": {"speed": 1}}'),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_link_of_nonsense_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(SpecError) as caught:
        recipe_from_link(NONSENSE[name])
    assert str(caught.value).startswith("The link ")
    assert len(str(caught.value)) < 400


def test_a_link_with_any_letter_changed_is_refused_or_still_a_recipe() -> None:
    chance = random.Random(2)
    for _ in range(500):
        place = chance.randrange(len(GOOD))
        try:
            recipe_from_link(GOOD[:place] + chance.choice("Az09-_ %=") + GOOD[place + 1 :])
        except SpecError as error:
            assert str(error).startswith("The link ")
