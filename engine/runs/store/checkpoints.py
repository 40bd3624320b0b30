"""Checkpoints of unfinished runs, stored where every host can reach them. Imports no torch."""

import contextlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.request import url2pathname

from engine.files import data_folder, drop_whole, write_whole

RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SUFFIX = ".safetensors"
LOCAL = "file://"
PASSWORD = re.compile(r"(?<=:)[^:/@]+(?=@)")


class Checkpoints:
    """The newest checkpoint of each run, below a folder or an fsspec URL (`s3://bucket/folder`, `sftp://host/folder`).

    All methods raise OSError in trouble, and ValueError for a run id that is none.
    """

    def __init__(self, url: str | None = None) -> None:
        """None means a folder in the data folder; `url` then names it for other processes. Opens nothing yet."""
        if url is None:
            url = str(data_folder() / "checkpoints")
        self._place: _Folder | _Remote
        if url.startswith(LOCAL) or "://" not in url:
            folder = url2pathname(url.removeprefix(LOCAL)) if url.startswith(LOCAL) else url
            self._place = _Folder(Path(folder).expanduser().absolute())
            self.url = str(self._place.path)
        else:
            self._place, self.url = _Remote(url), url

    def put(self, run_id: str, content: bytes) -> None:
        """Store `content` as the run's newest checkpoint: whole or not at all. A power cut may lose it."""
        self._place.put(_name(run_id), content)

    def get(self, run_id: str) -> bytes | None:
        """The newest checkpoint; None where there is none."""
        return self._place.get(_name(run_id))

    def drop(self, run_id: str) -> None:
        """Delete the run's checkpoint, and what a broken `put` left of it; nothing happens where there is none."""
        self._place.drop(_name(run_id))

    def known(self) -> set[str]:
        """The ids of the runs that have one."""
        names = (name.removesuffix(SUFFIX) for name in self._place.names() if name.endswith(SUFFIX))
        return {run_id for run_id in names if RUN_ID.fullmatch(run_id)}


class _Folder:
    """A folder of this machine, or a shared one that is mounted."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, content: bytes) -> None:
        write_whole(self.path / name, content, durable=False)

    def get(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, name: str) -> None:
        drop_whole(self.path / name)

    def names(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return [path.name for path in self.path.iterdir()]
        return []


class _Remote:
    """A place that fsspec knows how to reach. Connected on first use."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._found: tuple[Any, str] | None = None

    def put(self, name: str, content: bytes) -> None:
        with self._reached() as (files, root):
            files.makedirs(root, exist_ok=True)
            temporary = f"{root}/.{name}.{secrets.token_hex(4)}"
            try:
                files.pipe_file(temporary, content)
                files.mv(temporary, f"{root}/{name}")
            except BaseException:
                with contextlib.suppress(Exception):
                    files.rm_file(temporary)
                raise

    def get(self, name: str) -> bytes | None:
        with self._reached() as (files, root):
            try:
                content: bytes = files.cat_file(f"{root}/{name}")
                return content
            except FileNotFoundError:
                return None

    def drop(self, name: str) -> None:
        for found in self.names():
            if found == name or found.startswith(f".{name}."):
                with self._reached() as (files, root), contextlib.suppress(FileNotFoundError):
                    files.rm_file(f"{root}/{found}")

    def names(self) -> list[str]:
        with self._reached() as (files, root):
            files.invalidate_cache()  # others write there too
            try:
                return [PurePosixPath(path).name for path in files.ls(root, detail=False)]
            except FileNotFoundError:
                return []

    @contextlib.contextmanager
    def _reached(self) -> Iterator[tuple[Any, str]]:
        """Give the file system and the folder's path in it; turn every error of a file system into OSError."""
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # here: a folder needs it not

        try:
            if self._found is None:
                files, root = url_to_fs(self._url)
                self._found = files, root.rstrip("/")
            yield self._found
        except Exception as error:
            self._found = None
            where = PASSWORD.sub("***", self._url)
            raise OSError(f"Checkpoints cannot be kept or read at {where}: {error}") from error


def _name(run_id: str) -> str:
    if not RUN_ID.fullmatch(run_id):
        raise ValueError(f"{run_id!r} is no run's id")
    return run_id + SUFFIX
