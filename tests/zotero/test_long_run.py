"""Weeks of edits on both sides, in any order, with faults: nobody's edit is lost."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bibkit.bibfile import SetField, edit, read_bib
from tests.zotero.conftest import Zotero
from tests.zotero.fake_zotero import FakeZotero, done_but_lost, nth_write

FIELDS = {
    "title": "title",
    "volume": "volume",
    "journal": "publicationTitle",
    "abstract": "abstractNote",
}


@dataclass
class Lab:
    """A file, a library, and what people wrote into each since both agreed."""

    server: FakeZotero
    path: Path
    written: dict[tuple[int, str], dict[str, str]] = field(default_factory=dict)

    def entry(self, number: int) -> dict[str, str]:
        entries = read_bib(self.path.read_bytes(), origin="").entries
        return next(dict(e.fields) for e in entries if e.key == f"k{number}")

    def item(self, number: int) -> dict[str, Any]:
        return next(i for i in self.server.references() if i.get("DOI") == f"10.1000/{number}")

    def write_in_file(self, number: int, name: str, value: str) -> None:
        bib = read_bib(self.path.read_bytes(), origin="")
        self.path.write_bytes(edit(bib, [SetField(f"k{number}", name, value)]))
        self.written.setdefault((number, name), {})["file"] = value

    def write_in_zotero(self, number: int, name: str, value: str) -> None:
        self.server.put(**{**self.item(number), FIELDS[name]: value})
        self.written.setdefault((number, name), {})["zotero"] = value

    def check(self) -> None:
        for (number, name), edits in list(self.written.items()):
            here, there = self.entry(number).get(name), self.item(number).get(FIELDS[name])
            assert edits.get("file", here) == here, (number, name, edits)
            assert edits.get("zotero", there) == there, (number, name, edits)
            if len(edits) == 1 or here == there:
                assert here == there, (number, name, edits)
                del self.written[number, name]


@pytest.mark.parametrize("seed", [1, 2])
def test_weeks_of_edits(server: FakeZotero, folder: Path, zotero: Zotero, seed: int) -> None:
    chance = random.Random(seed)
    lab = Lab(server, folder / "refs.bib")
    lab.path.write_text(
        "\n".join(
            f"@article{{k{i},\n  title = {{Paper {i}}},\n  author = {{Body, Any}},\n"
            f"  volume = {i},\n  year = 2020,\n  doi = {{10.1000/{i}}}\n}}\n"
            for i in range(6)
        )
    )
    zotero("push", "refs.bib", "-q")
    for week in range(6):
        for _ in range(chance.randint(0, 6)):
            write = chance.choice([lab.write_in_file, lab.write_in_zotero])
            write(chance.randrange(6), chance.choice(list(FIELDS)), f"{chance.randrange(10**6)}")
        if chance.random() < 0.3:
            server.before_write.append(lambda _: server.put(itemType="book", title="Theirs"))
        if chance.random() < 0.3:
            nth_write(server, len(server.writes) + 1, done_but_lost)
        for command in chance.sample(["push", "pull"], 2):
            assert zotero(command, "refs.bib", "-q").code == 0
        server.faults.clear()
        server.before_write.clear()
        zotero("pull", "refs.bib", "-q")  # what others added meanwhile
        lab.check()
        writes, text = len(server.writes), lab.path.read_bytes()
        for command in ("push", "pull"):
            assert zotero(command, "refs.bib", "-q").code == 0
        assert (len(server.writes), lab.path.read_bytes()) == (writes, text), f"week {week}"
