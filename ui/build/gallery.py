"""Every layer there is, group by group, with a drawing and a sentence each, to pick one to add."""

from dataclasses import replace

import streamlit as st

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Shape, SpecError
from engine.network.spec import layer, survey
from ui.build.layer_icons import layer_icon
from ui.forms import plain
from ui.state import Session

GROUPS = list(dict.fromkeys(row.group for row in LAYERS.values()))


@st.dialog("Add a layer", width="large")
def gallery(visitor: Session, index: int) -> None:
    """Ask which layer to put before layer `index`; those that do not fit there as they are say why."""
    network = visitor.shown
    offered = {k: row for k, row in LAYERS.items() if not (row.takes_label and network.role == "classifier")}
    before, _ = survey(replace(network, layers=network.layers[:index]))
    shape = before[-1].out_shape if before else network.input_shape
    with st.grid(min_column_width=270, gap="xsmall", key="gallery"):
        for kind, row in sorted(offered.items(), key=lambda item: GROUPS.index(item[1].group)):
            label = f"![]({layer_icon(kind)}) **{kind}** :gray[{row.group}] {plain(row.doc)}{_objection(kind, shape)}"
            if st.button(label, key=f"pick-{kind}", width="stretch", wrap=True):
                visitor.edit(replace(network, layers=(*network.layers[:index], layer(kind), *network.layers[index:])))
                st.rerun()


def _objection(kind: str, shape: Shape) -> str:
    try:
        LAYERS[kind].out(shape, dict(layer(kind).values))
    except SpecError as error:
        return f" :orange[Here it {plain(str(error.what))}]"
    return ""
