"""`bibkit zotero push` against a strict stand-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.zotero.conftest import Zotero
from tests.zotero.fake_zotero import FakeZotero

BIB = r"""% The lab's papers.
@misc{vaswani2017attention,
  title = {Attention Is All You Need},
  author = {Vaswani, Ashish and Shazeer, Noam and Kaiser, {\L}ukasz},
  year = {2017},
  month = jun,
  eprint = {1706.03762},
  eprinttype = {arxiv},
  primaryclass = {cs.CL},
  keywords = {attention, translation},
  note = {Read in the seminar},
  code = {https://github.com/tensorflow/tensor2tensor},
}

@inproceedings{he2016deep,
  title = {Deep Residual Learning for Image Recognition},
  author = {He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian},
  booktitle = {2016 IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  pages = {770--778},
  year = {2016},
  doi = {10.1109/CVPR.2016.90},
  eprint = {1512.03385},
  archiveprefix = {arXiv},
}

@phdthesis{lamport,
  title = {The Analytic Cauchy Problem with Singular Data},
  author = {Lamport, Leslie},
  school = {Brandeis University},
  year = 1972,
}

@book{knuth,
  title = {The {\TeX}book},
  author = {Knuth, Donald E.},
  editor = {Bibby, Duane},
  publisher = {Addison-Wesley},
  address = {Reading},
  year = {1984},
  doi = {10.5555/1102013},
  isbn = {0-201-13447-0},
}
"""


def item_of(server: FakeZotero, key: str) -> dict[str, Any]:
    return next(i for i in server.references() if f"Citation Key: {key}" in i.get("extra", ""))


def test_items_look_as_zotero_has_them(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    (folder / "refs.bib").write_text(BIB, "utf-8")
    assert zotero("push", "refs.bib", "--collection", "Related work").code == 0
    paper = item_of(server, "vaswani2017attention")
    assert paper["itemType"] == "preprint"
    assert paper["repository"] == "arXiv"
    assert paper["archiveID"] == "arXiv:1706.03762"
    assert paper["DOI"] == "10.48550/arXiv.1706.03762"
    assert paper["date"] == "2017-06"
    assert paper["creators"][2] == {
        "creatorType": "author",
        "firstName": "Łukasz",
        "lastName": "Kaiser",
    }
    assert paper["extra"].split("\n") == [
        "Citation Key: vaswani2017attention",
        "tex.note: Read in the seminar",
        "arXiv:1706.03762 [cs.CL]",
    ]
    assert paper["tags"] == [{"tag": "attention"}, {"tag": "translation"}]
    (collection,) = server.library.collections.values()
    assert collection["name"] == "Related work"
    assert {c for i in server.references() for c in i["collections"]} == {collection["key"]}
    (code,) = [i for i in server.library.items.values() if i["itemType"] == "attachment"]
    assert (code["parentItem"], code["title"]) == (paper["key"], "Code")
    assert code["url"] == "https://github.com/tensorflow/tensor2tensor"
    meeting = item_of(server, "he2016deep")
    assert meeting["itemType"] == "conferencePaper"
    assert meeting["proceedingsTitle"].startswith("2016 IEEE Conference")
    assert (meeting["pages"], meeting["DOI"]) == ("770-778", "10.1109/CVPR.2016.90")
    assert "arXiv:1512.03385" in meeting["extra"]
    thesis = item_of(server, "lamport")
    assert (thesis["itemType"], thesis["university"]) == ("thesis", "Brandeis University")
    assert thesis["thesisType"] == "PhD thesis"
    book = item_of(server, "knuth")
    assert (book["itemType"], book["place"]) == ("book", "Reading")
    assert "DOI: 10.5555/1102013" in book["extra"], "this server has no DOI for books"
    assert [c["creatorType"] for c in book["creators"]] == ["author", "editor"]


def test_a_second_push_writes_nothing(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    (folder / "refs.bib").write_text(BIB, "utf-8")
    zotero("push", "refs.bib", "--collection", "Related work")
    lock = (folder / "refs.bib.lock").read_bytes()
    writes = len(server.writes)
    run = zotero("push", "refs.bib", "--collection", "Related work")
    assert run.code == 0
    assert len(server.writes) == writes
    assert "0 added, 0 changed, 4 unchanged" in run.err
    assert (folder / "refs.bib.lock").read_bytes() == lock
    assert (folder / "refs.bib").read_text("utf-8") == BIB
