import ast
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))
UI = sorted((ROOT / "ui").rglob("*.py"))
ENGINE = sorted((ROOT / "engine").rglob("*.py"))
WEB = {"streamlit", "starlette", "uvicorn", "plotly", "segno"}
# The rooms of the engine, each with those that it may import from.
BELOW = {
    "limits": {"catalogue"},
    "files": set[str](),
    "memory": set[str](),
    "text": set[str](),
    "catalogue": set[str](),
    "data": {"files", "catalogue", "network", "training", "digits", "limits"},
    "digits": {"catalogue", "limits"},
    "network": {"catalogue", "limits", "files"},
    "kind": {"catalogue", "network"},
    "training": {"catalogue", "network", "data", "kind", "limits", "files"},
    "gan": {"catalogue", "network", "data", "kind", "limits", "files", "training"},
    "plane": {"catalogue", "network", "kind", "limits", "training", "gan"},
    "study": {"catalogue", "network", "data", "kind", "limits", "training", "gan"},
    "points": {"catalogue", "network", "kind", "training"},
    "checks": {"catalogue", "network", "data", "kind", "training"},
    "landscape": {"catalogue", "network", "data", "kind", "training"},
    "search": {"catalogue", "network", "data", "kind", "training"},
    "inside": {"catalogue", "data", "network", "training"},
    "lessons": {"catalogue", "files", "points", "training"},
    "kinds": {
        *("catalogue", "network", "kind", "training", "gan", "plane", "study", "points", "checks", "landscape"),
        "search",
    },
    "export": {"catalogue", "data", "network", "kind", "training", "gan", "points", "limits", "files"},
    "advice": {"catalogue", "network", "training"},
    "runs": {"catalogue", "network", "data", "kind", "kinds", "limits", "files", "memory", "training"},
}
# Rooms and modules that leave torch alone.
NO_TORCH = [
    *("limits", "files", "memory", "text", "kind", "kinds", "catalogue", "export", "digits", "advice"),
    *("data.sets", "data.found", "data.fitting"),
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
    *("landscape.config", "landscape.events", "landscape.kind"),
    *("checks.config", "checks.events", "checks.kind", "search.config", "search.events", "search.kind"),
    *("points.config", "points.events", "points.kind", "points.sets"),
    *("runs.info", "runs.message", "runs.event_log", "runs.cluster.fairness", "runs.worker.host"),
]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imported(path: Path) -> set[str]:
    """Every module that the file imports, at its top or inside a function, by its full name."""
    names = set()
    for node in nodes(path):
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


def wrong(paths: Iterable[Path], is_wrong: Callable[[Path], object]) -> dict[str, object]:
    """What is wrong with a file, by its name."""
    return {shown(path): found for path in paths if (found := is_wrong(path))}


def test_the_engine_knows_no_browser_no_server_and_nothing_above_it() -> None:
    assert wrong(ENGINE, lambda path: tops(path) & (WEB | {"ui", "pages", "app"})) == {}


def test_a_room_of_the_engine_imports_only_from_rooms_below_it() -> None:
    def too_high(path: Path) -> set[str]:
        used = {name.split(".")[1] for name in imported(path) if name.startswith("engine.") and name.count(".")}
        return used - (BELOW[room_of(path)] | {room_of(path), "text"})

    assert wrong((path for path in ENGINE if room_of(path) in BELOW), too_high) == {}


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


def test_ui_imports_no_page_and_pages_no_other() -> None:
    assert wrong(UI, lambda path: tops(path) & {"pages", "app"}) == {}
    assert wrong(PAGES, lambda path: tops(path) & ({"pages", "app"} | {other.stem for other in PAGES})) == {}


def test_tensors_are_for_the_engine() -> None:
    """But for the number of threads, and the type of a model that reads drawings."""
    assert wrong([*PAGES, *UI], lambda path: "torch" in tops(path)).keys() <= {"ui/backend.py", "ui/api/predict.py"}


def test_only_one_module_touches_the_session_state() -> None:
    def touches(path: Path) -> bool:
        return any(isinstance(node, ast.Attribute) and node.attr == "session_state" for node in nodes(path))

    assert wrong([*PAGES, *UI], touches).keys() == {"ui/state.py"}


def test_nothing_is_imported_relatively_or_from_a_pickle() -> None:
    unsafe = {"pickle", "cloudpickle", "dill", "shelve", "marshal"}
    everything = [*ENGINE, *UI, *PAGES]
    assert wrong(everything, lambda path: [name for name in imported(path) if name.startswith(".")]) == {}
    assert wrong(everything, lambda path: tops(path) & unsafe) == {}


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
