"""What lessons can check of a run."""

from collections.abc import Iterable, Iterator
from typing import Any

from engine.catalogue.params import Choice
from engine.gan.config import networks
from engine.points.config import GRADIENT, weight_names
from engine.runs.info import RunInfo
from ui.runs.words import named


def facts_of(run: RunInfo) -> dict[str, Any]:
    """By the names that a condition uses; what a run has not, or not yet, is left out."""
    finished = run.finished or {}
    facts: dict[str, Any] = {
        "kind": run.kind,
        "name": named(run.name),
        "status": run.status,
        "steps": run.step,
        "parameters": run.parameters,
        "layers": set(_layers(run)),
    }
    if run.kind == "classifier":
        config = run.job.config
        facts |= {"optimizer": config.optimizer.kind, "epochs": config.epochs, "pictures": config.images}
        facts |= {"noise": config.label_noise, "imbalance": config.imbalance, "fold": config.fold, "seed": config.seed}
    if run.kind == "points":
        facts |= _of_points(run)
    shares = (finished.get("test_accuracy"), finished.get("train_accuracy"))
    share = next((share for share in shares if share is not None), None)
    if share is not None and (run.kind != "classifier" or run.job.network.reads.is_digits):
        facts["accuracy"] = 100 * share
    if finished.get("distance") is not None:
        facts["distance"] = finished["distance"]
    return facts


def _of_points(run: RunInfo) -> dict[str, Any]:
    """What only a network on points has: its set, rule and activation, its hidden layers and all units of these, the
    learning rate that it began with, and how many weights were set by hand."""
    spec, names = run.job, set(weight_names(run.job))
    by_hand = {name for name, _ in spec.edits} | {name for name, *_ in run.changed if name in names}
    return {
        "data": spec.data,
        "rule": spec.rule,
        "activation": spec.activation,
        "hidden": len(spec.units),
        "units": sum(spec.units),
        "rate": spec.lr,
        "hand": len(by_hand),
        **({"optimizer": spec.optimizer.kind} if spec.rule == GRADIENT else {}),
    }


def _layers(run: RunInfo) -> Iterator[str]:
    if run.kind == "classifier":
        yield from _kinds(run.job.network.layers)
    elif run.kind == "points":
        yield from ("Linear", *([run.job.activation] if run.job.units else []))
    elif run.kind == "gan":
        for network in networks(run.job).values():
            yield from _kinds(network.layers)


def _kinds(layers: Iterable[Choice]) -> Iterator[str]:
    for layer in layers:
        yield layer.kind
        for body in layer.bodies:
            yield from _kinds(body)
