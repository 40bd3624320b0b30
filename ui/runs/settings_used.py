"""What a run was set to, in tables, and the button that puts it on the table again."""

from collections.abc import Callable, Mapping

import streamlit as st

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Param, Row, Value
from engine.network.spec import NetworkSpec, plan, shape_text
from engine.text import Text
from ui.language import say, say_number


def settings_table(rows: Mapping[str, str]) -> None:
    st.table({say("Setting"): list(rows), say("Value"): list(rows.values())}, hide_index=True)


def layers_table(title: Text, network: NetworkSpec) -> None:
    layers = plan(network).layers
    words, shapes = [in_words(p.layer, LAYERS) for p in layers], [shape_text(p.out_shape) for p in layers]
    st.table({say(title): words, say("Output"): shapes}, hide_index=True)


def again_button(key: str, why: Text, load: Callable[[], None]) -> None:
    if st.button(say("Use these settings again"), key=key, icon=":material/replay:", on_click=load, help=say(why)):
        st.rerun()  # the sidebar, too, shows other settings now


def plain_rows(params: Mapping[str, Param], config: object) -> dict[str, str]:
    """The plain settings of a run by their labels."""
    return {say(param.label): value_in_words(param.shown(getattr(config, name))) for name, param in params.items()}


def in_words(choice: Choice, rows: Mapping[str, Row]) -> str:
    """A row of a catalogue with the values of its parameters, but for those that are off."""
    params = rows[choice.kind].params
    shown = [(params[name], value) for name, value in choice.values if value is not False]
    values = ", ".join(f"{say(param.label)} {value_in_words(param.shown(value))}" for param, value in shown)
    return f"{choice.kind}: {values}" if values else choice.kind


def value_in_words(value: Value | Text) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return say(value) if isinstance(value, str | Text) else say_number(value)
