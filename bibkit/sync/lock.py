"""`OUT.lock` ↔ what bibkit remembers of the entries it wrote into OUT.

JSON, sorted, one value a line, so that git merges it; values this version does not know are kept.
A lock that cannot be read whole is refused: guessing would bring deleted papers back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from json.encoder import encode_basestring
from typing import Any, NoReturn

from bibkit.bibfile import Identity
from bibkit.errors import OutputError
from bibkit.text.titles import title_key

FORMAT = 1
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LockedEntry:
    """An entry as bibkit last wrote it: the base that later changes are told from."""

    title: str
    arxiv_id: str | None = None
    doi: str | None = None
    entry_type: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    """As they are read back from OUT."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field → who said so."""
    decision: Mapping[str, str] = field(default_factory=dict)
    """Why it is this paper, in words."""
    version: int | None = None
    """The latest one at arXiv that bibkit has seen."""
    retired: bool = False
    """True when only the citation key is still reserved: OUT was started afresh without it."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What a newer version of the same format added."""

    @property
    def identity(self) -> Identity:
        """Which paper it is."""
        authors = title_key(self.fields.get("author", ""))
        return Identity(self.arxiv_id, self.doi, title_key(self.title), authors)


@dataclass(frozen=True, slots=True)
class Lock:
    """All that is remembered about one OUT."""

    entries: Mapping[str, LockedEntry] = field(default_factory=dict)
    """Citation key → entry, also of entries that the user has deleted from OUT."""
    decisions: tuple[Any, ...] = ()
    """What the user decided to be the same or not the same paper."""
    extra: Mapping[str, Any] = field(default_factory=dict)


def read_lock(data: bytes, *, origin: str) -> Lock:
    """Read a lock; one that is damaged, in conflict or of a newer format is refused."""
    text = _text(data, origin)
    value = _json(text, origin)
    version = value.get("format")
    if type(version) is not int or version < FORMAT:
        _damaged(origin, "no bibkit lock")
    if version > FORMAT:
        message = f"written by a newer bibkit (format {version}, this one reads {FORMAT})"
        raise OutputError(message, origin=origin, code="lock-newer")
    entries, decisions = value.get("entries", {}), value.get("decisions", [])
    if not isinstance(entries, dict) or not isinstance(decisions, list):
        _damaged(origin, "entries or decisions of the wrong kind")
    return Lock(
        entries={key: _entry(key, entry, origin) for key, entry in entries.items()},
        decisions=tuple(decisions),
        extra={k: v for k, v in value.items() if k not in ("format", "entries", "decisions")},
    )


def dump_lock(lock: Lock) -> bytes:
    """Return a lock as bytes; equal locks give equal bytes.

    An entry at a time: as one text, 10,000 entries take ten times the memory of their bytes.
    """
    # A lone surrogate (from a file name that is not UTF-8) becomes JSON's own \uXXXX.
    return b"".join(piece.encode("utf-8", "backslashreplace") for piece in _pieces(lock))


def _pieces(lock: Lock) -> Iterator[str]:
    """Yield the JSON text of a lock, as `json.dumps` with an indent of two would write it."""
    rest = {**lock.extra, "format": FORMAT, "decisions": list(lock.decisions)}
    yield "{"
    for comma, name in _with_commas({*rest, "entries"}):
        if name != "entries":
            yield f"{comma}\n  {_dumped(name)}: {_dumped(rest[name], '  ')}"
            continue
        yield f'{comma}\n  "entries": {{'
        for further, key in _with_commas(lock.entries):
            yield f"{further}\n    {_dumped(key)}: {_dumped(_plain(lock.entries[key]), '    ')}"
        yield "\n  }" if lock.entries else "}"
    yield "\n}\n"


def _with_commas(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the names in order, each with what stands before it."""
    return zip(chain([""], repeat(",")), sorted(names), strict=False)


def _dumped(value: Any, indent: str = "") -> str:
    """Return a value as JSON; all lines but the first are indented (JSON escapes those in text).

    Objects are laid out here: `json` does that in Python, in five times the time.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict) and value:
        inner = f"{indent}  "
        lines = (f"{inner}{_dumped(k)}: {_dumped(v, inner)}" for k, v in sorted(value.items()))
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    dumped = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    return dumped.replace("\n", f"\n{indent}")


_KNOWN = (
    "title", "arxiv", "doi", "entry_type", "fields", "sources", "decision", "version", "retired",
)  # fmt: skip


def _plain(entry: LockedEntry) -> dict[str, Any]:
    value = {
        "title": entry.title,
        "arxiv": entry.arxiv_id,
        "doi": entry.doi,
        "entry_type": entry.entry_type,
        "fields": dict(entry.fields),
        "sources": dict(entry.sources),
        "decision": dict(entry.decision) or None,
        "version": entry.version,
        "retired": entry.retired,
    }
    return {**entry.extra, **{name: v for name, v in value.items() if v not in (None, False, "")}}


def _entry(key: str, value: Any, origin: str) -> LockedEntry:
    if not isinstance(value, dict):
        _damaged(origin, f"entry {key!r} is no object")
    words = {name: value.get(name, "") for name in ("title", "arxiv", "doi", "entry_type")}
    maps = {name: value.get(name, {}) for name in ("fields", "sources", "decision")}
    if not (_all_text(words) and all(isinstance(m, dict) and _all_text(m) for m in maps.values())):
        _damaged(origin, f"entry {key!r} has values of the wrong kind")
    return LockedEntry(
        title=words["title"],
        arxiv_id=words["arxiv"] or None,
        doi=words["doi"] or None,
        entry_type=words["entry_type"],
        fields=maps["fields"],
        sources=maps["sources"],
        decision=maps["decision"],
        version=_version(value.get("version"), key, origin),
        retired=value.get("retired") is True,
        extra={k: v for k, v in value.items() if k not in _KNOWN},
    )


def _version(value: Any, key: str, origin: str) -> int | None:
    if value is not None and type(value) is not int:
        _damaged(origin, f"entry {key!r} has a version of the wrong kind")
    return value


def _all_text(values: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str) for value in values.values())


def _text(data: bytes, origin: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _damaged(origin, "not UTF-8")
    conflict = _CONFLICT.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        message = "has a merge conflict: resolve it, then run again"
        raise OutputError(message, origin=f"{origin}:{line}", code="lock-conflict")
    return text


def _json(text: str, origin: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_no_repeats)
    except json.JSONDecodeError as error:
        _damaged(f"{origin}:{error.lineno}", f"broken JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        _damaged(origin, str(error) or "too deep")
    if not isinstance(value, dict):
        _damaged(origin, "no bibkit lock")
    return value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object with one name twice: a merge gone wrong, and either value may be lost."""
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands twice")
    return value


def _damaged(origin: str, what: str) -> NoReturn:
    message = f"damaged ({what}): restore it from version control, or remove it to start afresh"
    raise OutputError(message, origin=origin, code="lock-damaged")
