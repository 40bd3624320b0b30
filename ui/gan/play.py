"""The views "Play" and "Real or generated?" of a GAN; drawn by assets/web/gan/play.js and quiz.js."""

from engine.gan.losses import GAN_LOSSES
from engine.runs.info import RunInfo
from ui.colours import COLOURS
from ui.component import web_component
from ui.gan.run import gan_of

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
