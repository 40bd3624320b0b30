"""Pictures of the settings in the sidebar: the learning rate over the steps, a batch before and after augmentation."""

import base64
import functools
import html
import io

import streamlit as st
from PIL import Image, ImageColor

from engine.catalogue.params import SpecError
from engine.catalogue.schedules import factor
from engine.data.found import load_data
from engine.network.spec import NetworkSpec
from engine.training.config import TrainConfig
from engine.training.predict import as_image, data_url
from engine.training.preview import batch_before_and_after
from ui.colours import ink
from ui.data import row_of
from ui.language import say
from ui.page_frame import is_dark

POINTS = 120
WIDTH, HEIGHT = 240, 48  # px


def rate_preview(config: TrainConfig) -> None:
    """A still picture of the learning rate from the first step to the last."""
    steps = config.steps
    at = sorted({1 + round(i * (steps - 1) / (POINTS - 1)) for i in range(POINTS)})
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


def batch_preview(config: TrainConfig, network: NetworkSpec) -> None:
    """A few pictures as they are and as the network sees them; nothing where no setting changes them."""
    if not (config.augmentation or config.input_noise):
        return
    if row_of(network) is None:  # what is said of the data set says why
        return
    try:
        before, after = _pictures(config, network, is_dark())
    except SpecError:  # deleted a moment ago
        return
    rows = ((say("Before"), before), (say("As the network sees them"), after))
    st.html(
        "".join(f'<p class="batch-preview">{html.escape(told)}<br><img src="{url}" alt=""></p>' for told, url in rows)
    )


@functools.lru_cache(maxsize=32)
def _pictures(config: TrainConfig, network: NetworkSpec, dark: bool) -> tuple[str, ...]:
    """Data URLs of both rows; digits in the theme's ink on nothing. Raises SpecError."""
    rows = [as_image(row) for row in batch_before_and_after(config, load_data(network))]
    return tuple(_url(row, ink(dark)) if network.reads.is_digits else data_url(row) for row in rows)


def _url(strength: Image.Image, colour: str) -> str:
    picture = Image.new("RGBA", strength.size, (*ImageColor.getrgb(colour)[:3], 0))
    picture.putalpha(strength)
    with io.BytesIO() as file:
        picture.save(file, "PNG")
        return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
