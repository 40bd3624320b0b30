"""Networks to start from, as small pictures in a row, and all that made history in a dialog."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape

import streamlit as st

from engine.gan.config import networks
from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, PlannedLayer, plan, sizes, survey
from engine.text import Text, plural, sentences
from engine.training.architectures import ALL_PRESETS, FAMILIES
from engine.training.presets import PRESETS, Preset
from ui.build.gallery import search_field
from ui.colours import layer_colour
from ui.data import data_title, fitting, settings_on
from ui.dialog import open_dialog
from ui.forms import plain
from ui.language import say
from ui.state import Session
from ui.top_bar import heading

HEIGHT = 28


@dataclass(frozen=True, slots=True)
class Start:
    """Something to start from: its picture is that of `network`, `paper` the address of where it comes from."""

    name: str
    network: NetworkSpec
    here: bool
    doc: str
    load: Callable[[], None]
    paper: str = ""


def presets(visitor: Session) -> None:
    """One button for each preset, the one on the table marked; then one for all networks, and one for none."""
    heading(say("Networks to start from"))
    offered, row = starts(visitor), PRESETS if visitor.part == "classifier" else RECIPES
    with st.container(key="presets", horizontal=True, gap="xsmall", vertical_alignment="center"):
        for key in row:
            start = offered.get(key)
            if start is None:
                continue
            st.button(
                f"![]({thumbnail(survey(start.network)[0])}) {start.name}",
                key=f"preset-{key}{_mark(start.here)}",
                help=start.doc,
                on_click=start.load,
            )
        more = [start for key, start in offered.items() if key not in row]
        if more and st.button(
            say("More networks"),
            key=f"preset-more{_mark(any(start.here for start in more))}",
            icon=":material/apps:",
        ):
            open_dialog(say("More networks"), _offer_networks, visitor)
        shown = visitor.shown
        empty = NetworkSpec(input_shape=shown.input_shape, role=visitor.part, reads=shown.reads)
        begin = visitor.edit if empty.role != "classifier" else partial(visitor.load, config=visitor.config)
        st.button(say("Start empty"), key="preset-empty", icon=":material/add_box:", on_click=begin, args=(empty,))


def follows(visitor: Session) -> None:
    """What the networks here read, where these are no digits."""
    if not visitor.shown.reads.is_digits:
        count, shape = len(visitor.shown.reads.classes), sizes(visitor.shown.input_shape)
        told = say(
            "The networks here follow your data set, {title}: {shape} go in, {count} scores come out.",
            title=plain(data_title(visitor.shown)),
            shape=shape,
            count=count,
        )
        st.caption(told)


def _mark(here: bool) -> str:
    """What the key of a button ends in that stands for the network on the table; its style looks for it."""
    return "-here" if here else ""


def _offer_networks(visitor: Session) -> None:
    """A search, and a button for each network, family by family."""
    hint = say("Search, such as res or deep; Enter opens the first")
    search_field(
        key="network-search",
        data={"label": say("Search for a network"), "hint": hint, "none": say("No network here begins like this.")},
    )
    offered = starts(visitor)
    with st.container(key="gallery", gap=None):
        for family, title in FAMILIES.items():
            with st.container(key=f"family-{family}", gap="xsmall"):
                st.markdown(f"### {say(title)}")
                with st.grid(min_column_width=270, gap="xsmall"):
                    for key in (key for key in offered if ALL_PRESETS[key].family == family):
                        if _network_card(key, ALL_PRESETS[key], offered[key]):
                            st.rerun()


def _network_card(key: str, preset: Preset, start: Start) -> bool:
    """A button with a network's picture, its name, what it costs and reaches, and what it is; whether it is pressed."""
    planned = plan(start.network)
    figures = plural(
        "{parameters:,} parameters, {count} epoch.",
        "{parameters:,} parameters, {count} epochs.",
        count=preset.config.epochs,
        parameters=planned.parameters,
    )
    if preset.measured and start.network.reads.is_digits:
        seconds, accuracy = preset.measured.seconds, 100 * preset.measured.accuracy
        reached = Text(
            "About {seconds} s on one core: {accuracy:.2f} % of the test pictures right.",
            seconds=seconds,
            accuracy=accuracy,
        )
        figures = sentences(figures, reached)
    label = f"![]({thumbnail(planned.layers)}) **{start.name}** :gray[{plain(say(figures))}] {plain(start.doc)}"
    return st.button(label, key=f"pick-{key}", width="stretch", wrap=True, on_click=start.load)


def starts(visitor: Session) -> dict[str, Start]:
    """Classifiers with their training; or GANs, of which one network is shown and both are loaded."""
    if visitor.part == "classifier":
        return {
            key: Start(
                network.name,
                network,
                network == visitor.network,
                say(doc_of(key, network)),
                partial(visitor.load, network, settings_on(visitor, ALL_PRESETS[key].config)),
                ALL_PRESETS[key].paper,
            )
            for key, network in fitting(visitor.network).items()
        }
    return {
        key: Start(
            recipe.gan.name,
            networks(recipe.gan)[visitor.part],
            networks(recipe.gan) == networks(visitor.gan),
            say(recipe.doc),
            partial(visitor.load_gan, recipe.gan),
        )
        for key, recipe in RECIPES.items()
    }


def doc_of(key: str, network: NetworkSpec) -> Text:
    """What a preset is, on the pictures that it reads here."""
    preset = ALL_PRESETS[key]
    if network.reads.is_digits or preset.family == "photos":
        return preset.doc
    return sentences(preset.doc, Text("What it reaches is said of MNIST's digits."))


def about(visitor: Session) -> str:
    """A sentence or two on the network that is shown."""
    for start in starts(visitor).values():
        if start.here:
            link = say("Read its paper")
            paper = f" [{link}]({start.paper})" if start.paper else ""
            return f"**{start.name}.** {start.doc}{paper}"
    if not visitor.shown.layers:
        return say("Nothing here yet. Add a first layer, or start from one of the networks above.")
    if visitor.part == "classifier":
        if visitor.kept:
            return say("A network of your own, which stands above. What you change here, changes there, too.")
        return say("A network of your own. It is kept when you name it, train it, or start from another one.")
    if visitor.gan_kept:
        return say("A GAN of your own, which stands above. What you change here, changes there, too.")
    return say("A GAN of your own. It is kept when you train it, or start from another one.")


def thumbnail(planned: tuple[PlannedLayer, ...]) -> str:
    """A network as a row of bars, tall where its pictures are large, as an SVG in a data URL."""
    bars = []
    for i, layer in enumerate(p for p in planned if p.in_shape != p.out_shape):
        axes, first = len(layer.out_shape), layer.out_shape[0]
        size = layer.out_shape[-1] if axes == 3 else min(28.0, first if axes == 2 else 3 * first**0.3)
        tall = max(3.0, size * HEIGHT / 28)
        bars.append(
            f'<rect x="{1 + 7 * i}" y="{(HEIGHT - tall) / 2:.1f}" width="5" height="{tall:.1f}" rx="1" '
            f'fill="{escape(layer_colour(layer.layer.kind))}"/>'
        )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{7 * len(bars) + 2}" height="{HEIGHT}">{"".join(bars)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
