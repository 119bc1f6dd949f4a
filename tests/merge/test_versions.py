from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.merge.versions import Version, merge_versions, published, same_value

PREPRINT = Version(
    "a", "misc",
    {"title": "{BERT}", "author": "Devlin, J. and others", "year": "2018", "month": "oct",
     "eprint": "1810.04805", "archiveprefix": "arXiv", "keywords": "nlp, bert", "note": "Mine"},
    arxiv_id="1810.04805",
)  # fmt: skip
PAPER = Version(
    "b", "inproceedings",
    {"title": "BERT", "author": "Devlin, Jacob and Chang, Ming-Wei", "year": "2019",
     "booktitle": "NAACL", "pages": "4171--4186", "doi": "10.18653/v1/N19-1423",
     "keywords": "bert; transformers"},
)  # fmt: skip


@pytest.mark.parametrize("versions", [(PREPRINT, PAPER), (PAPER, PREPRINT)])
def test_published_before_preprint_and_both_ids(versions: tuple[Version, Version]) -> None:
    merged = merge_versions(versions)
    assert merged.entry_type == "inproceedings"
    assert {name: merged.fields[name] for name in ("year", "booktitle", "doi", "eprint")} == {
        "year": "2019", "booktitle": "NAACL", "doi": "10.18653/v1/N19-1423", "eprint": "1810.04805",
    }  # fmt: skip
    assert "month" not in merged.fields  # October is the preprint's
    assert merged.fields["author"] == "Devlin, Jacob and Chang, Ming-Wei"
    assert merged.fields["note"] == "Mine"
    lost = {(one.name, one.value) for one in merged.dropped}
    assert {("year", "2018"), ("month", "oct"), ("author", "Devlin, J. and others")} <= lost
    assert merged.fields["title"] == versions[0].fields["title"]  # no more than braces differ


def test_keywords_are_united_in_the_survivors_way() -> None:
    assert merge_versions([PREPRINT, PAPER]).fields["keywords"] == "nlp, bert, transformers"
    assert merge_versions([PAPER, PREPRINT]).fields["keywords"] == "bert; transformers; nlp"


def test_the_users_edit_is_before_anything() -> None:
    mine = Version("a", "misc", {**PREPRINT.fields, "title": "My BERT", "year": "2020"},
                   "1810.04805", edited=frozenset({"title", "year"}))  # fmt: skip
    merged = merge_versions([PAPER, mine])
    assert (merged.fields["title"], merged.fields["year"]) == ("My BERT", "2020")
    assert merged.fields["booktitle"] == "NAACL"


def test_the_users_own_entry_is_before_bibkits() -> None:
    theirs = Version("a", "article", {"journal": "J. A", "title": "Longer Title"}, by_user=True)
    bibkits = Version("b", "article", {"journal": "Journal of A", "title": "Title"})
    assert merge_versions([bibkits, theirs]).fields == {"journal": "J. A", "title": "Longer Title"}


@pytest.mark.parametrize(
    ("name", "short", "long"),
    [
        ("author", "Lovelace, A. and Babbage, C.", "Lovelace, Ada and Babbage, Charles"),
        ("author", "Lovelace, Ada and others", "Lovelace, A. and Babbage, C."),
        ("editor", "A. Lovelace", "{The Llama Team}"),
        ("journal", "J. Mach. Learn. Res.", "Journal of Machine Learning Research"),
        ("abstract", "It begins ...", "It begins and ends."),
        ("title", "A title that …", "A title that ends"),
    ],
)
def test_complete_before_abbreviated(name: str, short: str, long: str) -> None:
    base = {"journal": "Journal of Machine Learning Research"}
    one = Version("a", "article", {**base, name: short})
    other = Version("b", "article", {**base, name: long})
    for versions in ([one, other], [other, one]):
        merged = merge_versions(versions)
        assert merged.fields[name] == long
        assert [(d.name, d.value) for d in merged.dropped] == [(name, short)]


def test_a_venue_made_with_a_macro_is_meant_as_it_is() -> None:
    one = Version("a", "article", {"journal": "J. A"}, with_macros=frozenset({"journal"}))
    other = Version("b", "article", {"journal": "Journal A"})
    assert merge_versions([one, other]).fields["journal"] == "J. A"


def test_facts_of_another_publication_do_not_mix() -> None:
    talk = Version("a", "inproceedings", {"booktitle": "Proc. SIGMOD", "year": "2001"})
    article = Version("b", "article", {"journal": "TODS", "volume": "5", "year": "2003"})
    merged = merge_versions([talk, article])
    assert merged.fields == {"booktitle": "Proc. SIGMOD", "year": "2001"}
    assert {one.name for one in merged.dropped} == {"journal", "volume", "year", "@"}


def test_arxivs_doi_gives_way_and_the_id_stays() -> None:
    old = Version("a", "misc", {"doi": "10.48550/arXiv.1810.04805"}, arxiv_id="1810.04805")
    merged = merge_versions([old, PAPER])
    assert merged.fields["doi"] == "10.18653/v1/N19-1423"
    assert (merged.fields["eprint"], merged.fields["eprinttype"]) == ("1810.04805", "arxiv")


def test_an_address_of_code_becomes_the_code_link() -> None:
    one = Version("a", "article", {"url": "https://doi.org/10.1000/x"})
    other = Version("b", "article", {"url": "https://github.com/o/r"})
    merged = merge_versions([one, other])
    assert merged.fields["code"] == "https://github.com/o/r"
    assert not merged.dropped


def test_notes_are_joined_once() -> None:
    notes = ["Read twice", "Oral", "Oral!"]
    versions = [Version("k", "misc", {"note": note}) for note in notes]
    assert merge_versions(versions).fields["note"] == "Read twice. Oral!"


def test_what_is_published() -> None:
    assert not published(Version("k", "article", {"journal": "CoRR"}))
    assert not published(Version("k", "misc", {"howpublished": "arXiv"}))
    assert published(Version("k", "phdthesis", {"school": "MIT"}))


_FIELDS = st.dictionaries(
    st.sampled_from(["title", "author", "year", "journal", "doi", "url", "note", "keywords", "x"]),
    st.text("ab{}, ;.", min_size=1, max_size=8).filter(str.strip),
)
_VERSIONS = st.builds(
    Version, st.sampled_from("abc"), st.sampled_from(["misc", "article"]), _FIELDS, st.none(),
    st.frozensets(st.sampled_from(["title", "year"])), st.booleans(),
)  # fmt: skip


@given(st.lists(_VERSIONS, min_size=1, max_size=4))
def test_every_value_is_kept_or_told(versions: list[Version]) -> None:
    merged = merge_versions(versions)
    told = {(one.version, one.name) for one in merged.dropped}
    for index, version in enumerate(versions):
        for name, value in version.fields.items():
            kept = merged.fields.get(name, "")
            united = name in ("keywords", "note")
            assert united or same_value(value, kept) or (index, name) in told
            if united:
                parts = value.replace(";", ",").split(",") if name == "keywords" else [value]
                words = {"".join(c for c in part if c.isalnum()) for part in parts}
                assert all(word in "".join(c for c in kept if c.isalnum()) for word in words)
    again = merge_versions([Version("k", merged.entry_type, merged.fields)])
    assert again.fields == merged.fields
    assert not again.dropped
