"""Below the studio: what else can be done with a GAN, its settings, and earlier ones."""

from collections.abc import Callable

import streamlit as st

from engine.catalogue.params import Choice
from engine.gan.config import GAN_SETTINGS
from engine.gan.losses import GAN_LOSSES
from engine.network.spec import plan, shape_text
from engine.runs.info import RunInfo
from engine.text import number
from ui.backend import service
from ui.draw.readers import UNNAMED, ago, standing
from ui.gan.play import play
from ui.gan.quiz import real_or_made
from ui.gan.run import gan_of, show
from ui.state import Session, owner
from ui.study.view import use_it

EARLIER = 20


def more(run: RunInfo, visitor: Session) -> None:
    """Draw the view that was chosen, and only that."""
    views: dict[str, Callable[[], None]] = {
        "Play": lambda: play(run),
        "Real or made?": lambda: real_or_made(run),
        "Use it": lambda: use_it(run),
        "Settings used": lambda: _settings(run, visitor),
        "Earlier GANs": lambda: _earlier(visitor, run),
    }
    with st.container(key="gan-more"):
        chosen = st.segmented_control(
            "More",
            list(views),
            key="show",
            default=next(iter(views)),
            required=True,
            label_visibility="collapsed",
            bind="query-params",
        )
        views[chosen or next(iter(views))]()


def _settings(run: RunInfo, visitor: Session) -> None:
    gan = gan_of(run)
    training, generator, discriminator = st.columns(3, gap="small")
    config = gan.config
    rows = {"Loss": GAN_LOSSES[config.loss.kind].title}
    optimizers = {"G": config.generator_optimizer, "D": config.discriminator_optimizer}
    rows |= {f"Optimizer of {letter}": _in_words(choice) for letter, choice in optimizers.items()}
    rows |= {param.label: _value(param.shown(getattr(config, name))) for name, param in GAN_SETTINGS.items()}
    with training:
        st.table({"Setting": list(rows), "Value": list(rows.values())}, hide_index=True)
        if st.button(
            "Use these settings again",
            key="gan-again",
            icon=":material/replay:",
            on_click=visitor.load_gan,
            args=(gan,),
            help="Puts these networks and settings on your table; Undo on the Build page takes it back.",
        ):
            st.rerun()  # the sidebar, too, shows other settings now
    for column, network, title in ((generator, gan.generator, "G"), (discriminator, gan.discriminator, "D")):
        with column:
            layers = plan(network).layers
            words, shapes = [_in_words(p.layer) for p in layers], [shape_text(p.out_shape) for p in layers]
            st.table({f"Layers of {title}": words, "Output": shapes}, hide_index=True)


def _in_words(choice: Choice) -> str:
    values = ", ".join(
        f"{name.replace('_', ' ')} {_value(value)}" for name, value in choice.values if value is not False
    )
    return f"{choice.kind}: {values}" if values else choice.kind


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, int | float) else str(value)


def _earlier(visitor: Session, shown: RunInfo) -> None:
    runs = service().runs(owner(), limit=EARLIER, kind="gan")
    if not runs:
        st.caption("Your GANs will stand here, with what they reached.")
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
        return standing(run) if run.is_over else f"{run.status} now"
    return f"distance {done['distance']:.1f}, {done['digits_covered']} of 10 digits, round {done['step']:,}"
