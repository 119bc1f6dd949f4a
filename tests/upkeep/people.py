"""People who edit a .bib by hand, as text, and remember what must not get lost."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bibkit.bibfile import BibFile, FileEntry, closed_part, identify, read_bib
from bibkit.upkeep.plan import Plan

OWN = "Things That We Wrote Down Ourselves, Part"


def read(data: bytes) -> BibFile:
    return read_bib(data, origin="refs.bib")


def by_paper(bib: BibFile) -> dict[str, FileEntry]:
    """Return the entries that name an arXiv paper."""
    return {i: e for e in bib.entries if (i := identify(e.fields).arxiv_id)}


def unix(text: str) -> str:
    return text.replace("\r\n", "\n")


@dataclass
class People:
    """Several people with one file; what each did is remembered by paper."""

    chance: random.Random
    edits: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """arXiv id → field → what it must be; None where it was removed."""
    keys: dict[str, str] = field(default_factory=dict)
    """arXiv id → the key that somebody wanted."""
    deleted: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    """What must stand in the file as it is: comments, macros, entries of their own."""
    done: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def work(self, data: bytes) -> bytes:
        """Do one thing to the file."""
        bib = read(data)
        crlf = b"\r\n" in data
        text = unix(bib.text)
        action = self.chance.choice(ACTIONS)
        after = action(self, text)
        if after is None or after == text:
            return data
        self.done[action.__name__.strip("_")] += 1
        return after.replace("\n", "\r\n" if crlf else "\n").encode()

    def check(self, data: bytes) -> None:
        """Raise unless everything that anybody did is still there, and no paper twice."""
        bib = read(data)
        text = unix(bib.text)
        for piece in self.texts:
            assert piece in text, piece
        there = by_paper(bib)
        papers = [i for e in bib.entries if (i := identify(e.fields).arxiv_id)]
        assert len(papers) == len(there), sorted(papers)
        assert not self.deleted & there.keys(), self.deleted & there.keys()
        for identifier, fields in self.edits.items():
            for name, value in fields.items():
                assert there[identifier].fields.get(name) == value, (identifier, name, value)
        for identifier, key in self.keys.items():
            assert there[identifier].key == key

    def _entry(self, text: str) -> tuple[str, str, int, int] | None:
        """Return one of bibkit's entries: paper, text, begin and end."""
        bib = read(text.encode())
        found = [
            (i, text[b.start : b.end], b.start, b.end)
            for e, b in zip(bib.entries, bib.entry_blocks, strict=True)
            if (i := identify(e.fields).arxiv_id)
            and b.kind == "entry"
            and OWN not in text[b.start : b.end]
        ]
        return self.chance.choice(found) if found else None

    def _number(self) -> int:
        self.count += 1
        return self.count

    def _set(self, identifier: str, name: str, value: str | None) -> None:
        self.edits.setdefault(identifier, {})[name] = value

    def note(self, text: str) -> str | None:
        if not (found := self._entry(text)) or "note = " in found[1]:
            return None
        value = f"Read by us, {self._number()}"
        self._set(found[0], "note", value)
        return _put(text, found, re.sub(r",\n", f",\n  note = {{{value}}},\n", found[1], count=1))

    def value(self, text: str) -> str | None:
        """Change a value."""
        if not (found := self._entry(text)):
            return None
        name = self.chance.choice(["title", "year", "author", "code", "doi"])
        value = {"year": f"19{self.chance.randrange(10, 99)}", "doi": f"10.1000/{self.count}"}.get(
            name, f"Ours and {self._number()}"
        )
        return self._line(text, found, name, f"{name} = {{{value}}},", value)

    def removal(self, text: str) -> str | None:
        if not (found := self._entry(text)):
            return None
        name = self.chance.choice(["month", "url", "code", "abstract"])
        return self._line(text, found, name, None, None)

    def macro(self, text: str) -> str | None:
        """Let a macro stand for a value."""
        if not (found := self._entry(text)):
            return None
        number, name = self._number(), "title"
        line = re.search(r"(?m)^[ \t]*title = \{(.*)\},$", found[1])
        if not line or "{" in line[1]:
            return None
        piece = f'@string{{own{number} = "{line[1]}"}}\n'
        after = self._line(text, found, name, f"title = own{number},", line[1])
        self.texts.append(piece)
        return piece + after if after else None

    def _line(
        self,
        text: str,
        found: tuple[str, str, int, int],
        name: str,
        new: str | None,
        value: str | None,
    ) -> str | None:
        line = re.search(rf"(?m)^[ \t]*{name} = .*,\n", found[1])
        if not line:
            return None
        self._set(found[0], name, value)
        block = found[1][: line.start()] + (f"  {new}\n" if new else "") + found[1][line.end() :]
        return _put(text, found, block)

    def key(self, text: str) -> str | None:
        if not (found := self._entry(text)):
            return None
        self.keys[found[0]] = f"Wanted:{self._number()}"
        return _put(
            text, found, re.sub(r"\{[^,]*,", f"{{{self.keys[found[0]]},", found[1], count=1)
        )

    def deletion(self, text: str) -> str | None:
        if not (found := self._entry(text)):
            return None
        self.deleted.add(found[0])
        self.edits.pop(found[0], None)
        self.keys.pop(found[0], None)
        return _put(text, found, "")

    def order(self, text: str) -> str | None:
        """Move an entry to the beginning."""
        found = self._entry(text)
        return found and found[1] + "\n\n" + _put(text, found, "")

    def comment(self, text: str) -> str | None:
        if not (found := self._entry(text)):
            return None
        self.texts.append(f"% A word of ours, {self._number()}: @cite{{this, too\n")
        return text[: found[2]] + self.texts[-1] + text[found[2] :]

    def indent(self, text: str) -> str | None:
        found = self._entry(text)
        return found and _put(text, found, found[1].replace("\n  ", "\n\t\t "))

    def upper(self, text: str) -> str | None:
        found = self._entry(text)
        return found and _put(text, found, re.sub(r"(?m)^(\s*)year = ", r"\1YEAR = ", found[1]))

    def crlf(self, text: str) -> str | None:
        return text + "\n" if not text.endswith("\n\n\n") else None

    def own(self, text: str) -> str | None:
        """Write down an entry of one's own, whole or broken; at times about a paper of the lab's."""
        number = self._number()
        ending = self.chance.choice(["}", "", "  year = 2001\n}", "  note = {never closed\n}"])
        piece = f"@misc{{own{number},\n  title = {{{OWN} {number}}},\n{ending}\n\n"
        self.texts.append(piece)
        place = self._entry(text)
        at = place[2] if place else 0
        at = text.rfind("\n\n", 0, at) + 2 if "\n\n" in text[:at] else 0
        return text[:at] + piece + text[at:]


def _put(text: str, found: tuple[str, str, int, int], block: str) -> str:
    return text[: found[2]] + block + text[found[3] :]


Action = Callable[[People, str], "str | None"]
ACTIONS: tuple[Action, ...] = (
    People.note, People.value, People.value, People.removal, People.macro, People.key,
    People.deletion, People.order, People.comment, People.indent, People.upper, People.own,
)  # fmt: skip


def check_diff(before: bytes, after: bytes, plan: Plan) -> None:
    """Raise unless nothing changed but the lines that the plan names, and what it adds at the end."""
    changes = {e.key: {c.name for c in e.changes} for e in plan.changed}
    check_lines(before, after, changes)


def check_lines(before: bytes, after: bytes, changes: Mapping[str, set[str]]) -> None:
    """Raise unless only the named fields of the named entries have changed.

    New entries come at the end, or before what is never closed.
    """
    _, tail = closed_part(read(before))
    assert after.endswith(tail)
    before, after = before.removesuffix(tail), after.removesuffix(tail)
    old, new = read(before), read(after)
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    pieces, pieces_after = list(_pieces(old)), list(_pieces(new))
    assert len(pieces) <= len(pieces_after)
    for number, (key, one) in enumerate(pieces):
        key_after, other = pieces_after[number]
        assert key == key_after
        if key is None or key not in changes:
            last = number == len(pieces) - 1  # new entries follow it
            assert other.startswith(one) if last else one == other
            continue
        lines, lines_after = one.split("\n"), other.split("\n")
        gone = Counter(lines) - Counter(lines_after)
        come = Counter(lines_after) - Counter(lines)
        for line in (*gone, *come):
            name = line.strip().partition("=")[0].strip().lower()
            named = name in changes[key] or (line.startswith("@") and "@" in changes[key])
            comma = line.rstrip().rstrip(",") in {
                x.rstrip().rstrip(",") for x in (*gone, *come) if x != line
            }
            assert named or comma, (key, line, changes[key])


def _pieces(bib: BibFile) -> Iterator[tuple[str | None, str]]:
    """Yield what a file is made of; of an entry, its key too."""
    entries = iter(bib.entries)
    blocks = set(bib.entry_blocks)
    for block in bib.blocks:
        key = next(entries).key if block in blocks else None
        yield key, bib.text[block.start : block.end]
