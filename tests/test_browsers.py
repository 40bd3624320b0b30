"""Where a browser is found, and what the tests say where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.browser import BROWSER, browser_path

ROOT = Path(__file__).parents[1]
A_BROWSER_TEST = "tests/e2e/test_scripts.py::test_every_module_parses_and_imports_only_what_exists"


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH, and this home."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(BROWSER, raising=False)
    return tmp_path


def test_the_one_that_is_named_wins(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "bin" / "chromium")
    own = program(bare / "own" / "browser")
    monkeypatch.setenv(BROWSER, str(own))
    assert browser_path() == str(own)
    monkeypatch.setenv(BROWSER, str(bare / "nowhere"))
    assert browser_path() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its programs elsewhere")
def test_one_on_the_path_is_found_and_else_one_where_a_mac_keeps_its_programs(bare: Path) -> None:
    assert browser_path() is None
    place = bare / "Applications" / "Google Chrome.app" / "Contents" / "MacOS" / "Google Chrome"
    assert program(place) and browser_path() == str(place)
    edge = program(bare / "bin" / "microsoft-edge")
    assert browser_path() == str(edge)


@pytest.mark.parametrize(("strict", "code"), [("", 0), ("1", 1)])
def test_without_a_browser_its_tests_are_skipped_and_said_and_in_ci_that_is_an_error(strict: str, code: int) -> None:
    environment = os.environ | {BROWSER: str(ROOT / "nowhere"), "PLAYGROUND_NO_SKIPS": strict}
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", A_BROWSER_TEST]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Not tried: 1 tests. Install Chromium" in done.stdout
    assert ("were skipped that must run here" in done.stdout) == bool(strict)
