"""Each page opened by its address: nothing in the browser's console, and Streamlit's own addresses found at once."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tools.browser import wait_ready


def test_no_page_opened_by_its_address_says_anything_in_the_console(browser: Browser, server: str) -> None:
    addresses = [server, *linked_pages(browser, server), f"{server}/train?run=example", f"{server}/gan?run=example-gan"]
    assert len(set(addresses)) > 6
    said, asked = list[str](), list[str]()
    context = browser.new_context()
    for address in addresses:
        page = context.new_page()
        page.on("console", lambda message, address=address: said.append(f"{address}: {message.type} {message.text}"))
        page.on("pageerror", lambda error, address=address: said.append(f"{address}: {error}"))
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.goto(address)
        wait_ready(page)
        page.close()
    context.close()
    assert said == []
    of_streamlit = [urlsplit(url) for url in asked if "/_stcore/" in url]
    assert {place.netloc for place in of_streamlit} == {urlsplit(server).netloc}
    names = ("health", "host-config", "stream")
    assert [sum(place.path == f"/_stcore/{name}" for place in of_streamlit) for name in names] == [len(addresses)] * 3


def linked_pages(browser: Browser, server: str) -> list[str]:
    """The addresses in the navigation."""
    page: Page = browser.new_page()
    page.goto(server)
    wait_ready(page)
    links = page.locator(".st-key-pages a")
    found = [str(link.evaluate("link => link.href")) for link in links.all()]
    page.close()
    return found
