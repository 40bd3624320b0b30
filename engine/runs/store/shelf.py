"""What visitors build, by owner: the draft each works on, and networks of their own. In memory until it is stored."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from threading import Lock

from sqlalchemy import Connection, RowMapping, delete, select

from engine.runs.stamp import stamp
from engine.runs.store.schema import WORKS
from engine.runs.store.store import Store, put

DRAFT = "draft"
MOST_KEPT = 50  # of one owner and kind
MOST_CHARACTERS = 100_000
MOST_UNSTORED = 2_000
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something an owner built, as JSON text, which whoever reads it checks. `saved` is in seconds since 1970."""

    owner: str
    id: str
    kind: str
    saved: float
    content: str


class Shelf:
    """What is put is there at once; the store writer's thread stores it, many changes of one thing as one. Where
    the store is in trouble for so long that too much waits, the oldest is let go."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        """`wake` is called when there is something to write."""
        self._store, self._wake = store, wake
        self._lock = Lock()
        self._unstored: OrderedDict[Key, Kept | None] = OrderedDict()  # None: to be removed

    @property
    def is_stored(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._unstored

    def put(self, owner: str, work_id: str, kind: str, content: str) -> None:
        """Keep `content` in the place of what has this id. What is too long to be a network is not kept."""
        if len(content) <= MOST_CHARACTERS:
            self._note(owner, work_id, Kept(owner, work_id, kind, stamp(), content))

    def remove(self, owner: str, work_id: str) -> None:
        self._note(owner, work_id, None)

    def get(self, owner: str, work_id: str) -> Kept | None:
        return self._found(owner, WORKS.c.id == work_id).get((owner, work_id))

    def all(self, owner: str, kind: str) -> list[Kept]:
        """The newest first."""
        found = (kept for kept in self._found(owner, WORKS.c.kind == kind).values() if kept and kept.kind == kind)
        return sorted(found, key=lambda kept: kept.saved, reverse=True)[:MOST_KEPT]

    def write(self) -> bool:
        """Store what is not stored yet. False where the store did not take it."""
        with self._lock:
            unstored = dict(self._unstored)
        if not unstored:
            return True
        if not self._store.transact(lambda connection: _write(connection, unstored)):
            return False
        with self._lock:
            for key, kept in unstored.items():
                if self._unstored.get(key, ...) is kept:
                    del self._unstored[key]
        return True

    def _note(self, owner: str, work_id: str, kept: Kept | None) -> None:
        with self._lock:
            self._unstored[owner, work_id] = kept
            self._unstored.move_to_end((owner, work_id))
            while len(self._unstored) > MOST_UNSTORED:
                self._unstored.popitem(last=False)
        self._wake()

    def _found(self, owner: str, condition: object) -> dict[Key, Kept | None]:
        """What is stored, and over it what is not yet: looked up twice, for it may be stored meanwhile."""
        before = self._of(owner)
        rows = self._store.read(select(WORKS).where(WORKS.c.owner == owner, condition))  # type: ignore[arg-type]
        return {(owner, row["id"]): _kept(row) for row in rows} | before | self._of(owner)

    def _of(self, owner: str) -> dict[Key, Kept | None]:
        with self._lock:
            return {key: kept for key, kept in self._unstored.items() if key[0] == owner}


def _kept(row: RowMapping) -> Kept:
    return Kept(**row)


def _write(connection: Connection, unstored: dict[Key, Kept | None]) -> None:
    put(connection, WORKS, [asdict(kept) for kept in unstored.values() if kept])
    for (owner, work_id), kept in unstored.items():
        if kept is None:
            connection.execute(delete(WORKS).where(WORKS.c.owner == owner, WORKS.c.id == work_id))
    _forget_oldest(connection, {(kept.owner, kept.kind) for kept in unstored.values() if kept and kept.kind != DRAFT})


def _forget_oldest(connection: Connection, grown: Iterable[tuple[str, str]]) -> None:
    for owner, kind in grown:
        those = WORKS.c.owner == owner, WORKS.c.kind == kind
        oldest = select(WORKS.c.id).where(*those).order_by(WORKS.c.saved.desc()).offset(MOST_KEPT)
        ids = list(connection.execute(oldest).scalars())
        if ids:
            connection.execute(delete(WORKS).where(*those, WORKS.c.id.in_(ids)))
