"""Every layer there is, in groups with a sentence each, to pick one to add."""

from dataclasses import replace

import streamlit as st

from engine.layers import LAYERS
from engine.network import layer, survey
from engine.params import Shape, SpecError
from ui.state import Session


@st.dialog("Add a layer", width="large")
def gallery(visitor: Session, index: int) -> None:
    """Ask which layer to put before layer `index`; those that do not fit there as they are say why."""
    network = visitor.network
    before, _ = survey(replace(network, layers=network.layers[:index]))
    shape = before[-1].out_shape if before else network.input_shape
    for group in dict.fromkeys(row.group for row in LAYERS.values()):
        st.markdown(f"**{group}**")
        with st.grid(min_column_width=300, gap="xsmall", key=f"gallery-{group}"):
            for kind, row in LAYERS.items():
                if row.group == group and st.button(
                    f"**{kind}** {_plain(row.doc)}{_objection(kind, shape)}",
                    key=f"pick-{kind}",
                    width="stretch",
                    wrap=True,
                ):
                    layers = (*network.layers[:index], layer(kind), *network.layers[index:])
                    visitor.edit(replace(network, layers=layers))
                    st.rerun()


def _objection(kind: str, shape: Shape) -> str:
    try:
        LAYERS[kind].out(shape, dict(layer(kind).values))
    except SpecError as error:
        return f" :orange[Here it {_plain(error.what)}]"
    return ""


def _plain(text: str) -> str:
    """Text whose formulas are no Markdown."""
    return "".join(f"\\{c}" if c in "*[]_" else c for c in text)
