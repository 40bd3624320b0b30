"""What a visitor marks a run of their own with: a name, tags, a star, which keeps it however old it is, and that it is
deleted, which can be undone for a while."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, select

from engine.catalogue.names import clean, name_from_json
from engine.catalogue.params import SpecError
from engine.runs.info import RunInfo
from engine.runs.store.schema import MARKS
from engine.runs.store.store import Store, put
from engine.text import Text

MOST_STARRED = 50  # of one owner
NOT_STORED = Text("The name and the star cannot be stored at the moment.")


@dataclass(frozen=True, slots=True)
class Mark:
    """`name` is empty where the run is called as its network is; `removed` is when it was deleted (s since 1970), 0
    where it was not."""

    name: str = ""
    starred: bool = False
    tags: str = ""
    removed: float = 0.0


def mark_from_json(name: object, starred: object, tags: object) -> Mark:
    """Read an untrusted mark. Raises SpecError."""
    if not isinstance(starred, bool):
        raise SpecError(Text("A run has a star or has none."), Text("Give true or false."))
    words = dict.fromkeys(clean(name_from_json(tags)).replace(",", " ").split())
    return Mark(clean(name_from_json(name)).strip(), starred, " ".join(words))


def mark_of(info: RunInfo) -> Mark:
    return Mark(info.own_name, info.starred, info.tags, info.removed)


def write_mark(store: Store, owner: str, run_id: str, mark: Mark) -> None:
    """Store the mark of a run in the place of the one before. Raises SpecError where the owner has too many stars, or
    the store is in trouble."""
    others = MARKS.c.owner == owner, MARKS.c.starred == 1, MARKS.c.run_id != run_id
    if mark.starred and len(store.read(select(MARKS.c.run_id).where(*others))) >= MOST_STARRED:
        full = Text("You have given {most} stars already.", most=MOST_STARRED)
        raise SpecError(full, Text("Take one from another run first."))
    row = {"run_id": run_id, "owner": owner, **asdict(mark), "starred": int(mark.starred)}

    def write(connection: Connection) -> None:
        if mark == Mark():
            connection.execute(delete(MARKS).where(MARKS.c.run_id == run_id))
        else:
            put(connection, MARKS, [row])

    if not store.transact(write):
        raise SpecError(NOT_STORED, store.trouble or Text("Try again in a while."))
