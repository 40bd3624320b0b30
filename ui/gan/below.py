"""Below the studio: what else can be done with a GAN, its settings, and earlier ones."""

import streamlit as st

from engine.catalogue.optimizers import OPTIMIZERS
from engine.gan.config import GAN_SETTINGS
from engine.gan.losses import GAN_LOSSES
from engine.runs.info import RunInfo
from engine.text import Text
from ui.draw.readers import ago, called
from ui.gan.run import PAGE, gan_of
from ui.gan.studio import play, real_or_made
from ui.language import say
from ui.runs.words import again_button, course, in_words, layers_table, plain_rows, settings_table
from ui.state import Session
from ui.study.view import use_it
from ui.views import choose_view

VIEWS = {
    "Play": Text("Play"),
    "Real or made?": Text("Real or generated?"),
    "Use it": Text("Use it"),
    "Settings used": Text("Settings used"),
    "Earlier GANs": Text("Earlier GANs"),
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
                PAGE.earlier(visitor, run, _line, Text("Your GANs will stand here, with what they reached."))
            case _:
                play(run)


def _settings(run: RunInfo, visitor: Session) -> None:
    gan = gan_of(run)
    config = gan.config
    training, left, right = st.columns(3, gap="small")
    rows = {
        say("Loss"): say(GAN_LOSSES[config.loss.kind].title),
        say("Optimizer of G"): in_words(config.generator_optimizer, OPTIMIZERS),
        say("Optimizer of D"): in_words(config.discriminator_optimizer, OPTIMIZERS),
    }
    why = Text("Puts these networks and settings on your table; Undo on the Build page takes it back.")
    with training:
        settings_table(rows | plain_rows(GAN_SETTINGS, config))
        again_button("gan-again", why, lambda: visitor.load_gan(gan))
    with left:
        layers_table(Text("Layers of G"), gan.generator)
    with right:
        layers_table(Text("Layers of D"), gan.discriminator)


def _line(run: RunInfo) -> str:
    return f"**{_result(run)}** · {called(run.name)} · {ago(run.created)}"


def _result(run: RunInfo) -> str:
    done = run.finished
    if done is None:
        return course(run)
    return say(
        "Frechet distance {distance:.1f}, {covered} of 10 modes covered, round {step:,}",
        distance=done["distance"],
        covered=done["digits_covered"],
        step=done["step"],
    )
