"""What the whole network is: its picture, what it costs, and the way to training."""

import math
from collections.abc import Sequence

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import check_gan, networks
from engine.network.spec import NetworkSpec, PlannedLayer
from ui.build.part import show
from ui.build.start import about
from ui.build.words import WORDS
from ui.charts import network_picture
from ui.frame import is_dark
from ui.state import Session

BYTES = 4  # a number in float32
COPIES = 4  # a parameter, its gradient, and Adam's two running means


def totals(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    batch = visitor.config.batch_size if visitor.part == "classifier" else visitor.gan.config.batch_size
    memory = training_bytes(planned, batch)
    figures = [
        (short(sum(p.parameters for p in planned)), "parameters", "Numbers the network learns."),
        (short(sum(p.multiply_adds for p in planned)), "multiply-adds a picture", "On its way through, once."),
        (f"{memory / 1e6:,.1f} MB", "memory to train", f"With Adam and {batch} pictures a step."),
    ]
    st.html(f'<div class="totals">{"".join(map(_total, figures))}</div>')
    icon, gan = ":material/play_arrow:", visitor.part != "classifier"
    problem = misfit or (_disagreement(visitor) if gan else None)
    label, page = ("Train this GAN", "../pages/gan.py") if gan else ("Train this network", "../pages/train.py")
    if st.button(label, type="primary", icon=icon, key="train", width="stretch", disabled=problem is not None):
        st.switch_page(page)
    if problem and not misfit:
        _elsewhere(visitor, problem)


def _disagreement(visitor: Session) -> SpecError | None:
    """Why the two networks of the GAN cannot be trained against each other."""
    try:
        check_gan(visitor.gan)
    except SpecError as error:
        return error
    return None


def _elsewhere(visitor: Session, problem: SpecError) -> None:
    """What this network alone does not show, and the way to the other one."""
    other = next(role for role in networks(visitor.gan) if role != visitor.part)
    with st.container(key="elsewhere", gap="xsmall"):
        st.markdown(f":material/warning: {problem}")
        st.button(f"Show the {other}", key="show-other", on_click=show, args=(visitor, other))


def picture(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    with st.container(key="about"):
        st.caption(about(visitor))
    figure = network_picture(visitor.shown, planned, is_dark(), misfit_label(visitor.shown, misfit))
    st.plotly_chart(figure, theme=None, key="picture", config={"displayModeBar": False, "staticPlot": False})


def misfit_label(network: NetworkSpec, misfit: SpecError | None) -> str:
    """What the picture says where the network stops fitting."""
    if misfit is None:
        return ""
    if misfit.layer is None:
        return "your first layer"
    if misfit.layer == len(network.layers):
        return WORDS[network.role].missing
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
