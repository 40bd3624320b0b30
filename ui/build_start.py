"""Networks to start from, as small pictures in a row."""

import base64
from html import escape

import streamlit as st

from engine.network import NetworkSpec, PlannedLayer, plan
from engine.presets import PRESETS
from ui.colours import layer_colour
from ui.state import Session

HEIGHT = 28


def presets(visitor: Session) -> None:
    """One button for each preset, the one on the table marked; the last starts from nothing."""
    with st.container(key="presets", horizontal=True, gap="xsmall", vertical_alignment="center"):
        for name, preset in PRESETS.items():
            here = preset.network == visitor.network
            st.button(
                f"![]({thumbnail(plan(preset.network).layers)}) {preset.network.name}",
                key=f"preset-{name}{'-here' if here else ''}",
                help=f"{preset.title}. {preset.doc}",
                on_click=visitor.load,
                args=(preset.network, preset.config),
            )
        empty = NetworkSpec()
        st.button(
            "Start empty",
            key="preset-empty",
            icon=":material/add_box:",
            on_click=visitor.load,
            args=(empty, visitor.config),
        )


def about(network: NetworkSpec) -> str:
    """A sentence or two on the network on the table."""
    for preset in PRESETS.values():
        if preset.network == network:
            return f"**{preset.title}.** {preset.doc}"
    if not network.layers:
        return "Nothing here yet. Add a first layer, or start from one of the networks above."
    return "A network of your own. Undo brings back what was here before."


def thumbnail(planned: tuple[PlannedLayer, ...]) -> str:
    """A network as a row of bars, tall where its pictures are large, as an SVG in a data URL."""
    bars = []
    for i, layer in enumerate(p for p in planned if p.in_shape != p.out_shape):
        size = layer.out_shape[-1] if len(layer.out_shape) == 3 else min(28.0, 3 * layer.out_shape[0] ** 0.3)
        tall = max(3.0, size * HEIGHT / 28)
        bars.append(
            f'<rect x="{1 + 7 * i}" y="{(HEIGHT - tall) / 2:.1f}" width="5" height="{tall:.1f}" rx="1" '
            f'fill="{escape(layer_colour(layer.layer.kind))}"/>'
        )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{7 * len(bars) + 2}" height="{HEIGHT}">{"".join(bars)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
