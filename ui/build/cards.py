"""The list of layers: one card each, with its settings, what comes out, what it costs, and what can be done with it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from engine.catalogue.layers import INITS, LAYERS
from engine.catalogue.names import MAX_NAME
from engine.catalogue.params import Choice, SpecError, integer, one_of
from engine.network.spec import MAX_LAYERS, MAX_Z, PlannedLayer, layer, shape_text
from ui.build.echo import unless_late
from ui.build.gallery import gallery
from ui.build.layer_icons import layer_icon
from ui.build.moves import delete, duplicate, edit, mend_by, move, put, put_layers, resize, setter
from ui.build.summary import short
from ui.build.words import WORDS, remark
from ui.colours import layer_group
from ui.forms import param_widget, text_widget
from ui.state import Session

Z = integer(32, 1, MAX_Z, "Size of z", "How many random numbers each picture is made from; 16 to 128 are usual.")


def layer_list(visitor: Session, planned: Sequence[PlannedLayer], misfit: SpecError | None) -> None:
    """The input, a card for each layer with a place to add before it, and at the end what is missing."""
    layers = visitor.shown.layers
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
                st.caption(words)
        if not layers:
            _first_steps(visitor)
        full = len(layers) >= MAX_LAYERS
        label = "Add a layer" if layers else "See all layers"
        if st.button(label, icon=":material/add:", disabled=full, key="add-end", type="tertiary"):
            gallery(visitor, len(layers))


def _first_steps(visitor: Session) -> None:
    """What an empty list invites to."""
    words_here = WORDS[visitor.part]
    with st.container(key="first-steps", gap="xsmall"):
        st.markdown(f"**{words_here.question}**")
        for choice, words in words_here.first:
            label = f"![]({layer_icon(choice.kind)}) {words}"
            key = f"first-{choice.kind}"
            st.button(label, key=key, width="stretch", wrap=True, on_click=put_layers, args=(visitor, [choice]))


def _input_card(visitor: Session) -> None:
    network = visitor.shown
    inits = "\n".join(f"- **{name}**: {doc}" for name, doc in INITS.items())
    with st.container(key="card-input", horizontal=True, vertical_alignment="center", gap="xsmall"):
        text_widget(
            "Name", network.name, "network-name", MAX_NAME, unless_late(visitor, lambda name: edit(visitor, name=name))
        )
        init = one_of(network.init, tuple(INITS), "Initial weights", inits)
        param_widget(
            init, network.init, "network-init", changed=unless_late(visitor, lambda value: edit(visitor, init=value))
        )
        if network.role == "generator":
            size = network.input_shape[0]
            param_widget(Z, size, "network-z", changed=unless_late(visitor, partial(resize, visitor)))
            st.html(_figures(f"{size}", "random numbers (z)"))
        else:
            st.html(_figures("1 x 28 x 28", "a grey picture"))


def _card(visitor: Session, index: int, choice: Choice, planned: PlannedLayer | None) -> None:
    row, key = LAYERS[choice.kind], f"layer-{index}"
    with st.container(
        key=f"card-{index}-{layer_group(choice.kind)}", horizontal=True, vertical_alignment="center", gap="xsmall"
    ):
        kind = one_of(choice.kind, _kinds(visitor.part, choice.kind), f"Layer {index + 1}", _help(choice.kind))
        param_widget(
            kind,
            choice.kind,
            f"{key}-kind",
            changed=unless_late(visitor, lambda value: put(visitor, index, layer(str(value)))),
        )
        for name, value in choice.values:
            if row.params[name].advanced and not value and visitor.part == "classifier":
                continue
            compact = replace(row.params[name], help="", unit="")
            if compact.advanced:
                compact = replace(compact, label=compact.label.split()[0])
            param_widget(
                compact,
                value,
                f"{key}-{choice.kind}-{name}",
                changed=unless_late(visitor, setter(visitor, index, choice.kind, name)),
            )
        st.html(_cost(planned))
        _actions(visitor, index)


def _kinds(part: str, kind: str) -> tuple[str, ...]:
    """What a layer may become: what tells the label is for GANs."""
    return tuple(k for k, row in LAYERS.items() if k == kind or not (row.takes_label and part == "classifier"))


def _actions(visitor: Session, index: int) -> None:
    """Buttons with a name for screen readers of which the style sheet shows the icon only."""
    last = len(visitor.shown.layers) - 1
    at = f"layer {index + 1}"
    buttons: list[tuple[str, str, bool, Callable[[], None]]] = [
        ("Move up", "arrow_upward", index == 0, partial(move, visitor, index, index - 1)),
        ("Move down", "arrow_downward", index == last, partial(move, visitor, index, index + 1)),
        ("Duplicate", "content_copy", last + 1 >= MAX_LAYERS, partial(duplicate, visitor, index)),
        ("Delete", "delete", False, partial(delete, visitor, index)),
    ]
    with st.container(key=f"icons-{index}", horizontal=True, gap=None, width="content"):
        for label, icon, disabled, action in buttons:
            st.button(
                f"{label} {at}",
                icon=f":material/{icon}:",
                key=f"layer-{index}-{icon}",
                disabled=disabled,
                on_click=action,
                type="tertiary",
            )


def _gap(visitor: Session, index: int) -> None:
    with st.container(key=f"gap-{index}"):
        full = len(visitor.shown.layers) >= MAX_LAYERS
        if st.button(
            f"Add before layer {index + 1}", icon=":material/add:", key=f"add-{index}", disabled=full, type="tertiary"
        ):
            gallery(visitor, index)


def _misfit(visitor: Session, misfit: SpecError) -> None:
    with st.container(key="misfit", horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/warning: {misfit.what} {misfit.cure}")
        if misfit.mend:
            st.button(misfit.mend.label, key="mend", on_click=mend_by, args=(visitor, misfit.mend), type="primary")


def _cost(planned: PlannedLayer | None) -> str:
    if planned is None:
        return _figures("?")
    learned = f"{short(planned.parameters)} parameters" if planned.parameters else ""
    work = f"{short(planned.multiply_adds)} multiply-adds" if planned.multiply_adds else ""
    return _figures(shape_text(planned.out_shape), learned, work)


def _figures(shape: str, *lines: str) -> str:
    return f'<div class="figures"><b>{shape}</b>{"".join(f"<span>{line}</span>" for line in lines if line)}</div>'


def _help(kind: str) -> str:
    """What the layer does and what its settings mean, as Markdown in which formulas keep their stars."""
    row = LAYERS[kind]
    lines = [f"- **{p.label}**{f' ({p.unit})' if p.unit else ''}: {p.help}" for p in row.params.values()]
    return "\n".join([row.doc.replace("*", r"\*").replace("[", r"\[") + "\n", *lines])
