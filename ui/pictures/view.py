"""What the Data page shows: the data sets there are, one of them as a wall of pictures by class, and the place where
own pictures come in."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from engine.catalogue.params import SpecError
from engine.data.fitting import WAY
from engine.data.own import Own, days_left, delete_own, is_own_name, own_set
from engine.data.preparing import Wanted
from engine.data.sets import DataSet
from engine.files import ASSETS
from engine.limits import limits
from engine.network.spec import sizes
from engine.text import Text, plural
from engine.training.architectures import ALL_PRESETS
from ui.api.pictures import begin, begin_again, begin_correcting, is_coming
from ui.api.web import nothing, web_component
from ui.backend import service
from ui.data import MNIST, choose_data, choose_preset, row_of, sets_of
from ui.forms import param_widget, plain
from ui.language import say
from ui.pad import models_of, readers
from ui.page_frame import is_dark
from ui.state import Session, owner
from ui.top_bar import heading

SHOWN = "set"  # the data set in the address
SIDES = (16, 24, 32, 48, 64, 80, 96)
EXAMPLE = ASSETS / "balls" / "balls.zip"
EXAMPLE_TITLE = "Balls"
FIRST = "photo"  # the preset for own pictures

_bring = web_component(
    "bring",
    "pictures/bring.js",
    sheets=["lib/plain_button.css", "pictures/bring.css", "lib/sketch.css"],
    html='<div class="bring"></div>',
)
_look = web_component(
    "look",
    "pictures/look.js",
    sheets=["lib/plain_button.css", "lib/pager.css", "pictures/look.css"],
    html='<div class="look"></div>',
)


def shown_set(visitor: Session) -> DataSet:
    """The data set of the address, else the one that the network on the table reads, else MNIST."""
    rows = sets_of(visitor)
    asked = st.query_params.get(SHOWN, "") or visitor.network.reads.data
    return rows.get(asked) or rows[MNIST]


def choice(visitor: Session, shown: DataSet) -> None:
    """A button for each data set, the one shown marked."""
    heading(say("Data sets"))
    with st.container(key="data-sets", horizontal=True, gap="xsmall"):
        for name, row in sets_of(visitor).items():
            st.button(
                plain(say(row.title)),
                key=f"data-{name}{'-here' if name == shown.name else ''}",
                type="primary" if name == shown.name else "secondary",
                icon=":material/folder_shared:" if row.is_own else ":material/dataset:",
                on_click=_show,
                args=(name,),
            )


def _show(name: str) -> None:
    st.query_params[SHOWN] = name


def about(visitor: Session, row: DataSet) -> None:
    """What a data set is, and what can be done with it."""
    heading(say("About it"))
    classes = plural("{count} class", "{count} classes", count=len(row.reads.classes))
    validation = row.validation
    facts = say(
        "**{title}**: {classes}, {shape} pixels, {train:,} pictures to train on, {test:,} to test with.",
        title=plain(say(row.title)),
        classes=classes,
        shape=sizes(row.shape),
        train=row.train - validation,
        test=row.test,
    )
    told = [facts]
    if validation:
        told.append(say("{count:,} more are held back to validate.", count=validation))
    told.append(say(row.origin))
    if row.is_own:
        left = days_left(own_set(row.name))
        told.append(say(plural("They are deleted in {count} day.", "They are deleted in {count} days.", count=left)))
    if row.link:
        licence, more = say("Licence: {licence}.", licence=row.licence), say("Read more")
        told.append(f"{licence} [{more}]({row.link})")
    corrected = own_set(row.name).corrected if row.is_own else 0
    if corrected:
        changed = plural("You changed {count} label.", "You changed {count} labels.", count=corrected)
        told.append(say(changed))
    st.markdown(" ".join(told))
    with st.container(key="data-tools", horizontal=True, gap="small", vertical_alignment="center"):
        go = st.button(say("Train on these"), type="primary", icon=":material/play_arrow:", key="data-train")
        if row.is_own:
            st.button(
                say("Delete these pictures"),
                icon=":material/delete:",
                key="data-delete",
                on_click=_delete,
                args=(row.name,),
                help=say("Deletes them from this machine at once. What networks learned from them stays."),
            )
            if corrected:
                st.button(
                    say("Undo the last changes"),
                    icon=":material/undo:",
                    key="data-undo",
                    on_click=_undo,
                    args=(row.name,),
                )
            address = f"api/data/{row.name}/pictures.npz"
            label = escape(say("Save as arrays, for programs"))
            st.html(f'<a class="data-save" href="{address}" download>{label}</a>')
    if go and train_on(visitor, row):
        st.switch_page("../pages/train.py")


def train_on(visitor: Session, row: DataSet) -> bool:
    """Put a network that suits the data set on the table; whether that was done."""
    try:
        if row.is_own:
            choose_preset(visitor, ALL_PRESETS[FIRST], row.name)
        else:
            choose_data(visitor, row.name)
    except SpecError as error:
        st.error(say(error.text), icon=":material/error:")
        return False
    return True


def _delete(name: str) -> None:
    try:
        delete_own(owner(), name)
    except SpecError:
        return  # deleted in another window
    st.query_params.pop(SHOWN, None)


def wall(row: DataSet) -> None:
    """The first pictures of every class, with how many there are."""
    own = own_set(row.name) if is_own_name(row.name) else None
    if own:
        _left_out(own.left_out)
    heading(say("Its pictures"))
    tiles = "".join(_class(row, own, number, name) for number, name in enumerate(row.reads.classes))
    inverted = " data-inverted" if row.reads.is_digits and not is_dark() else ""  # dark ink on light paper
    st.html(f'<div class="data-wall{inverted}">{tiles}</div>')


def closer_look(visitor: Session, row: DataSet) -> None:
    """The data set on average, its doubles and doubtful labels; the labels of an own one can be changed here."""
    heading(say("A closer look"))
    result = _look(
        key="data-look",
        data={
            "set": row.name,
            "classes": list(row.reads.classes),
            "own": row.is_own,
            "models": _readers(row),
            "digits": row.reads.is_digits,
            "inverted": row.reads.is_digits and not is_dark(),
        },
        on_came_change=nothing,
    )
    _go_to(visitor, result.get("came"))


def _readers(row: DataSet) -> dict[str, str]:
    """The models of the visitor that read such pictures, `{id: label}`."""
    runs = service().runs(owner(), kind="classifier")
    if row.name == MNIST:
        return readers(runs)
    fits = (row.shape, row.reads.classes)
    learning, done = models_of([r for r in runs if (r.job.network.input_shape, r.job.network.reads.classes) == fits])
    return learning | done


def _go_to(visitor: Session, came: object) -> None:
    """Show the data set that has just come."""
    if isinstance(came, str) and is_own_name(came):
        take_along(visitor, came)
        st.query_params[SHOWN] = came
        st.rerun()


def _class(row: DataSet, own: Own | None, number: int, name: str) -> str:
    counts = ""
    if own:
        train, validation, test = own.counts[number]
        parts = {"train": train, "validation": validation, "test": test}
        words = say("{train} to train, {validation} to validate, {test} to test", **parts)
        counts = f"<span>{escape(words)}</span>"
    about = escape(say("Pictures of the class {name}", name=name))
    picture = f'<img src="api/data/{row.name}/{number}.webp" alt="{about}" loading="lazy">'
    return f"<figure><figcaption><b>{escape(name)}</b> {counts}</figcaption>{picture}</figure>"


def _left_out(left_out: Sequence[tuple[Text, int, tuple[str, ...]]]) -> None:
    if not left_out:
        return
    total = sum(count for _, count, _ in left_out)
    with st.expander(say(plural("{count} file was left out", "{count:,} files were left out", count=total))):
        for why, count, names in left_out:
            files = ", ".join(f"`{name.replace('`', '')}`" for name in names) + (" …" if count > len(names) else "")
            st.markdown(f"- {count} × {plain(say(why))}: {files}")


def bring_in(visitor: Session, row: DataSet) -> None:
    """The place where own pictures are dropped, how they are made, and an example to begin with."""
    heading(say("Your own pictures"))
    st.markdown(say("**Your own pictures.** Only you see them, and you can delete them at any time."))
    with st.expander(say("How they are made ready")):
        side = st.select_slider(say("Pixels a side"), SIDES, value=64, key="data-side")
        colour = st.toggle(say("In colour"), value=True, key="data-colour")
        way = str(param_widget(WAY, WAY.default, "data-way"))
        if row.is_own:
            st.button(
                say("Make {title} anew like this", title=plain(say(row.title))),
                icon=":material/refresh:",
                key="data-again",
                on_click=_again,
                args=(row, Wanted(str(row.title), colour, side, way)),
            )
    result = _bring(
        key="data-bring",
        data={"side": side, "colour": colour, "way": way, "most": limits().upload_mb, "busy": is_coming(owner())},
        on_came_change=nothing,
    )
    _go_to(visitor, result.get("came"))
    st.button(
        say("Try an example: three kinds of balls"),
        icon=":material/sports_soccer:",
        key="data-example",
        on_click=_example,
        args=(visitor,),
        help=say("230 pictures that a program of ours drew. They come in as yours would."),
    )


def take_along(visitor: Session, name: str) -> None:
    """Let the network on the table read the data set, where it is one of its own that is not there any more: it was
    made anew."""
    if row_of(visitor.network) is None and name in sets_of(visitor):
        choose_data(visitor, name)


def _again(row: DataSet, wanted: Wanted) -> None:
    if not is_coming(owner()):
        begin_again(owner(), row.name, wanted)


def _undo(name: str) -> None:
    if not is_coming(owner()):
        begin_correcting(owner(), name, None)


def _example(visitor: Session) -> None:
    known = next((name for name, row in sets_of(visitor).items() if row.is_own and row.title == EXAMPLE_TITLE), "")
    if known:
        _show(known)
        return
    if not is_coming(owner()):
        begin(owner(), EXAMPLE, Wanted(EXAMPLE_TITLE), keep=True)
