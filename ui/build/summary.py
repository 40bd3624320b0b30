"""What the whole network is: its picture, what it costs, and the way to training."""

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import check_gan, networks
from engine.network.spec import NetworkSpec, Plan, PlannedLayer
from engine.text import Text, plural
from engine.training.kind import estimate_epoch
from ui.build.editing import card_at
from ui.build.folding import closed_blocks
from ui.build.part import PARTS, show
from ui.build.picture import network_picture
from ui.build.start import about
from ui.gan.run import PAGE as GAN_PAGE
from ui.language import say, say_number
from ui.page_frame import is_dark
from ui.runs.shown_kinds import SHOWN_KINDS
from ui.state import Session
from ui.top_bar import heading
from ui.train.estimate import in_one_unit, machine_speed
from ui.train.run import PAGE as TRAIN_PAGE

BYTES = 4  # a number in float32
COPIES = 4  # a parameter, its gradient, and Adam's two running means


def totals(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    heading(say("What it costs"))
    gan = visitor.part != "classifier"
    figures = _figures(planned, visitor.gan.config.batch_size if gan else visitor.config.batch_size)
    if not gan:
        figures.append(_epoch(visitor, planned, misfit))
    st.html(f'<div class="totals">{"".join(_total(*figure) for figure in figures)}</div>')
    problem = misfit or (_disagreement(visitor) if gan else None)
    if _train_button(Text("Train this GAN") if gan else Text("Train this network"), problem is not None):
        _train(visitor)
    if problem and not misfit:
        _elsewhere(visitor, problem)


def _figures(planned: Sequence[PlannedLayer], batch: int) -> list[tuple[str, Text, Text]]:
    """What the network costs: each a number, its name, and what it means."""
    parameters, work = sum(p.parameters for p in planned), sum(p.multiply_adds for p in planned)
    memory = say_number(training_bytes(planned, batch) / 1e6, ",.1f")
    return [
        (short(parameters), plural("parameter", "parameters", count=parameters), Text("Numbers the network learns.")),
        (
            short(work),
            plural("multiply-add a picture", "multiply-adds a picture", count=work),
            Text("On its way through, once."),
        ),
        (
            f"{memory} MB",
            Text("memory to train"),
            plural("With Adam and {count} picture a step.", "With Adam and {count} pictures a step.", count=batch),
        ),
    ]


def _epoch(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> tuple[str, Text, Text]:
    """How long an epoch will take; unknown while the network does not fit."""
    whole = Plan(visitor.network, tuple(planned))
    seconds = None if misfit else estimate_epoch(whole, visitor.config, machine_speed())
    why = Text("Estimated for this machine, with the settings of the Train page, while nobody else trains.")
    return "?" if seconds is None else say(in_one_unit(seconds)), Text("an epoch, about"), why


def _train(visitor: Session) -> None:
    """Start a run of what is shown, and go where it is seen."""
    try:
        page = TRAIN_PAGE if visitor.part == "classifier" else GAN_PAGE
        run_id = page.start(visitor)
    except SpecError as error:
        st.error(say(error.text), icon=":material/error:")
        return
    st.switch_page(SHOWN_KINDS[page.kind].script, query_params={page.parameter: run_id})


def _train_button(label: Text, disabled: bool) -> bool:
    """By its key, too: it stands behind all the fields of the layers."""
    look: dict[str, Any] = {"type": "primary", "icon": ":material/play_arrow:", "width": "stretch"}
    return st.button(say(label), key="train", shortcut="T", disabled=disabled, **look)


def _disagreement(visitor: Session) -> SpecError | None:
    """Why the two networks of the GAN cannot be trained against each other."""
    try:
        check_gan(visitor.gan)
    except SpecError as error:
        return error
    return None


def _elsewhere(visitor: Session, problem: SpecError) -> None:
    """Say why the two networks do not fit each other, and offer to show the other one."""
    other = next(role for role in networks(visitor.gan) if role != visitor.part)
    with st.container(key="elsewhere", gap="xsmall"):
        st.markdown(f":material/warning: {say(problem.text)}")
        st.button(say(PARTS[other].show), key="show-other", on_click=show, args=(visitor, other))


def picture(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    heading(say("Picture of the network"))
    with st.container(key="about"):
        st.caption(about(visitor))
    label = misfit_label(visitor.shown, misfit)
    words, closed = say(label) if label else "", closed_blocks(visitor, misfit)
    figure = network_picture(visitor.shown, planned, is_dark(), words, closed)
    st.plotly_chart(figure, theme=None, key="picture", config={"displayModeBar": False, "staticPlot": False})


def misfit_label(network: NetworkSpec, misfit: SpecError | None) -> Text | None:
    """What the picture says where the network stops fitting."""
    if misfit is None:
        return None
    if misfit.layer is None:
        return Text("your first layer")
    if misfit.layer == len(network.layers):
        return PARTS[network.role].missing if network.reads.is_digits else Text("its scores are missing")
    return Text("{layer} does not fit", layer=card_at(network, misfit.path).kind)


def training_bytes(planned: Sequence[PlannedLayer], batch_size: int) -> int:
    """Memory for training with Adam: every parameter four times, and what each picture of a batch leaves behind."""
    parameters = sum(p.parameters for p in planned)
    activations = sum(p.activations for p in planned)
    return BYTES * (COPIES * parameters + activations * batch_size)


def _total(number: str, name: Text, why: Text) -> str:
    return f'<div title="{escape(say(why))}"><b>{number}</b><span>{escape(say(name))}</span></div>'


def short(count: int) -> str:
    """5.1 M or 12,300: at most four figures and a letter from a million on."""
    return f"{say_number(count / 1e6, ',.1f')} M" if count >= 1_000_000 else say_number(count, ",")
