"""The flow through a network as JSON, in bounds whatever the size of the network: a page of its layers, of each a page
of its maps."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.inside.flow import Stage
from engine.inside.maps import MAPS, Page, eight_bits, page_of

LAYERS_AT_ONCE = 24
MOST_PIXELS = 40_000  # bytes of one answer before they are written as text


def flow_to_json(
    stages: Sequence[Stage], start: int = 0, turned: Iterable[str] = (), firsts: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """`{"strips", "start", "count"}`: at most LAYERS_AT_ONCE of the `count` layers that are not folded away, from
    number `start` on.

    Of a repeat the first time is open and the others are folded, but for those named in `turned`. `firsts` says by
    layer which map comes first.
    """
    turned = set(turned)
    heads = {stage.id: is_open(stage, turned) for stage in stages if stage.times}
    seen = [stage for stage in stages if all(heads[fold] for fold in stage.folds)]
    start = min(start, len(seen) - 1)
    pages = _fitting(seen[start : start + LAYERS_AT_ONCE], firsts or {})
    strips = [_strip(stage, page, heads.get(stage.id)) for stage, page in pages]
    for strip in strips:
        strip["digits"] = strip["id"] in scores_of(stages)
    return {"strips": strips, "start": start, "count": len(seen)}


def scores_of(stages: Sequence[Stage]) -> set[str]:
    """The stages whose units are the ten digits: the last one, and the scores that a softmax at the end gets."""
    ends = stages[-2:] if stages[-1].kind == "Softmax" else stages[-1:]
    return {stage.id for stage in ends if stage.output.shape == stages[-1].output.shape}


def is_open(head: Stage, turned: set[str]) -> bool:
    return (head.times is not None and head.times[0] == 1) != (head.id in turned)


def _fitting(stages: Sequence[Stage], firsts: Mapping[str, int]) -> list[tuple[Stage, Page | None]]:
    """As many maps of each as fit, and where one of each is too many, as many layers."""
    most = MAPS
    while True:
        pages = [None if s.times else page_of(s.output, firsts.get(s.id, 0), most) for s in stages]
        if sum(math.prod(page.pictures.shape) for page in pages if page) <= MOST_PIXELS:
            return list(zip(stages, pages, strict=True))
        if most == 1:
            stages = stages[:-1]
        most = max(1, most // 2)


def _strip(stage: Stage, page: Page | None, is_open: bool | None) -> dict[str, Any]:
    told: dict[str, Any] = {"id": stage.id, "kind": stage.kind, "depth": stage.depth, "shape": list(stage.output.shape)}
    if page is None:
        return told | {"times": stage.times, "open": is_open}
    told |= {"first": page.first, "total": page.total, "every": page.every, "size": list(page.pictures.shape)}
    if len(stage.inputs) > 1:
        told["join"] = stage.id.rpartition(".")[2]
    return told | eight_bits(page.pictures)
