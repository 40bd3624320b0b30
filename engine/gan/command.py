"""The command `python -m engine gan`: trains a GAN for so many seconds, and writes its pictures."""

import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.files import write_whole
from engine.gan.config import GAN_CODEC, GanSpec
from engine.gan.events import (
    GanEvaluated,
    GanEvent,
    GanFinished,
    GanStarted,
)
from engine.gan.film import film_gif
from engine.gan.quality import digits_of, features_of
from engine.gan.sampling import SHEET, GanModels, contact_sheet, draw, fixed_z, make_gan
from engine.gan.train import train_gan
from engine.network.build import best_device
from engine.text import Text
from engine.training.events import Diverged, FrameDrawn
from engine.training.streams import Controls

LONGEST_SECONDS = 86_400
MOST_ROUNDS = 100_000
SAMPLES = 2000
SAMPLES_SEED = 7


def run(gan: GanSpec, seconds: float, out: Path | None, tell: Callable[[GanEvent | Diverged], None]) -> int:
    """Train for `seconds` of processor time (of clock time where another device does the work), `tell` every event, and
    write pictures, film and numbers to the folder `out`. 0, or 1 when it diverged. Raises SpecError."""
    if not 0 < seconds <= LONGEST_SECONDS:
        what = Text("{seconds:g} seconds cannot be used.", seconds=seconds)
        raise SpecError(what, Text("Use from 1 to {most:,}.", most=LONGEST_SECONDS))
    gan = replace(gan, config=replace(gan.config, steps=MOST_ROUNDS))
    data, models, controls = load_mnist(), make_gan(gan), Controls()
    busy = time.process_time if best_device().type == "cpu" else time.perf_counter
    frames: list[FrameDrawn] = []
    began = busy()
    for event in train_gan(models, gan, data.train_images, data.train_labels, controls):
        if isinstance(event, GanStarted):
            began = busy()  # loading takes time once, and is no training
        controls.stop = busy() - began >= seconds
        if isinstance(event, FrameDrawn):
            frames.append(event)
        elif event is not None:
            _report(gan, event)
            if isinstance(event, GanFinished) and out:
                _write(out, gan, models, frames)
            tell(event)
    return 1 if isinstance(event, Diverged) else 0


def _report(gan: GanSpec, event: GanEvent | Diverged) -> None:
    match event:
        case GanStarted():
            text = f"{gan.name} on {event.device}; real pictures are {event.real_distance:.1f} from real ones"
        case GanEvaluated() | GanFinished():
            text = f"round {event.step:,}, {event.seconds:.1f} s: distance {event.distance:.1f}, "
            text += f"{event.digits_covered} of 10 digits"
            text += "" if event.agreement is None else f", {event.agreement:.1%} drawn as asked"
        case Diverged():
            text = f"{event.why} {event.cure}"
        case _:
            return
    print(text, file=sys.stderr)


def _write(folder: Path, gan: GanSpec, models: GanModels, frames: Sequence[FrameDrawn]) -> None:
    z, labels = fixed_z(gan, SAMPLES, SAMPLES_SEED)
    images = draw(models.maker, z, labels, gan.is_conditional)
    if not gan.is_conditional:  # without labels: the digits that are read in the pictures
        labels = digits_of(features_of(images))
    write_whole(folder / "samples.npz", _save(lambda file: _savez(file, images=images.numpy(), labels=labels.numpy())))
    sheet = contact_sheet(images[:: SAMPLES // SHEET])
    write_whole(folder / "samples.png", _save(lambda file: sheet.save(file, "PNG")))
    write_whole(folder / "evolution.gif", film_gif(frames))
    write_whole(folder / "gan.json", json.dumps(GAN_CODEC.to_json(gan), indent=2).encode())


def _savez(file: io.BytesIO, **arrays: Any) -> None:
    np.savez_compressed(file, **arrays)


def _save(save: Callable[[io.BytesIO], None]) -> bytes:
    with io.BytesIO() as file:
        save(file)
        return file.getvalue()
