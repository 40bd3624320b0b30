"""Views of a page are kept in the address by their keys, whatever they are called on screen."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from engine.text import Text
    from ui.views import choose_view

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
