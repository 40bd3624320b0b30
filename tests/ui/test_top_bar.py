"""The address that a class opens: only where other machines reach the server."""

import pytest
import streamlit

from ui.top_bar import shared_place


@pytest.mark.parametrize("url", ["http://127.0.0.1:8501/train", "http://localhost:8501", "http://[::1]:8501", ""])
def test_no_address_is_shown_where_only_this_computer_opens_the_page(url: str) -> None:
    assert shared_place(url) is None


def test_address_has_a_code_and_is_the_one_that_other_machines_use(monkeypatch: pytest.MonkeyPatch) -> None:
    place = shared_place("http://192.168.1.7:8501/gan?run=1")
    assert place and place["address"] == "http://192.168.1.7:8501"
    assert len(place["code"]) == len(place["code"][0]) >= 21
    monkeypatch.setattr(streamlit, "get_option", lambda _: "192.168.1.9")
    served = shared_place("https://localhost:8502/")
    assert served and served["address"] == "https://192.168.1.9:8502"
