"""A page named by its URL, with the bounds of every other request."""

from __future__ import annotations

from urllib.parse import urlsplit

from bibkit.errors import ConfigError
from bibkit.sources.hf_listing import api_question, fetch_listing
from bibkit.sources.http import Service, Web, is_web_address


def fetch_page(web: Web, url: str) -> bytes:
    """Return the body of a page as it is now; pages change, so nothing is kept.

    Of a papers page of Hugging Face it is what the API lists for it.

    Raises:
        SourceError: it cannot be had.
        ConfigError: `url` is no http(s) address.
        ListingError: it is a list of Hugging Face's without a paper.

    """
    if not is_web_address(url):
        raise ConfigError("not an http or https URL", origin=url)
    if question := api_question(url):
        return fetch_listing(web, question, origin=url)
    parts = urlsplit(url)
    host = Service(parts.netloc, f"{parts.scheme}://{parts.netloc}", interval=1.0)
    return web.get(
        host, url, flaw=lambda body: None if body else "sends nothing", keep=False
    ).content
