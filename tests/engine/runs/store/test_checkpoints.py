"""Checkpoints are kept whole or not at all, in a folder and wherever fsspec reaches."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from engine.runs.store.checkpoints import Checkpoints

ID = "Ab3-_" * 4
Write = Callable[[Path, bytes], int]


@pytest.fixture(params=["folder", "file", "remote"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    places = {
        "folder": str(tmp_path / "new folder"),
        "file": (tmp_path / "new folder").as_uri(),
        "remote": f"memory://{uuid4()}/new",
    }
    return places[request.param]


def test_the_newest_is_kept_until_it_is_dropped(url: str) -> None:
    kept = Checkpoints(url)
    assert kept.get(ID) is None and kept.known() == set()
    kept.drop(ID)
    kept.put(ID, b"first")
    kept.put("other", b"of another run")
    kept.put(ID, b"newest")
    elsewhere = Checkpoints(kept.url)  # as another process makes it
    assert elsewhere.get(ID) == b"newest" and elsewhere.known() == {ID, "other"}
    elsewhere.drop(ID)
    assert kept.get(ID) is None and kept.known() == {"other"}


def test_without_an_url_they_lie_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    Checkpoints().put(ID, b"content")
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == [f"{ID}.safetensors"]
    monkeypatch.chdir("/")
    assert Checkpoints(Checkpoints().url).get(ID) == b"content"


@pytest.mark.parametrize("run_id", ["", ".", "../escape", "a/b", "a\\b", "a.b", "ü", "a\n", "a" * 65])
def test_only_a_run_id_becomes_a_path(url: str, run_id: str) -> None:
    kept = Checkpoints(url)
    with pytest.raises(ValueError, match="no run's id"):
        kept.put(run_id, b"content")
    with pytest.raises(ValueError, match="no run's id"):
        kept.get(run_id)
    with pytest.raises(ValueError, match="no run's id"):
        kept.drop(run_id)


def test_a_write_that_breaks_off_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Checkpoints(str(tmp_path))
    kept.put(ID, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _full)
        with pytest.raises(OSError, match="No space"):
            kept.put(ID, b"new")
    assert kept.get(ID) == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_remote_write_that_breaks_off_leaves_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]

    kept = Checkpoints(f"memory://{uuid4()}")
    kept.put(ID, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryFileSystem, "mv", _full)
        with pytest.raises(OSError, match="No space"):
            kept.put(ID, b"new")
    assert kept.get(ID) == b"old" and kept._place.names() == [f"{ID}.safetensors"]


def test_what_a_killed_writer_left_goes_with_its_run(tmp_path: Path) -> None:
    kept = Checkpoints(str(tmp_path))
    kept.put(ID, b"whole")
    (tmp_path / f".{ID}.safetensors.a1b2").write_bytes(b"ha")
    (tmp_path / ".other.safetensors.a1b2").write_bytes(b"ha")
    assert kept.known() == {ID}
    kept.drop(ID)
    assert [path.name for path in tmp_path.iterdir()] == [".other.safetensors.a1b2"]


def test_a_place_that_cannot_be_reached_is_said_without_its_password(tmp_path: Path) -> None:
    for url in ("nosuch://host/folder", "nosuch://me:secret@host/folder"):
        with pytest.raises(OSError, match=r"Checkpoints cannot be kept or read at nosuch://.*host/folder") as raised:
            Checkpoints(url).put(ID, b"content")
        assert "secret" not in str(raised.value)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        Checkpoints(str(tmp_path / "file")).put(ID, b"content")


def test_hosts_need_no_torch_to_reach_them() -> None:
    code = "import sys, engine.runs.store.checkpoints; assert not {'torch', 'fsspec'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")
