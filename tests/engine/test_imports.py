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
# The rooms of the engine, each with those that it may import from.
BELOW = {
    "limits": {"catalogue"},
    "files": set[str](),
    "text": set[str](),
    "catalogue": set[str](),
    "data": {"files", "catalogue", "network", "training"},
    "digits": {"catalogue", "limits"},
    "network": {"catalogue", "limits", "files"},
    "kind": {"catalogue", "network"},
    "training": {"catalogue", "network", "data", "kind", "limits", "files"},
    "gan": {"catalogue", "network", "data", "kind", "limits", "files", "training"},
    "plane": {"catalogue", "network", "kind", "limits", "training", "gan"},
    "study": {"catalogue", "network", "data", "kind", "limits", "training", "gan"},
    "kinds": {"catalogue", "network", "kind", "training", "gan", "plane", "study"},
    "export": {"catalogue", "network", "kind", "training", "gan", "limits", "files"},
    "runs": {"catalogue", "network", "data", "kind", "kinds", "limits", "files", "training"},
}
# Rooms and modules that leave torch alone.
NO_TORCH = [
    *("limits", "files", "text", "kind", "kinds", "catalogue", "export", "digits"),
    *("network.spec", "network.roles", "network.load", "network.blocks", "network.plans"),
    *(
        "training.config",
        "training.events",
        "training.kind",
        "training.presets",
        "training.facts",
        "training.architectures",
    ),
    *("gan.config", "gan.events", "gan.health", "gan.losses", "gan.recipes", "gan.kind", "gan.film"),
    *("plane.config", "plane.events", "plane.kind", "study.config", "study.events", "study.kind"),
    *("runs.info", "runs.message", "runs.event_log", "runs.cluster.fairness", "runs.worker.host"),
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


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "engine").with_suffix("").parts[0]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", ENGINE, ids=shown)
def test_the_engine_knows_no_browser_no_server_and_nothing_above_it(path: Path) -> None:
    assert not tops(path) & (WEB | {"ui", "pages", "app"})


@pytest.mark.parametrize("path", [p for p in ENGINE if room_of(p) in BELOW], ids=shown)
def test_a_room_of_the_engine_imports_only_from_rooms_below_it(path: Path) -> None:
    used = {name.split(".")[1] for name in imported(path) if name.startswith("engine.") and name.count(".")}
    assert used <= BELOW[room_of(path)] | {room_of(path), "text"}


def test_every_room_of_the_engine_has_its_place() -> None:
    rooms = {room_of(path) for path in ENGINE}
    assert rooms == set(BELOW) | {"__init__", "__main__"}


def test_no_module_imports_itself_by_way_of_others() -> None:
    paths = {shown(p).removesuffix(".py").removesuffix("/__init__").replace("/", "."): p for p in [*ENGINE, *UI]}
    uses = {name: imported(path) & paths.keys() - {name} for name, path in paths.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way, name))
        if name not in done:
            for other in uses[name]:
                visit(other, (*way, name))
            done.add(name)

    for name in uses:
        visit(name, ())


@pytest.mark.parametrize("path", UI, ids=shown)
def test_ui_imports_no_page(path: Path) -> None:
    assert not tops(path) & {"pages", "app"}


@pytest.mark.parametrize("path", [*PAGES, *UI], ids=shown)
def test_tensors_are_for_the_engine(path: Path) -> None:
    """But for the number of threads, and the type of a model that reads drawings."""
    assert "torch" not in tops(path) or shown(path) in ("ui/backend.py", "ui/api/predict.py")


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


def test_the_catalogue_and_all_plain_data_open_without_torch() -> None:
    modules = [f"engine.{name}" for name in NO_TORCH]
    for room in ("catalogue", "export", "digits"):
        modules += [f"engine.{room}.{path.stem}" for path in (ROOT / "engine" / room).glob("[!_]*.py")]
    program = (
        f"import sys, {', '.join(modules)}; print(*(name for name in sys.modules if name.split('.')[0] == 'torch'))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
