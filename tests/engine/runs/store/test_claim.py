"""One server to a data folder: a second one is refused in words, and a killed one leaves no trace."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.catalogue.params import SpecError
from engine.runs.store.claim import FILE, claimed_folder
from engine.runs.store.store import Store
from tests.engine.runs.store.test_store import a_run

SERVER = """
from engine.runs.store.claim import claimed_folder
with claimed_folder():
    print("claimed", flush=True)
    input()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def other(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process, which has the folder."""
    with subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"claimed\n"
        yield process
        process.kill()


def test_a_second_server_is_refused_until_the_first_was_killed(other: subprocess.Popen[bytes], folder: Path) -> None:
    with (
        pytest.raises(SpecError, match=r"Another playground already uses.*Close it first") as refused,
        claimed_folder(0),
    ):
        pass
    assert str(folder) in str(refused.value)
    other.kill()
    with claimed_folder():
        assert (folder / FILE).exists()


def test_a_folder_that_was_deleted_and_begun_anew_is_claimed_again(folder: Path) -> None:
    store = Store()
    with claimed_folder():
        assert store.write([a_run()], [], [])
        shutil.rmtree(folder)
        assert store.write([], [], [])
        refused = subprocess.run([sys.executable, "-c", SERVER.replace("()", "(0)", 1)], capture_output=True, text=True)
    assert "Another playground already uses" in refused.stderr
    store.close()


def test_a_folder_that_cannot_be_claimed_keeps_no_server_from_starting(folder: Path) -> None:
    folder.write_text("a file in its place")
    with claimed_folder(0):
        pass
