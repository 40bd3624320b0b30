"""The list of layers: one card each, with its settings, what comes out, what it costs, and what can be done with it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from engine.catalogue.layers import INITS, LAYERS
from engine.catalogue.names import MAX_NAME
from engine.catalogue.params import Choice, Param, SpecError, Value, integer, one_of
from engine.network.spec import MAX_LAYERS, MAX_Z, PlannedLayer, layer, sizes
from engine.text import Text, plural
from ui.build.gallery import kinds_for, layer_icon, open_gallery
from ui.build.moves import (
    delete,
    duplicate,
    edit,
    mend_by,
    move,
    put,
    put_layers,
    resize,
    set_value,
    unless_late,
)
from ui.build.part import PARTS, remark
from ui.build.summary import short
from ui.colours import layer_group
from ui.forms import param_widget, plain, text_widget
from ui.language import say, say_number
from ui.state import Session
from ui.top_bar import heading

Action = tuple[Text, str, bool, Callable[[], None]]
INIT_TITLES = {"default": Text("default"), "he": Text("He"), "xavier": Text("Xavier"), "zeros": Text("zeros")}
SHORT_LABELS = {
    "spectral_norm": Text("Spectral"),
    "dilation": Text("Dilation"),
    "groups": Text("Groups"),
    "zero_last_norm": Text("Zero"),
}  # advanced


def layer_list(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    """The input, a card for each layer with a place to add before it, and at the end what is missing."""
    layers = visitor.shown.layers
    heading(say("Layers"))
    with st.container(key="layers", gap=None):
        _input_card(visitor)
        for index, choice in enumerate(layers):
            _gap(visitor, index)
            _card(visitor, index, choice, planned[index] if index < len(planned) else None)
            if misfit and misfit.layer == index:
                _misfit(visitor, misfit)
        if misfit and misfit.layer == len(layers):
            _misfit(visitor, misfit)
        if not misfit and (words := remark(visitor.shown)):
            with st.container(key="remark"):
                st.caption(say(words))
        if not layers:
            _first_steps(visitor)
        full = len(layers) >= MAX_LAYERS
        label = Text("Add a layer") if layers else Text("See all layers")
        if st.button(say(label), icon=":material/add:", disabled=full, key="add-end", type="tertiary"):
            open_gallery(visitor, len(layers))


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
            st.html(_figures(say_number(size), say("random numbers (z)")))
        else:
            st.html(_figures(say(sizes(network.input_shape)), say("a grey picture")))


def _init_param(init: str) -> Param:
    docs = "\n".join(f"- **{say(INIT_TITLES[name])}**: {say(doc)}" for name, doc in INITS.items())
    titles = tuple(INIT_TITLES[name] for name in INITS)
    return one_of(init, tuple(INITS), say("Initial weights"), docs, titles=titles)


def _size_param() -> Param:
    why = say("How many random numbers (z) each picture is generated from; 16 to 128 are usual.")
    return integer(32, 1, MAX_Z, say("Latent size"), why)


def _card(visitor: Session, index: int, choice: Choice, planned: PlannedLayer | None) -> None:
    row, key = LAYERS[choice.kind], f"layer-{index}"
    with st.container(
        key=f"card-{index}-{layer_group(choice.kind)}", horizontal=True, vertical_alignment="center", gap="xsmall"
    ):
        label = say("Layer {number}", number=index + 1)
        kind = one_of(choice.kind, _kinds(visitor.part, choice.kind), label, _help(choice.kind))
        param_widget(
            kind,
            choice.kind,
            f"{key}-kind",
            changed=unless_late(visitor, lambda value: put(visitor, index, layer(str(value)))),
        )
        for name, value in choice.values:
            if _stays_out_of_sight(row.params[name], value, visitor.part):
                continue
            compact = replace(row.params[name], help="", unit="")
            if compact.advanced:
                compact = replace(compact, label=say(SHORT_LABELS[name]))
            param_widget(
                compact,
                value,
                f"{key}-{choice.kind}-{name}",
                changed=unless_late(visitor, set_value(visitor, index, choice.kind, name)),
            )
        st.html(_cost(planned))
        _actions(visitor, index)


def _stays_out_of_sight(param: Param, value: Value, part: str) -> bool:
    """Whether a setting that is advanced, and as it is by itself, has no place on the card; a GAN's switches have."""
    return param.goes_unsaid(value) and (part == "classifier" or param.kind != "bool")


def _kinds(part: str, kind: str) -> tuple[str, ...]:
    """What a layer may become; a block stays what it is until another layer is chosen."""
    offered = kinds_for(part)
    return offered if kind in offered else (kind, *offered)


def _actions(visitor: Session, index: int) -> None:
    """Buttons with a name for screen readers of which the style sheet shows the icon only."""
    last, number = len(visitor.shown.layers) - 1, index + 1
    up, down = partial(move, visitor, index, index - 1), partial(move, visitor, index, index + 1)
    buttons: list[Action] = [
        (Text("Move up layer {number}", number=number), "arrow_upward", index == 0, up),
        (Text("Move down layer {number}", number=number), "arrow_downward", index == last, down),
        (
            Text("Duplicate layer {number}", number=number),
            "content_copy",
            last + 1 >= MAX_LAYERS,
            partial(duplicate, visitor, index),
        ),
        (Text("Delete layer {number}", number=number), "delete", False, partial(delete, visitor, index)),
    ]
    with st.container(key=f"icons-{index}", horizontal=True, gap=None, width="content"):
        for label, icon, disabled, action in buttons:
            st.button(
                say(label),
                icon=f":material/{icon}:",
                key=f"layer-{index}-{icon}",
                disabled=disabled,
                on_click=action,
                type="tertiary",
            )


def _gap(visitor: Session, index: int) -> None:
    """The place before a layer, to add another one."""
    with st.container(key=f"gap-{index}"):
        full = len(visitor.shown.layers) >= MAX_LAYERS
        label = say("Add before layer {number}", number=index + 1)
        if st.button(label, icon=":material/add:", key=f"add-{index}", disabled=full, type="tertiary"):
            open_gallery(visitor, index)


def _misfit(visitor: Session, misfit: SpecError) -> None:
    with st.container(key="misfit", horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/warning: {say(misfit.text)}")
        if misfit.mend:
            st.button(say(misfit.mend.label), key="mend", on_click=mend_by, args=(visitor, misfit.mend), type="primary")


def _cost(planned: PlannedLayer | None) -> str:
    """What comes out of a layer, what it learns and what it costs, as HTML."""
    if planned is None:
        return _figures("?")
    parameters, work = planned.parameters, planned.multiply_adds
    lines = [
        plural("{shown} parameter", "{shown} parameters", count=parameters, shown=short(parameters)),
        plural("{shown} multiply-add", "{shown} multiply-adds", count=work, shown=short(work)),
    ]
    there = [say(line) for line, count in zip(lines, (parameters, work), strict=True) if count]
    return _figures(say(sizes(planned.out_shape)), *there)


def _figures(shape: str, *lines: str) -> str:
    return (
        f'<div class="figures"><b>{escape(shape)}</b>{"".join(f"<span>{escape(line)}</span>" for line in lines)}</div>'
    )


def _help(kind: str) -> str:
    """What the layer does and what its settings mean, as Markdown."""
    row = LAYERS[kind]
    lines = [f"- **{say(p.label)}**{f' ({p.unit})' if p.unit else ''}: {say(p.help)}" for p in row.params.values()]
    return "\n".join([plain(say(row.doc)) + "\n", *lines])
