"""The picture of a study: a dot for each training, drawn by assets/web/study/study.js."""

from ui.colours import COLOURS
from ui.component import nothing, web_component

_component = web_component(
    "study_picture", "study/study.js", sheets=["study/study.css"], html='<div class="study"></div>'
)


def study_picture(run_id: str | None, per_digit: int, added_per_digit: int, key: str, *, status: str) -> None:
    """Show a study as it goes on, or its empty axes; when its status becomes another, the page is run again."""
    data = {
        "run_id": run_id,
        "status": status,
        "per_digit": per_digit,
        "added_per_digit": added_per_digit,
        "colours": {role: COLOURS[role] for role in ("train", "generator")},
    }
    _component(key=key, data=data, on_status_change=nothing)
