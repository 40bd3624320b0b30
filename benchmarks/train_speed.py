"""Training speed beside what a user would write instead: pictures per CPU-second, one thread, interleaved slices.

    python benchmarks/train_speed.py [--networks mlp cnn lenet5] [--keras]

Every contender trains one epoch of the same network on the same 55,000 pictures in turns of about half a second, so
that noise on a shared machine falls on all alike. Ratios are what to look at. `--keras` needs keras and tensorflow-cpu.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[name] = "1"
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from engine.data.mnist import Data, load_mnist, normalise, split
from engine.network.build import build
from engine.network.spec import plan
from engine.training.config import TrainConfig
from engine.training.events import StepDone
from engine.training.presets import PRESETS
from engine.training.train import train

SLICE_SECONDS = 0.5
TARGETS = {
    ("mlp", "bare loop"): 0.95,
    ("cnn", "bare loop"): 0.95,
    ("lenet5", "bare loop"): 0.95,
    ("mlp", "DataLoader"): 4.0,
    ("cnn", "DataLoader"): 1.5,
    ("mlp", "Keras fit"): 2.0,
}


def stream(name: str, config: TrainConfig, data: Data) -> Iterator[int]:
    """Ours: every event made, validation on."""
    model = build(plan(PRESETS[name].network), 0)
    for event in train(model, config, data):
        yield config.batch_size if isinstance(event, StepDone) else 0


def bare_loop(name: str, config: TrainConfig, data: Data) -> Iterator[int]:
    """The same arithmetic by hand: same layout, fused Adam, contiguous batches; nothing reported, nothing checked."""
    model = build(plan(PRESETS[name].network), 0).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    indices, _ = split(config, data.train_labels)
    size = config.batch_size
    while True:
        for chosen in indices[torch.randperm(len(indices))].split(size * max(1, 1024 // size)):
            images = normalise(data.train_images.index_select(0, chosen))
            labels = data.train_labels.index_select(0, chosen)
            for x, y in zip(images.split(size), labels.split(size), strict=True):
                loss = F.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                yield len(y)


class PerSample(Dataset[tuple[Tensor, int]]):
    """What tutorials show: each picture made a PIL image, then a tensor, then normalised, by itself."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        picture = Image.fromarray(self.images[index].numpy())
        pixels = torch.from_numpy(np.array(picture, copy=True)).unsqueeze(0).to(torch.float32).div(255)
        mean, std = torch.tensor([0.1307]).view(-1, 1, 1), torch.tensor([0.3081]).view(-1, 1, 1)
        return pixels.clone().sub_(mean).div_(std), int(self.labels[index])


def data_loader(name: str, config: TrainConfig, data: Data) -> Iterator[int]:
    """The tutorial's loop: DataLoader with a transform per sample, Adam with its defaults."""
    model = torch.nn.Sequential(*torch.nn.ModuleList(build(plan(PRESETS[name].network), 0).children()))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    indices, _ = split(config, data.train_labels)
    samples = PerSample(data.train_images[indices], data.train_labels[indices])
    while True:
        for x, y in DataLoader(samples, batch_size=config.batch_size, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            yield len(y)


def keras_fit(name: str, config: TrainConfig, data: Data) -> Iterator[int]:
    """Keras `fit` on whole arrays, a fifth of an epoch at a time; the model is what the Build page exports."""
    import keras

    from engine.export.formats import keras_code

    scope: dict[str, Any] = {"__name__": "exported"}
    exec(keras_code(PRESETS[name].network, config), scope)
    model = scope["model"]
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(True))
    indices, _ = split(config, data.train_labels)
    images = normalise(data.train_images[indices]).permute(0, 2, 3, 1).numpy()
    labels = data.train_labels[indices].numpy()
    block = len(images) // 5
    while True:
        for start in range(0, block * 5, block):
            part = slice(start, start + block)
            model.fit(images[part], labels[part], batch_size=config.batch_size, epochs=1, verbose=0)
            yield block


def race(contenders: dict[str, Iterator[int]], images: int) -> dict[str, float]:
    """Pictures per CPU-second of each, over `images` pictures in alternating slices, after a slice of warm-up."""
    samples = dict.fromkeys(contenders, 0)
    seconds = dict.fromkeys(contenders, 0.0)
    for contender in contenders.values():
        _slice(contender)
    while unfinished := [name for name in contenders if samples[name] < images]:
        for name in unfinished:
            done, used = _slice(contenders[name])
            samples[name] += done
            seconds[name] += used
    return {name: samples[name] / seconds[name] for name in contenders}


def _slice(contender: Iterator[int]) -> tuple[int, float]:
    samples, begin = 0, time.process_time()
    while (used := time.process_time() - begin) < SLICE_SECONDS:
        samples += next(contender)
    return samples, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=["mlp", "cnn", "lenet5"], choices=list(PRESETS))
    parser.add_argument("--keras", action="store_true", help="race against Keras fit too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = load_mnist()
    makers: dict[str, Callable[[str, TrainConfig, Data], Iterator[int]]] = {
        "stream": stream,
        "bare loop": bare_loop,
        "DataLoader": data_loader,
    }
    if options.keras:
        makers["Keras fit"] = keras_fit
    missed = 0
    print(f"{'network':<10}{'contender':<12}{'pictures per CPU-second':>24}{'stream is':>12}{'goal':>8}")
    for name in options.networks:
        config = replace(PRESETS[name].config, epochs=100)
        speeds = race({label: make(name, config, data) for label, make in makers.items()}, config.train_images)
        for label, speed in speeds.items():
            ratio, goal = speeds["stream"] / speed, TARGETS.get((name, label))
            missed += goal is not None and ratio < goal
            shown = f"{goal:>7.2f}x" if goal else ""
            print(f"{name:<10}{label:<12}{speed:>24,.0f}{ratio:>11.2f}x{shown}", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
