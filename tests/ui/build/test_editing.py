"""Changes of a network by the path of a card: each does what its button says, in whichever block the card stands."""

import pytest

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice
from engine.network.plans import Path
from engine.network.spec import NetworkSpec, layer, survey
from ui.build.editing import (
    add_branch,
    can_move,
    card_at,
    change_kind,
    delete,
    duplicate,
    insert,
    move,
    put,
    remove_branch,
    set_value,
)
from ui.build.starting import starting_layer

A, B, C, D = (layer("Linear", units=n) for n in (1, 2, 3, 4))
NESTED = NetworkSpec((A, layer("Residual", [B, layer("Branches", [C], [D])])))


def outline(network: NetworkSpec) -> str:
    """The network in a line: A to D, and blocks as brackets."""
    return _list(network.layers)


def _list(layers: tuple[Choice, ...]) -> str:
    return "".join(
        "|".join(_list(body) for body in choice.bodies).join("[]") if choice.bodies else " ABCDE"[choice["units"]]
        for choice in layers
    )


def test_a_card_is_found_by_its_path() -> None:
    assert outline(NESTED) == "A[B[C|D]]"
    assert [card_at(NESTED, path) for path in ((0,), (1, 0, 0), (1, 0, 1, 0, 0), (1, 0, 1, 1, 0))] == [A, B, C, D]


@pytest.mark.parametrize(
    ("path", "inserted", "deleted", "doubled"),
    [
        ((0,), "EA[B[C|D]]", "[B[C|D]]", "AA[B[C|D]]"),
        ((1,), "AE[B[C|D]]", "A", "A[B[C|D]][B[C|D]]"),
        ((1, 0, 0), "A[EB[C|D]]", "A[[C|D]]", "A[BB[C|D]]"),
        ((1, 0, 1, 1, 0), "A[B[C|ED]]", "A[B[C|]]", "A[B[C|DD]]"),
    ],
)
def test_insert_delete_and_duplicate_at_every_depth(path: Path, inserted: str, deleted: str, doubled: str) -> None:
    assert outline(insert(NESTED, path, layer("Linear", units=5))) == inserted
    assert outline(delete(NESTED, path)) == deleted
    assert outline(duplicate(NESTED, path)) == doubled


def test_a_value_is_changed_inside_a_block_and_nowhere_else() -> None:
    assert outline(set_value(NESTED, (1, 0, 1, 0, 0), "units", 5)) == "A[B[E|D]]"


def test_a_card_goes_down_through_every_list_and_up_again() -> None:
    """In the order in which cards are read: into a block, through its lists, and out of it."""
    stations = ["A[B[C|D]]", "[AB[C|D]]", "[BA[C|D]]", "[B[AC|D]]", "[B[CA|D]]", "[B[C|AD]]", "[B[C|DA]]"]
    stations += ["[B[C|D]A]", "[B[C|D]]A"]
    network, passed = NESTED, [outline(NESTED)]
    while can_move(network, path := place_of_a(network), 1):
        network = move(network, path, 1)
        passed.append(outline(network))
    assert passed == stations
    while can_move(network, path := place_of_a(network), -1):
        network = move(network, path, -1)
        assert outline(network) == stations[stations.index(passed.pop()) - 1]
    assert network == NESTED


def place_of_a(network: NetworkSpec) -> Path:
    from ui.build.card_ids import CardIds, every_card

    cards = CardIds().cards("classifier", network.layers)
    return next(path for path, card in every_card(cards) if card.choice == A)


def test_a_closed_block_is_passed_over() -> None:
    assert outline(move(NESTED, (0,), 1, {(1,)})) == "[B[C|D]]A"
    assert outline(move(NESTED, (1,), -1)) == "[B[C|D]]A"


def test_at_the_ends_a_card_stays() -> None:
    assert move(NESTED, (0,), -1) == NESTED == move(NESTED, (1,), 1)
    assert not can_move(NESTED, (0,), -1) and can_move(NESTED, (0,), 1) and not can_move(NESTED, (1,), 1)


def test_a_layer_that_becomes_a_block_goes_into_it_and_a_block_keeps_what_is_in_it() -> None:
    wrapped = change_kind(NetworkSpec((A, B)), (1,), "Branches")
    assert outline(wrapped) == "A[B|]"
    assert outline(change_kind(wrapped, (1,), "Residual")) == "A[B]"
    assert card_at(change_kind(wrapped, (1,), "Repeat"), (1,)) == layer("Repeat", [B])
    three = NetworkSpec((layer("Branches", [A], [B], [C]),))
    assert outline(change_kind(three, (0,), "Residual")) == "[ABC]"
    assert change_kind(wrapped, (1,), "ReLU").layers[1] == layer("ReLU")


def test_branches_are_added_and_removed() -> None:
    more = add_branch(NESTED, (1, 0, 1))
    assert outline(more) == "A[B[C|D|]]"
    assert outline(remove_branch(more, (1, 0, 1), 0)) == "A[B[D|]]"
    assert outline(put(NESTED, (1, 0, 1), C, D)) == "A[BCD]"


@pytest.mark.parametrize("shape", [(1, 28, 28), (64, 7, 7), (28, 28), (16, 12), (784,), (3,)])
@pytest.mark.parametrize("kind", [kind for kind, row in LAYERS.items() if row.bodies != (0, 0)])
def test_a_block_begins_with_layers_that_fit_where_it_is_put(kind: str, shape: tuple[int, ...]) -> None:
    planned, _ = survey(NetworkSpec((starting_layer(kind, shape),), input_shape=shape, role="generator"))
    assert planned and all(planned[0].bodies)
