"""The same paper is recognised in OUT, and another one is not taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.record import Author
from bibkit.sync import Wanted, deleted_key, key_in_lock, known_key, read_target, write_target
from bibkit.sync.target import Target
from tests.growth import grows_linearly
from tests.sync.made_entries import ATTENTION, bibtex, wanted, written

FILE = r"""
@article{byId, title = {Old Title}, journal = {CoRR}, volume = {abs/2402.12345}}
@inproceedings{byDoi, title = {Printed Title}, doi = {10.1145/3292500.3330701}}
@book{byTitle, title = {Deep {L}earning}, author = {Ian Goodfellow and Yoshua Bengio}}
@misc{other, title = {A Title of Two Papers}, eprint = {2301.00001}}
@misc{printed, title = {With Two DOIs}, doi = {10.1000/one}}
@misc{, title = {No Key}, eprint = {2301.00009}}
"""


@pytest.fixture
def target(tmp_path: Path) -> Target:
    out = tmp_path / "refs.bib"
    out.write_text(FILE)
    return read_target(out)


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (Wanted("2402.12345v2", None, "A New Title"), "byId"),
        (Wanted("2402.99999", None, "Old Title"), None),  # another id speaks against the title
        (Wanted(None, None, "old title!"), "byId"),
        (Wanted("2403.00001", "https://doi.org/10.1145/3292500.3330701", "Any"), "byDoi"),
        (Wanted("2403.00001", "10.1145/1111111", "Printed Title"), None),
        (Wanted("2403.00001", None, "Printed title"), "byDoi"),
        (Wanted("2403.00001", "10.48550/arXiv.2403.00001", "Printed title"), "byDoi"),
        (Wanted("1807.00001", None, "Deep Learning", (Author("Nobody", "N."),)), None),
        (Wanted("1807.00001", None, "Deep Learning", (Author("Bengio", "Y."),)), "byTitle"),
        (Wanted("1807.00001", None, "Deep Learning"), "byTitle"),
        (Wanted("2301.00002", None, "A Title of Two Papers"), None),
        (Wanted(None, "10.1000/two", "With Two DOIs"), None),
        (Wanted("2301.00009", None, ""), ""),
        (Wanted(None, None, ""), None),
        (Wanted("2501.00001", None, "Not There at All"), None),
    ],
)
def test_known_key(target: Target, wanted: Wanted, key: str | None) -> None:
    assert known_key(target, wanted) == key


def test_an_entry_changed_beyond_recognition_keeps_its_paper(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION))
    out.write_text("@inproceedings{vaswani2017attention, title = {Was alles ist, was man braucht}}")
    assert known_key(read_target(out), wanted(ATTENTION)) == "vaswani2017attention"


def test_a_renamed_key_is_the_same_paper(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION))
    out.write_text(bibtex([ATTENTION]).replace("vaswani2017attention", "transformer"))
    target = read_target(out)
    assert known_key(target, wanted(ATTENTION)) == "transformer"
    assert deleted_key(target, wanted(ATTENTION)) is None


def test_a_key_that_the_user_gave_to_another_paper_is_not_given_back(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION))
    out.write_text("@misc{vaswani2017attention, title = {Another}, eprint = {2301.00001}}")
    target = read_target(out)
    assert known_key(target, wanted(ATTENTION)) is None
    assert deleted_key(target, wanted(ATTENTION)) == "vaswani2017attention"
    assert key_in_lock(target, wanted(ATTENTION)) is None


def test_a_large_bibliography_is_looked_through_once(tmp_path: Path) -> None:
    def run(count: int) -> None:
        out = tmp_path / "refs.bib"
        out.write_text("\n".join(f"@misc{{k{n}, title = {{Paper {n}}}}}" for n in range(count)))
        target = read_target(out)
        for number in range(count):
            assert key_in_lock(target, Wanted(None, None, f"Another Paper {number}")) is None

    grows_linearly(run, 4_000)
