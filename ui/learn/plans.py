"""Which lessons to take in which order, for one lesson of 45 minutes, for a day, and for six weeks."""

from collections.abc import Sequence

import streamlit as st

from engine.lessons.shelf import lessons
from engine.text import Text, plural
from ui.forms import plain
from ui.language import say

ADDRESS, PAGE = "lesson", "../pages/learn.py"  # where a lesson is opened
ONE = ("01-picture", "02-hidden-layers")
Part = tuple[Text, tuple[str, ...]]
DAY: tuple[Part, ...] = (
    (Text("Before noon"), ("01-picture", "02-a-neuron", "02-b-xor", "02-hidden-layers", "03-convolution")),
    (Text("After noon"), ("04-learning-rate", "08-few-pictures", "09-gan", "12-why")),
)
WEEKS: tuple[Part, ...] = (
    (Text("Pictures and neurons"), ("01-picture", "02-a-neuron", "02-b-xor")),
    (Text("How a network learns"), ("02-hidden-layers", "02-c-numbers", "02-d-descent", "04-learning-rate")),
    (Text("Convolution and depth"), ("03-convolution", "05-vanishing", "06-depth")),
    (Text("Data, and how sure a number is"), ("08-few-pictures", "10-data", "11-how-sure")),
    (Text("Memory and attention"), ("07-memory", "13-attention")),
    (Text("Generated, explained, and a question of one's own"), ("09-gan", "12-why", "14-project")),
)


def plans() -> None:
    """Three plans; the minutes are those that learners need at the computer, without talking."""
    st.caption(say("Minutes are those at the computer. Plan as many again for talking."))
    _title(say("One lesson of 45 minutes"))
    _row(say("Then, all together: who reads best? The page Runs shows all accuracies."), ONE)
    _title(say("One day"))
    for title, keys in DAY:
        _row(say(title), keys)
    _title(say("Six weeks"))
    for number, (title, keys) in enumerate(WEEKS, 1):
        _row(say("Week {number}: {title}", number=number, title=title), keys)


def _title(title: str) -> None:
    st.markdown(f"**{title}**")


def _row(title: str, keys: Sequence[str]) -> None:
    there = {key: lessons().there[key] for key in keys if key in lessons().there}
    minutes = say(plural("{count} minute", "{count} minutes", count=sum(one.minutes for one in there.values())))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{title} · {minutes}", width="content")
        for key, lesson in there.items():
            st.page_link(PAGE, label=plain(lesson.title), query_params={ADDRESS: key}, width="content")
