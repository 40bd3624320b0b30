"""What style sheets may ask: `:has` of a large part of the page, or about what any element may be, is asked again at
every change of a chart, and took half of what a page cost while a network trained."""

import re

from engine.files import ASSETS

WHOLE_PAGE = re.compile(r"(?:^|[\s,>(])(?:body|html|:root|\.stApp|\[data-testid=\"st(?:App|Main)\w*\"\])?:has\(")
ANY_ELEMENT = re.compile(r":has\([^{]*?:(?:nth|only|first|last|hover|empty)")


def test_no_style_sheet_asks_what_the_whole_page_has() -> None:
    for path in (ASSETS / "web").rglob("*.css"):
        for line in path.read_text(encoding="utf-8").splitlines():
            asks = WHOLE_PAGE.search(line) or ANY_ELEMENT.search(line)
            assert not asks, f"{path.name}: {line.strip()}"
