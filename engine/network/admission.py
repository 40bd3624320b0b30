"""Which jobs may run on a machine that others share: what they ask of it, held against the limits. No torch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalogue.params import SpecError
from engine.limits import MB, limits
from engine.network.load import CHUNK, Load
from engine.network.spec import Plan
from engine.training.config import TrainConfig

NORMALISATIONS = ("BatchNorm1d", "BatchNorm2d")


@dataclass(frozen=True, slots=True)
class _Bound:
    """What is `asked`, of which `fixed` whatever the batch, and its `limit`; `words` say both."""

    asked: float
    fixed: float
    limit: float
    words: str


def check_load(load: Load) -> None:
    """Raise SpecError with the number, the limit and the cure where a step would be too much for others to bear."""
    bounds = tuple(_bounds(load))
    broken = [bound for bound in bounds if bound.asked > bound.limit]
    if not broken:
        return
    most = min(_most(bound, load.batch) for bound in bounds)
    cure = f"a batch size of at most {most:,}, or {load.cure}" if most >= load.least_batch else load.cure
    raise SpecError(f"A batch of {load.batch:,} {load.of} is too much: {broken[0].words}.", f"Use {cure}.")


def check_batches(plan: Plan, config: TrainConfig) -> None:
    """Raise SpecError when a batch of a single picture would meet a layer that compares pictures."""
    if config.train_images % config.batch_size != 1 and config.batch_size > 1:
        return
    for p in plan.layers:
        if p.layer.kind in NORMALISATIONS and math.prod(p.in_shape[1:]) == 1:
            what = f"Layer {p.index + 1} ({p.layer.kind}): the last batch of an epoch would be a single picture, "
            raise SpecError(f"{what}which it cannot compare with others.", "Change the batch size.", layer=p.index)


def _bounds(load: Load) -> Iterator[_Bound]:
    bounds, batch = limits(), load.batch
    product, most = batch * load.parameters, bounds.parameters_times_batch
    words = f"times its {load.parameters:,} parameters that is {product:,}, and {most:,} is the limit"
    yield _Bound(product, 0, most, words)
    product, most = batch * load.picture_multiply_adds, bounds.step_multiply_adds
    yield _Bound(product, 0, most, f"a step would take {product:,} multiply-adds, and {most:,} is the limit")
    words = f"it would take about {load.step_memory / MB:,.0f} MB of memory, and {bounds.host_mb:,} MB is the limit"
    yield _Bound(load.step_memory, load.memory, bounds.host_memory, words)
    seconds, longest = load.seconds + batch * load.picture_seconds, bounds.step_seconds
    words = f"a step would take about {seconds:,.2g} s on one core, and {longest:g} s is the limit"
    yield _Bound(seconds, load.seconds, longest, words)
    words = f"to make or read {CHUNK} would take about {load.chunk_seconds:,.2g} s, and {longest:g} s is the limit"
    yield _Bound(load.chunk_seconds, load.chunk_seconds, longest, words)


def _most(bound: _Bound, batch: int) -> int:
    """The largest batch that `bound` allows."""
    if bound.asked == bound.fixed:
        return batch if bound.asked <= bound.limit else 0
    return math.floor((bound.limit - bound.fixed) * batch / (bound.asked - bound.fixed))
