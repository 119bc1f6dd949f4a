from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from bibkit.emit import write
from bibkit.record import Author, Entry, Eprint, Link, PartialDate

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "data" / "emit" / "csl-data-subset.json").read_text()
)


def item(entry: Entry) -> dict[str, Any]:
    (found,) = json.loads(write([entry], format="csl-json"))
    assert isinstance(found, dict)
    return found


def test_a_preprint_is_what_zotero_makes_a_preprint_of() -> None:
    entry = Entry(
        citation_key="maaten2008visualizing",
        entry_type="preprint",
        title="$L^2$ & “t-SNE”",
        authors=(Author("Maaten", "L.", "van der"), Author("Llama Team", collective=True)),
        date=PartialDate(2008, 11, 3),
        eprint=Eprint("0811.00001", "cs.LG"),
        url="https://arxiv.org/abs/0811.00001",
        abstract="50% of {it} – $\\alpha$",
        links=(
            Link("https://github.com/o/r", "code"),
            Link("https://o.github.io", "project"),
            Link("https://huggingface.co/o/m", "model"),
            Link("javascript:x", "demo"),
        ),
        note="Seen: twice",
    )
    assert list(item(entry).items()) == [
        ("id", "maaten2008visualizing"),
        ("citation-key", "maaten2008visualizing"),
        ("type", "article"),
        ("genre", "preprint"),
        ("title", "L² & “t-SNE”"),
        ("author", [{"family": "van der Maaten", "given": "L."}, {"literal": "Llama Team"}]),
        ("issued", {"date-parts": [[2008, 11, 3]]}),
        ("publisher", "arXiv"),
        ("number", "arXiv:0811.00001"),
        ("DOI", "10.48550/arXiv.0811.00001"),
        ("URL", "https://arxiv.org/abs/0811.00001"),
        ("abstract", "50% of {it} – α"),
        (
            "note",
            "arXiv:0811.00001 [cs.LG]\nCode URL: https://github.com/o/r\n"
            "Project page: https://o.github.io\nModel URL: https://huggingface.co/o/m\nSeen: twice",
        ),
        ("custom", {"code": "https://github.com/o/r"}),
    ]


def test_published_papers() -> None:
    article = Entry(
        "k", "article", "T", (Author("King", "M. L.", suffix="Jr."),), PartialDate(2020, 5),
        Eprint("2001.00001"), "10.1/x", container="J. of R&D", volume="7", number="2", pages="12--34",
    )  # fmt: skip
    found = item(article)
    assert (found["type"], found["container-title"]) == ("article-journal", "J. of R&D")
    assert (found["volume"], found["issue"], found["page"]) == ("7", "2", "12-34")
    assert found["author"] == [{"family": "King Jr.", "given": "M. L."}]
    assert found["issued"] == {"date-parts": [[2020, 5]]}
    assert found["note"] == "arXiv:2001.00001"
    talk = Entry("k", "inproceedings", "T", container="NeurIPS")
    assert item(talk)["type"] == "paper-conference"
    assert item(Entry("k", "article", "T"))["type"] == "article-journal"
    nowhere = Entry("k", "article", "T", eprint=Eprint("2001.00001"))
    assert (item(nowhere)["type"], item(nowhere)["genre"]) == ("article", "preprint")


NAMES = [
    (Author("Prabhat"), {"family": "Prabhat"}),
    (Author("", "Ann"), {"family": "Ann"}),
    (Author("王小明"), {"family": "王小明"}),
]


@pytest.mark.parametrize(("author", "name"), NAMES)
def test_names(author: Author, name: dict[str, str]) -> None:
    assert item(Entry("k", "preprint", "T", (author,)))["author"] == [name]


def test_the_file_is_valid(papers: list[Entry]) -> None:
    validate = fastjsonschema.compile(SCHEMA)
    text = write(papers, format="csl-json")
    validate(json.loads(text))
    assert text.startswith('[\n  {\n    "id"')
    assert "Łukasz" in text  # not \u0141


def test_the_schema_refuses_what_zotero_refuses() -> None:
    validate = fastjsonschema.compile(SCHEMA)
    refused: list[object] = [
        [{"id": "k", "type": "software"}],
        [{"id": "k", "type": "article", "x": 1}],
        {"references": []},
    ]
    for bad in refused:
        with pytest.raises(fastjsonschema.JsonSchemaException):
            validate(bad)
