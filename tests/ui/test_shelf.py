"""What a visitor builds outlives the tab and the server: the draft on the table, and networks of their own."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, layer
from engine.runs.store.shelf import DRAFT, Shelf
from engine.runs.store.store import Store
from engine.training.architectures import ALL_PRESETS
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS
from ui import backend, state
from ui.api.requests import OWNER_COOKIE
from ui.build.own_networks import open_own, own, own_classifiers, put_back, remove_own, rename_own
from ui.shelf import START, START_GAN, beginning, read_draft
from ui.state import Session

ME = "m" * 32
MLP, CNN, QUICK = PRESETS["mlp"], PRESETS["cnn"], PRESETS["quick"]
CHANGED = replace(MLP.network, layers=(layer("Flatten"), layer("Linear", units=50), layer("Linear", units=10)))
LATER = TrainConfig(epochs=7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'playground.sqlite'}")
    yield store
    store.close()


@pytest.fixture
def shelf(store: Store) -> Shelf:
    return Shelf(store, lambda: None)


def open_tab(shelf: Shelf) -> Session:
    """A new session of the same visitor, as after F5."""
    draft = read_draft(shelf, ME)
    return Session(draft.network, draft.config, draft.gan, draft.kept, draft.gan_kept, visitor=ME, shelf=shelf)


def next_life(shelf: Shelf) -> Shelf:
    """The shelf as another server finds it."""
    assert shelf.write()
    return Shelf(shelf._store, lambda: None)


def names(visitor: Session) -> list[str]:
    return [one.name for one in own_classifiers(visitor)]


def networks(visitor: Session) -> list[NetworkSpec]:
    return [one.work[0] for one in own_classifiers(visitor) if isinstance(one.work, tuple)]


def test_all_of_the_table_is_there_in_the_next_life_of_the_server(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.edit(CHANGED)
    visitor.edit_config(LATER)
    visitor.edit(RECIPES["dcgan"].gan.generator)
    visitor.edit_gan_config(replace(visitor.gan.config, batch_size=17))
    again = open_tab(next_life(shelf))
    assert (again.network, again.config, again.gan) == (visitor.network, visitor.config, visitor.gan)
    assert again.gan.config.batch_size == 17 and again.config.epochs == 7


def test_an_empty_table_and_networks_that_do_not_fit_are_kept_too(shelf: Shelf) -> None:
    for network in (NetworkSpec(), NetworkSpec((layer("Linear", units=3),))):
        open_tab(shelf).edit(network)
        assert open_tab(next_life(shelf)).network == network


def test_a_page_that_is_drawn_without_a_change_writes_nothing(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.load(CHANGED, LATER)
    visitor.keep()
    assert shelf.write()
    visitor.edit(CHANGED)
    visitor.edit_config(LATER)
    visitor.edit_gan_config(START_GAN.config)
    visitor.keep()
    assert not shelf._unstored


@pytest.mark.parametrize(
    "spoiled",
    [
        *("", "{", "null", "[]", "0", '"text"', "{}", "[" * 50_000, "\ud800", '{"network": NaN}'),
        json.dumps({"network": {"layers": [{"kind": "Quantum"}]}, "training": {}, "gan": {}}),
        json.dumps({"network": 1, "training": [], "gan": "text", "kept": 5, "gan_kept": None}),
        json.dumps({"network": {"layers": [], "role": "generator"}, "kept": "x" * 200}),
    ],
)
def test_a_damaged_draft_or_network_breaks_no_page(shelf: Shelf, store: Store, tmp_path: Path, spoiled: str) -> None:
    open_tab(shelf).load(replace(CHANGED, name="Mine"), LATER)
    assert shelf.write()
    with sqlite3.connect(tmp_path / "playground.sqlite") as connection:
        connection.execute("UPDATE works SET content = ?", (spoiled.encode("utf-8", "replace").decode(),))
    connection.close()
    shelf = next_life(shelf)
    visitor = open_tab(shelf)
    assert (visitor.network, visitor.config, visitor.gan, visitor.kept) == (QUICK.network, QUICK.config, START_GAN, "")
    assert names(visitor) == []
    visitor.edit(CHANGED)
    assert open_tab(next_life(shelf)).network == CHANGED


def test_of_a_draft_with_a_layer_that_is_gone_the_rest_is_kept(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.load(CHANGED, LATER)
    visitor.load_gan(RECIPES["hinge"].gan)
    kept = shelf.get(ME, DRAFT)
    assert kept
    shelf.put(ME, DRAFT, DRAFT, kept.content.replace('"kind": "Linear", "units": 50', '"kind": "Quantum"', 1))
    again = open_tab(shelf)
    assert (again.network, again.gan) == (beginning().network, RECIPES["hinge"].gan)


def test_presets_are_nobodys_own(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    for preset in ALL_PRESETS.values():
        visitor.load(preset.network, preset.config)
        visitor.keep()
    visitor.load(NetworkSpec(), LATER)
    visitor.load_gan(RECIPES["hinge"].gan)
    visitor.load_gan(RECIPES["dcgan"].gan)
    assert names(visitor) == [] and shelf.all(ME, "gan") == []


def test_a_changed_preset_is_kept_when_another_takes_its_place_and_opens_again_with_its_settings(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.load(MLP.network, MLP.config)
    visitor.edit(CHANGED)
    visitor.edit_config(LATER)
    assert names(visitor) == [], "it is on the table"
    visitor.load(CNN.network, CNN.config)
    assert networks(visitor) == [CHANGED]
    again = open_tab(next_life(shelf))
    open_own(again, own_classifiers(again)[0].id)
    assert (again.network, again.config) == (CHANGED, LATER)
    again.undo()
    assert (again.network, again.config, again.kept) == (CNN.network, CNN.config, "")


def test_a_network_is_kept_as_soon_as_it_has_a_name_of_its_own_or_was_trained(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.edit(replace(CHANGED, name="Mine"))
    assert names(visitor) == ["Mine"]
    visitor.load(MLP.network, MLP.config)
    visitor.edit(CHANGED)
    visitor.keep()  # as Start does
    assert names(visitor) == ["MLP", "Mine"]


def test_what_stands_on_the_shelf_follows_the_table_also_in_another_life(shelf: Shelf) -> None:
    open_tab(shelf).edit(replace(CHANGED, name="Mine"))
    shelf = next_life(shelf)
    visitor = open_tab(shelf)
    visitor.edit(replace(visitor.network, name="Still mine"))
    visitor.edit_config(LATER)
    assert [one.work for one in own_classifiers(visitor)] == [(replace(CHANGED, name="Still mine"), LATER)]
    visitor.undo()
    assert names(visitor) == ["Mine"]


def test_the_same_network_is_kept_once_however_often_it_is_opened_and_trained(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    for _ in range(3):
        visitor.load(CHANGED, LATER)
        visitor.keep()
        visitor.load(MLP.network, MLP.config)
    assert networks(visitor) == [CHANGED]


def test_a_preset_that_was_made_again_does_not_overwrite_what_is_kept(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.load(MLP.network, MLP.config)
    visitor.edit(CHANGED)
    visitor.keep()
    visitor.undo()
    other = replace(MLP.network, layers=MLP.network.layers[1:])
    visitor.edit(other)
    visitor.keep()
    assert networks(visitor) == [other, CHANGED]


def test_a_network_is_renamed_on_the_shelf_and_on_the_table(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.load(CHANGED, LATER)
    visitor.keep()
    rename_own(visitor, visitor.kept, "On the table")
    assert (visitor.network.name, names(visitor)) == ("On the table", ["On the table"])
    place = visitor.kept
    visitor.load(MLP.network, MLP.config)
    rename_own(visitor, place, "On the \u202eshelf")
    assert (visitor.network, names(visitor)) == (MLP.network, ["On the shelf"])
    rename_own(visitor, "nowhere", "Nothing")


def test_a_removed_network_is_gone_until_it_is_put_back(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.edit(replace(CHANGED, name="Mine"))
    place = visitor.kept
    remove_own(visitor, place)
    visitor.edit_config(LATER)
    assert visitor.network.name == "Mine", "what is on the table stays there"
    visitor.load(MLP.network, MLP.config)
    assert names(visitor) == []
    put_back(visitor)
    assert names(visitor) == ["Mine"]
    open_own(visitor, place)
    assert (visitor.network.name, visitor.kept) == ("Mine", place)
    remove_own(visitor, "nowhere")
    assert names(visitor) == ["Mine"]


def test_nobody_sees_or_takes_what_is_somebody_elses(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.edit(replace(CHANGED, name="Mine"))
    other = Session(MLP.network, MLP.config, visitor="o" * 32, shelf=shelf)
    open_own(other, visitor.kept)
    rename_own(other, visitor.kept, "Theirs")
    remove_own(other, visitor.kept)
    assert (other.network, names(other), names(visitor)) == (MLP.network, [], ["Mine"])


def test_a_gan_of_ones_own_is_kept_opened_renamed_and_removed_alike(shelf: Shelf) -> None:
    visitor = open_tab(shelf)
    visitor.part = "generator"
    built = replace(START_GAN, generator=RECIPES["dcgan"].gan.generator)
    visitor.edit(built.generator)
    visitor.load_gan(RECIPES["hinge"].gan)
    (one,) = own(visitor)
    assert one.work == built and own_classifiers(visitor) == []
    rename_own(visitor, one.id, "My game")
    open_own(visitor, one.id)
    assert (visitor.gan, visitor.gan_kept) == (replace(built, name="My game"), one.id)
    remove_own(visitor, one.id)
    visitor.load_gan(RECIPES["hinge"].gan)
    assert own(visitor) == []
    put_back(visitor)
    assert [one.name for one in own(visitor)] == ["My game"]


def table() -> None:
    import streamlit as st

    from ui.state import owner, session

    st.text(session().network.name)
    st.text(owner())


def test_visitor_with_a_cookie_finds_their_work_after_the_server_was_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setattr(type(state.st.context), "cookies", {OWNER_COOKIE: ME})
    backend.service.cache_clear()
    try:
        app = AppTest.from_function(table).run()
        assert [text.value for text in app.text] == [PRESETS[START].network.name, ME]
        app.session_state["playground"].edit(replace(CHANGED, name="before the kill"))
        backend.service().close()
        backend.service.cache_clear()
        app = AppTest.from_function(table).run()
        assert [text.value for text in app.text] == ["before the kill", ME]
    finally:
        backend.service().close()
        backend.service.cache_clear()
