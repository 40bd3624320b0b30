"""Below the studio: what else can be done with a GAN, its settings, and earlier ones."""

from collections.abc import Mapping

import streamlit as st

from engine.catalogue.layers import LAYERS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import Choice, Row, Value
from engine.gan.config import GAN_SETTINGS
from engine.gan.losses import GAN_LOSSES
from engine.network.spec import plan, shape_text
from engine.runs.info import RunInfo
from engine.text import Text
from ui.backend import service
from ui.draw.readers import UNNAMED, ago, standing
from ui.gan.play import play
from ui.gan.quiz import real_or_made
from ui.gan.run import gan_of, show
from ui.language import say, say_number
from ui.state import Session, owner
from ui.study.view import use_it
from ui.views import choose_view

EARLIER = 20


VIEWS = {
    "Play": Text("Play"),
    "Real or made?": Text("Real or generated?"),
    "Use it": Text("Use it"),
    "Settings used": Text("Settings used"),
    "Earlier GANs": Text("Earlier GANs"),
}
BEGINNING = {
    "starting": Text("about to start"),
    "running": Text("training now"),
    "paused": Text("paused"),
}


def more(run: RunInfo, visitor: Session) -> None:
    """Draw the view that was chosen, and only that."""
    with st.container(key="gan-more"):
        match choose_view(Text("More"), VIEWS, "show"):
            case "Real or made?":
                real_or_made(run)
            case "Use it":
                use_it(run)
            case "Settings used":
                _settings(run, visitor)
            case "Earlier GANs":
                _earlier(visitor, run)
            case _:
                play(run)


def _settings(run: RunInfo, visitor: Session) -> None:
    gan = gan_of(run)
    training, left, right = st.columns(3, gap="small")
    config = gan.config
    rows = {say("Loss"): say(GAN_LOSSES[config.loss.kind].title)}
    rows[say("Optimizer of G")] = _in_words(config.generator_optimizer, OPTIMIZERS)
    rows[say("Optimizer of D")] = _in_words(config.discriminator_optimizer, OPTIMIZERS)
    rows |= {say(param.label): _value(param.shown(getattr(config, name))) for name, param in GAN_SETTINGS.items()}
    with training:
        st.table({say("Setting"): list(rows), say("Value"): list(rows.values())}, hide_index=True)
        if st.button(
            say("Use these settings again"),
            key="gan-again",
            icon=":material/replay:",
            on_click=visitor.load_gan,
            args=(gan,),
            help=say("Puts these networks and settings on your table; Undo on the Build page takes it back."),
        ):
            st.rerun()  # the sidebar, too, shows other settings now
    titles = Text("Layers of G"), Text("Layers of D")
    for column, network, title in zip((left, right), (gan.generator, gan.discriminator), titles, strict=True):
        layers = plan(network).layers
        words, shapes = [_in_words(p.layer, LAYERS) for p in layers], [shape_text(p.out_shape) for p in layers]
        column.table({say(title): words, say("Output"): shapes}, hide_index=True)


def _in_words(choice: Choice, rows: Mapping[str, Row]) -> str:
    """A row with the values of its parameters, but for those that are off."""
    params = rows[choice.kind].params
    values = ", ".join(
        f"{say(params[name].label)} {_value(params[name].shown(value))}"
        for name, value in choice.values
        if value is not False
    )
    return f"{choice.kind}: {values}" if values else choice.kind


def _value(value: Value | Text) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return say(value) if isinstance(value, str | Text) else say_number(value)


def _earlier(visitor: Session, shown: RunInfo) -> None:
    runs = service().runs(owner(), limit=EARLIER, kind="gan")
    if not runs:
        st.caption(say("Your GANs will stand here, with what they reached."))
    for run in runs:
        st.button(
            f"**{_result(run)}** · {run.name or UNNAMED} · {ago(run.created)}",
            key=f"gan-earlier-{run.id}",
            type="tertiary",
            disabled=run.id == shown.id,
            on_click=show,
            args=(visitor, run.id),
        )


def _result(run: RunInfo) -> str:
    done = run.finished
    if done is None:
        return standing(run) if run.is_over else say(BEGINNING[run.status])
    return say(
        "Frechet distance {distance:.1f}, {covered} of 10 modes covered, round {step:,}",
        distance=done["distance"],
        covered=done["digits_covered"],
        step=done["step"],
    )
