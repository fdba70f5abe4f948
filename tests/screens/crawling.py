"""Every page that links lead to."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from django.test import Client


def crawl(browser: Client, *starts: str) -> Iterator[tuple[str, Any]]:
    """Each page once, whatever its query, with its answer."""
    waiting, seen = list(starts), set[str]()
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if path in seen:
            continue
        seen.add(path)
        response = browser.get(address)
        yield address, response
        if response.status_code == 302:
            waiting.append(response["Location"])
        elif response.get("Content-Type", "").startswith("text/html"):
            page = BeautifulSoup(response.content, "html.parser")
            for link in page.select("a[href]"):
                target = urldefrag(urljoin(address, str(link["href"]))).url
                if target.startswith("/"):
                    waiting.append(target)
