"""Changes of a network at the place of a card, in whichever block it stands; plain functions of network and path."""

from collections.abc import Collection
from dataclasses import replace

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Value
from engine.network.network import Layers, change_list
from engine.network.plans import Path
from engine.network.spec import NetworkSpec, is_block, layer


def list_at(layers: Layers, where: Path) -> Layers:
    """The list that `where` leads to, as `change_list` has it."""
    return list_at(layers[where[0]].bodies[where[1]], where[2:]) if where else layers


def card_at(network: NetworkSpec, path: Path) -> Choice:
    return list_at(network.layers, path[:-1])[path[-1]]


def insert(network: NetworkSpec, path: Path, *choices: Choice) -> NetworkSpec:
    """Put layers where `path` leads, before what is there."""
    return change_list(network, path[:-1], lambda there: (*there[: path[-1]], *choices, *there[path[-1] :]))


def put(network: NetworkSpec, path: Path, *choices: Choice) -> NetworkSpec:
    """Put layers, or none, in the place of one."""
    return change_list(network, path[:-1], lambda there: (*there[: path[-1]], *choices, *there[path[-1] + 1 :]))


def delete(network: NetworkSpec, path: Path) -> NetworkSpec:
    return put(network, path)


def duplicate(network: NetworkSpec, path: Path) -> NetworkSpec:
    return insert(network, path, card_at(network, path))


def set_value(network: NetworkSpec, path: Path, name: str, value: Value) -> NetworkSpec:
    return put(network, path, card_at(network, path).but(**{name: value}))


def change_kind(network: NetworkSpec, path: Path, kind: str) -> NetworkSpec:
    """Another kind in the place of a layer. A block takes what was there into its lists."""
    old, (least, most) = card_at(network, path), LAYERS[kind].bodies
    if not is_block(kind):
        return put(network, path, layer(kind))
    lists = [*(old.bodies or [(old,)])]
    merged = [*lists[: most - 1], tuple(choice for body in lists[most - 1 :] for choice in body)]
    return put(network, path, layer(kind, *merged, *[()] * (least - len(merged))))


def move(network: NetworkSpec, path: Path, step: int, closed: Collection[Path] = ()) -> NetworkSpec:
    """Move a card one place up (-1) or down (+1) in the order in which cards are read: into a block that comes next, on
    to its next list, and out of it at its end. Blocks that are `closed` are passed over."""
    to = _next_place(network, path, step, closed)
    if to is None:
        return network
    choice = card_at(network, path)
    later_first = step > 0  # so that neither change moves the other's place
    return delete(insert(network, to, choice), path) if later_first else insert(delete(network, path), to, choice)


def _next_place(network: NetworkSpec, path: Path, step: int, closed: Collection[Path]) -> Path | None:
    """Before what a card has to be put, as paths are while it is still where it was; None at the end of all."""
    where, index = path[:-1], path[-1]
    there = list_at(network.layers, where)
    beside = index + step
    if 0 <= beside < len(there):
        bodies, block = there[beside].bodies, (*where, beside)
        if bodies and block not in closed:
            place = 0 if step > 0 else len(bodies) - 1
            return (*block, place, 0 if step > 0 else len(bodies[place]))
        return (*where, beside + 1) if step > 0 else (*where, beside)
    if not where:
        return None
    block, place = where[:-1], where[-1] + step
    bodies = card_at(network, block).bodies
    if 0 <= place < len(bodies):
        return (*block, place, 0 if step > 0 else len(bodies[place]))
    return (*block[:-1], block[-1] + 1) if step > 0 else block


def can_move(network: NetworkSpec, path: Path, step: int) -> bool:
    return _next_place(network, path, step, ()) is not None


def add_branch(network: NetworkSpec, path: Path) -> NetworkSpec:
    """An empty list at the end of a block's lists; it passes on what goes in."""
    block = card_at(network, path)
    return put(network, path, replace(block, bodies=(*block.bodies, ())))


def remove_branch(network: NetworkSpec, path: Path, place: int) -> NetworkSpec:
    block = card_at(network, path)
    return put(network, path, replace(block, bodies=(*block.bodies[:place], *block.bodies[place + 1 :])))
