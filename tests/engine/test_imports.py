import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))
UI = sorted((ROOT / "ui").rglob("*.py"))
ENGINE = sorted((ROOT / "engine").rglob("*.py"))
WEB = {"streamlit", "starlette", "uvicorn", "plotly", "segno"}
NO_TORCH = [
    *("params", "shapes", "layers", "optimizers", "losses", "schedules", "network", "limits", "presets", "config"),
    *("load", "admission", "estimate"),
    *("jobs", "facts", "gan_config", "gan_events", "gan_health", "gan_losses", "gan_recipes"),
    *("events", "files", "digits", "export", "recipes", "listing", "pytorch_code", "keras_code"),
]


def imported(path: Path) -> set[str]:
    """Every module that the file imports, at its top or inside a function, by its full name."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{'.' * node.level}{node.module or ''}"} | {
                f"{node.module}.{alias.name}" for alias in node.names
            }
    return names


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", ENGINE, ids=shown)
def test_the_engine_knows_no_browser_no_server_and_nothing_above_it(path: Path) -> None:
    assert not tops(path) & (WEB | {"ui", "pages", "app"})


@pytest.mark.parametrize("path", UI, ids=shown)
def test_ui_imports_no_page(path: Path) -> None:
    assert not tops(path) & {"pages", "app"}


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_pages_import_no_other_page(path: Path) -> None:
    assert not tops(path) & ({"pages", "app"} | {other.stem for other in PAGES})


@pytest.mark.parametrize("path", [*PAGES, *UI], ids=shown)
def test_only_one_module_touches_the_session_state(path: Path) -> None:
    touches = any(
        isinstance(node, ast.Attribute) and node.attr == "session_state"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    assert touches == (path == ROOT / "ui" / "state.py")


@pytest.mark.parametrize("path", [*ENGINE, *UI, *PAGES], ids=shown)
def test_nothing_is_imported_relatively_or_from_a_pickle(path: Path) -> None:
    assert not any(name.startswith(".") for name in imported(path))
    assert not tops(path) & {"pickle", "cloudpickle", "dill", "shelve", "marshal"}


def test_the_catalogue_opens_without_torch() -> None:
    modules = [f"engine.{name}" for name in NO_TORCH]
    program = (
        f"import sys, {', '.join(modules)}; print(*(name for name in sys.modules if name.split('.')[0] == 'torch'))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
