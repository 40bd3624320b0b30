"""Plans blocks: repeats, residual blocks with their shortcut, and branches with their join. No torch."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import Any, Protocol

from engine.catalogue.params import Choice, Mend, Shape, SpecError
from engine.catalogue.shapes import MOST_UNITS, removing, sizes
from engine.catalogue.windows import both, pair_text, reaches, sideways
from engine.network.network import layer
from engine.network.plans import Path, PlannedLayer
from engine.network.saved import wrong_bodies
from engine.text import Text

SILENT = ("ReLU", "LeakyReLU", "Dropout", "GELU", "SiLU")  # may follow the norm that ends the layers of a block
NORMS = ("BatchNorm1d", "BatchNorm2d", "GroupNorm", "LayerNorm")
SIDES = range(1, 29)  # pixels of a stride
Lists = tuple[tuple[PlannedLayer, ...], ...]


class Planner(Protocol):
    """What plans the lists of a block and counts what is in them."""

    def leaf(self, choice: Choice, shape: Shape, path: Path, where: Text) -> PlannedLayer: ...

    def list_of(
        self, layers: tuple[Choice, ...], shape: Shape, path: Path, where: Text, bodies: int = 1
    ) -> tuple[PlannedLayer, ...]: ...

    def count(self, planned: Iterable[PlannedLayer], times: int = 1, kept: int = 0) -> None: ...


def plan_block(planner: Planner, choice: Choice, shape: Shape, path: Path, where: Text) -> PlannedLayer:
    """Plan a block and all in it. Raises SpecError: of a layer in it with its place, of the block itself without."""
    if error := wrong_bodies(choice.kind, len(choice.bodies)):
        raise error
    if not any(choice.bodies):
        mend = Mend(Text("Add a layer"), "insert", 0, _first(shape), (0,))
        raise SpecError(Text("has no layers in it."), Text("Add one, or remove it."), mend=mend)
    match choice.kind:
        case "Repeat":
            return _repeat(planner, choice, shape, path, where)
        case "Residual":
            return _residual(planner, choice, shape, path, where)
        case _:
            return _branches(planner, choice, shape, path, where)


def _first(shape: Shape) -> Choice:
    """A layer that leaves the shape as it is, to begin a list with."""
    if len(shape) == 3:
        return layer("Conv2d", padding=1).but(channels=min(shape[0], 512))
    return layer("Linear").but(units=min(shape[-1], MOST_UNITS))


def _repeat(planner: Planner, choice: Choice, shape: Shape, path: Path, where: Text) -> PlannedLayer:
    """The body once for each time; where it leaves the shape as it was, the other times are like this one."""
    times: int = choice["times"]
    planned, inner = list[tuple[PlannedLayer, ...]](), shape
    while len(planned) < times:
        place = Text("{where}, repetition {number}", where=where, number=len(planned) + 1) if planned else where
        planned.append(planner.list_of(choice.bodies[0], inner, (*path, 0), place))
        before, inner = inner, planned[-1][-1].out_shape
        if inner == before:
            planner.count(planned[-1], times - len(planned))
            planned += planned[-1:] * (times - len(planned))
    return _whole(choice, shape, inner, path, where, tuple(planned))


def _residual(planner: Planner, choice: Choice, shape: Shape, path: Path, where: Text) -> PlannedLayer:
    body = planner.list_of(choice.bodies[0], shape, (*path, 0), where)
    out, adds = body[-1].out_shape, choice["join"] == "add"
    wanted = out if adds else _beside(shape, out)
    shortcut = None
    if wanted != shape:
        choice_there = _shortcut(shape, wanted, out, adds, body)
        place = Text("{where}, shortcut ({kind})", where=where, kind=choice_there.kind)
        shortcut = planner.leaf(choice_there, shape, (*path, 1), place)
    after = out if adds else _side_by_side([wanted, out])
    planner.count([], kept=math.prod(after))
    zeroed = _last_norm(body) if adds and choice["zero_last_norm"] else None
    args = {"join": choice["join"], "zeroed": zeroed}
    return _whole(choice, shape, after, path, where, (body,), args, shortcut)


def _beside(shape: Shape, out: Shape) -> Shape:
    """The shape that can stand beside `out` as more channels, with as many of them as it has."""
    return (shape[0], *out[1:]) if len(out) == 3 else (*out[:-1], shape[-1])


def _shortcut(shape: Shape, wanted: Shape, out: Shape, adds: bool, body: Sequence[PlannedLayer]) -> Choice:
    """The layer that brings `shape` to the `wanted` one. Raises SpecError where there is none."""
    if len(shape) == len(wanted) == 3:
        for strides in [*((n, n) for n in SIDES), *product(SIDES, SIDES)]:
            if tuple((size - 1) // n + 1 for size, n in zip(shape[1:], strides, strict=True)) == wanted[1:]:
                return layer("Conv2d", kernel_size=1, **sideways("stride", strides)).but(channels=wanted[0])
        what = Text(
            "its layers turn {before} into {after}, and no 1 × 1 convolution can bring the shortcut there.",
            before=sizes(shape),
            after=sizes(out),
        )
        cure = Text("Let them keep the height and width, or divide them by a stride: give its windows a padding.")
        raise SpecError(what, cure, mend=_padded([body]))
    if len(shape) == len(wanted) and shape[:-1] == wanted[:-1]:
        return layer("Linear").but(units=wanted[-1])
    told = {"before": sizes(shape), "after": sizes(out)}
    if adds:
        what = Text("its layers turn {before} into {after}, which cannot be added to what goes in.", **told)
    else:
        what = Text("its layers turn {before} into {after}, which cannot stand beside what goes in.", **told)
    raise SpecError(what, Text("Move what changes the form out of the block."), mend=removing("Residual"))


def _padded(bodies: Sequence[Sequence[PlannedLayer]]) -> Mend | None:
    """Give the first window that cuts off a border the padding with which it does not."""
    for place, body in enumerate(bodies):
        for p in body:
            values = dict(p.layer.values)
            if "kernel_size" not in values or len(p.in_shape) != 3 or p.layer.kind == "ConvTranspose2d":
                continue
            high, wide = ((size - 1) // 2 for size in reaches(values))
            rows, columns = both(values, "padding")
            if (rows < high or columns < wide) and max(high, wide) <= 14:
                needed = max(rows, high), max(columns, wide)
                label = Text("Use padding {padding} in {kind}", padding=pair_text(needed), kind=p.layer.kind)
                return Mend(label, "replace", p.index, p.layer.but(**sideways("padding", needed)), (place,))
    return None


def _last_norm(body: Sequence[PlannedLayer]) -> int | None:
    """The place of the norm that ends a list, but for an activation or dropout; None where weights follow it."""
    for p in reversed(body):
        if p.layer.kind in NORMS:
            return p.index
        if p.layer.kind not in SILENT:
            return None
    return None


def _branches(planner: Planner, choice: Choice, shape: Shape, path: Path, where: Text) -> PlannedLayer:
    bodies = tuple(
        planner.list_of(body, shape, (*path, place), where, len(choice.bodies))
        for place, body in enumerate(choice.bodies)
    )
    ends = [body[-1].out_shape if body else shape for body in bodies]
    out = _joined(ends, choice["join"])
    if out is None:
        one, other = next((a, b) for a, b in pairwise(ends) if _joined([a, b], choice["join"]) is None)
        told = {"one": sizes(one), "other": sizes(other)}
        match choice["join"]:
            case "concatenate":
                what = Text("its branches end in {one} and in {other}, which cannot stand side by side.", **told)
                cure = Text("Let all end in the same height and width, or in as many steps.")
            case "add":
                what = Text("its branches end in {one} and in {other}, which cannot be added.", **told)
                cure = Text("Let all end in the same shape.")
            case _:
                what = Text("its branches end in {one} and in {other}, which cannot be multiplied.", **told)
                cure = Text("Let all end in the same shape, or one in a single pixel for each channel.")
        raise SpecError(what, cure, mend=_padded(bodies))
    planner.count([], kept=math.prod(out))
    return _whole(choice, shape, out, path, where, bodies, {"join": choice["join"]})


def _joined(shapes: Sequence[Shape], join: str) -> Shape | None:
    """What comes out of branches that end in `shapes`; None where they cannot be joined."""
    first = shapes[0]
    if any(len(shape) != len(first) for shape in shapes):
        return None
    match join:
        case "concatenate":
            fit = all(_beside(first, shape) == first for shape in shapes)
            return _side_by_side(shapes) if fit else None
        case "add":
            return first if all(shape == first for shape in shapes) else None
        case _:
            largest = tuple(map(max, zip(*shapes, strict=True)))
            stretched = all(a in (1, b) for shape in shapes for a, b in zip(shape[1:], largest[1:], strict=True))
            return largest if stretched and len({shape[0] for shape in shapes}) == 1 else None


def _side_by_side(shapes: Sequence[Shape]) -> Shape:
    """The shape of all channels, or of all numbers of each step, one after the other."""
    first = shapes[0]
    if len(first) == 2:
        return first[0], sum(shape[1] for shape in shapes)
    return (sum(shape[0] for shape in shapes), *first[1:])


def _whole(
    choice: Choice,
    shape: Shape,
    out: Shape,
    path: Path,
    where: Text,
    bodies: Lists,
    args: dict[str, Any] | None = None,
    shortcut: PlannedLayer | None = None,
) -> PlannedLayer:
    """A block with the sums over all in it, and what it keeps of its join."""
    block = PlannedLayer(path[-1], choice, shape, out, 0, 0, args or {}, 0, 0, path, where, bodies, shortcut)
    kept = 0 if choice.kind == "Repeat" else math.prod(out)
    return replace(
        block,
        parameters=sum(p.parameters for p in block.parts),
        multiply_adds=sum(p.multiply_adds for p in block.parts),
        activations=kept + sum(p.activations for p in block.parts),
        calls=sum(p.calls for p in block.parts),
    )
