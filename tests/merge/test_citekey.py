from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.errors import ConfigError
from bibkit.merge.citekey import assign_keys, citation_key
from bibkit.merge.key_pattern import NAMES
from bibkit.record import Author, Entry, Eprint, PartialDate
from bibkit.text.names import parse_name
from tests.conftest import ROOT
from tests.growth import grows_linearly


def paper(
    title: str = "Attention Is All You Need",
    author: str = "Ashish Vaswani",
    year: int | None = 2017,
    arxiv_id: str | None = "1706.03762",
) -> Entry:
    return Entry(
        citation_key="",
        entry_type="preprint",
        title=title,
        authors=(parse_name(author),) if author else (),
        date=PartialDate(year) if year else None,
        eprint=Eprint(arxiv_id) if arxiv_id else None,
    )


KEYS = [
    (paper(), "vaswani2017attention"),
    (paper("Representation Learning with Contrastive Predictive Coding", "Aäron van den Oord", 2018), "vandenoord2018representation"),
    (paper(author="Łukasz Müller-Żak"), "mullerzak2017attention"),
    (paper(author="Đorđe O'Brien"), "obrien2017attention"),
    (paper(author="Luc Van Gool"), "vangool2017attention"),
    (paper(author="Martin Luther King Jr."), "king2017attention"),
    (paper(author="The ATLAS Collaboration"), "atlas2017attention"),
    (paper(author="DeepSeek-AI"), "deepseekai2017attention"),
    (paper(author="Иван Петров"), "petrov2017attention"),
    (paper(author="김민수"), "gimminsu2017attention"),
    (paper(author="The Event Horizon Telescope Collaboration"), "eventhorizontelescope2017attention"),
    (paper(author="Llama Team"), "llama2017attention"),
    (paper(author="Johannes Diderik van der Waals"), "vanderwaals2017attention"),
    (paper(author="王小明"), "wangxiaoming2017attention"),
    (paper(author="山田 太郎"), "shantian2017attention"),
    (paper(author="יוסף כהן"), "khn2017attention"),
    (paper(author="علي حسن"), "hsn2017attention"),
    (paper(author="राम कुमार शर्मा"), "sharma2017attention"),
    (paper(author="রবীন্দ্রনাথ ঠাকুর"), "thakur2017attention"),
    (paper(author="สมชาย ใจดี"), "chaidi2017attention"),
    (paper(author="Γιώργος Παπαδόπουλος"), "papadopoulos2017attention"),
    (paper(author="გიორგი კვირიკაშვილი"), "kvirikashvili2017attention"),
    (paper(author="🚀"), "anon2017attention"),
    (paper(author=""), "anon2017attention"),
    (paper(year=None), "vaswanindattention"),
    (paper("The GPT-4 Technical Report"), "vaswani2017gpt4"),
    (paper("{GPT-4} Technical Report"), "vaswani2017gpt4"),
    (paper("On the Opportunities of Models"), "vaswani2017opportunities"),
    (paper("What Is It?"), "vaswani2017what"),
    (paper("— ?! Segment Anything"), "vaswani2017segment"),
    (paper("$\\alpha$-stable $L^p$ spaces"), "vaswani2017alphastable"),
    (paper("Étude of Things"), "vaswani2017etude"),
    (paper("Pre-training of Models"), "vaswani2017pretraining"),
    (paper("视觉 语言"), "vaswani2017shijue"),
    (paper("🚀 Ελληνική γλώσσα"), "vaswani2017elliniki"),
    (paper("🚀!"), "vaswani2017170603762"),
    (paper("🚀!", arxiv_id=None), "vaswani2017"),
    (paper(author="Xa" + "vier" * 90), "xa" + "vier" * 7 + "2017attention"),
    (paper("x" * 100), "vaswani2017" + "x" * 30),
    (paper("", "", None, None), "anonnd"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "key"), KEYS)
def test_key(entry: Entry, key: str) -> None:
    assert citation_key(entry) == key


PATTERNS = [
    ("{Auth}{yy}", "VanDenOord18"),
    ("{auth}:{year}", "vandenoord:2018"),
    ("{arxiv}", "1807.03748"),
    ("p/{arxiv}_{shorttitle}", "p/1807.03748_representation"),
    ("{auth:3}{year:2}", "van20"),
    ("{auth:abbr}-{auth:ascii:upper}", "vdo-VANDENOORD"),
    ("{authors}", "vandenoordlivinyals"),
    ("{authors:2}", "vandenoordli"),
    ("{Authors:9}", "VanDenOordLiVinyals"),
    ("{authors:3:abbr:upper}", "VDOLV"),
    ("{title:3}", "representationlearningcpc"),
    ("{Title:3}", "RepresentationLearningCPC"),
    ("{Title:3:capitalize}", "RepresentationLearningCpc"),
    ("{title:3:abbr}", "rlc"),
    ("{title:99:upper:lower:ascii}", "representationlearningcpcimages"),
    ("{Shorttitle:4}", "Repr"),
    ("{venue}", "neuripsworkshop"),
    ("{Venue:abbr}{yy}", "NW18"),
    ("{venue:5}", "neuri"),
]


@pytest.mark.parametrize(("pattern", "key"), PATTERNS)
def test_patterns(pattern: str, key: str) -> None:
    entry = paper("Representation Learning with CPC for Images", "", 2018, "1807.03748")
    authors = map(parse_name, ("Aäron van den Oord", "Yazhe Li", "Oriol Vinyals"))
    entry = replace(entry, authors=tuple(authors), container="NeurIPS 2018 Workshop on the")
    assert citation_key(entry, pattern) == key


def test_the_documented_parts_give_what_is_documented() -> None:
    page = (ROOT / "docs" / "citation-keys.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\{[^`]+\})` \| `([^`]+)` \|", page, re.MULTILINE)
    assert {part.split(":")[0].strip("{}").lower() for part, _ in rows} == {
        n.lower() for n in NAMES
    }
    authors = map(parse_name, ("Ashish Vaswani", "Noam Shazeer", "Niki Parmar", "Jakob Uszkoreit"))
    entry = replace(paper(), authors=tuple(authors), container="NeurIPS 2017")
    assert {pattern: citation_key(entry, pattern) for pattern, _ in rows} == dict(rows)


NOTHING_THERE = [
    ("{authors:3}{yy}", "anonnd"),
    ("{year}", "nd"),
    ("{venue}", "arxiv"),
    ("{auth}-{arxiv}", "anon-1706.03762"),
]


@pytest.mark.parametrize(("pattern", "key"), NOTHING_THERE)
def test_what_an_entry_does_not_have(pattern: str, key: str) -> None:
    assert citation_key(paper(author="", year=None), pattern) == key


@pytest.mark.parametrize("pattern", ["", "key", "{author}", "{auth", "{auth} {year}", "{auth},{year}", "{auth!r}", "{}", "{auth}é", "{auth}%", "{auth}}", "{{auth}}", "[auth]{year}", "{auth:0}", "{auth:}", "{auth:abbr:3}", "{auth:²}", "{auth:-1}", "{Year}", "{Arxiv}", "{auth}'", '{auth}"', "{auth}=", "{auth}~", "{auth}#", "{auth}\\"])  # fmt: skip
def test_senseless_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ConfigError):
        citation_key(paper(), pattern)
    with pytest.raises(ConfigError):
        assign_keys([], taken=(), pattern=pattern)


NEAREST = [
    ("{auht}", "{auth}"),
    ("{author}", "{auth}"),
    ("{AUTHORS}", "{authors}"),
    ("{shortitle}", "{shorttitle}"),
    ("{veryshorttitle}", "{shorttitle}"),
    ("{shortyear}", "{yy}"),
    ("{journal}", "{venue}"),
    ("{eprint}", "{arxiv}"),
    ("{auth:lowercase}", ":lower"),
    ("{auth:abr}", ":abbr"),
    ("{auth:Upper}", ":upper"),
]


@pytest.mark.parametrize(("pattern", "meant"), NEAREST)
def test_a_wrong_name_is_answered_with_the_nearest_right_one(pattern: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"do you mean {meant}?")):
        citation_key(paper(), pattern)


def test_an_empty_value_never_makes_an_empty_key() -> None:
    assert citation_key(paper(arxiv_id=None), "{arxiv}") == "attention"
    assert citation_key(paper("", arxiv_id=None), "{venue}") == "anon"


def test_a_key_is_never_longer_than_a_line() -> None:
    many = replace(paper(), authors=(Author("Montgomery"),) * 3_000)
    keys = [e.citation_key for e in assign_keys([many, many], taken=(), pattern="{authors}{year}")]
    assert [len(key) for key in sorted(keys)] == [100, 101]


def test_the_later_paper_has_the_suffix() -> None:
    old, new = paper(arxiv_id="1706.03762"), paper(arxiv_id="1712.00001")
    ancient = paper(arxiv_id="hep-th/9901001")
    keys = [entry.citation_key for entry in assign_keys([new, ancient, old], taken=())]
    assert keys == ["vaswani2017attentionb", "vaswani2017attention", "vaswani2017attentiona"]


def test_keys_that_were_given_are_never_given_again() -> None:
    taken = {"Vaswani2017Attention", "vaswani2017attentiona"}
    assert assign_keys([paper()], taken=taken)[0].citation_key == "vaswani2017attentionb"


def test_after_z_come_two_letters() -> None:
    drafts = [paper(arxiv_id=f"1706.{number:05d}") for number in range(30)]
    keys = [entry.citation_key for entry in assign_keys(drafts, taken=())]
    assert keys[26:29] == [f"vaswani2017attention{s}" for s in ("z", "aa", "ab")]


def test_nothing_but_the_key_changes() -> None:
    draft = paper()
    assert assign_keys([draft], taken=()) == [replace(draft, citation_key="vaswani2017attention")]


entries = st.builds(
    Entry,
    citation_key=st.just(""),
    entry_type=st.just("preprint"),
    title=st.sampled_from(["Attention", "attention!", "A tale", "视觉", ""]) | st.text(max_size=20),
    authors=st.lists(
        st.sampled_from([Author("Li", "A."), Author("LI", "B."), Author("Ł")])
        | st.builds(Author, st.text(max_size=8)),
        max_size=2,
    ).map(tuple),
    date=st.none() | st.builds(PartialDate, st.integers(1990, 2030)),
    container=st.none() | st.text(max_size=12),
    eprint=st.none() | st.builds(Eprint, st.from_regex(r"2[0-5]0[1-9]\.0000[1-9]", fullmatch=True)),
)
taken_keys = st.sets(st.sampled_from(["li2020attention", "LI2020attention", "anon", "l", "ANON"]))


@given(st.lists(entries, max_size=8), taken_keys, st.randoms(use_true_random=False))
def test_keys_are_unique_and_do_not_depend_on_the_order(
    drafts: list[Entry], taken: set[str], random: object
) -> None:
    named = assign_keys(drafts, taken=taken)
    folded = [entry.citation_key.casefold() for entry in named]
    assert len(set(folded)) == len(folded)
    assert not set(folded) & {key.casefold() for key in taken}
    assert all(re.fullmatch(r"[a-z0-9]+", key) for key in folded)
    for pattern in ("{Authors:2:abbr}_{Title:2}", "{venue:upper}{yy}{arxiv}{authors}"):
        for entry in assign_keys(drafts, taken=taken, pattern=pattern):
            assert re.fullmatch(r"[A-Za-z0-9:/_+.&-]+", entry.citation_key)
    shuffled = list(drafts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = assign_keys(shuffled, taken=taken)
    assert sorted(map(repr, again)) == sorted(map(repr, named))


def test_many_papers_that_want_one_key_take_no_time() -> None:
    def run(count: int) -> None:
        drafts = [
            Entry("", "preprint", "Editorial", eprint=Eprint(f"2401.{n:05}")) for n in range(count)
        ]
        keys = [entry.citation_key for entry in assign_keys(drafts, taken={"anonNDEditorialB"})]
        assert len(set(keys)) == len(drafts)
        assert keys[:2] == ["anonndeditorial", "anonndeditoriala"]
        assert keys[2:4] == ["anonndeditorialc", "anonndeditoriald"]

    grows_linearly(run, 20_000)
