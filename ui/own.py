"""What visitors may do with networks of their own on the shelf: open, rename and remove them, and put them back."""

from dataclasses import replace

from engine.gan.config import GanSpec
from ui.shelf import CLASSIFIER, GAN, Own, name_of, own_work, own_works, place_of, put_work
from ui.state import Session


def own(visitor: Session) -> list[Own]:
    """The visitor's own of the sort that the Build page shows, the newest first."""
    kind = CLASSIFIER if visitor.part == "classifier" else GAN
    return own_works(visitor.shelf, visitor.visitor, kind) if visitor.shelf else []


def own_classifiers(visitor: Session) -> list[Own]:
    return own_works(visitor.shelf, visitor.visitor, CLASSIFIER) if visitor.shelf else []


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
