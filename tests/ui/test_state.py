"""The visitor's table: undo and redo, replacing everything at once, and what survives a reload."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS
from ui import state
from ui.shelf import MAX_UNDO, START, START_GAN
from ui.state import Session

EMPTY, FLAT, BOTH = NetworkSpec(), NetworkSpec((layer("Flatten"),)), NetworkSpec((layer("Flatten"), layer("ReLU")))
CONFIG, OTHER = TrainConfig(), TrainConfig(epochs=7)


@pytest.fixture
def visitor() -> Session:
    return Session(EMPTY, CONFIG)


def test_undo_and_redo_walk_through_the_networks_in_order(visitor: Session) -> None:
    visitor.edit(FLAT)
    visitor.edit(BOTH)
    visitor.undo()
    assert visitor.network == FLAT
    visitor.undo()
    assert (visitor.network, visitor.can_undo, visitor.can_redo) == (EMPTY, False, True)
    visitor.undo()
    visitor.redo()
    visitor.redo()
    assert (visitor.network, visitor.can_undo, visitor.can_redo) == (BOTH, True, False)
    visitor.redo()
    assert visitor.network == BOTH


def test_new_edit_ends_what_could_be_redone(visitor: Session) -> None:
    visitor.edit(FLAT)
    visitor.undo()
    visitor.edit(BOTH)
    assert not visitor.can_redo
    visitor.undo()
    assert visitor.network == EMPTY


def test_edit_that_changes_nothing_is_no_step_back(visitor: Session) -> None:
    visitor.edit(NetworkSpec())
    visitor.load(EMPTY, CONFIG)
    assert not visitor.can_undo


def test_loading_replaces_network_and_settings_and_undo_brings_both_back(visitor: Session) -> None:
    visitor.load(FLAT, OTHER)
    visitor.undo()
    assert (visitor.network, visitor.config) == (EMPTY, CONFIG)
    visitor.redo()
    assert (visitor.network, visitor.config) == (FLAT, OTHER)


def test_undo_of_a_network_leaves_the_training_settings_alone(visitor: Session) -> None:
    visitor.edit(FLAT)
    visitor.edit_config(OTHER)
    visitor.undo()
    assert (visitor.network, visitor.config) == (EMPTY, OTHER)


def test_history_is_bounded(visitor: Session) -> None:
    for step in range(MAX_UNDO + 20):
        visitor.edit(NetworkSpec(name=str(step)))
    undone = 0
    while visitor.can_undo:
        visitor.undo()
        undone += 1
    assert (undone, visitor.network.name) == (MAX_UNDO, "19")


def test_notice_goes_with_the_next_change(visitor: Session) -> None:
    visitor.notice = Text("The link is damaged.")
    visitor.edit(FLAT)
    assert visitor.notice is None


def table() -> None:
    import streamlit as st

    from ui.state import owner, session

    st.text(session().network.name)
    st.text(owner())


def test_newcomer_starts_with_a_preset_and_has_an_owner_of_their_own_without_a_cookie() -> None:
    first, second = AppTest.from_function(table).run(), AppTest.from_function(table).run()
    assert first.text[0].value == PRESETS[START].network.name
    owners = [first.text[1].value, second.text[1].value]
    assert all(owners) and owners[0] != owners[1]
    assert first.run().text[1].value == owners[0]


def test_each_network_takes_the_place_of_its_role(visitor: Session) -> None:
    dcgan = RECIPES["dcgan"].gan
    visitor.edit(dcgan.generator)
    assert (visitor.network, visitor.gan) == (EMPTY, replace(START_GAN, generator=dcgan.generator))
    visitor.edit(dcgan.discriminator)
    assert visitor.gan.discriminator == dcgan.discriminator
    for part, shown in (
        ("classifier", EMPTY),
        ("generator", dcgan.generator),
        ("discriminator", dcgan.discriminator),
    ):
        visitor.part = part
        assert visitor.shown == shown


def test_undo_of_a_gan_shows_the_part_it_changes_and_leaves_the_classifier_alone(visitor: Session) -> None:
    dcgan = RECIPES["dcgan"].gan
    visitor.edit(FLAT)
    visitor.part = "generator"
    assert not visitor.can_undo
    visitor.edit(dcgan.generator)
    visitor.edit(dcgan.discriminator)
    visitor.edit_gan_config(dcgan.config)
    visitor.undo()
    assert (visitor.part, visitor.gan.discriminator) == ("discriminator", START_GAN.discriminator)
    visitor.undo()
    assert (visitor.part, visitor.gan) == ("generator", replace(START_GAN, config=dcgan.config))
    visitor.redo()
    assert (visitor.gan.generator, visitor.network, visitor.can_redo) == (dcgan.generator, FLAT, True)


def test_loading_a_gan_is_one_move_with_its_settings(visitor: Session) -> None:
    visitor.part = "discriminator"
    visitor.load_gan(RECIPES["wgan-gp"].gan)
    assert visitor.gan == RECIPES["wgan-gp"].gan
    visitor.undo()
    assert (visitor.gan, visitor.part) == (START_GAN, "discriminator")


def test_a_press_is_told_once_and_soon_or_never(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Session(PRESETS["quick"].network, PRESETS["quick"].config)
    monkeypatch.setattr(state, "session", lambda: visitor)
    state.press("go")
    assert not state.was_pressed("stop") and state.pressed_among("g")
    assert state.was_pressed("go") and not state.was_pressed("go") and not state.pressed_among("g")
    state.press("go")
    visitor.presses["go"] -= state.PRESS_SECONDS
    assert not state.was_pressed("go")
