"""The curve of a run that nobody disturbs, and what a run that was disturbed must have in common with it."""

import functools
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from benchmarks.class_watchers import Seen
from engine.data.mnist import load_mnist
from engine.files import data_folder
from engine.network.build import build
from engine.network.spec import plan
from engine.plane.config import PlaneGan
from engine.plane.train import train_plane
from engine.runs.message import pack
from engine.training.events import Event
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from engine.training.train import train

TIMES = ("samples_per_second", "train_seconds", "seconds", "frames")  # what depends on how fast it went
SURE = ("evaluated", "epoch_done", "finished", "plane_finished")
Curve = tuple[dict[str, list[float]], list[dict[str, Any]]]


def short_job(kind: str, seed: int) -> Any:
    """About a second of work for one core: `mlp`, `quick` (convolutions, batch statistics) or `plane`, a GAN."""
    if kind == "plane":
        return PlaneGan(steps=500, seed=seed)
    preset, (images, epochs) = PRESETS[kind], {"mlp": (6000, 15), "quick": (3000, 5)}[kind]
    return Classification(preset.network, replace(preset.config, images=images, epochs=epochs, seed=seed))


@functools.cache
def undisturbed(job: Any) -> Curve:
    """From the stream alone, with one thread, as it goes over the wire."""
    message = pack((event for event in _stream(job) if event is not None), 0)
    return message["steps"], _sure(message["events"])


def seen_curve(seen: Seen) -> Curve:
    return seen.columns, _sure(seen.events)


def stored_curve(run_id: str, seq: int) -> tuple[Curve, bool]:
    """What the store has of a run, row by row, and whether its numbers go from 1 to `seq` without a gap or an
    overlap."""
    with sqlite3.connect(f"file:{data_folder() / 'playground.sqlite'}?mode=ro", uri=True) as store:
        query = "select first_seq, last_seq, message from batches where run_id = ? order by first_seq"
        rows = store.execute(query, (run_id,)).fetchall()
        newest = store.execute("select seq from runs where id = ?", (run_id,)).fetchone()
    seen = Seen([(0.0, json.loads(message)) for _, _, message in rows])
    ends = [0, *(last for _, last, _ in rows)]
    whole = newest == (seq,) == (ends[-1],)
    return (seen.columns, _sure(seen.events)), whole and all(
        first == before + 1 for before, (first, _, _) in zip(ends, rows, strict=False)
    )


def is_once_each(curve: Curve) -> bool:
    """Whether every step is there once, in order."""
    steps = curve[0].get("step", [])
    return all(b == a + 1 for a, b in pairwise([0, *steps]))


def _stream(job: Any) -> Iterator[Event | None]:
    match job:
        case PlaneGan():
            return train_plane(job)
        case Classification():
            return train(build(plan(job.network), job.config.seed), job.config, load_mnist())
    raise ValueError("no short job is of this kind")


def _sure(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sure = [event for event in events if event["event"] in SURE]
    return [{name: _plain(value) for name, value in event.items() if name not in TIMES} for event in sure]


def _plain(value: Any) -> Any:
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
