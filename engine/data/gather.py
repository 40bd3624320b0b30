"""Finds the pictures in a zip archive or a folder of strangers, sorted by the folders they are in, within bounds.
Nothing is ever unpacked to the disk. Imports no torch."""

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.catalogue.names import clean
from engine.catalogue.params import SpecError
from engine.data import idx_pictures
from engine.digits.decode import MAX_BYTES
from engine.limits import limits
from engine.network.reads import CLASS_NAME, MOST_CLASSES
from engine.text import Text

MOST_ENTRIES = 20_000
MOST_UNPACKED = 2_000_000_000  # bytes of all files together
LONGEST_PATH = 400  # characters
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
BESIDE = ("__macosx", "thumbs.db", "desktop.ini")  # what systems leave beside files

NO_FOLDER = Text("not in a folder of a class")
UNSAFE = Text("a name that leads out of the archive")
LINK = Text("a link, not a file")
LOCKED = Text("locked with a password")
PACKED = Text("packed in a way that is not read here")
TOO_LARGE = Text("larger than {most} MB", most=MAX_BYTES // 1_000_000)
BROKEN = Text("broken")
NO_PAIR = Text("beside IDX files, and none of a pair")


@dataclass(frozen=True, slots=True)
class Found:
    """One file: its path for people, the part it is meant for, empty where that is not said, and its class; `why` it is
    left out, else `read` returns its bytes and raises OSError where it is broken."""

    path: str
    part: str = ""
    label: str = ""
    why: Text | None = None
    read: Callable[[], bytes] = bytes


@dataclass(frozen=True, slots=True)
class Gathered:
    """All files, and the classes in the order of their names."""

    files: tuple[Found, ...]
    classes: tuple[str, ...]


def gather(source: Path) -> Gathered:
    """The files of a folder, or of a zip archive. Raises SpecError where there is nothing to learn from."""
    files = list(_in_folder(source) if source.is_dir() else _in_archive(source))
    return _sorted(_with_idx(files))


def _with_idx(files: list[Found]) -> list[Found]:
    """The files, or where there are pairs of IDX files, the pictures in these. Raises SpecError where such a pair
    cannot be read."""
    usable = {found.path: found.read for found in files if not found.why}
    pairs = idx_pictures.pairs_of(usable)
    if not pairs:
        return files
    most = limits().picture_files // len(pairs)
    paired = {path for pair in pairs for path in pair}
    made = [found if found.why else Found(found.path, why=NO_PAIR) for found in files if found.path not in paired]
    parts = [idx_pictures.part_of(pictures) for pictures, _ in pairs]
    for (pictures, labels), part in zip(pairs, parts, strict=True):
        try:
            inside, count = idx_pictures.pictures_in(pictures, usable[pictures], usable[labels], most)
        except OSError as error:
            what = Text("{name} cannot be read.", name=repr(pictures[-80:]))
            raise SpecError(what, Text("Pack the files anew, and send them again.")) from error
        folder = f"{part}/" if all(parts) else ""
        made += [Found(f"{folder}{label}/{number}.png", read=read) for number, (label, read) in enumerate(inside)]
        if count > len(inside):
            made.append(Found(pictures, why=Text("pictures beyond the first {most:,}", most=len(inside))))
    return made


def _in_folder(source: Path) -> Iterator[Found]:
    for folder, names, files in os.walk(source):
        names.sort()
        for name in sorted(files):
            path = Path(folder, name)
            told = path.relative_to(source).as_posix()
            if path.is_symlink() or not path.is_file():
                yield Found(told, why=LINK)
            elif path.stat().st_size > _most_bytes(told):
                yield Found(told, why=TOO_LARGE)
            else:
                yield Found(told, read=path.read_bytes)


def _in_archive(source: Path) -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(source)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, UnicodeError) as error:
        what = Text("This is no zip archive that can be read.")
        raise SpecError(what, Text("Put your folders into a zip file and send that.")) from error
    if len(entries) > MOST_ENTRIES:
        what = Text("The archive has {count:,} entries.", count=len(entries))
        raise SpecError(what, Text("Send one with at most {most:,}.", most=MOST_ENTRIES))
    unpacked = 0
    for entry in entries:
        if entry.is_dir():
            continue
        name, kind = entry.filename, entry.external_attr >> 16
        unpacked += entry.file_size
        why = None
        if name.startswith(("/", "\\")) or ":" in name[:3] or ".." in PurePosixPath(name.replace("\\", "/")).parts:
            why = UNSAFE
        elif stat.S_IFMT(kind) not in (0, stat.S_IFREG):
            why = LINK
        elif entry.flag_bits & 1:
            why = LOCKED
        elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            why = PACKED
        elif entry.file_size > _most_bytes(name):
            why = TOO_LARGE
        elif unpacked > MOST_UNPACKED:
            why = Text("beyond the {most} MB that an archive may hold", most=MOST_UNPACKED // 1_000_000)
        yield Found(name[:LONGEST_PATH], why=why, read=lambda entry=entry: _unpacked(archive, entry))  # type: ignore[misc]


def _most_bytes(path: str) -> int:
    return idx_pictures.MOST_BYTES if idx_pictures.is_idx(path) else MAX_BYTES


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry, no more than its header says and than are allowed. Raises OSError."""
    most = _most_bytes(entry.filename)
    try:
        with archive.open(entry) as file:
            content = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, NotImplementedError) as error:
        raise OSError("this entry is broken") from error
    if len(content) > most:
        raise OSError("this entry is larger than it says")
    return content


def _sorted(files: list[Found]) -> Gathered:
    """The files with their parts and classes, as the folders they are in say."""
    seen = [_places(found.path) for found in files]
    usable = [folders for found, folders in zip(files, seen, strict=True) if not found.why and folders]
    dropped = _shared(usable)
    by_part = bool(usable) and all(len(f) > dropped + 1 and f[dropped].lower() in PARTS for f in usable)
    sorted_files = []
    for found, folders in zip(files, seen, strict=True):
        if folders is None:
            continue  # left by a system, no news
        inner = folders[dropped:]
        part = PARTS.get(inner[0].lower(), "") if by_part and inner else ""
        label = _class_name(inner[1:] if part else inner)
        why = found.why or (None if label else NO_FOLDER)
        sorted_files.append(Found(found.path, part, label, why, found.read))
    classes = tuple(sorted({found.label for found in sorted_files if not found.why}, key=str.casefold))
    _check(sorted_files, classes)
    return Gathered(tuple(sorted_files), classes)


def _places(path: str) -> list[str] | None:
    """The folders that lead to a file; None for what a system left there."""
    *folders, name = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")] or [""]
    hidden = name.startswith(".") or name.lower() in BESIDE or any(folder.lower() in BESIDE for folder in folders)
    return None if hidden else folders


def _shared(places: list[list[str]]) -> int:
    """How many folders around the classes all files share."""
    count = 0
    while places and all(len(f) > count + 1 for f in places) and len({f[count] for f in places}) == 1:
        count += 1
    return count


def _class_name(folders: list[str]) -> str:
    """The name of a class: that of its folder, in one form whatever system wrote it; empty without one."""
    name = clean(unicodedata.normalize("NFC", folders[0])).strip() if folders else ""
    return name[:CLASS_NAME].strip()


def _check(files: list[Found], classes: tuple[str, ...]) -> None:
    cure = Text("Put the pictures of each class into a folder with its name, and send all folders together.")
    if not files:
        raise SpecError(Text("There is no file in it."), cure)
    if not classes:
        raise SpecError(Text("There is no picture in a folder."), cure)
    if len(classes) == 1:
        raise SpecError(Text("All pictures are in one folder, {name}.", name=repr(classes[0])), cure)
    if len(classes) > MOST_CLASSES:
        what = Text("There are {count:,} folders, each a class.", count=len(classes))
        raise SpecError(what, Text("Use at most {most}.", most=MOST_CLASSES))
    count, most = sum(1 for found in files if not found.why), limits().picture_files
    if count > most:
        what = Text("There are {count:,} pictures.", count=count)
        raise SpecError(what, Text("Use at most {most:,}.", most=most))
