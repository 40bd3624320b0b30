"""Where data lives on disk, and how a file is written: whole or not at all. Imports no torch."""

import contextlib
import os
import tempfile
from pathlib import Path

import platformdirs

ASSETS = Path(__file__).parent.parent / "assets"


def data_folder() -> Path:
    """`PLAYGROUND_DATA`, or the platform's user data folder; made when missing."""
    named = os.environ.get("PLAYGROUND_DATA")
    folder = Path(named) if named else platformdirs.user_data_path("deep-learning-playground", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_whole(path: Path, content: bytes, durable: bool = True) -> None:
    """Put `content` at `path` through a temporary file beside it, so that a reader sees the old file or the new one.

    `durable` waits until it has reached the disk, so that it outlives a power cut too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def drop_whole(path: Path) -> None:
    """Delete what `write_whole` put at `path`, and what a broken write left beside it. Nothing happens where there is
    none. Raises OSError."""
    with contextlib.suppress(FileNotFoundError), os.scandir(path.parent) as found:  # glob would keep every name
        names = [file.name for file in found if file.name == path.name or file.name.startswith(f".{path.name}.")]
        for name in names:
            path.with_name(name).unlink(missing_ok=True)
