"""Is advice right? Trains networks that are broken in a known way, and healthy ones, all drawn by a seeded generator.

    python benchmarks/advice.py [--each 60] [--seed 0]

Prints what was said of each; then the recall (broken ones of which the trouble put in was said) and the precision
(how much of what was said, was said of broken ones). That a run was still learning is no trouble and counts in neither.
"""

import argparse
import os
import random
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from engine.advice import network as of_networks
from engine.advice import run as of_runs
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, choose
from engine.data.mnist import load_mnist
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.advice import tried_rate
from engine.training.config import TrainConfig
from engine.training.events import StepDone, as_json
from engine.training.kind import LR, Classification, with_lr
from engine.training.train import train

NO_TROUBLE = {"still_learning"}
ACTIVATIONS = ("ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Tanh")
Broken = tuple[Classification, set[str]]


def linear(units: int) -> Choice:
    return layer("Linear", units=units)


def healthy(draw: random.Random) -> Classification:
    """A network and settings as a careful person might choose them."""
    blocks = [_block(draw) for _ in range(draw.randint(1, 3))]
    layers: list[Choice] = [layer("Flatten"), *(one for block in blocks for one in block), linear(10)]
    if draw.random() < 0.3:
        channels = draw.choice((4, 8, 12))
        layers = [layer("Conv2d", channels=channels, padding=1), layer("ReLU"), layer("MaxPool2d"), *layers]
    kind = draw.choice(list(OPTIMIZERS))
    rate = float(f"{tried_rate(kind) * 2 ** draw.uniform(-1, 1):.2g}")
    config = TrainConfig(
        optimizer=choose(OPTIMIZERS, kind, {"lr": rate}, ""),
        batch_size=draw.choice((16, 32, 64, 128)),
        epochs=draw.randint(4, 8),
        images=12_000,
        seed=draw.randrange(1000),
        label_noise=draw.choice((0.0, 0.0, 0.0, 5.0)),
        l2=draw.choice((0.0, 0.0, 1e-4)),
    )
    return Classification(NetworkSpec(tuple(layers)), config)


def _block(draw: random.Random) -> list[Choice]:
    activation = layer(draw.choice(ACTIVATIONS))
    norm = [layer("BatchNorm1d")] if draw.random() < 0.3 else []
    drop = [layer("Dropout", p=draw.choice((0.1, 0.2, 0.5)))] if draw.random() < 0.2 else []
    return [linear(draw.choice((32, 64, 128))), *norm, activation, *drop]


def _layers(job: Classification, layers: list[Choice]) -> Classification:
    return replace(job, network=replace(job.network, layers=tuple(layers)))


def _config(job: Classification, **changes: Any) -> Classification:
    return replace(job, config=replace(job.config, **changes))


def _end(job: Classification, draw: random.Random) -> Broken:
    last = draw.choice((layer("ReLU"), layer("Dropout", p=0.5), layer("Sigmoid")))
    return _layers(job, [*job.network.layers, last]), {"activation_last", "dropout_last"}


def _linear_chain(job: Classification, draw: random.Random) -> Broken:
    return _layers(job, [*job.network.layers[:-1], linear(64), linear(10)]), {"nothing_between"}


def _bottleneck(job: Classification, draw: random.Random) -> Broken:
    return _layers(job, [*job.network.layers[:-1], linear(1), layer("Tanh"), linear(10)]), {"bottleneck"}


def _dropped(job: Classification, draw: random.Random) -> Broken:
    share = draw.choice((0.8, 0.9, 0.95))
    return _layers(job, [*job.network.layers[:-1], layer("Dropout", p=share), linear(10)]), {"heavy_dropout"}


def _sigmoids(job: Classification, draw: random.Random) -> Broken:
    body = [one for _ in range(draw.randint(6, 9)) for one in (linear(48), layer("Sigmoid"))]
    job = _layers(job, [layer("Flatten"), *body, linear(10)])
    return job, {"sigmoids_in_a_row", "vanishing", "at_chance"}


def _zeros(job: Classification, draw: random.Random) -> Broken:
    return replace(job, network=replace(job.network, init="zeros")), {"zero_weights"}


def _fast(job: Classification, draw: random.Random) -> Broken:
    rate = tried_rate(job.config.optimizer.kind) * draw.choice((100, 300, 1000))
    found = {"wild_rate", "diverged", "exploding", "resting", "jumpy", "at_chance", "plateau", "oscillating"}
    return with_lr(job, LR, min(rate, 10.0)), found


def _slow(job: Classification, draw: random.Random) -> Broken:
    rate = tried_rate(job.config.optimizer.kind) / draw.choice((1000, 10_000))
    return with_lr(job, LR, max(rate, 1e-7)), {"still", "under_fitting", "at_chance"}


def _by_heart(job: Classification, draw: random.Random) -> Broken:
    layers = [layer("Flatten"), linear(128), layer("ReLU"), linear(10)]
    return _config(_layers(job, layers), images=400, epochs=80, l2=0.0), {"over_fitting"}


def _clipped(job: Classification, draw: random.Random) -> Broken:
    return _config(job, clip_norm=draw.choice((1e-3, 1e-2))), {"clipped"}


def _one_batch(job: Classification, draw: random.Random) -> Broken:
    return _config(job, images=200, batch_size=256), {"one_step_an_epoch"}


def _penalty(job: Classification, draw: random.Random) -> Broken:
    return _config(job, l2=0.0, l1=draw.choice((0.01, 0.05))), {"heavy_penalty"}


def _labels(job: Classification, draw: random.Random) -> Broken:
    return _config(job, label_noise=draw.choice((50.0, 70.0))), {"wrong_labels"}


def _mirrored(job: Classification, draw: random.Random) -> Broken:
    changes: dict[str, Any] = draw.choice(({"horizontal_flip": True}, {"rotation_range": 180.0}))
    return _config(job, **changes), {"other_digits"}


def _noisy(job: Classification, draw: random.Random) -> Broken:
    return _config(job, input_noise=draw.choice((2.0, 3.0))), {"drowned_pictures"}


TROUBLES: tuple[Callable[[Classification, random.Random], Broken], ...] = (
    *(_end, _linear_chain, _bottleneck, _dropped, _sigmoids, _zeros, _fast, _slow, _by_heart, _clipped, _one_batch),
    *(_penalty, _labels, _mirrored, _noisy),
)


def said_of(job: Classification) -> set[str]:
    """The rules that a whole run of the job sets off."""
    stream = train(build(plan(job.network), job.config.seed), job.config, load_mnist())
    events = [event for event in stream if event]
    steps = [event for event in events if isinstance(event, StepDone)]
    message = {
        "events": [as_json(event) for event in events if not isinstance(event, StepDone)],
        "steps": {field.name: [getattr(step, field.name) for step in steps] for field in fields(StepDone)},
    }
    seen = of_runs.seen_in(job, message, is_over=True)
    return {one.rule for one in (*of_networks.advise(job), *of_runs.advise(seen))} - NO_TROUBLE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    draw = random.Random(options.seed)
    found, right, wrong = 0, 0, 0
    for number in range(options.each):
        trouble = TROUBLES[number % len(TROUBLES)]
        job, named = trouble(healthy(draw), draw)
        said = said_of(job)
        found += bool(said & named)
        right += len(said)
        print(
            f"{trouble.__name__[1:]:<14} {'found' if said & named else 'MISSED':<7} {', '.join(sorted(said))}",
            flush=True,
        )
    for _ in range(options.each):
        job = healthy(draw)
        said = said_of(job)
        wrong += len(said)
        names = " ".join(choice.kind for choice in job.network.layers)
        print(
            f"{'healthy':<14} {'SAID' if said else 'silent':<7} {', '.join(sorted(said))}  {names if said else ''}",
            flush=True,
        )
    print(f"Recall: {found} of {options.each} broken ones. Precision: {right / max(1, right + wrong):.1%}.")
    print(f"Of {options.each} healthy ones {wrong} troubles were said.")


if __name__ == "__main__":
    main()
