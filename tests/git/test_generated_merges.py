"""500 merges of what two people did: the automatic ones are the three-way rule, the others are told."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from bibkit.bibfile import read_bib
from bibkit.git.bib_merge import MergedFile, merge_bib
from bibkit.git.conflicts import Markers
from tests.git.people import Expected, Library, base_library, edited, expected, meaning

SEEDS = range(500)
CHUNK = 50
_CONFLICT = re.compile(
    r"^<<<<<<< ours\n(.*?)^=======\n(.*?)^>>>>>>> theirs\n", re.MULTILINE | re.DOTALL
)


def reading(data: bytes, side: int) -> bytes:
    """Return the file as a person resolves it who always takes one side."""
    text = data.decode().replace("\r\n", "\n")
    return _CONFLICT.sub(lambda found: found[side], text).encode()


def stated(data: bytes) -> Counter[tuple[tuple[str, str], ...]]:
    """Return all that a file states, in any order."""
    bib = read_bib(data, origin="merged.bib")
    assert not bib.problems, (bib.problems, data.decode())
    found: list[dict[str, str]] = []
    for block in bib.blocks:
        if block.kind == "entry":
            fields = {f"={name}": meaning(raw) or "" for name, raw in block.fields}
            found.append({"@": block.entry_type, "key": block.key, **fields})
        elif block.kind == "string":
            ((name, raw),) = block.fields
            found.append({"@": "macro", "=value": meaning(raw) or "", "name": name})
        elif block.kind == "text":
            text = bib.text[block.start : block.end]
            found += [{"@": "comment", "key": line} for line in text.split("\n") if line.strip()]
    return Counter(tuple(sorted(one.items())) for one in found)


def wanted(facts: dict[str, dict[str, str | None]]) -> Counter[tuple[tuple[str, str], ...]]:
    found = []
    for name, one in facts.items():
        said = {key: value for key, value in one.items() if value is not None and key != "key"}
        if one.get("@") == "macro":
            said["name"] = name
        elif one:
            said["key"] = str(one["key"])
        if one:
            found.append(tuple(sorted(said.items())))
    return Counter(found)


def merged(base: Library, mine: Library, theirs: Library) -> MergedFile:
    return merge_bib(
        base.render(), mine.render(), theirs.render(), origin="refs.bib", markers=Markers()
    )


def check(done: MergedFile, rule: Expected) -> None:
    assert len(done.conflicts) == len(rule.conflicts), (done.conflicts, rule.conflicts)
    assert bool(done.conflicts) == (b"<<<<<<<" in done.data)
    assert stated(reading(done.data, 1)) == wanted(rule.ours)
    assert stated(reading(done.data, 2)) == wanted(rule.theirs)
    for paper, names in rule.conflicts.items():
        said = [str(one) for one in done.conflicts]
        for name in names - {"all", "@", "key", "=value"}:
            assert any(name.strip("=") in one for one in said), (paper, name, said)


@pytest.mark.parametrize("first", range(SEEDS.start, SEEDS.stop, CHUNK))
def test_every_merge_is_the_three_way_rule_for_every_field(first: int) -> None:
    for seed in range(first, first + CHUNK):
        rnd = random.Random(seed)
        base = base_library(rnd)
        mine, theirs = edited(base, rnd, "ann"), edited(base, rnd, "bob")
        note = f"seed {seed}\n=== base\n{base.render().decode()}\n=== mine\n{mine.render().decode()}\n=== theirs\n{theirs.render().decode()}\n=== merged\n"
        done = merged(base, mine, theirs)
        try:
            check(done, expected(base, mine, theirs))
            other = merged(base, theirs, mine)
            check(other, expected(base, theirs, mine))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{note}{done.data.decode()}") from None
        if not done.conflicts:
            assert stated(done.data) == stated(other.data), note
