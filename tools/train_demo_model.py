"""Train the bundled model on MNIST, augmented for drawn digits: `python -m tools.train_demo_model`, half an hour."""

import argparse
import json
import sys
import time
from pathlib import Path

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from engine.build import build
from engine.checkpoint import save_model
from engine.config import TrainConfig
from engine.data.augment import augment
from engine.data.mnist import Mnist, load_mnist, normalise, split
from engine.files import ASSETS
from engine.network import NetworkSpec, layer, plan
from engine.params import choose
from engine.predict import probabilities
from engine.schedules import SCHEDULES, factor

BATCH = 128
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
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ASSETS / "models" / "demo.safetensors")
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    data = load_mnist()
    train_indices, validation_indices = split(TrainConfig(), data.train_labels)
    model = build(plan(NETWORK), options.seed).to(memory_format=torch.channels_last)
    fit(model, data, train_indices, validation_indices, options.epochs, options.seed)

    facts = {
        "trained_on": f"{len(train_indices):,} MNIST pictures, augmented for drawn digits",
        "epochs": options.epochs,
        "seed": options.seed,
        "validation_accuracy": accuracy(
            model, data.train_images[validation_indices], data.train_labels[validation_indices]
        ),
        "test_accuracy": accuracy(model, data.test_images, data.test_labels),
    }
    save_model(options.out, NETWORK, model, facts)
    print(json.dumps(facts))


def fit(model: nn.Sequential, data: Mnist, train: Tensor, validation: Tensor, epochs: int, seed: int) -> None:
    """One cycle of AdamW over freshly augmented batches; progress goes to stderr after every epoch."""
    generator = Generator().manual_seed(seed)
    schedule = choose(SCHEDULES, "OneCycle", {"rise": 0.2}, "Schedule")
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_LR, weight_decay=WEIGHT_DECAY, fused=True)
    steps_per_epoch = len(train) // BATCH
    started, step = time.perf_counter(), 0
    for epoch in range(1, epochs + 1):
        model.train()
        total = 0.0
        order = train[torch.randperm(len(train), generator=generator)]
        for chosen in order[: steps_per_epoch * BATCH].split(BATCH):
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = PEAK_LR * factor(schedule, step, steps_per_epoch * epochs, steps_per_epoch)
            images = normalise(augment(data.train_images[chosen], generator))
            loss = cross_entropy(model(images.to(memory_format=torch.channels_last)), data.train_labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        held_back = accuracy(model, data.train_images[validation], data.train_labels[validation])
        seconds = time.perf_counter() - started
        print(
            f"epoch {epoch}/{epochs}: loss {total / steps_per_epoch:.4f}, validation {held_back:.4f}, {seconds:.0f} s",
            file=sys.stderr,
            flush=True,
        )


def accuracy(model: nn.Sequential, images: Tensor, labels: Tensor) -> float:
    """Share read correctly."""
    return float((probabilities(model, images).argmax(1) == labels).double().mean())


if __name__ == "__main__":
    main()
