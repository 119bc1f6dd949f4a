"""Problems → the text that people, scripts and continuous integration read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bibkit.record import Problem

_SARIF = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def _text(problems: Sequence[Problem]) -> str:
    return "".join(f"{_printable(str(problem))}\n" for problem in problems)


def _json(problems: Sequence[Problem]) -> str:
    rows = [
        {"file": file, "line": line, "code": problem.code, "message": problem.message}
        for problem in problems
        for file, line in [_place(problem)]
    ]
    return json.dumps(rows, indent=2) + "\n"


def _github(problems: Sequence[Problem]) -> str:
    """Return workflow commands (docs.github.com, "Workflow commands", `error`)."""
    lines = []
    for problem in problems:
        file, line = _place(problem)
        properties = f"file={_property(file)},line={line},title={_property(problem.code)}"
        lines.append(f"::error {properties}::{_escaped(_printable(problem.message))}\n")
    return "".join(lines)


def _sarif(problems: Sequence[Problem]) -> str:
    """Return a log of SARIF 2.1.0 (OASIS), as code scanning takes it."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "bibkit",
        "informationUri": "https://pypi.org/project/bibkit-papers/",
        "rules": [{"id": code, "shortDescription": {"text": code}} for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "results": [_result(problem, codes) for problem in problems],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(problem: Problem, codes: Sequence[str]) -> dict[str, Any]:
    from urllib.parse import quote

    file, line = _place(problem)
    place = {
        "artifactLocation": {"uri": quote(file.replace("\\", "/"))},
        "region": {"startLine": line},
    }
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": "error",
        "message": {"text": _printable(problem.message)},
        "locations": [{"physicalLocation": place}],
    }


FORMATS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
"""Name → what writes problems that way."""


def _place(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.origin.rpartition(":")
    return file, int(line)


def _printable(text: str) -> str:
    """Make visible what would steer a terminal or end a line."""
    return "".join(c if c.isprintable() else "�" for c in text.replace("\n", " "))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(_printable(text)).replace(":", "%3A").replace(",", "%2C")
