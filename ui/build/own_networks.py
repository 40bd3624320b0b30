"""Networks of the visitor's own on the shelf, to open, rename, remove and put back: the newest in a row, all of them in
a dialog."""

from dataclasses import replace
from functools import partial

import streamlit as st

from engine.catalogue.names import MAX_NAME
from engine.gan.config import GanSpec, networks
from engine.network.spec import NetworkSpec, survey
from engine.runs.store.shelf import MOST_KEPT
from ui.build.start import thumbnail
from ui.dialog import open_dialog
from ui.forms import text_widget
from ui.language import say
from ui.runs.words import UNNAMED, ago, called
from ui.shelf import CLASSIFIER, GAN, Own, name_of, own_work, own_works, place_of, put_work
from ui.state import Session
from ui.top_bar import heading

IN_ROW = 5


def own(visitor: Session) -> list[Own]:
    """The visitor's own of the sort that the Build page shows, the newest first."""
    kind = CLASSIFIER if visitor.part == "classifier" else GAN
    return own_works(visitor.shelf, visitor.visitor, kind) if visitor.shelf else []


def own_classifiers(visitor: Session) -> list[Own]:
    return own_works(visitor.shelf, visitor.visitor, CLASSIFIER) if visitor.shelf else []


def own_gans(visitor: Session) -> list[Own]:
    return own_works(visitor.shelf, visitor.visitor, GAN) if visitor.shelf else []


def own_titles(works: list[Own]) -> dict[str, str]:
    """What works of the visitor's own are called in a list; no two alike, for the browser knows them by that."""
    titles: dict[str, str] = {}
    for one in works:
        title = say("Yours: {name}", name=one.name or UNNAMED)
        alike = sum(other == title or other.startswith(f"{title} (") for other in titles.values())
        titles[one.id] = f"{title} ({alike + 1})" if alike else title
    return titles


def name_of_removed(visitor: Session) -> str:
    """The name of what was removed last; empty where nothing was."""
    return name_of(visitor.removed) if visitor.removed else ""


def open_own(visitor: Session, work_id: str) -> None:
    """Put what stands on the shelf on the table."""
    work = own_work(visitor.shelf, visitor.visitor, work_id) if visitor.shelf else None
    if isinstance(work, GanSpec):
        visitor.load_gan(work)
    elif work:
        visitor.load(*work)


def rename_own(visitor: Session, work_id: str, name: str) -> None:
    """Give what stands on the shelf another name; on the table, too, where it lies there."""
    work = own_work(visitor.shelf, visitor.visitor, work_id) if visitor.shelf else None
    if visitor.shelf is None or work is None:
        return
    if isinstance(work, GanSpec):
        visitor.gan = replace(visitor.gan, name=name) if work_id == visitor.gan_kept else visitor.gan
        put_work(visitor.shelf, visitor.visitor, work_id, replace(work, name=name))
        visitor.remember()
    elif work_id == visitor.kept:
        visitor.edit(replace(visitor.network, name=name))
    else:
        put_work(visitor.shelf, visitor.visitor, work_id, (replace(work[0], name=name), work[1]))


def remove_own(visitor: Session, work_id: str) -> None:
    """Take something from the shelf; on the table it stays until it is replaced."""
    kept = visitor.shelf.get(visitor.visitor, work_id) if visitor.shelf else None
    if visitor.shelf is None or kept is None:
        return
    visitor.removed = kept
    visitor.shelf.remove(visitor.visitor, work_id)
    if work_id == visitor.kept:
        visitor.kept, visitor.discarded = "", visitor.network
    elif work_id == visitor.gan_kept:
        visitor.gan_kept, visitor.discarded = "", visitor.gan
    visitor.remember()


def put_back(visitor: Session) -> None:
    """Keep again what was removed last."""
    kept = visitor.removed
    if visitor.shelf is None or kept is None:
        return
    visitor.shelf.put(kept.owner, kept.id, kept.kind, kept.content)
    visitor.removed = visitor.discarded = None
    visitor.kept = visitor.kept or place_of(visitor.shelf, visitor.visitor, (visitor.network, visitor.config))
    visitor.gan_kept = visitor.gan_kept or place_of(visitor.shelf, visitor.visitor, visitor.gan)
    visitor.remember()


def own_row(visitor: Session) -> None:
    """One button for each of the newest, the one on the table marked; nothing for who has none yet."""
    mine, gan = own(visitor), visitor.part != "classifier"
    if not mine and visitor.removed is None:
        return
    heading(say("Your GANs") if gan else say("Your networks"))
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
            open_dialog(say("What you built"), _all, visitor, on_dismiss="rerun")


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
