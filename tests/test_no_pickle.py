"""Nothing that a visitor can write is ever read in a way that could run it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [
    *(ROOT / "engine").rglob("*.py"),
    *(ROOT / "ui").rglob("*.py"),
    *(ROOT / "pages").glob("*.py"),
    ROOT / "app.py",
]
# Modules that unpickle or run what they read, and functions that do.
UNSAFE_MODULES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "pickletools"}
UNSAFE_CALLS = {
    *("torch.load", "torch.jit.load", "torch.hub.load", "torch.package.PackageImporter", "torch.serialization.load"),
    *("yaml.load", "yaml.full_load", "yaml.unsafe_load", "yaml.load_all"),
    *("pandas.read_pickle", "pd.read_pickle", "keras.models.load_model"),
    *("eval", "exec", "compile", "__import__"),
}


def dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name):
            return f"{dotted(value)}.{name}"
    return ""


def unsafe(source: str) -> list[str]:
    """What in a program could run what it reads."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                found += [alias.name for alias in names if alias.name.split(".")[0] in UNSAFE_MODULES]
            case ast.ImportFrom(module=str(module), names=names):
                full = {module, *(f"{module}.{alias.name}" for alias in names)}
                found += [name for name in full if name.split(".")[0] in UNSAFE_MODULES or name in UNSAFE_CALLS]
            case ast.Call(func):
                name = dotted(func)
                found += [name] if name in UNSAFE_CALLS else []
                allows = [k.value for k in node.keywords if k.arg == "allow_pickle"]
                never = all(isinstance(value, ast.Constant) and value.value is False for value in allows)
                found += [f"{name} with allow_pickle"] if not never else []
    return found


def test_no_module_reads_what_could_run() -> None:
    found = {path: unsafe(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import torch\ntorch.load('x')",
        "from torch import load",
        "import yaml\nyaml.load(text)",
        "np.load('x', allow_pickle=True)",
        "np.load('x', allow_pickle=flag)",
        "import torch.package\ntorch.package.PackageImporter('x')",
        "eval(text)",
    ],
)
def test_the_search_finds(source: str) -> None:
    assert unsafe(source)
