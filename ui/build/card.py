"""One card of the list of layers: its settings, what comes out, what it costs, and what can be done with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import escape

import streamlit as st

from engine.catalogue.layers import LAYERS
from engine.catalogue.layers.row import SPECTRAL
from engine.catalogue.params import Param, SpecError, Value, one_of
from engine.network.plans import Path
from engine.network.spec import MAX_LAYERS, PlannedLayer, cards, sizes
from engine.text import Text, plural
from ui.build.card_ids import Card
from ui.build.editing import can_move
from ui.build.folding import fold, open_card, show_all
from ui.build.gallery import kinds_for
from ui.build.moves import change_kind, delete, duplicate, move, set_value, unless_late
from ui.build.naming import block_name, settings_in_words
from ui.build.own_blocks import keep_block
from ui.build.summary import short
from ui.colours import layer_group
from ui.forms import param_widget, plain
from ui.language import say
from ui.state import Session

Action = tuple[Text, str, bool, Callable[[], None]]
SHORT_LABELS = {
    "spectral_norm": Text("Spectral"),
    "dilation": Text("Dilation"),
    "groups": Text("Groups"),
    "bias": Text("Bias"),
    "zero_last_norm": Text("Zero"),
    "kernel_width": Text("Width"),
    "stride_across": Text("Stride →"),
    "padding_across": Text("Padding ↔"),
}  # advanced


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the cards of one drawing have in common: the plan of each by its path, what does not fit, how many cards
    there are, which blocks are `closed`, and whether the list is `long`, so that only one card shows its fields."""

    visitor: Session
    planned: Mapping[Path, PlannedLayer]
    misfit: SpecError | None
    count: int
    closed: tuple[Path, ...]
    long: bool

    def shows_fields(self, card: Card, path: Path) -> bool:
        """Whether a card is more than a line: in a long list only blocks, the open card, and what does not fit are."""
        here = self.visitor.card_open == card.id or (self.misfit is not None and self.misfit.path == path)
        return not self.long or bool(card.bodies) or here


def draw_card(sheet: Sheet, card: Card, path: Path, number: str) -> None:
    """A layer, or the head of a block."""
    with st.container(
        key=f"card-{card.id}-{layer_group(card.choice.kind)}",
        horizontal=True,
        vertical_alignment="center",
        gap="xsmall",
    ):
        if card.bodies and path in sheet.closed:
            _folded(sheet, card, path, number)
        elif sheet.shows_fields(card, path):
            _fields(sheet, card, number)
        else:
            _line(sheet, card, number)
        st.html(_cost(sheet.planned.get(path)))
        if sheet.shows_fields(card, path):
            _actions(sheet, card, path, number)


def _fields(sheet: Sheet, card: Card, number: str) -> None:
    visitor, choice, key = sheet.visitor, card.choice, f"layer-{card.id}"
    row, label = LAYERS[choice.kind], say("Layer {number}", number=number)
    kind = one_of(choice.kind, _kinds(visitor.part, choice.kind), label, _help(choice.kind))
    changed: Callable[[Value], None] = unless_late(visitor, partial(change_kind, visitor, card.id))
    param_widget(kind, choice.kind, f"{key}-kind", changed=changed)
    for name, value in choice.values:
        if visitor.card_full != card.id and _stays_out_of_sight(name, row.params[name], value, visitor.part):
            continue
        compact = replace(row.params[name], help="", unit="")
        if compact.advanced:
            compact = replace(compact, label=say(SHORT_LABELS[name]))
        change = unless_late(visitor, set_value(visitor, card.id, choice.kind, name))
        param_widget(compact, value, f"{key}-{choice.kind}-{name}", changed=change)


def _folded(sheet: Sheet, card: Card, path: Path, number: str) -> None:
    """A block as a line, which a press unfolds."""
    planned = sheet.planned.get(path)
    name = block_name(card.choice, planned.out_shape if planned else None)
    label = f"**{number} {card.choice.kind}** {name}"
    action = partial(fold, sheet.visitor, card.id, False)
    st.button(label, icon=":material/chevron_right:", key=f"line-{card.id}", type="tertiary", on_click=action)


def _line(sheet: Sheet, card: Card, number: str) -> None:
    """A layer of a long list as a line, which a press opens."""
    label = f"**{number} {card.choice.kind}** {plain(settings_in_words(card.choice))}"
    action = partial(open_card, sheet.visitor, card.id)
    st.button(label, icon=":material/edit:", key=f"line-{card.id}", type="tertiary", on_click=action)


def _stays_out_of_sight(name: str, param: Param, value: Value, part: str) -> bool:
    """Whether a setting that is advanced, and as it is by itself, has no place on the card; a GAN's own switch has."""
    return param.goes_unsaid(value) and (part == "classifier" or name not in SPECTRAL)


def _kinds(part: str, kind: str) -> tuple[str, ...]:
    """What a layer may become; what is not offered here stays until another is chosen."""
    offered = kinds_for(part)
    return offered if kind in offered else (kind, *offered)


def _actions(sheet: Sheet, card: Card, path: Path, number: str) -> None:
    """Buttons with a name for screen readers of which the style sheet shows the icon only."""
    visitor, id = sheet.visitor, card.id
    network, full = visitor.shown, sheet.count + sum(1 for _ in cards([card.choice])) > MAX_LAYERS
    up, down = (partial(move, visitor, id, step, sheet.closed) for step in (-1, 1))
    buttons: list[Action] = [
        (Text("Move up layer {number}", number=number), "arrow_upward", not can_move(network, path, -1), up),
        (Text("Move down layer {number}", number=number), "arrow_downward", not can_move(network, path, 1), down),
        (Text("Duplicate layer {number}", number=number), "content_copy", full, partial(duplicate, visitor, id)),
        (Text("Delete layer {number}", number=number), "delete", False, partial(delete, visitor, id)),
    ]
    if card.bodies and path not in sheet.closed:
        folding = partial(fold, visitor, id, True)
        buttons.insert(0, (Text("Fold layer {number}", number=number), "unfold_less", False, folding))
    if any(param.advanced and name not in SPECTRAL for name, param in LAYERS[card.choice.kind].params.items()):
        label = Text("All settings of layer {number}", number=number)
        buttons.insert(0, (label, "tune", False, partial(show_all, visitor, id)))
    if card.bodies:
        keep = partial(keep_block, visitor, card.choice)
        buttons.insert(-1, (Text("Keep block {number} to add it again", number=number), "bookmark_add", False, keep))
    with st.container(key=f"icons-{id}", horizontal=True, gap=None, width="content"):
        for label, icon, disabled, action in buttons:
            st.button(
                say(label),
                icon=f":material/{icon}:",
                key=f"layer-{id}-{icon}",
                disabled=disabled,
                on_click=action,
                type="tertiary",
            )


def _cost(planned: PlannedLayer | None) -> str:
    """What comes out of a layer, what it learns and what it costs, as HTML."""
    if planned is None:
        return figures("?")
    parameters, work = planned.parameters, planned.multiply_adds
    lines = [
        plural("{shown} parameter", "{shown} parameters", count=parameters, shown=short(parameters)),
        plural("{shown} multiply-add", "{shown} multiply-adds", count=work, shown=short(work)),
    ]
    there = [say(line) for line, count in zip(lines, (parameters, work), strict=True) if count]
    return figures(say(sizes(planned.out_shape)), *there)


def figures(shape: str, *lines: str) -> str:
    said = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return f'<div class="figures{"" if lines else " figures-one"}"><b>{escape(shape)}</b>{said}</div>'


def _help(kind: str) -> str:
    """What the layer does and what its settings mean, as Markdown."""
    row = LAYERS[kind]
    lines = [f"- **{say(p.label)}**{f' ({p.unit})' if p.unit else ''}: {say(p.help)}" for p in row.params.values()]
    return "\n".join([plain(say(row.doc)) + "\n", *lines])
