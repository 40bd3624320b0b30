"""The list of layers: a card for each, those of a block inside it, with places to add more and what does not fit."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from engine.advice.network import advise
from engine.catalogue.layers import INITS, LAYERS
from engine.catalogue.names import MAX_NAME
from engine.catalogue.params import Param, SpecError, Value, integer, one_of
from engine.catalogue.windows import both, pair_text
from engine.network.plans import Path
from engine.network.spec import MAX_LAYERS, MAX_Z, PlannedLayer, sizes
from engine.text import Text
from engine.training.kind import Classification
from ui.build.card import Sheet, draw_card, figures
from ui.build.card_ids import Card, Cards, every_card
from ui.build.folding import LONG_LIST, closed_blocks
from ui.build.gallery import layer_icon, open_gallery
from ui.build.moves import (
    add_branch,
    cards_of,
    edit,
    mend_by,
    put_layers,
    remove_branch,
    resize,
    unless_late,
)
from ui.build.naming import numbered
from ui.build.part import PARTS, remark
from ui.forms import param_widget, text_widget
from ui.language import say, say_number
from ui.state import Session
from ui.top_bar import heading

INIT_TITLES = {"default": Text("default"), "he": Text("He"), "xavier": Text("Xavier"), "zeros": Text("zeros")}


def layer_list(visitor: Session, planned: Mapping[Path, PlannedLayer], misfit: SpecError | None) -> None:
    """The input, a card for each layer with a place to add before it, and at the end what is missing."""
    heading(say("Layers"))
    sheet = _sheet(visitor, planned, misfit)
    with st.container(key="layers", gap=None):
        _input_card(visitor)
        _draw_list(sheet, cards_of(visitor), (), "")
        _misfit_at(sheet, (len(visitor.shown.layers),))
        if not misfit and (words := remark(visitor.shown)):
            with st.container(key="remark"):
                st.caption(say(words))
        if not misfit and visitor.part == "classifier":
            _advice(visitor)
        if not visitor.shown.layers:
            _first_steps(visitor)
        label = Text("Add a layer") if visitor.shown.layers else Text("See all layers")
        full = sheet.count >= MAX_LAYERS
        if st.button(say(label), icon=":material/add:", disabled=full, key="add-end", type="tertiary"):
            open_gallery(visitor, (len(visitor.shown.layers),))


def _advice(visitor: Session) -> None:
    """What can be said of the network before it trains, with a click that mends it; Undo takes that back."""
    for one in advise(Classification(visitor.network, visitor.config)):
        if one.try_ is None or one.try_.network == visitor.network:
            continue  # that is for Train
        with st.container(key=f"advice-{one.rule}", border=True, gap="small"):
            st.markdown(f"**{say(one.saw)}** {say(one.why)}")
            st.button(
                say("Change to {change}", change=one.change or ""),
                key=f"advise-{one.rule}",
                icon=":material/healing:",
                on_click=visitor.load,
                args=(one.try_.network, visitor.config),
            )


def _sheet(visitor: Session, planned: Mapping[Path, PlannedLayer], misfit: SpecError | None) -> Sheet:
    closed, paths = closed_blocks(visitor, misfit), [path for path, _ in every_card(cards_of(visitor))]
    inside = {path for path in paths for block in closed if len(path) > len(block) and path[: len(block)] == block}
    return Sheet(visitor, planned, misfit, len(paths), closed, len(paths) - len(inside) > LONG_LIST)


def _draw_list(sheet: Sheet, cards: Cards, where: Path, above: str) -> None:
    """The cards of a list, each with a place to add before it; where the list is long, only beside the open one."""
    for index, card in enumerate(cards):
        path, number = (*where, index), numbered(above, index)
        beside = [(card, path)] + ([(cards[index - 1], (*where, index - 1))] if index else [])
        if any(sheet.shows_fields(*one) for one in beside):
            _gap(sheet, card, path, number)
        if not card.bodies or path in sheet.closed:
            draw_card(sheet, card, path, number)
        else:
            _block(sheet, card, path, number)
        _misfit_at(sheet, path)


def _block(sheet: Sheet, card: Card, path: Path, number: str) -> None:
    """The head of a block and below it its lists, side by side where there is room."""
    with st.container(key=f"block-{card.id}-Block", gap=None):
        draw_card(sheet, card, path, number)
        with st.container(key=f"lists-{card.id}", gap=None):
            for place, body in enumerate(card.bodies):
                with st.container(key=f"body-{card.id}-{place}", gap=None):
                    _body(sheet, card, (*path, place), number, body)
        planned = sheet.planned.get(path)
        if planned and planned.shortcut:
            st.caption(say("On the shortcut stands {layer}.", layer=_shortcut(planned.shortcut)))
        _, most = LAYERS[card.choice.kind].bodies
        if 1 < len(card.bodies) < most:
            label = say("Add a branch to layer {number}", number=number)
            action = partial(add_branch, sheet.visitor, card.id)
            st.button(label, icon=":material/add:", key=f"branch-{card.id}", type="tertiary", on_click=action)


def _body(sheet: Sheet, card: Card, where: Path, above: str, body: Cards) -> None:
    """One list of a block; where it is one of several with its name."""
    if branches := len(card.bodies) > 1:
        above = numbered(above, where[-1])
        with st.container(key=f"branch-head-{card.id}-{where[-1]}", horizontal=True, vertical_alignment="center"):
            name = say("Branch {number}", number=above)
            empty = "" if body else " " + say("passes on what goes in")
            st.markdown(f"**{name}**{empty}")
            if len(card.bodies) > LAYERS[card.choice.kind].bodies[0]:
                with st.container(key=f"icons-{card.id}-{where[-1]}", width="content"):
                    label = say("Remove branch {number}", number=above)
                    action, key = (
                        partial(remove_branch, sheet.visitor, card.id, where[-1]),
                        f"cut-{card.id}-{where[-1]}",
                    )
                    st.button(label, icon=":material/close:", key=key, type="tertiary", on_click=action)
    _draw_list(sheet, body, where, above)
    words = Text("Add to branch {number}", number=above) if branches else Text("Add to layer {number}", number=above)
    full, key = sheet.count >= MAX_LAYERS, f"more-{card.id}-{where[-1]}"
    if st.button(say(words), icon=":material/add:", key=key, disabled=full, type="tertiary"):
        open_gallery(sheet.visitor, (*where, len(body)))


def _shortcut(planned: PlannedLayer) -> str:
    """The layer that a plan puts on a shortcut: Conv2d 1 × 1 with its stride, or Linear."""
    choice = planned.layer
    if choice.kind == "Linear":
        return say("a Linear layer with {count} units", count=choice["units"])
    told = {"count": choice["channels"], "stride": pair_text(both(dict(choice.values), "stride"))}
    return say("a 1 × 1 convolution with {count} channels and stride {stride}", **told)


def _gap(sheet: Sheet, card: Card, path: Path, number: str) -> None:
    """The place before a layer, to add another one."""
    with st.container(key=f"gap-{card.id}"):
        label = say("Add before layer {number}", number=number)
        full, key = sheet.count >= MAX_LAYERS, f"add-{card.id}"
        if st.button(label, icon=":material/add:", key=key, disabled=full, type="tertiary"):
            open_gallery(sheet.visitor, path)


def _misfit_at(sheet: Sheet, path: Path) -> None:
    """What does not fit, after the card that it is about."""
    misfit = sheet.misfit
    if misfit is None or misfit.path != path:
        return
    with st.container(key="misfit", horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/warning: {say(misfit.text)}")
        if misfit.mend:
            action, args = mend_by, (sheet.visitor, misfit.mend)
            st.button(say(misfit.mend.label), key="mend", on_click=action, args=args, type="primary")


def _first_steps(visitor: Session) -> None:
    """What an empty list asks, with layers to answer it."""
    part = PARTS[visitor.part]
    with st.container(key="first-steps", gap="xsmall"):
        st.markdown(f"**{say(part.question)}**")
        for choice, words in part.first:
            label = f"![]({layer_icon(choice.kind)}) {say(words)}"
            key = f"first-{choice.kind}"
            st.button(label, key=key, width="stretch", wrap=True, on_click=put_layers, args=(visitor, [choice]))


def _input_card(visitor: Session) -> None:
    network = visitor.shown
    with st.container(key="card-input", horizontal=True, vertical_alignment="center", gap="xsmall"):
        change_name: Callable[[str], None] = unless_late(visitor, lambda name: edit(visitor, name=name))
        text_widget(say("Name"), network.name, "network-name", MAX_NAME, change_name)
        change_init: Callable[[Value], None] = unless_late(visitor, lambda value: edit(visitor, init=value))
        param_widget(_init_param(network.init), network.init, "network-init", changed=change_init)
        if network.role == "generator":
            size = network.input_shape[0]
            param_widget(_size_param(), size, "network-z", changed=unless_late(visitor, partial(resize, visitor)))
            st.html(figures(say_number(size), say("random numbers (z)")))
        else:
            grey, colour = Text("a grey picture"), Text("a picture in colour")
            st.html(figures(say(sizes(network.input_shape)), say(colour if network.input_shape[0] == 3 else grey)))


def _init_param(init: str) -> Param:
    docs = "\n".join(f"- **{say(INIT_TITLES[name])}**: {say(doc)}" for name, doc in INITS.items())
    titles = tuple(INIT_TITLES[name] for name in INITS)
    return one_of(init, tuple(INITS), say("Initial weights"), docs, titles=titles)


def _size_param() -> Param:
    why = say("How many random numbers (z) each picture is generated from; 16 to 128 are usual.")
    return integer(32, 1, MAX_Z, say("Latent size"), why)
