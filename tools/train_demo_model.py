"""Train the bundled model on MNIST, augmented for drawn digits: `python -m tools.train_demo_model`, a quarter-hour."""

import argparse
import json
import random
import sys
import time
from pathlib import Path

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from engine.catalogue.params import choose
from engine.catalogue.schedules import SCHEDULES, factor
from engine.data.batches import augment
from engine.data.mnist import load_mnist, normalise, split
from engine.digits.prepare import Drawing, prepare
from engine.files import ASSETS
from engine.network.build import build
from engine.network.spec import NetworkSpec, layer, plan
from engine.training.config import TrainConfig
from engine.training.predict import probabilities
from engine.training.saving import save_model

BATCH = 128
DRAWN_EACH = 1500
PEAK_LR, WEIGHT_DECAY = 4e-3, 0.02

NETWORK = NetworkSpec(
    name="Bundled model",
    layers=(
        layer("Conv2d", channels=32, kernel_size=5),
        layer("MaxPool2d"),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Conv2d", channels=64, kernel_size=3),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Conv2d", channels=64, kernel_size=3),
        layer("MaxPool2d"),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Conv2d", channels=128, kernel_size=3),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Flatten"),
        layer("Dropout", p=0.3),
        layer("Linear", units=10),
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ASSETS / "models" / "demo.safetensors")
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    data = load_mnist()
    train_indices, validation_indices = split(TrainConfig(), data.train_labels)
    drawn_images, drawn_labels = drawn_ones_and_sevens(options.seed)
    images = torch.cat([data.train_images[train_indices], drawn_images])
    labels = torch.cat([data.train_labels[train_indices], drawn_labels])
    held_back = data.train_images[validation_indices], data.train_labels[validation_indices]
    model = build(plan(NETWORK), options.seed).to(memory_format=torch.channels_last)
    fit(model, images, labels, held_back, options.epochs, options.seed)

    facts = {
        "trained_on": f"{len(train_indices):,} MNIST pictures and {len(drawn_labels):,} drawn 1s and 7s, augmented",
        "epochs": options.epochs,
        "seed": options.seed,
        "validation_accuracy": accuracy(model, *held_back),
        "test_accuracy": accuracy(model, data.test_images, data.test_labels),
    }
    save_model(options.out, NETWORK, model, facts)
    print(json.dumps(facts))


def drawn_ones_and_sevens(seed: int) -> tuple[Tensor, Tensor]:
    """Strokes as half the world writes 1, with a flag, and 7, with a bar: MNIST has few, and 1 is then read as 7."""
    chance = random.Random(seed)
    images = []
    for number in range(2 * DRAWN_EACH):
        strokes = _one(chance) if number < DRAWN_EACH else _seven(chance)
        slant, pen = chance.uniform(-0.2, 0.4), chance.uniform(4, 40)
        leaning = tuple(tuple((300 + 200 * (x - slant * y), 100 + 200 * y) for x, y in stroke) for stroke in strokes)
        prepared = prepare(Drawing(600, 400, pen, leaning))
        assert prepared is not None
        images.append(torch.from_numpy(prepared.image))
    return torch.stack(images), torch.tensor([1, 7]).repeat_interleave(DRAWN_EACH)


def _one(chance: random.Random) -> list[list[tuple[float, float]]]:
    back = chance.uniform(0.1, 0.5)
    flag = (-back, min(back * chance.uniform(0.5, 1.6), 0.5))
    stem = [flag, (0.0, 0.0), (chance.uniform(-0.08, 0.08), 1.0)]
    foot = [(-chance.uniform(0.15, 0.35), 1.0), (chance.uniform(0.15, 0.35), 1.0)]
    return [stem, foot] if chance.random() < 0.25 else [stem]


def _seven(chance: random.Random) -> list[list[tuple[float, float]]]:
    wide = chance.uniform(0.4, 0.8)
    end = wide * chance.uniform(0.2, 0.8)
    top = [(-wide, chance.uniform(-0.05, 0.08)), (0.0, 0.0)]
    stem = [*top, (-end * chance.uniform(0.4, 0.6), 0.45), (-end, 1.0)]
    bar = [(-end / 2 - 0.22, 0.5), (-end / 2 + 0.22, chance.uniform(0.45, 0.52))]
    return [stem, bar] if chance.random() < 0.5 else [stem]


def fit(
    model: nn.Sequential, images: Tensor, labels: Tensor, held_back: tuple[Tensor, Tensor], epochs: int, seed: int
) -> None:
    """One cycle of AdamW over freshly augmented batches; progress goes to stderr after every epoch."""
    generator = Generator().manual_seed(seed)
    schedule = choose(SCHEDULES, "OneCycle", {"rise": 0.2}, "Schedule")
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_LR, weight_decay=WEIGHT_DECAY, fused=True)
    steps_per_epoch = len(labels) // BATCH
    started, step = time.perf_counter(), 0
    for epoch in range(1, epochs + 1):
        model.train()
        total = 0.0
        order = torch.randperm(len(labels), generator=generator)[: steps_per_epoch * BATCH]
        for chosen in order.reshape(-1, BATCH):
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = PEAK_LR * factor(schedule, step, steps_per_epoch * epochs, steps_per_epoch)
            batch = normalise(augment(images[chosen], generator)).to(memory_format=torch.channels_last)
            loss = cross_entropy(model(batch), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        seconds = time.perf_counter() - started
        reached = f"loss {total / steps_per_epoch:.4f}, validation {accuracy(model, *held_back):.4f}"
        print(f"epoch {epoch}/{epochs}: {reached}, {seconds:.0f} s", file=sys.stderr, flush=True)


def accuracy(model: nn.Sequential, images: Tensor, labels: Tensor) -> float:
    """Share read correctly."""
    return float((probabilities(model, images).argmax(1) == labels).double().mean())


if __name__ == "__main__":
    main()
