"""The sidebar of the plane: every setting of the next run; some change the one that goes on."""

from dataclasses import replace
from typing import Any

import streamlit as st

from engine.gan.losses import GAN_LOSSES
from engine.plane.config import PLANE_SETTINGS, PlaneGan
from ui.forms import choice_form, param_widget
from ui.language import say
from ui.state import Session

LIVE = ("discriminator_steps", "generator_steps", "discriminator_lr", "generator_lr")
NOISE = ("label_smoothing", "instance_noise")


def settings(visitor: Session) -> None:
    """Draw the forms and put what they say on the visitor's table."""
    plane = visitor.plane
    with st.sidebar:
        names = {kind: say(row.title) for kind, row in GAN_LOSSES.items()}
        plane = replace(plane, loss=choice_form(say("Loss"), GAN_LOSSES, plane.loss, "plane.loss", names=names))
        with st.container(border=True, gap="xsmall", key="plane-live"):
            st.markdown(say("**Change these while it trains**"))
            left, right = st.columns(2, gap="small")
            with left:
                plane = _forms(plane, LIVE[:1])
            with right:
                plane = _forms(plane, LIVE[1:2])
            plane = _forms(plane, (*LIVE[2:], *NOISE))
        plane = _forms(plane, ("steps", "z"))
        with st.expander(say("Networks, batch size, seed")):
            plane = _forms(plane, ("units", "layers", "beta1", "batch_size", "seed"))
    visitor.plane = plane


def _forms(plane: PlaneGan, names: tuple[str, ...]) -> PlaneGan:
    entries: dict[str, Any] = {n: param_widget(PLANE_SETTINGS[n], getattr(plane, n), f"plane.{n}") for n in names}
    return replace(plane, **entries)
