"""The sidebar of the Train page: which network, and every setting of the next run."""

import base64
import html

import streamlit as st

from engine.catalogue.schedules import factor
from engine.training.architectures import ALL_PRESETS
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS
from ui.build.own_networks import open_own, own_classifiers, own_titles
from ui.forms import catalogue_form, settings_form
from ui.language import say
from ui.runs.words import UNNAMED
from ui.state import Session, entered, seed, settle
from ui.top_bar import heading

OWN = "own"
NETWORK = "train-network"
PREVIEW_POINTS = 120
WIDTH, HEIGHT = 240, 48  # px


def settings(visitor: Session) -> None:
    """Draw the forms and put what they say on the visitor's table."""
    with st.sidebar:
        heading(say("Settings"))
        _network(visitor)
        config = settings_form(visitor.config, ("epochs", "batch_size"))
        config = catalogue_form(config, "optimizer")
        with st.container(key="rate-elsewhere"):
            st.caption(say("**Learning rate:** beside the curves, while your run goes on."))
        with st.expander(say("Schedule of the learning rate")):
            config = catalogue_form(config, "schedule")
            _preview(config)
        with st.expander(say("Data")):
            config = settings_form(config, ("images", "validation_share", "stratified"))
            parts = {"train": config.train_images, "validation": config.validation_images}
            st.caption(
                say("{train:,} to train on, {validation:,} to validate; {test:,} to test.", test=10_000, **parts)
            )
        with st.expander(say("Loss, seed, cores")):
            config = catalogue_form(config, "loss")
            config = settings_form(config, ("seed", "cores"))
    visitor.edit_config(config)


def shown_rate(visitor: Session) -> float:
    """The learning rate for the next run as the sidebar shows it, which is drawn anew more rarely than the curves."""
    return float(visitor.seeds[f"training.optimizer.{visitor.config.optimizer.kind}.lr"])


def _network(visitor: Session) -> None:
    current = next((name for name, preset in ALL_PRESETS.items() if preset.network == visitor.network), OWN)
    offered = {name: preset.network.name for name, preset in ALL_PRESETS.items() if name in {*PRESETS, current}}
    titles = offered | own_titles(own_classifiers(visitor))
    if current == OWN and visitor.kept in titles:
        current = visitor.kept
    elif current == OWN:
        titles[OWN] = say("{name}, as built", name=visitor.network.name or UNNAMED)
    seed(NETWORK, current)
    chosen = st.selectbox(
        say("Network"),
        list(titles),
        key=NETWORK,
        format_func=lambda name: titles.get(name, name),
        on_change=lambda: _load(visitor),
        help=say("A network to start from, with the settings that suit it. Yours come last, the newest first."),
    )
    settle(NETWORK, chosen)
    st.page_link("../pages/build.py", label=say("See and change its layers"), icon=":material/stacks:")


def _load(visitor: Session) -> None:
    preset = ALL_PRESETS.get(entered(NETWORK))
    if preset:
        visitor.load(preset.network, preset.config)
    else:
        open_own(visitor, str(entered(NETWORK)))


def _preview(config: TrainConfig) -> None:
    """A still picture of the learning rate from the first step to the last."""
    steps = config.steps
    at = sorted({1 + round(i * (steps - 1) / (PREVIEW_POINTS - 1)) for i in range(PREVIEW_POINTS)})
    factors = [factor(config.schedule, step, steps, config.steps_per_epoch) for step in at]
    highest = max(factors)
    points = " ".join(
        f"{2 + (WIDTH - 4) * step / steps:.1f},{HEIGHT - 3 - (HEIGHT - 6) * rate / highest:.1f}"
        for step, rate in zip(at, factors, strict=True)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<path d="M2 {HEIGHT - 2}H{WIDTH - 2}" stroke="#8A939D"/>'
        f'<polyline points="{points}" fill="none" stroke="#8A939D" stroke-width="2.5" stroke-linejoin="round"/></svg>'
    )
    picture = base64.b64encode(svg.encode()).decode()
    about = html.escape(say("The learning rate from first to last step"))
    st.html(f'<img src="data:image/svg+xml;base64,{picture}" alt="{about}">')
    peak = float(f"{config.optimizer['lr'] * highest:.3g}")
    st.caption(say("Over {steps:,} steps; at its highest {peak:n}.", steps=steps, peak=peak))
