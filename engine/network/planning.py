"""Plans a network: shapes, counts and costs of every card, or where and why it stops fitting. No torch."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Mend, Shape, SpecError
from engine.catalogue.shapes import removing
from engine.limits import limits
from engine.network.blocks import plan_block
from engine.network.network import MAX_DEPTH, MAX_LAYERS, NetworkSpec, cards, is_block, layer, too_long
from engine.network.plans import Path, Plan, PlannedLayer, leaves
from engine.network.roles import misfit_at_end
from engine.network.saved import inside
from engine.text import Text

MAX_PARAMETERS = limits().parameters


def plan(network: NetworkSpec) -> Plan:
    """Resolve a network that must be ready to train: it fits together and ends as its role asks. Raises SpecError."""
    planned, error = survey(network)
    if error:
        raise error
    return Plan(network, planned)


def survey(network: NetworkSpec) -> tuple[tuple[PlannedLayer, ...], SpecError | None]:
    """Plan as far as the network fits together; the error says where and why it stops fitting, None when it does."""
    planned, _, error = _survey(network)
    return planned, error


def survey_cards(network: NetworkSpec) -> tuple[dict[Path, PlannedLayer], SpecError | None]:
    """Every card that fits by its path, those in a block that is broken further on included; of a repeat as it is the
    first time."""
    _, seen, error = _survey(network)
    return seen, error


def _survey(network: NetworkSpec) -> tuple[tuple[PlannedLayer, ...], dict[Path, PlannedLayer], SpecError | None]:
    count, shape = sum(1 for _ in cards(network.layers)), network.input_shape
    if count > MAX_LAYERS:
        return (), {}, too_long(count)
    planner, planned = _Planner(network.role), list[PlannedLayer]()
    for index, choice in enumerate(network.layers):
        try:
            where = Text("Layer {number} ({kind})", number=index + 1, kind=choice.kind)
            planned.append(planner.one(choice, shape, (index,), where))
        except SpecError as error:
            return tuple(planned), planner.seen, error
        shape = planned[-1].out_shape
    return tuple(planned), planner.seen, _misfit_at_end(network, shape)


def _misfit_at_end(network: NetworkSpec, shape: Shape) -> SpecError | None:
    return misfit_at_end(network.role, len(network.layers), shape, network.out_shape, network.reads.is_digits)


@dataclass(slots=True)
class _Planner:
    """What a network has come to so far, and its cards by their path."""

    role: str
    parameters: int = 0
    multiply_adds: int = 0
    activations: int = 0
    unrolled: int = 0
    seen: dict[Path, PlannedLayer] = field(default_factory=dict)

    def one(self, choice: Choice, shape: Shape, path: Path, where: Text) -> PlannedLayer:
        """Plan a layer or a block that stands at `path`. Raises SpecError that says where."""
        try:
            if len(path) // 2 > MAX_DEPTH - is_block(choice.kind):
                what = Text("stands in too many blocks.")
                cure = Text("Put at most {most} blocks into one another.", most=MAX_DEPTH)
                raise SpecError(what, cure, mend=removing(choice.kind))
            planned = (
                plan_block(self, choice, shape, path, where)
                if is_block(choice.kind)
                else self.leaf(choice, shape, path, where)
            )
        except SpecError as error:
            raise error if error.path else _placed(error, choice, path, where) from error
        self.seen.setdefault(path, planned)
        return planned

    def leaf(self, choice: Choice, shape: Shape, path: Path, where: Text) -> PlannedLayer:
        row, values = LAYERS[choice.kind], dict(choice.values)
        if row.takes_label and self.role == "classifier":
            what = Text("tells the network the answer it is to find.")
            raise SpecError(what, Text("Remove it: it is for GANs."), mend=removing(choice.kind))
        if row.takes_label and len(path) > 1:
            what = Text("stands in a block, where no label arrives.")
            raise SpecError(what, Text("Move it out of the block."), mend=removing(choice.kind))
        planned = PlannedLayer(
            path[-1],
            choice,
            shape,
            row.out(shape, values),
            row.parameters(shape, values),
            row.multiply_adds(shape, values),
            row.args(shape, values),
            row.activations(shape, values),
            row.calls(shape, values),
            path,
            where,
        )
        self.count([planned])
        return planned

    def list_of(
        self, layers: tuple[Choice, ...], shape: Shape, path: Path, where: Text, bodies: int = 1
    ) -> tuple[PlannedLayer, ...]:
        """Plan one of the lists of a block, of which `path` says the place."""
        planned: list[PlannedLayer] = []
        for index, choice in enumerate(layers):
            place = inside(where, path[-1], bodies, index)
            place = Text("{where} ({kind})", where=place, kind=choice.kind)
            planned.append(self.one(choice, shape, (*path, index), place))
            shape = planned[-1].out_shape
        return tuple(planned)

    def count(self, planned: Iterable[PlannedLayer], times: int = 1, kept: int = 0) -> None:
        """Add layers, `times` over, and what joining them keeps. Raises SpecError when the network outgrows a limit."""
        for p in planned:
            self.parameters += times * p.parameters
            self.multiply_adds += times * p.multiply_adds
            self.activations += times * p.activations
            self.unrolled += times * sum(1 for _ in leaves([p]))
        self.activations += kept
        self._check_size()

    def _check_size(self) -> None:
        bounds = limits()
        if self.unrolled > bounds.unrolled:
            what = Text("it would bring the network to {count:,} layers, its repeats counted out.", count=self.unrolled)
            raise SpecError(what, Text("Repeat less: {limit:,} are the limit.", limit=bounds.unrolled))
        if self.parameters > MAX_PARAMETERS:
            what = Text("it would bring the network to {count:,} parameters.", count=self.parameters)
            raise SpecError(what, Text("Make it smaller: {limit:,} are the limit.", limit=MAX_PARAMETERS))
        if self.multiply_adds > bounds.multiply_adds:
            what = Text("it would bring the network to {count:,} multiply-adds a picture.", count=self.multiply_adds)
            cure = Text("Use fewer channels or a larger stride: {limit:,} are the limit.", limit=bounds.multiply_adds)
            raise SpecError(what, cure)
        if self.activations > bounds.activations:
            what = Text(
                "it would bring the network to {count:,} numbers to remember for every picture.", count=self.activations
            )
            cure = Text(
                "Shrink the picture earlier or use fewer channels: {limit:,} are the limit.", limit=bounds.activations
            )
            raise SpecError(what, cure)


def _placed(error: SpecError, choice: Choice, path: Path, where: Text) -> SpecError:
    """The error with where it is, and its cure for the same place unless that says another."""
    mend = error.mend and _mend_at(error.mend, path)
    return SpecError(
        Text("{where}: {what}", where=where, what=error.what), error.cure, layer=path[0], mend=mend, path=path
    )


def _mend_at(mend: Mend, path: Path) -> Mend:
    """The cure of a layer at `path`; a block's cure of a layer inside it has that layer's index, and a path from there
    on."""
    choice = mend.choice and replace(layer(mend.choice.kind, **dict(mend.choice.values)), bodies=mend.choice.bodies)
    if mend.path:
        return replace(mend, choice=choice, path=(*path, *mend.path))
    return replace(mend, choice=choice, index=path[-1], path=path[:-1])
