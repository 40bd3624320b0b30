"""Random nested networks from a seed: small ones of every kind of card, of which many fit and some do not."""

import random
from collections.abc import Iterator
from dataclasses import replace

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Value
from engine.network.spec import MAX_DEPTH, NetworkSpec, is_block, layer, mend_network, survey

SMALL = {"channels": 6, "units": 24, "size": 16, "times": 3, "kernel_size": 5, "stride": 2, "padding": 2, "scale": 2}
SMALL |= {"kernel_width": 5, "stride_across": 2, "padding_across": 2}
BLOCKS = [kind for kind in LAYERS if is_block(kind)]
PLAIN = [kind for kind, row in LAYERS.items() if not is_block(kind) and not row.takes_label]
OFTEN = ["Conv2d", "ReLU", "BatchNorm2d", "LayerNorm", "GroupNorm", "SelfAttention", "Linear", "RowsAsSteps", "Dropout"]
SQUARE = {"kernel_width": 0, "stride_across": 0, "padding_across": -1}
KEEPING = {"Conv2d": {"kernel_size": 3, "padding": 1, "stride": 1, "dilation": 1, "groups": 1, **SQUARE}}


def random_networks(seed: int, count: int) -> Iterator[NetworkSpec]:
    chance = random.Random(seed)
    for _ in range(count):
        yield _network(chance)


def _network(chance: random.Random) -> NetworkSpec:
    """Cards that fit, one after the other, but for a few; then, mostly, every cure that is offered."""
    layers: tuple[Choice, ...] = ()
    for _ in range(chance.randint(1, 8)):
        more = (*layers, random_card(chance))
        planned, _error = survey(NetworkSpec(more))
        if len(planned) == len(more) or chance.random() < 0.2:
            layers = more
    network = NetworkSpec(layers, chance.choice(["default", "he", "xavier", "zeros"]))
    return mended(network) if chance.random() < 0.9 else network


def mended(network: NetworkSpec) -> NetworkSpec:
    """The network after up to 30 clicks on cures."""
    for _ in range(30):
        _, error = survey(network)
        if error is None or error.mend is None:
            break
        network = mend_network(network, error.mend)
    return network


def random_card(chance: random.Random, depth: int = 0) -> Choice:
    """A layer with settings at random, or a block with such layers in it, sometimes too deep."""
    if chance.random() < 0.35 and depth < MAX_DEPTH + chance.choice([0, 0, 0, 0, 1]):
        kind = chance.choice(BLOCKS)
        least, most = LAYERS[kind].bodies
        lists = [
            [random_card(chance, depth + 1) for _ in range(chance.randint(kind != "Branches", 3))]
            for _ in range(chance.randint(least, min(most, 3)))
        ]
        return replace(random_settings(chance, kind), bodies=tuple(map(tuple, lists)))
    return random_settings(chance, chance.choice(PLAIN if chance.random() < 0.6 else OFTEN))


def random_settings(chance: random.Random, kind: str) -> Choice:
    """The defaults, or small values; convolutions mostly keep the size."""
    values: dict[str, Value] = {}
    for name, param in LAYERS[kind].params.items():
        match param.kind:
            case "int":
                most = min(SMALL.get(name, 4), int(param.high))
                values[name] = chance.randint(int(param.low), max(most, int(param.low)))
            case "float":
                values[name] = chance.uniform(param.low, min(param.high, 1.0))
            case "choice":
                values[name] = chance.choice(param.options)
            case _:
                values[name] = chance.random() < 0.3
    keeping = KEEPING.get(kind, {}) if chance.random() < 0.7 else {}
    return layer(kind, **{**values, **keeping})
