"""IDX files, as MNIST has them: unpacked once into memory-mapped files that every process shares."""

import contextlib
import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engine.catalogue.params import SpecError
from engine.files import data_folder, write_whole
from engine.text import Text

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def load_idx(name: str, source: Path, files: Mapping[str, str]) -> tuple[Pixels, ...]:
    """The content of each of `files`, names with their MD5, which lie compressed in the folder `source`: mapped from
    the folder `name` of the data folder, or in memory where that cannot be written. Raises SpecError where one is
    missing or damaged."""
    return tuple(_load(source, Path(name, file), md5) for file, md5 in files.items())


def _load(source: Path, copy: Path, md5: str) -> Pixels:
    try:
        return _map(source, data_folder() / copy, md5)
    except OSError:
        return np.frombuffer(bytearray(_unpacked(source, copy.name, md5)), np.uint8)


def _map(source: Path, copy: Path, md5: str) -> Pixels:
    """Map the verified copy of one file; make a new copy when it is missing or damaged."""
    seal = copy.with_name(f"{copy.name}.verified.json")
    if not _is_sealed(copy, seal, md5):
        if not _is_intact(copy, md5):
            _unpack(source, copy, md5)
        with contextlib.suppress(OSError):  # without a seal the next start verifies again
            write_whole(seal, json.dumps(_facts(copy, md5)).encode())
    # Copy-on-write: pages stay shared as long as nobody writes, and torch accepts the array without a warning.
    return np.memmap(copy, np.uint8, "c")


def _unpack(source: Path, copy: Path, md5: str) -> None:
    content = _unpacked(source, copy.name, md5)
    try:
        write_whole(copy, content)
    except OSError:
        if not _is_intact(copy, md5):  # Windows refuses when another process made the copy just now and maps it already
            raise


def _is_intact(copy: Path, md5: str) -> bool:
    return copy.is_file() and _md5(copy.read_bytes()) == md5


def _is_sealed(copy: Path, seal: Path, md5: str) -> bool:
    """Whether the copy is still the file that was verified: hashing 55 MB at every start would cost 0.1 s."""
    try:
        return bool(json.loads(seal.read_bytes()) == _facts(copy, md5))
    except (OSError, ValueError):
        return False


def _facts(copy: Path, md5: str) -> dict[str, str | int]:
    stat = copy.stat()
    return {"md5": md5, "size": stat.st_size, "changed": stat.st_mtime_ns}


def _unpacked(folder: Path, name: str, md5: str) -> bytes:
    source = folder / f"{name}.gz"
    damaged = Text("The file {file} is damaged.", file=source.name)
    try:
        content = gzip.decompress(source.read_bytes())
    except FileNotFoundError:
        raise _unusable(source, Text("The file {file} is missing.", file=source.name)) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _unusable(source, damaged) from error
    if _md5(content) != md5:
        raise _unusable(source, damaged)
    return content


def _unusable(source: Path, what: Text) -> SpecError:
    return SpecError(what, Text("Put the original back into {folder}.", folder=str(source.parent)))


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
