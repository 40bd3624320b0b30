"""What browsers say that widgets stand at, believed only where the widget could say so.

Streamlit takes a value of any type for any widget. One that it cannot read stays, and the visitor's page fails from
then on; one that it can read reaches a page as what no page expects.
"""

import json
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import Serialized, WStates

JSON = ("json_value", "json_trigger_value")
_read = WStates.__getitem__


def distrust_widgets() -> None:
    """From now on a value of another type than its widget's, or one that cannot be read, stands for none at all."""
    WStates.__getitem__ = _read_checked  # type: ignore[method-assign]


def _read_checked(states: WStates, widget: str) -> Any:
    state, metadata = states.states.get(widget), states.widget_metadata.get(widget)
    if not isinstance(state, Serialized) or metadata is None:
        return _read(states, widget)
    field = state.value.WhichOneof("value")
    if field not in (None, metadata.value_type) or (field in JSON and not _is_json(getattr(state.value, field))):
        states.states[widget] = Serialized(WidgetState(id=widget))
    try:
        return _read(states, widget)
    except Exception:  # whatever a widget stumbles over
        states.states[widget] = Serialized(WidgetState(id=widget))
        return _read(states, widget)
    finally:
        states.set_widget_metadata(metadata)  # Streamlit would take the type over from what came


def _is_json(text: str) -> bool:
    """Whether it is, and no text within a text, which Streamlit would read as JSON again."""
    try:
        return not isinstance(json.loads(text), str)
    except (ValueError, RecursionError):
        return False
