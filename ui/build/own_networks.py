"""Networks of the visitor's own beside those to start from: the newest in a row, all of them in a dialog."""

from functools import partial

import streamlit as st

from engine.catalogue.names import MAX_NAME
from engine.gan.config import GanSpec, networks
from engine.network.spec import NetworkSpec, survey
from ui.build.start import thumbnail
from ui.draw.readers import UNNAMED, ago
from ui.forms import plain, text_widget
from ui.own import name_of_removed, open_own, own, put_back, remove_own, rename_own
from ui.shelf import Own
from ui.state import Session

IN_ROW = 5


def own_row(visitor: Session) -> None:
    """One button for each of the newest, the one on the table marked; nothing for who has none yet."""
    mine, gan = own(visitor), visitor.part != "classifier"
    if not mine and visitor.removed is None:
        return
    with st.container(key="own-networks", horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown("**Your GANs**" if gan else "**Your networks**", width="content")
        for one in mine[:IN_ROW]:
            here = "-here" if one.id in (visitor.kept, visitor.gan_kept) else ""
            st.button(
                f"![]({_picture(visitor, one)}) {plain(one.name) or UNNAMED}",
                key=f"own-{one.id}{here}",
                help=_about(one),
                on_click=open_own,
                args=(visitor, one.id),
            )
        _put_back(visitor, "own-put-back")
        label = f"All {len(mine)}, rename, remove" if len(mine) > IN_ROW else "Rename, remove"
        if mine and st.button(label, icon=":material/edit:", key="own-all"):
            _all(visitor)


@st.dialog("What you built", width="large", on_dismiss="rerun")
def _all(visitor: Session) -> None:
    mine = own(visitor)
    st.caption("What you name or train is kept here, the newest 50.")
    _put_back(visitor, "own-put-back-here")
    for one in mine:
        with st.container(key=f"own-row-{one.id}", horizontal=True, gap="small", vertical_alignment="center"):
            st.html(f'<img src="{_picture(visitor, one)}" alt="" style="display:block">', width="content")
            rename = partial(rename_own, visitor, one.id)
            text_widget("Name", one.name, f"own-name-{one.id}", MAX_NAME, rename)
            st.caption(_about(one), width="content")
            if st.button("Open", key=f"own-open-{one.id}", on_click=open_own, args=(visitor, one.id)):
                st.rerun()
            st.button("Remove", key=f"own-remove-{one.id}", on_click=remove_own, args=(visitor, one.id))
    if not mine:
        st.caption("Nothing is kept here now.")


def _put_back(visitor: Session, key: str) -> None:
    if visitor.removed:
        label = f"Put back {plain(name_of_removed(visitor)) or UNNAMED}"
        st.button(label, icon=":material/undo:", key=key, on_click=put_back, args=(visitor,))


def _picture(visitor: Session, one: Own) -> str:
    return thumbnail(tuple(survey(_network(visitor, one))[0]))


def _network(visitor: Session, one: Own) -> NetworkSpec:
    """Of a GAN the one that the page shows."""
    return networks(one.work)[visitor.part] if isinstance(one.work, GanSpec) else one.work[0]


def _about(one: Own) -> str:
    built = networks(one.work).values() if isinstance(one.work, GanSpec) else [one.work[0]]
    parameters = sum(layer.parameters for network in built for layer in survey(network)[0])
    return f"{parameters:,} parameters, {ago(one.saved)}"
