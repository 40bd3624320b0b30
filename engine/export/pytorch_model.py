"""A network as a PyTorch model: its layers' source, and the classes that torch.nn lacks. Imports no torch."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from engine.catalogue.layers import LAYERS
from engine.export.listing import in_columns, reads, runs, shape_comment
from engine.network.spec import Plan, PlannedLayer

Row = tuple[str, str]  # a line of code, and its comment
ENGINE = Path(__file__).parent.parent
POSITIONAL = (
    *("in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size"),
    *("num_groups", "num_channels", "normalized_shape", "input_size", "hidden_size"),
)
UNSAID = {  # what torch does by itself
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "bidirectional": False,
    "last": True,
}


def model_source(planned: Plan) -> str:
    """Source that leaves `model`; it uses `torch`, `nn`, and the classes of `class_sources`."""
    rows = [row for p in planned.layers for row in _rows(p)]
    network = planned.network
    kind = "LabelledSequential" if network.takes_labels else "nn.Sequential"
    text = f"model = {kind}(  # reads {reads(network)}\n{in_columns(rows, 4)})\n"
    normed = ", ".join(_normed(planned))
    start = _START[network.init]
    if "Conv1d(" in text:
        start = start.replace("nn.Conv2d |", "nn.Conv1d | nn.Conv2d |")
    if "bias=False" in text:
        there = "        if layer.bias is not None:\n            nn.init.zeros_(layer.bias)"
        start = start.replace("        nn.init.zeros_(layer.bias)", there)
    return text + start + (_NORMED.format(layers=normed) if normed else "")


def class_sources(model: str) -> str:
    """The source of all of our own that the source `model` names, itself or by way of others, as it is defined."""
    modules = ("network/own_layers", "network/block_layers", "network/label_layers", "data/augmentation", "points/draw")
    named = {name: source for module in modules for name, source in _definitions(module).items()}
    needed, text = dict[str, str](), model
    while more := {n: s for n, s in named.items() if n not in needed and re.search(rf"(?<![\w.]){n}\b", text)}:
        needed |= more
        text = "".join(more.values())
    return "\n\n".join(source for name, source in named.items() if name in needed)


@cache
def _definitions(module: str) -> dict[str, str]:
    """The classes and functions of a module of the engine, by name, as source."""
    text = re.sub(r"  # type: ignore\[.*\]", "", (ENGINE / f"{module}.py").read_text(encoding="utf-8"))
    found = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef | ast.FunctionDef))
    return {node.name: f"{ast.get_source_segment(text, node)}\n" for node in found}


def _rows(p: PlannedLayer) -> list[Row]:
    """A layer on a line with what comes out of it; a block on several."""
    out = shape_comment(p.out_shape)
    match p.layer.kind:
        case "Repeat":
            inner = [row for body, times in runs(p) for row in _repeated(body, times)]
            return [("nn.Sequential(", ""), *_indented(inner), ("),", out)]
        case "Residual":
            inner = _sequential(p.bodies[0]) + (_rows(p.shortcut) if p.shortcut else [])
            inner += [(f"zeroed={p.args['zeroed']},", "")] if p.args["zeroed"] is not None else []
        case "Branches":
            inner = [row for body in p.bodies for row in _sequential(body)]
        case _:
            return [(f"{_layer(p)},", out)]
    if p.layer["join"] != LAYERS[p.layer.kind].params["join"].default:
        inner.append((f'join="{p.layer["join"]}",', ""))
    return [(f"{p.layer.kind}(", ""), *_indented(inner), ("),", out)]


def _sequential(planned: Sequence[PlannedLayer]) -> list[Row]:
    inner = [row for p in planned for row in _rows(p)]
    return [("nn.Sequential(", ""), *_indented(inner), ("),", "")] if inner else [("nn.Sequential(),", "as it came")]


def _repeated(body: Sequence[PlannedLayer], times: int) -> list[Row]:
    """A list as it stands, or made several times."""
    rows = _sequential(body)
    if times == 1:
        return rows
    *most, (last, comment) = rows
    rows = [*most, (last.rstrip(","), comment)]
    return [("*(", ""), *_indented(rows), (f"    for _ in range({times})", "each with weights of its own"), ("),", "")]


def _indented(rows: Sequence[Row]) -> list[Row]:
    return [(f"    {code}", comment) for code, comment in rows]


def _normed(planned: Plan) -> list[str]:
    """What is divided by its largest singular value, as source."""
    parts = {"LabelProjection": (".linear", ".embedding")}
    normed = [(place, p) for place, p in _places("model", planned.layers) if p.layer.get("spectral_norm")]
    return [f"{place}{part}" for place, p in normed for part in parts.get(p.layer.kind, ("",))]


def _places(model: str, planned: Sequence[PlannedLayer]) -> Iterator[tuple[str, PlannedLayer]]:
    """Every layer that is no block, with the source that leads to it from `model`."""
    for p in planned:
        here = f"{model}[{p.index}]"
        match p.layer.kind:
            case "Repeat":
                inner = [(f"{here}[{i}]", body) for i, body in enumerate(p.bodies)]
            case "Residual":
                inner = [(f"{here}.body", p.bodies[0])]
            case "Branches":
                inner = [(f"{here}.branches[{i}]", body) for i, body in enumerate(p.bodies)]
            case _:
                yield here, p
                continue
        for place, body in inner:
            yield from _places(place, body)


def _layer(p: PlannedLayer) -> str:
    args = {name: value for name, value in p.args.items() if UNSAID.get(name) != value}
    if args.get("stride") == (args.get("kernel_size") if "Pool" in p.layer.kind else 1):
        args.pop("stride", None)
    shown = [repr(value) if name in POSITIONAL else f"{name}={value!r}" for name, value in args.items()]
    row = LAYERS[p.layer.kind]
    return f"{'nn.' if row.home == 'torch' else ''}{row.torch}({', '.join(shown)})"


_DRAWN = """
for layer in model.modules():  # {name}
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        {weights}
        nn.init.zeros_(layer.bias)
"""

_START = {
    "default": "",
    "he": _DRAWN.format(name="He initialisation", weights='nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")'),
    "xavier": _DRAWN.format(name="Xavier initialisation", weights="nn.init.xavier_uniform_(layer.weight)"),
    "zeros": _DRAWN.format(name="all units start alike", weights="nn.init.zeros_(layer.weight)"),
}

_NORMED = """
for layer in ({layers},):  # weights divided by their largest singular value
    spectral_norm(layer)
"""
