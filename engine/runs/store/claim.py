"""A server claims its data folder: a file in it is locked until the server's process ends, however it ends."""

import contextlib
import logging
from collections.abc import Iterator

from filelock import FileLock, Timeout

from engine.catalogue.params import SpecError
from engine.files import data_folder
from engine.text import Text

log = logging.getLogger(__name__)

FILE = "server.lock"
PATIENCE = 5.0  # s for a server that is about to end
UNCERTAIN = "Whether another playground uses this data folder cannot be told: %s"
_held: list[FileLock] = []  # by this process


@contextlib.contextmanager
def claimed_folder(patience: float = PATIENCE) -> Iterator[None]:
    """Have the data folder alone. Raises SpecError where another server has it."""
    try:
        folder = data_folder()
        lock = FileLock(folder / FILE, thread_local=False, fallback_to_soft=False)
        lock.acquire(patience)
    except Timeout:
        what = Text("Another playground already uses the data folder {folder}.", folder=str(folder))
        raise SpecError(what, Text("Close it first, or name another folder in PLAYGROUND_DATA.")) from None
    except (OSError, NotImplementedError) as error:  # no such folder, or a disk without locks: it serves all the same
        log.warning(UNCERTAIN, error)
        yield
        return
    _held.append(lock)
    try:
        yield
    finally:
        _held.remove(lock)
        lock.release()


def claim_again() -> None:
    """Claim the data folder that is there now, where this process had one that was deleted or moved away."""
    for lock in _held:
        lock.release()
        try:
            lock.acquire(0)
        except (OSError, NotImplementedError) as error:
            log.warning(UNCERTAIN, error)
