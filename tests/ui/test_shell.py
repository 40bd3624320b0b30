"""What all pages share: they open by their address, carry the theme, and end in the quiet line."""

import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from engine.files import ASSETS
from ui.backend import PAGES_AT_ONCE
from ui.colours import COLOURS
from ui.machine import now as machine_now

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_within_the_frame(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    app = AppTest.from_file(ROOT / "ui" / "shell.py", default_timeout=60).run()
    app.switch_page(f"../pages/{page}").run()
    assert not app.exception
    assert any("processor core" in caption.value for caption in app.caption)


def test_trouble_with_the_store_is_said_on_every_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    full = "The disk is full. Make room; training goes on."
    app = AppTest.from_file(ROOT / "ui" / "shell.py", default_timeout=60).run()
    assert not app.warning
    monkeypatch.setattr(machine_now, "FRESH", 0.0)
    monkeypatch.setattr("engine.runs.service.RunService.trouble", lambda _: full)
    for page in ("machine", "home"):
        app.switch_page(f"../pages/{page}.py").run()
        assert [warning.value for warning in app.warning] == [full]


def test_only_a_few_pages_are_worked_out_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    app = AppTest.from_file(ROOT / "ui" / "shell.py", default_timeout=60).run()
    while PAGES_AT_ONCE.acquire(blocking=False):
        pass
    with ThreadPoolExecutor(1) as another:
        opened = another.submit(app.run)
        with pytest.raises(TimeoutError):
            opened.result(1)
        PAGES_AT_ONCE.release()
        assert not opened.result(60).exception
    assert PAGES_AT_ONCE.acquire(blocking=False), "who is done makes room"
    for _ in range(2):
        PAGES_AT_ONCE.release()


@pytest.mark.parametrize("page", PAGES)
def test_page_is_short_and_defines_no_class(page: str) -> None:
    source = (ROOT / "pages" / page).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 120
    assert not re.search(r"^\s*class ", source, re.MULTILINE)


def test_every_option_of_the_configuration_is_one_that_streamlit_knows() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    known = config._config_options_template.keys()

    def names(table: dict[str, object], prefix: str) -> list[str]:
        return [
            name
            for key, value in table.items()
            for name in (names(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"])
        ]

    assert [name for name in names(settings, "") if name not in known] == []


def test_theme_uses_the_palette_and_fetches_no_font() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    theme = settings["theme"]
    assert theme["light"]["primaryColor"] == COLOURS["train"]
    assert theme["dark"]["primaryColor"] == COLOURS["discriminator"]
    assert theme["chartCategoricalColors"][:3] == [COLOURS[name] for name in ("train", "validation", "test")]
    assert "http" not in theme["font"]
    sheets = " ".join(path.read_text(encoding="utf-8") for path in (ASSETS / "web").rglob("*.css"))
    assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", sheets)
