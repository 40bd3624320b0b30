"""The GAN studio: sheet and film of generated digits, curves, health and how it works; drawn by
assets/web/gan/studio.js. Below it, one of: ways to play with a GAN and the quiz, by play.js and quiz.js; a study; the
settings used; earlier GANs."""

import functools
from typing import Any

import streamlit as st
from PIL import Image

from engine.catalogue.optimizers import OPTIMIZERS
from engine.data.mnist import load_mnist
from engine.gan.config import GAN_SETTINGS, GanSpec
from engine.gan.losses import GAN_LOSSES
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.predict import data_url
from ui.api.web import nothing, web_component, web_url
from ui.colours import COLOURS
from ui.forms import choose_view
from ui.gan.run import PAGE, gan_of
from ui.language import say
from ui.machine.view import machine_share
from ui.runs.words import (
    ROUNDS,
    again_button,
    ago,
    called,
    course,
    in_words,
    layers_table,
    plain_rows,
    settings_table,
)
from ui.state import Session
from ui.study.view import use_it
from ui.top_bar import heading

ROLES = ("generator", "discriminator", "test", "wrong", "positive", "negative")
REAL_PICTURES = 8
VIEWS = {
    "Play": Text("Play"),
    "Real or made?": Text("Real or generated?"),
    "Use it": Text("Use it"),
    "Settings used": Text("Settings used"),
    "Earlier GANs": Text("Earlier GANs"),
}

_component = web_component(
    "gan_studio",
    "gan/studio.js",
    sheets=[
        "run/head.css",
        "lib/spoken_chart.css",
        "lib/small_button.css",
        "gan/studio.css",
        "gan/side.css",
        "gan/how_it_works.css",
    ],
    html='<div class="studio"></div>',
    in_page=True,
)


def gan_studio(run_id: str, gan: GanSpec, key: str, *, status: str, mine: bool, example: bool) -> dict[str, Any]:
    """Show a GAN's run as it goes on. `status` is what the page drew its buttons for, `mine` whether the visitor steers
    the run, `example` that its film plays by itself.

    When the run's status becomes another, the page is run again and finds it once under "status"; under "cure" it finds
    once that the visitor took the cure that is offered for the game's health.
    """
    loss = GAN_LOSSES[gan.config.loss.kind]
    data = {
        "run_id": run_id,
        "status": status,
        "mine": mine,
        "stepped": PAGE.steering.stepped(),
        "example": example,
        "verdict": loss.verdict,
        "even": loss.even,
        "conditional": gan.is_conditional,
        "real_strip": _real_strip(),
        "plotly": web_url("plotly.min.js"),
        "colours": {role: COLOURS[role] for role in ROLES},
    }
    result = _component(data=data, key=key, on_status_change=nothing, on_cure_change=nothing)
    return {"status": result.get("status"), "cure": result.get("cure") is not None}


@functools.cache
def _real_strip() -> str:
    """The first pictures of MNIST's test set side by side, as a data URL."""
    pixels = load_mnist().test_images[:REAL_PICTURES].permute(1, 0, 2).reshape(28, -1)
    return data_url(Image.fromarray(pixels.numpy()))


_play = web_component(
    "gan_play",
    "gan/play.js",
    sheets=["gan/play.css", "gan/play_views.css"],
    html=f'<div class="play" style="--wrong: {COLOURS["wrong"]}"></div>',
)
_quiz = web_component(
    "gan_quiz", "gan/quiz.js", sheets=["gan/play.css", "gan/quiz.css"], html='<div class="play"></div>'
)


def play(run: RunInfo) -> None:
    """Show the ways to play with the GAN of `run`; while it learns it is asked again every second."""
    gan = gan_of(run)
    data = {
        "run_id": run.id,
        "z": gan.generator.input_shape[0],
        "conditional": gan.is_conditional,
        "verdict": GAN_LOSSES[gan.config.loss.kind].verdict,
        "learning": not run.is_over,
    }
    _play(key="gan-play", data=data)


def real_or_made(run: RunInfo) -> None:
    """Let people guess which pictures the GAN of `run` generated, and its D which are real, also of what they draw."""
    colours = {"real": COLOURS["test"], "made": COLOURS["generator"]}
    _quiz(key="gan-quiz", data={"run_id": run.id, "learning": not run.is_over, "colours": colours})


def more(run: RunInfo, visitor: Session) -> None:
    """Draw the view that was chosen, and only that."""
    machine_share(run.id, run.status, "gan-share")
    with st.container(key="gan-more"):
        heading(say("More"))
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
        return course(run, ROUNDS)
    return say(
        "Fréchet distance {distance:.1f}, {covered} of 10 modes covered, round {step:,}",
        distance=done["distance"],
        covered=done["digits_covered"],
        step=done["step"],
    )
