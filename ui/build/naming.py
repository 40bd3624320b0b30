"""What a line says of a card: a block's name, as in "2 convolutions, 64 channels", a layer's settings; its number."""

from collections import Counter
from collections.abc import Iterator

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Param, Shape, Value
from engine.network.spec import is_block
from engine.text import Text, plural
from ui.language import say, say_number

SORTS = {
    **dict.fromkeys(("Conv1d", "Conv2d", "ConvTranspose2d"), "convolution"),
    **dict.fromkeys(("RNN", "LSTM", "GRU"), "recurrent"),
    "SelfAttention": "attention",
    "Linear": "linear",
}


def block_name(choice: Choice, out_shape: Shape | None) -> str:
    """What a block does, holds and gives, in the visitor's words and without its kind."""
    parts = list(_holds(choice))
    if choice.kind == "Repeat":
        parts.insert(0, plural("{count} time", "{count} times", count=choice["times"]))
    if choice.kind == "Branches":
        parts.insert(0, plural("{count} branch", "{count} branches", count=len(choice.bodies)))
    if out_shape:
        count = out_shape[0] if len(out_shape) == 3 else out_shape[-1]
        channels = plural("{count:,} channel", "{count:,} channels", count=count)
        numbers = plural("{count:,} number", "{count:,} numbers", count=count)
        parts.append(channels if len(out_shape) == 3 else numbers)
    return ", ".join(map(say, parts))


def _holds(choice: Choice) -> Iterator[Text]:
    """The two sorts of layers that say most about a block; of one that learns nothing how many there are."""
    counts = _count(choice)
    told = {
        "convolution": plural("{count} convolution", "{count} convolutions", count=counts["convolution"]),
        "attention": plural("{count} attention", "{count} attentions", count=counts["attention"]),
        "recurrent": plural("{count} recurrent layer", "{count} recurrent layers", count=counts["recurrent"]),
        "linear": plural("{count} linear layer", "{count} linear layers", count=counts["linear"]),
    }
    there = [text for sort, text in told.items() if counts[sort]]
    yield from there[:2] or [plural("{count} layer", "{count} layers", count=counts.total())]


def _count(choice: Choice) -> Counter[str]:
    """How many layers of each sort a block has, those of a repeat inside it as often as that says."""
    counts = Counter[str]()
    for inner in (inner for body in choice.bodies for inner in body):
        if is_block(inner.kind):
            times = inner.get("times", 1)
            counts += Counter({sort: times * count for sort, count in _count(inner).items()})
        else:
            counts[SORTS.get(inner.kind, "")] += 1
    return counts


def settings_in_words(choice: Choice) -> str:
    """The values of a layer. A switch that is off goes without saying, as does what is advanced and as usual; one that
    is on by itself is named when it is off."""
    params = LAYERS[choice.kind].params
    return ", ".join(filter(None, (_setting(params[name], value) for name, value in choice.values)))


def _setting(param: Param, value: Value) -> str:
    if param.goes_unsaid(value) or (value is False and not param.default):
        return ""
    if value is False:
        return say("{label} off", label=say(param.label))
    if value is True:
        return say(param.label)
    shown = param.shown(value)
    return f"{say(param.label)} {say_number(shown, 'g') if isinstance(shown, int | float) else say(shown)}"


def numbered(above: str, index: int) -> str:
    """The number of a card in the list of what is called `above`: "3.2" for the second one in block 3."""
    return f"{above}.{index + 1}" if above else str(index + 1)
