"""What the browser lets nobody do in our pages, whatever text of a stranger might one day get into them."""

from collections.abc import Callable

from playwright.sync_api import Page

SCRIPT = """
() => {
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(script);
  const link = document.createElement("a");
  link.setAttribute("onclick", "window.ran = true");
  document.body.append(link);
  link.click();
  return window.ran === undefined;
}
"""
OUTWARD = """
async () => {
  const asked = [fetch("http://elsewhere.example/"), import("http://elsewhere.example/x.js")];
  const answers = await Promise.allSettled(asked);
  return answers.every((answer) => answer.status === "rejected");
}
"""


def test_no_text_in_a_page_becomes_a_script_and_none_comes_from_elsewhere(
    open_page: Callable[..., Page], expected_errors: list[str]
) -> None:
    expected_errors += ["Content Security Policy", "elsewhere.example"]
    page = open_page("/train")
    assert page.evaluate(SCRIPT)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    assert page.evaluate(OUTWARD)
    assert sum("elsewhere.example" in text and "Content Security Policy" in text for text in refused) >= 2


def test_another_site_cannot_show_a_page_in_a_frame(
    open_page: Callable[..., Page], server: str, expected_errors: list[str]
) -> None:
    expected_errors += ["frame-ancestors", "chrome-error"]
    page = open_page("/")
    page.goto("about:blank")
    with page.expect_event("framenavigated", lambda frame: frame.parent_frame is not None):
        page.set_content(f"<iframe src='{server}/'></iframe>")
    assert page.frames[1].url.startswith("chrome-error")
