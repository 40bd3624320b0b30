"""The link of what was built: who can open it, and its code."""

from ui.build.sharing import LONGEST_CODE, link_and_code


def test_a_link_that_only_this_computer_opens_says_so_and_has_no_code() -> None:
    shared = link_and_code("http://localhost:8501/build?part=generator", "abc")
    assert shared["text"] == "http://localhost:8501/build?n=abc"
    assert "make class" in shared["hint"] and not shared["code"]


def test_a_link_that_others_open_has_a_code_unless_it_is_long() -> None:
    shared = link_and_code("http://192.168.1.7:8501/build", "abc")
    assert shared["text"] == "http://192.168.1.7:8501/build?n=abc"
    assert not shared["hint"] and len(shared["code"]) == len(shared["code"][0]) >= 21
    assert not link_and_code("http://192.168.1.7:8501/build", "a" * LONGEST_CODE)["code"]
