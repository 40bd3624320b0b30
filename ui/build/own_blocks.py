"""Blocks of the visitor's own, kept by name: one button on a block keeps it, and where layers are offered it can be
added again, renamed, removed and put back."""

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from engine.catalogue.names import MAX_NAME, clean
from engine.catalogue.params import Choice, SpecError
from engine.network.spec import NetworkSpec, is_block, network_from_json, network_to_json, parse_json
from engine.runs.store.shelf import Kept
from ui.build.naming import block_name
from ui.forms import plain, text_widget
from ui.language import say
from ui.state import Session

BLOCK = "block"


@dataclass(frozen=True, slots=True)
class OwnBlock:
    """A block on the shelf, by the id of its place there."""

    id: str
    name: str
    block: Choice


def own_blocks(visitor: Session) -> list[OwnBlock]:
    """The newest first; what cannot be read any more is left out."""
    kept = visitor.shelf.all(visitor.visitor, BLOCK) if visitor.shelf else []
    return [block for one in kept if (block := _read(one))]


def keep_block(visitor: Session, block: Choice) -> None:
    """Keep a block under what it holds, until it is given a name; one that is kept already is not kept twice."""
    if not visitor.shelf or any(one.block == block for one in own_blocks(visitor)):
        return
    _put(visitor, OwnBlock(uuid.uuid4().hex, f"{block.kind}, {block_name(block, None)}"[:MAX_NAME], block))
    st.toast(say("This block is kept. Find it under Add, where layers are offered."), icon=":material/bookmark_added:")


def rename_block(visitor: Session, block_id: str, name: str) -> None:
    for one in own_blocks(visitor):
        if one.id == block_id:
            _put(visitor, replace(one, name=name))


def remove_block(visitor: Session, block_id: str) -> None:
    if visitor.shelf and (kept := visitor.shelf.get(visitor.visitor, block_id)):
        visitor.removed_block = kept
        visitor.shelf.remove(visitor.visitor, block_id)


def put_block_back(visitor: Session) -> None:
    """Keep again the block that was removed last."""
    if visitor.shelf and (kept := visitor.removed_block):
        visitor.shelf.put(kept.owner, kept.id, kept.kind, kept.content)
        visitor.removed_block = None


def offer_blocks(
    visitor: Session, icon: Callable[[str], str], add: Callable[[Choice], None], refusal: Callable[[Choice], str]
) -> None:
    """A line for each block that is kept: to add, where there is no `refusal`, to rename, to remove. Nothing for who
    has kept none."""
    mine, removed = own_blocks(visitor), visitor.removed_block
    if not mine and removed is None:
        return
    st.markdown(say("**Your blocks**"))
    for one in mine:
        with st.container(key=f"own-block-{one.id}", horizontal=True, vertical_alignment="bottom", gap="small"):
            label = say("Add {name}", name=plain(one.name))
            why = refusal(one.block)
            if st.button(
                f"![]({icon(one.block.kind)}) {label}",
                key=f"pick-own-{one.id}",
                disabled=bool(why),
                help=why or None,
                on_click=add,
                args=(one.block,),
            ):
                st.rerun()
            rename = partial(rename_block, visitor, one.id)
            text_widget(say("Name"), one.name, f"own-block-name-{one.id}", MAX_NAME, rename)
            st.button(
                say("Remove"),
                key=f"own-block-remove-{one.id}",
                icon=":material/delete:",
                on_click=remove_block,
                args=(visitor, one.id),
            )
    if removed and (block := _read(removed)):
        st.button(
            say("Put {name} back", name=plain(block.name)),
            key="own-block-put-back",
            icon=":material/undo:",
            on_click=put_block_back,
            args=(visitor,),
        )


def _put(visitor: Session, one: OwnBlock) -> None:
    network = NetworkSpec((one.block,), name=clean(one.name))
    if visitor.shelf:
        visitor.shelf.put(visitor.visitor, one.id, BLOCK, json.dumps(network_to_json(network)))


def _read(kept: Kept) -> OwnBlock | None:
    with suppress(SpecError):
        network = network_from_json(parse_json(kept.content))
        if len(network.layers) == 1 and is_block(network.layers[0].kind):
            return OwnBlock(kept.id, network.name, network.layers[0])
    return None
