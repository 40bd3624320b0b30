"""Widgets for every parameter kind and every catalogue row, driven through Streamlit's own test runner."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Param, choose, flag, integer, one_of, real
from engine.training.config import CATALOGUES, SETTINGS
from ui.forms import slider_steps, step_of

KINDS = {
    "int": integer(3, 1, 9, "Kernel", "Side.", "px"),
    "float": real(0.5, 0.0, 0.95, "Share", "Part."),
    "log": real(0.001, 1e-6, 10.0, "Rate", "Size of a step.", log=True),
    "log_from_zero": real(0.0, 0.0, 1.0, "Decay", "Pull.", log=True),
    "choice": one_of("a", ("a", "b"), "Letter", "Which."),
    "bool": flag(False, "Switch", "On or off."),
}


def one_widget(kind: str) -> None:
    import streamlit as st

    from tests.ui.test_forms import KINDS
    from ui.forms import param_widget

    shown = st.session_state.setdefault("from_outside", KINDS[kind].default)
    st.session_state["from_outside"] = st.session_state["result"] = param_widget(KINDS[kind], shown, "w")


def catalogue_row(catalogue: str, kind: str) -> None:
    import streamlit as st

    from engine.catalogue.layers import LAYERS
    from engine.catalogue.params import choose
    from engine.training.config import CATALOGUES
    from ui.forms import choice_form

    rows = {**CATALOGUES, "layer": LAYERS}[catalogue]
    shown = st.session_state.get("result") or choose(rows, kind, {}, "Row")
    st.session_state["result"] = choice_form("Row", rows, shown, "row")


def settings() -> None:
    import streamlit as st

    from engine.training.config import TrainConfig
    from ui.forms import catalogue_form, settings_form

    config = st.session_state.setdefault("result", TrainConfig())
    for name in ("optimizer", "loss", "schedule"):
        config = catalogue_form(config, name)
    st.session_state["result"] = settings_form(config)


def run(script: object, *args: str) -> AppTest:
    app = AppTest.from_function(script, args=args).run()  # type: ignore[arg-type]
    assert not app.exception
    return app


def enter(app: AppTest, value: object) -> None:
    (app.number_input or app.selectbox or app.toggle)[0].set_value(value).run()  # type: ignore[union-attr]
    assert not app.exception


@pytest.mark.parametrize(
    ("kind", "entry"),
    [("int", 5), ("float", 0.25), ("log", 0.0037), ("log_from_zero", 0.01), ("choice", "b"), ("bool", True)],
)
def test_each_kind_of_parameter_returns_what_is_entered_and_follows_what_changes_outside(
    kind: str, entry: object
) -> None:
    app = run(one_widget, kind)
    assert app.session_state["result"] == KINDS[kind].default
    enter(app, entry)
    assert app.session_state["result"] == entry
    assert type(app.session_state["result"]) is type(KINDS[kind].default)
    app.session_state["from_outside"] = KINDS[kind].default
    app.run()
    assert app.session_state["result"] == KINDS[kind].default


def test_emptied_field_keeps_its_value_and_shows_it_again() -> None:
    app = run(one_widget, "int")
    app.number_input[0].set_value(5).run()
    app.number_input[0].set_value(None).run()
    assert app.session_state["result"] == 5
    assert app.run().number_input[0].value == 5


@pytest.mark.parametrize(
    ("kind", "entry", "words"),
    [
        ("int", 40, "Kernel: 40 is out of range. Use a whole number from 1 to 9. It stays at 3."),
        ("float", 2.0, "Share: 2 is out of range. Use a number from 0 to 0.95. It stays at 0.5."),
        ("log", 50.0, "Rate: 50 is out of range. Use a number from 1e-06 to 10. It stays at 0.001."),
    ],
)
def test_a_number_out_of_range_is_said_in_words_with_its_range_and_what_holds(
    kind: str, entry: float, words: str
) -> None:
    app = run(one_widget, kind)
    assert "refused" not in told(app)
    enter(app, entry)
    assert app.session_state["result"] == KINDS[kind].default
    assert words in told(app) and app.number_input[0].value == KINDS[kind].default
    enter(app, KINDS[kind].low)
    assert "refused" not in told(app)


def told(app: AppTest) -> str:
    return " ".join(html.proto.body for html in app.get("html"))


def test_slider_of_a_logarithmic_parameter_and_its_exact_value_move_together() -> None:
    app = run(one_widget, "log")
    app.select_slider[0].set_value(0.02).run()
    assert (app.session_state["result"], app.number_input[0].value) == (0.02, 0.02)
    app.number_input[0].set_value(0.0137).run()
    assert (app.session_state["result"], app.select_slider[0].value) == (0.0137, 0.0137)
    app.select_slider[0].set_value(1e-6).run()
    assert not app.exception and app.session_state["result"] == 1e-6


@pytest.mark.parametrize(
    ("catalogue", "kind"), [(name, kind) for name, rows in {**CATALOGUES, "layer": LAYERS}.items() for kind in rows]
)
def test_every_catalogue_row_has_a_form_that_shows_its_defaults(catalogue: str, kind: str) -> None:
    rows = {**CATALOGUES, "layer": LAYERS}[catalogue]
    app = run(catalogue_row, catalogue, kind)
    assert app.session_state["result"] == choose(rows, kind, {}, "Row")
    assert kind in app.selectbox[0].help and rows[kind].params.keys() <= {w.key.split(".")[-1] for w in widgets(app)}


def test_picking_another_row_starts_from_its_defaults() -> None:
    app = run(catalogue_row, "optimizer", "SGD")
    app.selectbox[0].set_value("Adam").run()
    assert app.session_state["result"] == choose(CATALOGUES["optimizer"], "Adam", {}, "Row")


def test_settings_form_shows_every_setting_and_changes_only_the_one_entered() -> None:
    app = run(settings)
    before = app.session_state["result"]
    app.number_input(key="training.batch_size").set_value(128).run()
    assert not app.exception
    assert app.session_state["result"].batch_size == 128
    assert all(
        getattr(app.session_state["result"], name) == getattr(before, name)
        for name in ("optimizer", "loss", "schedule", *(SETTINGS.keys() - {"batch_size"}))
    )


def test_the_cores_are_chosen_by_what_they_mean() -> None:
    app = run(settings)
    box = app.selectbox(key="training.cores")
    assert box.options == ["One: bit-for-bit repeatable", "All: faster, last digits vary"]
    box.set_value("all").run()
    assert app.session_state["result"].cores == "all"


def test_slider_steps_are_one_two_five_within_the_range() -> None:
    assert slider_steps(real(1.0, 0.01, 10.0, "R", "", log=True)) == pytest.approx(
        [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
    )
    assert slider_steps(KINDS["log_from_zero"])[0] == 0.0


@pytest.mark.parametrize(("high", "step"), [(1.0, 0.05), (0.95, 0.05), (10.0, 0.5), (0.5, 0.05)])
def test_arrows_of_a_number_field_take_round_steps(high: float, step: float) -> None:
    assert step_of(Param("float", 0.0, "S", "", 0.0, high)) == pytest.approx(step)


def widgets(app: AppTest) -> list[object]:
    return [*app.number_input, *app.selectbox, *app.toggle]


def page() -> None:
    import streamlit as st

    from engine.text import Text
    from ui.forms import choose_view

    titles = {"one": Text("The first"), "two": Text("The second"), "three": Text("The third")}
    st.write("shown: " + choose_view(Text("View"), titles, "view"))


@pytest.mark.parametrize(
    ("asked", "shown"), [("two", "two"), ("one", "one"), ("The second", "one"), ("nonsense", "one"), ("", "one")]
)
def test_a_link_opens_the_view_that_its_key_names(asked: str, shown: str) -> None:
    app = AppTest.from_function(page)
    app.query_params["view"] = asked
    app.run()
    assert app.markdown[0].value == f"shown: {shown}"


def test_a_choice_goes_into_the_address_and_the_first_view_leaves_it() -> None:
    app = AppTest.from_function(page).run()
    assert "view" not in app.query_params
    for chosen, told in (("three", "three"), ("two", "two"), ("one", None)):
        app.button_group(key="view").set_value(chosen).run()
        assert app.markdown[0].value == f"shown: {chosen}"
        assert app.query_params.get("view") == told


def test_going_back_in_the_browser_shows_the_view_before() -> None:
    app = AppTest.from_function(page).run()
    app.button_group(key="view").set_value("two").run()
    app.query_params["view"] = "three"
    app.run()
    assert app.markdown[0].value == "shown: three"
