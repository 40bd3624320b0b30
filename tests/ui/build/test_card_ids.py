"""The numbers of cards: whatever is done to a network, each card that is still there keeps its own."""

from itertools import count

from engine.network.plans import Path
from engine.network.spec import NetworkSpec, layer, mend_network, survey
from ui.build.card_ids import CardIds, Cards, every_card, find_card
from ui.build.editing import add_branch, delete, duplicate, insert, move, remove_branch, set_value

A, B, C, D = (layer("Linear", units=n) for n in (1, 2, 3, 4))
NESTED = NetworkSpec((A, layer("Residual", [B, layer("Branches", [C], [D])]), layer("ReLU")))
PATHS: list[Path] = [(0,), (1,), (1, 0, 0), (1, 0, 1), (1, 0, 1, 0, 0), (1, 0, 1, 1, 0), (2,)]


def follow_all(*networks: NetworkSpec) -> list[Cards]:
    """The cards of the networks as they come one after the other."""
    ids = CardIds()
    return [ids.cards("classifier", network.layers) for network in networks]


def ids_of(cards: Cards) -> list[int]:
    found = [card.id for _, card in every_card(cards)]
    assert len(set(found)) == len(found), "no two cards have the same number"
    return found


def test_cards_are_numbered_as_they_are_read_and_found_by_their_number() -> None:
    (cards,) = follow_all(NESTED)
    assert ids_of(cards) == list(range(7))
    assert [find_card(cards, id) for id in range(8)] == [*PATHS, None]


def test_a_number_is_kept_by_every_card_when_one_is_deleted_duplicated_or_another_inserted() -> None:
    for path, id in zip(PATHS, count()):
        before, gone = follow_all(NESTED, delete(NESTED, path))
        _, doubled = follow_all(NESTED, duplicate(NESTED, path))
        _, more = follow_all(NESTED, insert(NESTED, path, layer("Tanh")))
        inside = {card.id for inner, card in every_card(before) if inner[: len(path)] == path}
        assert ids_of(gone) == [other for other in ids_of(before) if other not in inside]
        assert set(ids_of(before)) < set(ids_of(doubled))
        assert find_card(doubled, id) == path, "the first of two is the one that was there"
        assert [other for other in ids_of(more) if other < 7] == ids_of(before)


def test_a_card_that_moves_takes_its_number_along_into_a_block_and_out_of_it() -> None:
    network, ids = NESTED, CardIds()
    ids.cards("classifier", network.layers)
    for _ in range(9):
        path = find_card(ids.cards("classifier", network.layers), 0)
        assert path is not None
        network = move(network, path, 1)
        assert sorted(ids_of(ids.cards("classifier", network.layers))) == list(range(7))
    assert find_card(ids.cards("classifier", network.layers), 0) == (2,)


def test_a_changed_value_leaves_every_number() -> None:
    for path in ((0,), (1, 0, 0), (1, 0, 1, 1, 0)):
        before, after = follow_all(NESTED, set_value(NESTED, path, "units", 9))
        assert ids_of(before) == ids_of(after)


def test_what_undo_brings_back_has_the_number_that_it_had() -> None:
    before, _, after, again = follow_all(NESTED, delete(NESTED, (1,)), NESTED, delete(NESTED, (1,)))
    assert after == before
    assert ids_of(again) == [0, 6]


def test_a_mend_inside_a_block_leaves_the_numbers_of_all_other_cards() -> None:
    inner = layer("Branches", [layer("Conv2d")], [layer("Conv2d", kernel_size=1)])
    broken = NetworkSpec((layer("Residual", [layer("ReLU"), inner]),))
    _, misfit = survey(broken)
    assert misfit and misfit.mend and misfit.mend.path == (0, 0, 1, 0)
    before, after = follow_all(broken, mend_network(broken, misfit.mend))
    assert ids_of(before) == ids_of(after)
    assert find_card(after, 3) == (0, 0, 1, 0, 0) and dict(every_card(after))[0, 0, 1, 0, 0].choice["padding"] == 1


def test_branches_keep_their_cards_when_another_comes_or_goes() -> None:
    before, more, fewer = follow_all(
        NESTED, add_branch(NESTED, (1, 0, 1)), remove_branch(add_branch(NESTED, (1, 0, 1)), (1, 0, 1), 0)
    )
    assert ids_of(before) == ids_of(more)
    assert find_card(fewer, 5) == (1, 0, 1, 0, 0)


def test_parts_of_a_gan_share_no_number() -> None:
    ids = CardIds()
    one, other = ids.cards("generator", NESTED.layers), ids.cards("discriminator", NESTED.layers)
    assert not set(ids_of(one)) & set(ids_of(other))
