"""Estimates the time and memory of a run's steps from measured costs, and checks them against the limits. No torch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError
from engine.limits import MB, limits
from engine.network.plans import Plan, leaves
from engine.text import Text, plural

# Fitted to presets, recipes and wide, deep and large networks at batch sizes from 1 to 1,024, on one core of a 2026
# server; right within a factor of two there.
STEP_SECONDS, LAYER_SECONDS = 200e-6, 80e-6  # of each step, and of each layer in it, whatever its size
WEIGHT_SECONDS = 2e-9  # of each weight in each step: its update
ACTIVATION_SECONDS = 3.2e-9  # of each activation that a picture keeps for the backward pass
MULTIPLY_ADD_SECONDS = 4e-11
AUGMENT_SECONDS = 20e-6  # of a picture that is turned, shifted and the like before a network sees it
FORWARD = 1 / 3  # of the work of forward and backward together

FLOAT_BYTES = 4
WEIGHT_BYTES = 7 * FLOAT_BYTES  # the weight, its gradient, two means of the optimizer; three of them in a checkpoint
ACTIVATION_BYTES = 1.4 * FLOAT_BYTES  # its gradient lives for a part of the step
OWN_BYTES = 8_000_000  # pictures in the order of this run
CHUNK = 100  # pictures drawn or evaluated at once
WORTH_ALL_CORES_SECONDS = 0.003  # of a step on one core: shorter ones are no faster with more
NORMALISATIONS = ("BatchNorm1d", "BatchNorm2d")


@dataclass(frozen=True, slots=True)
class Load:
    """The time and memory that one run needs. `seconds` and `memory` (bytes) are those of a step without pictures; each
    of the `batch` pictures adds its own. `chunk_seconds` is the longest piece of work that is no step, such as a part
    of an evaluation.
    """

    parameters: int
    batch: int
    seconds: float
    picture_seconds: float
    memory: int
    picture_memory: int
    picture_multiply_adds: int
    chunk_seconds: float
    least_batch: int = 1
    of: Literal["pictures", "points"] = "pictures"
    is_round: bool = False

    @property
    def step_seconds(self) -> float:
        """The longest that other runs wait for this one."""
        return max(self.seconds + self.batch * self.picture_seconds, self.chunk_seconds)

    @property
    def step_memory(self) -> int:
        return self.memory + self.batch * self.picture_memory


def picture_seconds(network: Plan) -> float:
    """The time of one picture, forward and backward, without the overhead of a step."""
    return ACTIVATION_SECONDS * network.activations + MULTIPLY_ADD_SECONDS * network.multiply_adds


def overhead_seconds(network: Plan) -> float:
    """The time of a step without pictures."""
    return STEP_SECONDS + LAYER_SECONDS * sum(p.calls for p in network.layers)


def update_seconds(network: Plan, optimizer: str) -> float:
    """The time of the optimizer's update of all weights; Muon makes each weight matrix orthogonal, too."""
    is_muon = OPTIMIZERS[optimizer].is_muon
    products = sum(_orthogonal(p.parameters, p.out_shape[0]) for p in leaves(network.layers)) if is_muon else 0
    return WEIGHT_SECONDS * network.parameters + MULTIPLY_ADD_SECONDS * products


def _orthogonal(weights: int, rows: int) -> int:
    """The multiply-adds of five steps of Newton-Schulz, about."""
    columns = -(-weights // rows)
    return 5 * min(rows, columns) ** 2 * (2 * max(rows, columns) + min(rows, columns))


def picture_bytes(activations: int) -> int:
    """The bytes of the activations that one picture keeps for the backward pass."""
    return round(ACTIVATION_BYTES * activations)


@dataclass(frozen=True, slots=True)
class _Bound:
    """The amount `asked`, the part of it that is `fixed` whatever the batch, and its `limit`; `why` says both."""

    asked: float
    fixed: float
    limit: float
    why: Text


def check_load(load: Load) -> None:
    """Raise SpecError with the number, the limit and the cure where a step needs too much."""
    bounds = tuple(_bounds(load))
    broken = [bound for bound in bounds if bound.asked > bound.limit]
    if not broken:
        return
    most = min(_most(bound, load.batch) for bound in bounds)
    raise SpecError(_too_much(load, broken[0].why), _cure(load, most))


def check_batches(plan: Plan, images: int, batch: int) -> None:
    """Raise SpecError when a batch of a single picture would meet a layer that compares pictures."""
    if images % batch != 1 and batch > 1:
        return
    for p in leaves(plan.layers):
        if p.layer.kind in NORMALISATIONS and math.prod(p.in_shape[1:]) == 1:
            what = Text("the last batch of an epoch would be a single picture, which it cannot compare with others.")
            what = Text("{where}: {what}", where=p.where, what=what)
            raise SpecError(what, Text("Change the batch size."), layer=p.path[0], path=p.path)


def _too_much(load: Load, why: Text) -> Text:
    if load.of == "points":
        return Text("A batch of {batch:,} points is too much: {why}", batch=load.batch, why=why)
    return plural(
        "A batch of {count} picture is too much: {why}",
        "A batch of {count:,} pictures is too much: {why}",
        count=load.batch,
        why=why,
    )


def _cure(load: Load, most: int) -> Text:
    """What to change, where a batch of `most` would do."""
    batch_helps = most >= load.least_batch
    if load.is_round and batch_helps:
        return Text("Use a batch size of at most {most:,}, or fewer steps of D and G, or smaller networks.", most=most)
    if load.is_round:
        return Text("Use fewer steps of D and G, or smaller networks.")
    if batch_helps:
        return Text("Use a batch size of at most {most:,}, or a smaller network.", most=most)
    return Text("Use a smaller network.")


def _bounds(load: Load) -> Iterator[_Bound]:
    bounds, batch = limits(), load.batch
    product, most = batch * load.parameters, bounds.parameters_times_batch
    why = Text(
        "times its {parameters:,} parameters that is {product:,}, and {limit:,} is the limit.",
        parameters=load.parameters,
        product=product,
        limit=most,
    )
    yield _Bound(product, 0, most, why)
    product, most = batch * load.picture_multiply_adds, bounds.step_multiply_adds
    why = Text("a step would take {count:,} multiply-adds, and {limit:,} is the limit.", count=product, limit=most)
    yield _Bound(product, 0, most, why)
    why = Text(
        "it would take about {needed:,.0f} MB of memory, and {limit:,.0f} MB is the limit.",
        needed=load.step_memory / MB,
        limit=bounds.run_memory / MB,
    )
    yield _Bound(load.step_memory, load.memory, bounds.run_memory, why)
    seconds, longest = load.seconds + batch * load.picture_seconds, bounds.step_seconds
    why = Text(
        "a step would take about {seconds:,.2g} s on one core, and {limit:g} s is the limit.",
        seconds=seconds,
        limit=longest,
    )
    yield _Bound(seconds, load.seconds, longest, why)
    why = Text(
        "to generate or read {count} would take about {seconds:,.2g} s, and {limit:g} s is the limit.",
        count=CHUNK,
        seconds=load.chunk_seconds,
        limit=longest,
    )
    yield _Bound(load.chunk_seconds, load.chunk_seconds, longest, why)


def _most(bound: _Bound, batch: int) -> int:
    """The largest batch that `bound` allows."""
    if bound.asked == bound.fixed:
        return batch if bound.asked <= bound.limit else 0
    return math.floor((bound.limit - bound.fixed) * batch / (bound.asked - bound.fixed))
