"""What failures are called, and how much they count."""

from __future__ import annotations

import pytest
import requests
import urllib3
from urllib3.exceptions import MaxRetryError, NameResolutionError

from bibkit.errors import SourceError
from bibkit.sources.http import Service
from bibkit.sources.trouble import trouble_of
from tests.sources.conftest import Runs
from tests.sources.fake_services import FakeServices
from tests.sources.loopback import closed_port


def test_a_name_that_is_not_known(services: FakeServices) -> None:
    connection = urllib3.connection.HTTPConnection("nowhere.invalid")
    unknown = NameResolutionError("nowhere.invalid", connection, OSError("no such name"))  # type: ignore[arg-type]
    pool = urllib3.HTTPConnectionPool("nowhere.invalid")
    error = requests.ConnectionError(MaxRetryError(pool, "/", unknown))
    trouble = trouble_of(error, "nowhere.invalid")
    assert trouble.sentence == "nowhere.invalid cannot be reached: its name is not known here"
    assert trouble.strikes == 2


def test_a_proxy_that_is_down(
    services: FakeServices, new_run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:\d+ cannot be reached through the proxy"):
        new_run().get(Service("fake", services.url, 0), services.url, flaw=lambda _: None)
    assert not services.requests


def test_a_host_is_named_without_credentials() -> None:
    assert Service("fake", "https://me:secret@mirror.example:8443/api", 0).host == (
        "mirror.example:8443"
    )
