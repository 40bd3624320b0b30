"""The line that says what a run gets of the machine; written by assets/web/machine/share.js."""

from ui.component import web_component

LINE = '<div class="machine-share-line"></div>'


_component = web_component("machine_share", "machine/share.js", sheets=["run/head.css"], html=LINE)


def machine_share(run_id: str | None, status: str, key: str) -> None:
    """Keep a line free for the run, and fill it while it is under way; it asks the server itself every few seconds."""
    _component(key=key, data={"run_id": run_id or "", "status": status})
