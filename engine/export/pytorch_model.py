"""A network as a PyTorch model: its layers' source, and the classes that torch.nn lacks. Imports no torch."""

import ast
import re
from functools import cache
from pathlib import Path

from engine.catalogue.layers import LAYERS
from engine.export.listing import in_columns, reads, shape_comment
from engine.network.spec import Plan, PlannedLayer

NETWORK = Path(__file__).parent.parent / "network"
POSITIONAL = (
    *("in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size"),
    *("num_groups", "num_channels", "normalized_shape", "input_size", "hidden_size"),
)
UNSAID = {"padding": 0, "dilation": 1, "groups": 1, "bidirectional": False, "last": True}  # what torch does by itself


def model_source(planned: Plan) -> str:
    """Source that leaves `model`; it uses `torch`, `nn`, and the classes of `class_sources`."""
    rows = [(f"{_layer(p)},", shape_comment(p.out_shape)) for p in planned.layers]
    network = planned.network
    kind = "LabelledSequential" if network.takes_labels else "nn.Sequential"
    text = f"model = {kind}(  # reads {reads(network)}\n{in_columns(rows, 4)})\n"
    normed = ", ".join(_normed(planned))
    start = _START[network.init]
    if "Conv1d(" in text:
        start = start.replace("nn.Conv2d |", "nn.Conv1d | nn.Conv2d |")
    return text + start + (_NORMED.format(layers=normed) if normed else "")


def class_sources(model: str) -> str:
    """The source of every class of our own that the source `model` names, in the order in which they are defined."""
    if "LabelledSequential(" in model:
        model += "LabelConcat(LabelEmbedding(LabelProjection("  # which it tells apart
    named = {**_classes("own_layers"), **_classes("label_layers")}
    return "\n\n".join(source for name, source in named.items() if re.search(rf"(?<![\w.]){name}\(", model))


@cache
def _classes(module: str) -> dict[str, str]:
    """The classes of a module in engine/network, by name, as source."""
    text = (NETWORK / f"{module}.py").read_text(encoding="utf-8").replace("  # type: ignore[override]", "")
    found = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
    return {node.name: f"{ast.get_source_segment(text, node)}\n" for node in found}


def _normed(planned: Plan) -> list[str]:
    """What is divided by its largest singular value, as source."""
    parts = {"LabelProjection": (".linear", ".embedding")}
    normed = [p for p in planned.layers if p.layer.get("spectral_norm")]
    return [f"model[{p.index}]{part}" for p in normed for part in parts.get(p.layer.kind, ("",))]


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
