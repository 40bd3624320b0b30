"""Networks of the visitor's own beside those to start from: the newest in a row, all of them in a dialog."""

from functools import partial

import streamlit as st

from engine.catalogue.names import MAX_NAME
from engine.gan.config import GanSpec, networks
from engine.network.spec import NetworkSpec, survey
from engine.runs.store.shelf import MOST_KEPT
from ui.build.start import thumbnail
from ui.draw.readers import ago, called
from ui.forms import text_widget
from ui.language import say
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
        st.markdown(say("**Your GANs**") if gan else say("**Your networks**"), width="content")
        for one in mine[:IN_ROW]:
            here = "-here" if one.id in (visitor.kept, visitor.gan_kept) else ""
            st.button(
                f"![]({_picture(visitor, one)}) {called(one.name)}",
                key=f"own-{one.id}{here}",
                help=_about(one),
                on_click=open_own,
                args=(visitor, one.id),
            )
        _put_back(visitor, "own-put-back")
        every = say("All {count}, rename, remove", count=len(mine))
        label = every if len(mine) > IN_ROW else say("Rename, remove")
        if mine and st.button(label, icon=":material/edit:", key="own-all"):
            st.dialog(say("What you built"), width="large", on_dismiss="rerun")(_all)(visitor)


def _all(visitor: Session) -> None:
    mine = own(visitor)
    st.caption(say("What you name or train is kept here, the newest {count}.", count=MOST_KEPT))
    _put_back(visitor, "own-put-back-here")
    for one in mine:
        with st.container(key=f"own-row-{one.id}", horizontal=True, gap="small", vertical_alignment="center"):
            st.html(f'<img src="{_picture(visitor, one)}" alt="" style="display:block">', width="content")
            rename = partial(rename_own, visitor, one.id)
            text_widget(say("Name"), one.name, f"own-name-{one.id}", MAX_NAME, rename)
            st.caption(_about(one), width="content")
            if st.button(say("Open"), key=f"own-open-{one.id}", on_click=open_own, args=(visitor, one.id)):
                st.rerun()
            st.button(say("Remove"), key=f"own-remove-{one.id}", on_click=remove_own, args=(visitor, one.id))
    if not mine:
        st.caption(say("Nothing is kept here now."))


def _put_back(visitor: Session, key: str) -> None:
    if visitor.removed:
        label = say("Put back {name}", name=called(name_of_removed(visitor)))
        st.button(label, icon=":material/undo:", key=key, on_click=put_back, args=(visitor,))


def _picture(visitor: Session, one: Own) -> str:
    return thumbnail(tuple(survey(_network(visitor, one))[0]))


def _network(visitor: Session, one: Own) -> NetworkSpec:
    """Of a GAN the one that the page shows."""
    return networks(one.work)[visitor.part] if isinstance(one.work, GanSpec) else one.work[0]


def _about(one: Own) -> str:
    built = networks(one.work).values() if isinstance(one.work, GanSpec) else [one.work[0]]
    parameters = sum(layer.parameters for network in built for layer in survey(network)[0])
    return say("{count:,} parameters, {ago}", count=parameters, ago=ago(one.saved))
