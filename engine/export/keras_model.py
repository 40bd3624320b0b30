"""A network as a Keras model: its layers as source. Imports neither Keras nor torch."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Shape
from engine.catalogue.windows import both, collapsed, reaches
from engine.export.keras_classes import definitions
from engine.export.listing import in_columns, reads, runs, shape_comment
from engine.network.spec import Plan, PlannedLayer

STARTS = {
    "default": ", kernel_initializer=pytorch_init()",
    "he": ', kernel_initializer="he_normal"',
    "xavier": "",  # what Keras does by itself
    "zeros": ', kernel_initializer="zeros"',
}


JOINS = {"add": "Add", "concatenate": "Concatenate", "multiply": "Multiply"}
Line = tuple[str, str]  # of code, and its comment


def model_source(planned: Plan) -> str:
    """Source that leaves `model`, after what it needs to be defined; it uses `keras`, `layers`, `ops` and `math`."""
    network, start = planned.network, STARTS[planned.network.init]
    channels, *sides = network.input_shape
    shape = (channels,) if network.role == "generator" else (*sides, channels)
    if network.takes_labels:
        text = (
            f'inputs, digits = keras.Input({shape}), keras.Input((), dtype="int32")  # {reads(network)}, and 0 to 9\n'
        )
        text += _from_inputs(_lines(planned.layers, start)) + "model = keras.Model([inputs, digits], x)\n"
    elif _is_a_row(planned.layers):
        calls = [call for p in planned.layers for call in _calls(p, start)]
        rows = [(f"keras.Input({shape})", shape_comment(shape)), *((call.layer, call.out) for call in calls)]
        text = f"model = keras.Sequential(\n    [\n{in_columns([(f'{line},', out) for line, out in rows], 8)}    ]\n)\n"
    else:
        text = f"inputs = keras.Input({shape})  # {reads(network)}\n"
        text += _from_inputs(_lines(planned.layers, start)) + "model = keras.Model(inputs, x)\n"
    needed = definitions(text)
    return ("\n" + needed if needed else "") + text


@dataclass(frozen=True, slots=True)
class _Call:
    """A layer of Keras as source, what it is called with, and what comes out of it, where that is worth a comment."""

    layer: str
    out: str
    inputs: str = "x"


def _is_a_row(planned: Sequence[PlannedLayer]) -> bool:
    """Whether each layer reads only what comes out of the one before."""
    return all(LAYERS[p.layer.kind].keras_inputs == "x" and not p.bodies for p in planned)


def _from_inputs(lines: Sequence[tuple[str, str]]) -> str:
    """Lines that make `x` of `x`, of which the first reads `inputs`."""
    (first, comment), *rest = lines
    left, equals, right = first.partition(" = ")
    if left != "x" or not equals:
        return in_columns([("x = inputs", ""), *lines], 0)
    return in_columns([(left + equals + re.sub(r"\bx\b", "inputs", right), comment), *rest], 0)


def _lines(planned: Sequence[PlannedLayer], start: str, depth: int = 0, zeroed: int | None = None) -> list[Line]:
    """A list of layers as lines that make `x` of `x`, inside `depth` blocks; the norm at `zeroed` starts at zero."""
    lines: list[Line] = []
    for p in planned:
        match p.layer.kind:
            case "Repeat":
                lines += [line for body, times in runs(p) for line in _repeated(body, times, start, depth)]
            case "Residual":
                lines += _residual(p, start, depth + 1)
            case "Branches":
                lines += _branches(p, start, depth + 1)
            case _:
                calls = _calls(p, start, p.index == zeroed)
                lines += [(f"x = {call.layer}({call.inputs})", call.out) for call in calls]
    return lines


def _repeated(body: Sequence[PlannedLayer], times: int, start: str, depth: int) -> list[Line]:
    lines = _lines(body, start, depth)
    if times == 1:
        return lines
    loop = f"for _ in range({times}):"
    return [(loop, "each with weights of its own"), *((f"    {code}", comment) for code, comment in lines)]


def _residual(p: PlannedLayer, start: str, depth: int) -> list[Line]:
    kept = before = f"kept_{depth}"
    if p.shortcut:
        (call,) = _calls(p.shortcut, start)
        before = f"{call.layer}({kept})"
    join = JOINS[p.layer["join"]]
    body = _lines(p.bodies[0], start, depth, p.args["zeroed"])
    return [(f"{kept} = x", ""), *body, (f"x = layers.{join}()([{before}, x])", _channels_last(p.out_shape))]


def _branches(p: PlannedLayer, start: str, depth: int) -> list[Line]:
    begin, ends, lines = f"begin_{depth}", f"ends_{depth}", list[Line]()
    for body in p.bodies:
        lines += [(f"x = {begin}", ""), *_lines(body, start, depth), (f"{ends}.append(x)", "")]
    join = f"x = layers.{JOINS[p.layer['join']]}()({ends})"
    return [(f"{begin}, {ends} = x, []", ""), *lines[1:], (join, _channels_last(p.out_shape))]


def _calls(p: PlannedLayer, start: str, zeroed: bool = False) -> list[_Call]:
    """The layer, with one that pads, cuts or turns where Keras does not do so by itself."""
    values: dict[str, Any] = dict(p.layer.values)
    row, out = LAYERS[p.layer.kind], _channels_last(p.out_shape)
    source = row.keras.format(**values | row.keras_values(p.in_shape, values) | _settings(p, start, zeroed))
    if values.get("spectral_norm"):
        source = f"layers.SpectralNormalization({source})"
    match p.layer.kind:
        case "LabelProjection":
            normed = ", spectral_norm=True" if values["spectral_norm"] else ""
            return [_Call(f"LabelProjection({p.in_shape[0]}{normed})", out, row.keras_inputs)]
        case "Reshape":
            return [_Call(source, shape_comment(p.out_shape)), _Call("layers.Permute((2, 3, 1))", out)]
        case "ConvTranspose2d":
            return [_Call(source, _channels_last(_uncropped(p))), *_crop(p)]
    *before, last = source.split("\n")
    after = (
        [_Call(f"layers.AveragePooling{_axes(p)}D(1, strides={collapsed(both(values, 'stride'))})", out)]
        if _strides_apart(p)
        else []
    )
    told = "" if after else out
    return [*_border(p), *(_Call(line, "") for line in before), _Call(last, told, row.keras_inputs), *after]


def _axes(p: PlannedLayer) -> int:
    """The axes along which a window moves: two of a picture, one of a sequence."""
    return max(1, len(p.in_shape) - 1)


def _border(p: PlannedLayer) -> list[_Call]:
    """The layer that adds PyTorch's padding where Keras' own is another."""
    values: dict[str, Any] = dict(p.layer.values)
    if not _has_padding(values) or _is_same_padding(p):
        return []
    rows, columns = both(values, "padding")
    if len(p.in_shape) == 2:
        return [_Call(f"layers.ZeroPadding1D({rows})", shape_comment((p.in_shape[0] + 2 * rows, p.in_shape[1])))]
    channels, height, width = p.in_shape
    is_maximum = p.layer.kind == "MaxPool2d"
    pad = f"pad_for_maximum({rows}, {columns})" if is_maximum else f"layers.ZeroPadding2D({collapsed((rows, columns))})"
    return [_Call(pad, _channels_last((channels, height + 2 * rows, width + 2 * columns)))]


def _has_padding(values: dict[str, Any]) -> bool:
    return "padding" in values and any(both(values, "padding"))


def _settings(p: PlannedLayer, start: str, zeroed: bool) -> dict[str, Any]:
    """What rows name in braces besides their own values, where it is not what Keras does by itself."""
    values: dict[str, Any] = dict(p.layer.values)
    window: dict[str, Any] = {"strides": ""}
    if "kernel_size" in values:
        kernel, stride = both(values, "kernel_size"), both(values, "stride")
        usual = kernel if "Pool" in p.layer.kind else (1, 1)
        told = "" if stride == usual or _strides_apart(p) else f", strides={collapsed(stride)}"
        window = {"kernel_size": collapsed(kernel), "strides": told}
    return window | {
        "same": ', padding="same"' if _is_same_padding(p) else "",
        "dilation": f", dilation_rate={values['dilation']}" if values.get("dilation", 1) > 1 else "",
        "shared": f", groups={values['groups']}" if values.get("groups", 1) > 1 else "",
        "bias": "" if values.get("bias", True) else ", use_bias=False",
        "start": start,
        "gamma": ', gamma_initializer="zeros"' if zeroed else "",
    }


def _strides_apart(p: PlannedLayer) -> bool:
    """Whether a stride must follow the layer: Keras has no convolution with both a stride and a dilation."""
    return bool(p.layer.get("dilation", 1) > 1 and max(both(dict(p.layer.values), "stride")) > 1)


def _uncropped(p: PlannedLayer) -> Shape:
    """What Keras' transposed convolution leaves: whole strides, and what of the kernel reaches over the last."""
    if _is_same_padding(p):
        return p.out_shape
    kernel, stride = p.layer["kernel_size"], p.layer["stride"]
    height, width = (size * stride + max(kernel - stride, 0) for size in p.in_shape[1:])
    return p.out_shape[0], height, width


def _crop(p: PlannedLayer) -> list[_Call]:
    """The layer that cuts off PyTorch's padding, and what Keras adds after a kernel that is smaller than its stride."""
    if _is_same_padding(p):
        return []
    first = p.layer["padding"]
    last = first + max(p.layer["stride"] - p.layer["kernel_size"], 0)
    if not last:
        return []
    width = f"{first}" if first == last else f"(({first}, {last}), ({first}, {last}))"
    return [_Call(f"layers.Cropping2D({width})", _channels_last(p.out_shape))]


def _is_same_padding(p: PlannedLayer) -> bool:
    """Whether Keras' "same" puts the window on the same pixels; its mean leaves the padding out, so never there."""
    values: dict[str, Any] = dict(p.layer.values)
    if p.layer.kind == "AvgPool2d" or not _has_padding(values):
        return False
    kernel, stride, padding = reaches(values), both(values, "stride"), both(values, "padding")
    if p.layer.kind == "ConvTranspose2d":
        return kernel[0] - 2 * padding[0] == stride[0]
    if _strides_apart(p):
        stride = (1, 1)
    sides = p.in_shape[1:] if len(p.in_shape) == 3 else p.in_shape[:1]
    return all(_same_along(*axis) for axis in zip(sides, kernel, stride, padding, strict=False))


def _same_along(size: int, kernel: int, stride: int, padding: int) -> bool:
    """Whether "same" puts windows along one axis where `padding` puts them."""
    out = -(-size // stride)
    added = max((out - 1) * stride + kernel - size, 0)
    return out == (size + 2 * padding - kernel) // stride + 1 and added // 2 == padding


def _channels_last(shape: Shape) -> str:
    return shape_comment((*shape[1:], shape[0]) if len(shape) == 3 else shape)
