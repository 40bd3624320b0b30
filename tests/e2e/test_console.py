"""A page opened by its address: nothing in the browser's console, and Streamlit's own addresses found at once."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tools.browser import wait_ready


def test_a_page_opened_by_its_address_says_nothing_in_the_console(browser: Browser, server: str) -> None:
    addresses = [f"{server}/machine"]  # each test of a page notices errors there
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
