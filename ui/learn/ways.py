"""From a lesson to the part of the playground that it speaks of, with the settings it names."""

from urllib.parse import parse_qs, urlsplit

import streamlit as st

from engine.training.architectures import ALL_PRESETS
from ui.state import Session

PRESET = "preset"


def go(visitor: Session, address: str) -> None:
    """Open an address of the playground; `preset` first puts that network on the table, which Undo takes back."""
    place = urlsplit(address)
    asked = {name: values[-1] for name, values in parse_qs(place.query).items()}
    preset = ALL_PRESETS.get(asked.pop(PRESET, ""))
    if preset:
        visitor.load(preset.network, preset.config)
    st.switch_page(f"../pages/{place.path.strip('/') or 'home'}.py", query_params=asked)
