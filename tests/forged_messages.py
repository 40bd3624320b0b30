"""Messages to Streamlit's socket that its page would never send: any widget, any value of any type, from any page."""

import math
import random
from collections.abc import Iterable, Mapping

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection

PATIENCE = 60.0
INTEGERS = (0, 1, -1, 7, 10**6, 2**53, 2**62, -(2**63))
FLOATS = (0.0, -1.0, 0.5, 1e-300, 1e300, math.nan, math.inf, -math.inf)
TEXTS = (
    "",
    "7",
    "-1",
    "relu",
    "Adam",
    "x" * 100_000,
    "\0",
    "é\ud7ff",
    "../x",
    "<b>",
    "null",
    "[]",
    "NaN",
    "99999999999",
)
JSONS = (
    *("null", "[]", "{}", "7", '"x"', "[" * 1500, '{"value": 1e999}', "not json", '{"a": {"b": []}}', "NaN"),
    *('{"left": 1}', '{"picked": null}', '{"index": -1}', '{"index": 10000000000000000000000}', "[null]"),
)


def _set(state: WidgetState, field: str, dice: random.Random) -> None:
    few = range(dice.choice((0, 1, 2, 3, 50)))
    match field:
        case "trigger_value" | "bool_value":
            setattr(state, field, dice.random() < 0.8)
        case "double_value":
            state.double_value = dice.choice(FLOATS)
        case "int_value":
            state.int_value = dice.choice(INTEGERS)
        case "string_value":
            state.string_value = dice.choice(TEXTS)
        case "string_trigger_value":
            state.string_trigger_value.data = dice.choice(TEXTS)
        case "double_array_value":
            state.double_array_value.data.extend(dice.choice(FLOATS) for _ in few)
        case "int_array_value":
            state.int_array_value.data.extend(dice.choice(INTEGERS) for _ in few)
        case "string_array_value":
            state.string_array_value.data.extend(dice.choice(TEXTS) for _ in few)
        case "json_value" | "json_trigger_value":
            setattr(state, field, dice.choice(JSONS))
        case "bytes_value":
            state.bytes_value = dice.randbytes(dice.randrange(50))
        case _:  # a message of its own: an empty one
            getattr(state, field).SetInParent()


FIELDS = [field.name for field in WidgetState.DESCRIPTOR.oneofs_by_name["value"].fields]


# What each sort of element may send; the rest of the fields is foreign to it.
OWN = {
    "button": ("trigger_value",),
    "download_button": ("trigger_value",),
    "number_input": ("double_value", "int_value"),
    "selectbox": ("string_value", "int_value"),
    "slider": ("double_array_value", "string_array_value"),
    "checkbox": ("bool_value",),
    "button_group": ("string_array_value", "int_array_value"),
    "text_input": ("string_value",),
    "plotly_chart": ("string_value",),
    "bidi_component": ("json_value", "json_trigger_value"),
    "file_uploader": ("file_uploader_state_value",),
}


def forged(ids: Mapping[str, str], pages: Iterable[str], dice: random.Random) -> BackMsg:
    """One rerun with a few widgets of those in `ids`, with their sorts, at values that may be of a foreign type."""
    message = BackMsg()
    rerun = message.rerun_script
    rerun.page_name = dice.choice(list(pages))
    rerun.query_string = dice.choice(("", "", "run=example", "part=generator", "n=x", "from=z"))
    for widget in dice.sample(sorted(ids), k=min(len(ids), dice.choice((1, 1, 2, 5)))):
        fields = OWN.get(ids[widget], FIELDS) if dice.random() < 0.7 else FIELDS
        _set(rerun.widget_states.widgets.add(id=widget), dice.choice(fields), dice)
    return message


def answers(connection: ClientConnection, sent: BackMsg) -> list[ForwardMsg]:
    """Send it, and wait until its script has ended; what came."""
    connection.send(sent.SerializeToString())
    came = []
    while True:
        came.append(ForwardMsg.FromString(connection.recv(PATIENCE, decode=False)))
        if came[-1].WhichOneof("type") == "script_finished":
            return came


def widget_ids(messages: Iterable[ForwardMsg]) -> dict[str, str]:
    """The widgets on screen by their ids, each with its sort."""
    found = {}
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            sort = message.delta.new_element.WhichOneof("type")
            element = getattr(message.delta.new_element, sort) if sort else None
            if isinstance(element, Message) and getattr(element, "id", "").startswith("$$"):
                found[element.id] = sort
    return found


def complaints(messages: Iterable[ForwardMsg]) -> list[str]:
    """What went wrong in a script, as the page would show it."""
    elements = [m.delta.new_element for m in messages if m.WhichOneof("type") == "delta"]
    return [e.exception.message for e in elements if e.WhichOneof("type") == "exception"]
