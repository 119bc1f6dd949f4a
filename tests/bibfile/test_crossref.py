"""What an entry inherits: for reading, and never a parent's own identifiers."""

from __future__ import annotations

from pathlib import Path

from bibkit.bibfile import FileEntry, inherit, read_bib

DATA = Path(__file__).resolve().parents[1] / "data" / "bibfile"


def fields_of(name: str) -> dict[str, dict[str, str]]:
    bib = read_bib((DATA / f"{name}.bib").read_bytes(), origin=name)
    return {entry.key: dict(entry.fields) for entry in inherit(bib.entries)}


def test_chains_are_followed_and_loops_end() -> None:
    found = fields_of("crossref_loop")
    assert found["a"] == {"title": "A", "crossref": "b", "year": "2001", "note": "C"}
    assert found["d"] == {"crossref": "d", "title": "Self"}
    assert found["e"] == {"crossref": "nowhere", "title": "Orphan"}


def test_a_parents_title_is_the_book_and_xdata_is_all_for_others() -> None:
    part = fields_of("biblatex")["part"]
    assert part["booktitle"] == "The Collection"
    assert part["title"] == "The Part"
    assert part["editor"] == "Doe, Jane"
    assert part["publisher"] == "MIT Press"
    assert "ids" not in part


def test_a_parents_identifiers_stay_its_own() -> None:
    parent = FileEntry("p", "proceedings", {"doi": "10.1000/p", "url": "u", "year": "2024"}, 1)
    child = FileEntry("c", "inproceedings", {"crossref": "P"}, 2)
    assert inherit([child, parent])[0].fields == {"crossref": "P", "year": "2024"}


def test_an_endless_chain_ends() -> None:
    chain = [FileEntry(str(i), "misc", {"crossref": str(i + 1)}, i) for i in range(3000)]
    assert inherit(chain)[0].fields == {"crossref": "1"}
