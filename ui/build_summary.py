"""What the whole network is: its picture, what it costs, and the way to training."""

import math
from collections.abc import Sequence

import streamlit as st

from engine.network import NetworkSpec, PlannedLayer
from engine.params import SpecError
from ui.build_start import about
from ui.charts import network_picture
from ui.frame import is_dark
from ui.state import Session

BYTES = 4  # a number in float32
COPIES = 4  # a parameter, its gradient, and Adam's two running means


def totals(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    memory = training_bytes(planned, visitor.config.batch_size)
    figures = [
        (short(sum(p.parameters for p in planned)), "parameters", "Numbers the network learns."),
        (short(sum(p.multiply_adds for p in planned)), "multiply-adds a picture", "On its way through, once."),
        (f"{memory / 1e6:,.1f} MB", "memory to train", f"With Adam and {visitor.config.batch_size} pictures a step."),
    ]
    st.html(f'<div class="totals">{"".join(map(_total, figures))}</div>')
    label, icon = "Train this network", ":material/play_arrow:"
    if st.button(label, type="primary", icon=icon, key="train", width="stretch", disabled=misfit is not None):
        st.switch_page("../pages/train.py")


def picture(network: NetworkSpec, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    with st.container(key="about"):
        st.caption(about(network))
    figure = network_picture(planned, is_dark(), misfit_label(network, misfit))
    st.plotly_chart(figure, theme=None, key="picture", config={"displayModeBar": False, "staticPlot": False})


def misfit_label(network: NetworkSpec, misfit: SpecError | None) -> str:
    """What the picture says where the network stops fitting."""
    if misfit is None:
        return ""
    if misfit.layer is None:
        return "your first layer"
    if misfit.layer == len(network.layers):
        return "ten scores are missing"
    return f"{network.layers[misfit.layer].kind} does not fit"


def training_bytes(planned: Sequence[PlannedLayer], batch_size: int) -> int:
    """Memory for training with Adam: every parameter four times, and what each picture of a batch leaves behind."""
    parameters = sum(p.parameters for p in planned)
    activations = sum(math.prod(p.out_shape) for p in planned)
    return BYTES * (COPIES * parameters + activations * batch_size)


def _total(figure: tuple[str, str, str]) -> str:
    number, name, why = figure
    return f'<div title="{why}"><b>{number}</b><span>{name}</span></div>'


def short(count: int) -> str:
    """5.1 M or 12,300: at most four figures and a letter from a million on."""
    return f"{count / 1e6:,.1f} M" if count >= 1_000_000 else f"{count:,}"
