"""A network as JSON, and read from JSON that nobody has checked. No torch."""

import json
from typing import Any

from engine.catalogue.codec import Part
from engine.catalogue.layers import INITS, LAYERS
from engine.catalogue.names import name_from_json
from engine.catalogue.params import Choice, Shape, SpecError, choice_from_json
from engine.network.network import MAX_DEPTH, MAX_LAYERS, NetworkSpec, cards, is_block, too_long
from engine.network.reads import DIGITS, Reads, reads_from_json, reads_to_json
from engine.network.roles import INPUT_SHAPE, ROLES
from engine.text import Text, plural

MAX_Z = 512
MAX_JSON_CHARACTERS = 100_000
CHANNELS = (1, 3)
SMALLEST_SIDE, LARGEST_SIDE = 16, 96  # px


def network_to_json(network: NetworkSpec) -> dict[str, Any]:
    role = {} if network.role == "classifier" else {"role": network.role}
    reads = {} if network.reads.is_digits else {"data": reads_to_json(network.reads)}
    return {
        "name": network.name,
        **role,
        **reads,
        "input": list(network.input_shape),
        "init": network.init,
        "layers": [layer_to_json(choice) for choice in network.layers],
    }


def layer_to_json(choice: Choice) -> dict[str, Any]:
    """A layer without what is advanced and stands at its default: a network is saved as it was before there was such a
    setting. A block has its lists as `bodies`."""
    row = LAYERS.get(choice.kind)
    usual = {name: param.default for name, param in row.params.items() if param.advanced} if row else {}
    told = {"kind": choice.kind, **{name: value for name, value in choice.values if usual.get(name) != value}}
    bodies = [[layer_to_json(inner) for inner in body] for body in choice.bodies]
    return told | ({"bodies": bodies} if bodies else {})


def network_from_json(data: object) -> NetworkSpec:
    """Read a network from untrusted JSON (parsed, or text). It may not fit together yet. Raises SpecError."""
    if isinstance(data, str):
        data = parse_json(data)
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        raise SpecError(Text("This is not a network."), Text("Expected an object with a list of layers."))
    layers = data["layers"]
    if len(layers) > MAX_LAYERS:
        raise too_long(len(layers))
    name = name_from_json(data.get("name", ""))
    init = data.get("init", "default")
    if not isinstance(init, str) or init not in INITS:
        what = Text("The initialisation {init} is not known.", init=repr(str(init)[:40]))
        raise SpecError(what, Text("Use one of {options}.", options=", ".join(INITS)))
    role = data.get("role", "classifier")
    if not isinstance(role, str) or role not in ROLES:
        what = Text("The role {role} is not known.", role=repr(str(role)[:40]))
        raise SpecError(what, Text("Use one of {options}.", options=", ".join(ROLES)))
    reads = reads_from_json(data.get("data")) if role == "classifier" else DIGITS
    input_shape = _input_from_json(data.get("input"), role, reads)
    chosen = tuple(layer_from_json(item, Text("Layer {number}", number=i + 1)) for i, item in enumerate(layers))
    count = sum(1 for _ in cards(chosen))
    if count > MAX_LAYERS:
        raise too_long(count)
    return NetworkSpec(chosen, init, name, input_shape, role, reads)


def layer_from_json(data: object, where: Text, depth: int = 0) -> Choice:
    """Read a layer, or a block with its lists, inside `depth` blocks, from untrusted parsed JSON. Raises SpecError."""
    if not isinstance(data, dict) or not _may_hold(data.get("kind")):
        return choice_from_json(LAYERS, data, where)
    choice = choice_from_json(LAYERS, {name: value for name, value in data.items() if name != "bodies"}, where)
    bodies = data.get("bodies", [[]] * LAYERS[choice.kind].bodies[0])
    here = Text("{where} ({kind})", where=where, kind=choice.kind)
    if depth >= MAX_DEPTH:
        raise too_deep(here)
    if not isinstance(bodies, list) or not all(isinstance(body, list) for body in bodies):
        raise SpecError(Text("{where}: expected lists of layers.", where=here), Text("Check the file or link."))
    if error := wrong_bodies(choice.kind, len(bodies)):
        raise SpecError(Text("{where}: {what}", where=here, what=error.what), error.cure)
    count = sum(map(len, bodies))
    if count > MAX_LAYERS:
        raise too_long(count)
    read = tuple(
        tuple(layer_from_json(item, inside(here, body, len(bodies), i), depth + 1) for i, item in enumerate(items))
        for body, items in enumerate(bodies)
    )
    return Choice(choice.kind, choice.values, read)


def _may_hold(kind: object) -> bool:
    """Whether a kind, known or not, is that of a block."""
    return isinstance(kind, str) and kind in LAYERS and is_block(kind)


def inside(where: Text, body: int, bodies: int, index: int) -> Text:
    """The place of a layer inside a block, without its kind."""
    if bodies > 1:
        where = Text("{where}, branch {branch}", where=where, branch=body + 1)
    return Text("{where}, layer {number}", where=where, number=index + 1)


def wrong_bodies(kind: str, count: int) -> SpecError | None:
    """The error where a block has too many lists, or too few; it does not say where."""
    least, most = LAYERS[kind].bodies
    if least <= count <= most:
        return None
    what = plural("has {count} list of layers.", "has {count} lists of layers.", count=count)
    if least == most:
        return SpecError(what, Text("Give it {least}.", least=least))
    return SpecError(what, Text("Give it {least} to {most}.", least=least, most=most))


def too_deep(where: Text) -> SpecError:
    what = Text("{where}: stands in too many blocks.", where=where)
    return SpecError(what, Text("Put at most {most} blocks into one another.", most=MAX_DEPTH))


def _input_from_json(data: object, role: str, reads: Reads) -> Shape:
    if not reads.is_digits:
        return _picture_from_json(data)
    if role != "generator":
        if data not in (None, list(INPUT_SHAPE)):
            raise SpecError(Text("The input shape is not 1 × 28 × 28."), Text("Networks here read MNIST pictures."))
        return INPUT_SHAPE
    size = data[0] if isinstance(data, list) and len(data) == 1 else None
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_Z:
        what = Text("The generator's input is not a row of numbers.")
        raise SpecError(what, Text("Use from 1 to {most} random numbers.", most=MAX_Z))
    return (size,)


def _picture_from_json(data: object) -> Shape:
    """The shape of square pictures of a data set, grey or in colour. Raises SpecError."""
    whole = isinstance(data, list) and len(data) == 3 and all(type(size) is int for size in data)
    if not isinstance(data, list) or not whole or data[0] not in CHANNELS or data[1] != data[2]:
        raise SpecError(Text("The input shape is not that of square pictures."), Text("Use 1 or 3 × side × side."))
    if not SMALLEST_SIDE <= data[1] <= LARGEST_SIDE:
        what = Text("The input pictures have {side:,} pixels a side.", side=data[1])
        raise SpecError(what, Text("Use from {least} to {most}.", least=SMALLEST_SIDE, most=LARGEST_SIDE))
    return tuple(data)


def parse_json(text: str) -> object:
    """Parse untrusted JSON text of bounded length, without NaN or Infinity. Raises SpecError."""
    if len(text) > MAX_JSON_CHARACTERS:
        what = Text("The text has {count:,} characters.", count=len(text))
        raise SpecError(what, Text("A saved network has at most {most:,}.", most=MAX_JSON_CHARACTERS))
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SpecError(Text("The text is not valid JSON."), Text("Open a file that was saved here.")) from error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


NETWORK = Part(network_from_json, network_to_json)
