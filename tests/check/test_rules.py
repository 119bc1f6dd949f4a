"""Each seeded defect is found at its line, and nothing else is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from bibkit.bibfile import read_bib
from bibkit.check import CODES, find_problems, read_library
from bibkit.check.field_values import bad_values
from bibkit.check.library import CheckedFile, Library
from bibkit.errors import OutputError
from bibkit.fmt import RULES
from tests.conftest import ROOT
from tests.growth import grows_linearly

CLEAN = r"""% a file that is right in every way
@string{corr = "CoRR"}
@STRING(nips = {Advances in Neural Information Processing Systems})

@article{vaswani2017attention,
  title  = {Attention Is All You Need},
  author = {Vaswani, Ashish and Shazeer, Noam},
  journal = corr # { abs/1706.03762},
  year   = 2017, month = jun # "~12",
}
@inproceedings{child, title = "A Talk", author = {Doe, Jane}, crossref = {Parent2020}, pages = {1--2}}
@book{knuth, title = {The Book of Many Things}, editor = {Knuth, Donald}, publisher = tcs, year = {1986}}
@incollection{c1, author={A}, title={The First Chapter}, booktitle={B}, publisher={P}, year=2001, doi={10.1000/book}}
@incollection{c2, author={A}, title={The Second Chapter}, booktitle={B}, publisher={P}, year=2001, doi={10.1000/book}}
@article{e1, author = {Roe, R.}, title = {Letter from the Editor}, journal = {J}, volume = 1, year = 2001}
@article{e2, author = {Roe, R.}, title = {Letter from the Editor}, journal = {J}, volume = 2, year = 2001}
@misc{old, title = {An Old One}, eprint = {9901001}, archiveprefix = {arXiv}, primaryclass = {hep-th}}
@misc{new, title = {A New One}, eprint = {arXiv:2402.12345v2 [cs.LG]}, eprinttype = {arxiv}, year = {n.d.}}
@misc{jstor, title = {Elsewhere}, eprint = {2372.999}, eprinttype = {jstor}, doi = {10/ggd754}}
@misc{note, title = {More}, note = {Extends arXiv:1706.03762, with arXiv: 2.0 data}, howpublished = {\url{https://arxiv.org/abs/math/0309136}}}
@misc{sici, title = {Older}, doi = {10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O}}
@IEEEtranBSTCTL{IEEEexample:BSTcontrol, CTLuse_forced_etal = "yes"}
@mytype{anything}
@comment{ @article{hidden, month = april} }
@proceedings{parent2020, title = {Proceedings of Something}, year = {2020}}
"""
BIBLATEX = """
@article{a, author = {A}, title = {T}, journaltitle = {J}, date = {2020-01}}
@book{b, author = {A}, title = {T}, location = {Berlin}, year = 1999}
@thesis{c, author = {A}, title = {T}, type = {phdthesis}, school = {S}, date = {2001}}
@phdthesis{d, author = {A}, title = {T}, institution = {S}, date = {2001}}
@online{e, title = {T}, url = {https://example.org}}
@inbook{f, author = {A}, xdata = {x1, x2}}
@xdata{x1, title = {T}, booktitle = {B}, xdata = {x2}}
@xdata{x2, date = {2001}, xdata = {x1}}
@inproceedings{g, author = {A}, title = {T}, crossref = {h}}
@mvproceedings{h, title = {All of It}, date = {2003}, ids = {h1, h2}}
@software{i, title = {T}, related = {a}}
"""


def problems(*texts: str) -> list[str]:
    files = [
        CheckedFile.of(read_bib(text.encode(), origin=f"{place}.bib"))
        for place, text in enumerate(texts)
    ]
    return [str(problem) for problem in find_problems(Library(tuple(files)))]


@pytest.mark.parametrize("text", [CLEAN, BIBLATEX, CLEAN.replace("\n", "\r\n"), "", "% nothing\n"])
def test_a_clean_file_is_clean(text: str) -> None:
    assert problems(text) == []


OK = "@misc{ok, title = {Fine}}\n"
DEFECTS = {
    # what is added after the clean file: the line within it, code, and a word of the message
    "@misc{k, title = {T}, month = april}": (1, "undefined-macro", "'april'"),
    "@misc{k,\n title = {T},\n selected = true}": (3, "undefined-macro", "'true'"),
    "@misc{k,\n title = {a} # nope # {b}\n}": (2, "undefined-macro", "'nope'"),
    "@string{x = later}\n@string{later = {L}}": (1, "undefined-macro", "before its definition"),
    '@string{x = undefinedone # "s"}': (1, "undefined-macro", "'undefinedone'"),
    "@misc{VASWANI2017attention, title = {Other}}": (1, "duplicate-key", "case does not count"),
    "@misc{knuth, title = {Other}}": (1, "duplicate-key", "citation key of line"),
    "@misc{k, title = {T}, title = {T}}": (1, "duplicate-field", "'title'"),
    "@misc{k, title = {T} year = 2000}": (1, "broken-entry", "no comma"),
    "@misc{, title = {T}}": (1, "broken-entry", "no citation key"),
    "@misc{k, title = {T}": (1, "broken-entry", "never closed"),
    "@article{k, title = {T}, author = {A}, year = 2000}": (1, "missing-field", "'journal'"),
    "@article{k, title = {T}, journal = {J}, year = 2000}": (1, "missing-field", "'author'"),
    "@article{k, autor = {A}, title = {T}, journal = {J}, year = 2000}": (
        1,
        "missing-field",
        "(the entry has 'autor')",
    ),
    "@article{k,\n title = {},\n author = {A}, journal = {J}, year = 2000}": (
        2,
        "missing-field",
        "'title' is empty",
    ),
    "@article{k, author = {A}, title = {T}, journal = {J}}": (1, "missing-field", "'year'"),
    "@inproceedings{k, author = {A}, title = {T}, year = 2000}": (
        1,
        "missing-field",
        "'booktitle'",
    ),
    "@conference{k, author = {A}, booktitle = {T}, year = 2000}": (1, "missing-field", "'title'"),
    "@book{k, title = {T}, publisher = {P}, year = 2000}": (
        1,
        "missing-field",
        "'author' or 'editor'",
    ),
    "@book{k, title = {T}, author = {P}, year = 2000}": (1, "missing-field", "'publisher'"),
    "@inbook{k, title = {T}, author = {P}, year = 2000, publisher = {P}}": (
        1,
        "missing-field",
        "'chapter' or 'pages'",
    ),
    "@phdthesis{k, title = {T}, author = {P}, year = 2000}": (1, "missing-field", "'school'"),
    "@techreport{k, title = {T}, author = {P}, year = 2000}": (1, "missing-field", "'institution'"),
    "@unpublished{k, title = {T}, author = {P}}": (1, "missing-field", "'note'"),
    "@inproceedings{k, author = {A}, crossref = {q}}\n@proceedings{q, title = {P}, year = 2020}": (
        1,
        "missing-field",
        "'title'",
    ),
    "@inproceedings{k, author = {A}, title = {T},\n crossref = {nobody}}": (
        2,
        "undefined-crossref",
        "'nobody'",
    ),
    "@misc{k, title = {Attention}, eprint = {1706.03762}, archiveprefix = {arXiv}}": (
        1,
        "duplicate-paper",
        "'vaswani2017attention' in line 5: arXiv 1706.03762, under another title",
    ),
    "@article{k, author={A}, title={The First Chapter}, journal={J}, year=2001, doi={10.1000/BOOK}}": (
        1,
        "duplicate-paper",
        "DOI 10.1000/book",
    ),
    "@article{k, author = {Roe, R.}, title = {Letter from the {Editor}}, journal = {J}, volume = 2, year = 2001}": (
        1,
        "duplicate-paper",
        "same title, authors and year",
    ),
    "@misc{k, title = {T},\n eprint = {2413.12345}, archiveprefix = {arXiv}}": (
        2,
        "bad-arxiv-id",
        "'2413.12345'",
    ),
    "@misc{k, title = {T}, eprint = {2402.1234}}": (1, "bad-arxiv-id", "'2402.1234'"),
    "@misc{k, title = {T}, eprint = {hep-xy/9901001}, eprinttype = {arXiv}}": (
        1,
        "bad-arxiv-id",
        "'hep-xy/9901001'",
    ),
    "@misc{k, title = {T}, arxiv = {2402.00000}}": (1, "bad-arxiv-id", "'2402.00000'"),
    "@article{k, author = {A}, title = {T}, journal = {arXiv preprint arXiv:2402.123456}, year = 2024}": (
        1,
        "bad-arxiv-id",
        "'2402.123456'",
    ),
    "@misc{k, title = {T}, url = {https://arxiv.org/abs/2402.123}}": (
        1,
        "bad-arxiv-id",
        "'2402.123'",
    ),
    "@misc{k, title = {T}, doi = {Smith 2020}}": (1, "bad-doi", "'Smith 2020'"),
    "@misc{k, title = {T}, year = 20202}": (1, "bad-year", "'20202'"),
    "@misc{a#b, title = {T}}": (1, "bad-key", "'#'"),
    "@misc{a b, title = {T}}": (1, "bad-key", "' '"),
    # what fmt would change
    "@misc{k, title = {T},\n note = {}}": (2, "empty-fields", "note goes"),
    "@misc{k, title = {T}, year = 2020,\n month = {January}}": (2, "months", "{January} → jan"),
    "@misc{k, title = {T}, year = 2020, month = 6}": (1, "months", "6 → jun"),
    "@misc{k, title = {T},\n pages = {12-34}}": (2, "page-dashes", "{12-34} → {12--34}"),
    "@misc{k, title = {T}, pages = {12–34}}": (1, "page-dashes", "{12--34}"),
    "@misc{k, title = {T},\n doi = {https://doi.org/10.1000/x}}": (2, "doi", "→ {10.1000/x}"),
    "@misc{k, title = {A & B}}": (1, "escape", "{A & B} → {A \\& B}"),
    "@misc{k, title = {T},\n note = {50% of it}}": (2, "escape", "50\\% of it"),
    "@misc{k, title = {The file my_file}}": (1, "escape", "my\\_file"),
    "@misc{k, title = {C# in a Day}}": (1, "escape", "C\\#"),
    # what stops TeX and may be meant otherwise
    "@misc{k, title = {Storing CO_2}}": (1, "unescaped", "'_'"),
    "@misc{k, title = {T},\n note = {$5 and more}}": (2, "open-formula", "never closed"),
    "@misc{k, title = {A &amp; B}}": (1, "html", "'&amp;'"),
    "@misc{k, title = {<i>In vitro</i>}}": (1, "html", "'<i>'"),
    "@misc{k, title = {T}, note = {MÃ¼ller}}": (1, "mojibake", "'Ã¼'"),
    "@misc{k, title = {T},\n note = {a\u200bb}}": (2, "bad-character", "U+200B"),
    "@misc{k, title = {T}, note = {a\x02b}}": (1, "bad-character", "U+0002"),
    "@misc{k, title = {T}, note = {a\u202eb}}": (1, "bad-character", "U+202E"),
    "@misc{k, title = {T},\n url = {http://a.org/b\\_c}}": (2, "escaped-url", "with the backslash"),
    "@misc{k, title = {T},\n url = {www.example.org}}": (2, "bad-url", "no https://"),
    "@misc{k, title = {T}, url = {http://a.org/b c}}": (1, "bad-url", "blanks"),
    # names
    "@misc{k, title = {T},\n author = {Doe, J., Roe, R., Poe, E.}}": (2, "bad-name", "5 commas"),
    "@misc{k, title = {T}, author = {Doe, J.; Roe, R.}}": (1, "bad-name", "';' parts no names"),
    "@misc{k, title = {T}, author = {Jane Doe \\& Rick Roe}}": (1, "bad-name", "parts no names"),
    "@misc{k, title = {T}, author = {Doe, J. et al.}}": (1, "bad-name", "and others"),
    "@misc{k, title = {T}, author = {Doe, J. and }}": (1, "bad-name", "a name is empty"),
    "@misc{k, title = {T}, author = {Doe, J. and and Roe, R.}}": (1, "bad-name", "a name is empty"),
    "@misc{k, title = {T}, author = {Doe, and Roe, R.}}": (1, "bad-name", "ends in a comma"),
    "@misc{k, title = {T}, author = {Doe, Jane, Jr.}}": (1, "bad-name", "taken for `Jr`"),
    # numbers and dates
    "@misc{k, title = {T},\n isbn = {978-3-16-148410-1}}": (2, "bad-isbn", "978-3-16-148410-1"),
    "@misc{k, title = {T}, isbn = {0-201-13448-8}}": (1, "bad-isbn", "last digit"),
    "@misc{k, title = {T},\n issn = {0378-5954}}": (2, "bad-issn", "0378-5954"),
    "@misc{k, title = {T}, pages = {34--12}}": (1, "bad-pages", "ends before it begins"),
    "@misc{k, title = {T}, month = {Febuary}}": (1, "bad-month", "'Febuary'"),
    "@misc{k, title = {T}, month = 13}": (1, "bad-month", "'13'"),
    "@misc{k, title = {T}, year = 2203}": (1, "bad-year", "long to come"),
    "@misc{k, title = {T},\n date = {12 June 2020}}": (2, "bad-date", "2020-06-12"),
    # what does not fit together
    "@inproceeding{k, title = {T}}": (1, "unknown-type", "@inproceedings"),
    "@masterthesis{k, title = {T}}": (1, "unknown-type", "@mastersthesis"),
    "@misc{k, title = {T},\n voulme = 3}": (2, "unknown-field", "'volume'"),
    "@misc{k, title = {T}, page = {3}}": (1, "unknown-field", "'pages'"),
    "@misc{k, title = {T}, eprint = {2402.12346}, archiveprefix = {arXiv},\n doi = {10.48550/arXiv.2402.54321}}": (
        2,
        "conflicting-ids",
        "2402.54321",
    ),
    "@misc{k, title = {T}, eprint = {2402.12346}, url = {https://arxiv.org/abs/2402.1234}}": (
        1,
        "bad-arxiv-id",
        "'2402.1234'",
    ),
    "@misc{k, title = {T}, eprint = {2402.12346}, archiveprefix = {arXiv},\n primaryclass = {Machine Learning}}": (
        2,
        "bad-arxiv-class",
        "'Machine Learning'",
    ),
    "@proceedings{k, title = {T}, year = 2000, volume = 3,\n number = 4}": (
        2,
        "volume-and-number",
        "not both",
    ),
    "@proceedings{k, title = {T}, year = 2000, number = 4}": (1, "number-without-series", "series"),
    "@book{k, title = {T}, year = 2000, publisher = {P}, author = {A},\n editor = {B}}": (
        2,
        "author-and-editor",
        "not both",
    ),
    "@string{corr = {The CoRR}}": (1, "duplicate-macro", "in line 2"),
    "@inproceedings{k, author = {A}, title = {T},\n crossref = {parent2020}}": (
        2,
        "crossref-order",
        "only behind",
    ),
    "@inproceedings{k, author = {A}, title = {T}, booktitle = {B}, year = 2000, crossref = {k}}": (
        1,
        "crossref-loop",
        "names itself",
    ),
    "@misc{k, title = {T}, crossref = {k2}}\n@misc{k2, title = {T}, crossref = {k3}}\n@misc{k3, title = {U}}": (
        1,
        "nested-crossref",
        "'k2'",
    ),
}
IN_BIBLATEX = {
    "@article{k, author = {A}, title = {T}, journaltitle = {J}, date = {2020-13}}": (1, "bad-date", "'2020-13'"),
    "@misc{k, title = {T}, date = {2020-02-30}}": (1, "bad-date", "'2020-02-30'"),
    "@online{k, title = {T}, url = {http://a.org},\n urldate = {May 2020}}": (2, "bad-date", "'May 2020'"),
    "@misc{k, title = {T}, year = 1999, date = {2020-06}}": (1, "conflicting-dates", "takes the date"),
    "@misc{k, title = {T},\n related = {nobody}}": (2, "undefined-related", "'nobody'"),
    "@misc{k, title = {T},\n ids = {old, a}}": (2, "duplicate-key", "'a' of ids"),
    "@misc{k, title = {T}, xdata = {nothing}}": (1, "undefined-crossref", "'nothing'"),
    "@thesis{k, author = {A}, title = {T}, date = {2001}}": (1, "missing-field", "'institution'"),
}  # fmt: skip


@pytest.mark.parametrize("added", DEFECTS)
def test_each_defect_is_found_at_its_line(added: str) -> None:
    line, code, words = DEFECTS[added]
    found = problems(CLEAN + added + "\n\n" + OK)
    assert len(found) == 1, found
    assert found[0].startswith(f"0.bib:{CLEAN.count(chr(10)) + line}: {code}: ")
    assert words in found[0]


@pytest.mark.parametrize("added", IN_BIBLATEX)
def test_each_defect_of_biblatex_is_found_at_its_line(added: str) -> None:
    line, code, words = IN_BIBLATEX[added]
    found = problems(BIBLATEX + added + "\n\n" + OK)
    assert len(found) == 1, found
    assert found[0].startswith(f"0.bib:{BIBLATEX.count(chr(10)) + line}: {code}: ")
    assert words in found[0]


def test_sixty_kinds_and_more_are_found_and_all_codes_are_known() -> None:
    kinds = {(code, words) for table in (DEFECTS, IN_BIBLATEX) for _, code, words in table.values()}
    assert len(kinds) >= 90
    codes = {code for code, _ in kinds}
    assert codes <= CODES
    told_elsewhere = {
        "encoding", "dead-link", "moved-link", "tex-input", "undefined-key", "unused-key",
    }  # fmt: skip
    assert codes | told_elsewhere | set(RULES) == CODES


def test_every_code_is_documented() -> None:
    page = (ROOT / "docs" / "check.md").read_text("utf-8")
    assert [code for code in CODES - set(RULES) if f"`{code}`" not in page] == []


def test_rules_of_fmt_can_be_asked_for_and_left_out() -> None:
    text = '@misc{b, title = {T}, note = {}}\n@misc{a, title = "T"}\n'
    library = Library((CheckedFile.of(read_bib(text.encode(), origin="x.bib")),))
    assert [str(p) for p in find_problems(library, fmt_rules=["sort", "braces"])] == [
        "x.bib:1: sort: @misc 'b': entries are in the order of their keys: 'a' comes before it",
        "x.bib:2: braces: @misc 'a': values stand in braces: \"T\" → {T}",
    ]
    assert find_problems(library, fmt_rules=[]) == []


GOOD = [
    "@misc{k, title = {T}, isbn = {978-3-16-148410-0, 0-201-13448-9 (paper)}, issn = {0378-5955}}",
    "@misc{k, title = {T}, pages = {1234--45}, month = {Summer}}",
    "@misc{k, title = {T}, month = {septembre}, author = {{AT\\&T} and King, Jr., Martin and others}}",
    "@misc{k, title = {T}, author = {{Barnes and Noble; Co, A, B, C}}, note = {\\path|a_b%c|}}",
    "@misc{k, title = {T}, url = {http://a.org/b_c%20d&e#f; http://b.org}, mine = {a}, code = {b}}",
    "@misc{k, title = {$a$ and \\$5}, note = {São, ÃO, Ängström, naïve, 視覚, نص}}",
    "@misc{k, title = {T}, eprint = {2402.12345}, archiveprefix = {arXiv}, primaryclass = {cond-mat.mes-hall}, url = {https://arxiv.org/abs/2402.12345v3}}",
    "@misc{k, title = {T}, date = {2020-06-12/..}, urldate = {2020-06-12}, origdate = {1990~}}",
    "@misc{k, title = {T}, date = {2020-21}, eventdate = {2020-06-12/2020-06-14}, pages = {1-2}}",
    "@misc{k, title = nosuch # { a_b}, note = cacm # { A & B}}",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_what_is_right_is_not_told(text: str) -> None:
    assert [p for p in problems(text) if "nosuch" not in p] == []


def test_a_macro_or_a_parent_may_stand_in_another_file() -> None:
    strings = "@string{jair = {JAIR}}\n@proceedings{p, title = {P}, year = 2020}\n"
    refs = "@inproceedings{k, author = {A}, title = jair, crossref = {p}}\n"
    assert problems(strings, refs) == problems(refs, strings) == []
    assert len(problems(refs)) == 2


def test_the_same_paper_in_two_files_is_no_problem() -> None:
    assert problems(CLEAN, CLEAN) == []


def test_ids_of_months_to_come_are_impossible() -> None:
    text = b"@misc{k, title = {T}, eprint = {2512.00001}}"
    library = Library((CheckedFile.of(read_bib(text, origin="x.bib")),))
    assert not list(bad_values(library, today=dt.date(2025, 12, 1)))
    assert len(list(bad_values(library, today=dt.date(2025, 11, 30)))) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"none\.bib: input: cannot be read"):
        read_library([tmp_path / "none.bib"])


def test_a_json_file_is_not_called_clean(tmp_path: Path) -> None:
    (tmp_path / "refs.json").write_text('[{"id": "k"}]')
    with pytest.raises(OutputError, match=r"refs\.json: input: is no \.bib file"):
        read_library([tmp_path / "refs.json"])


HOSTILE: dict[str, Callable[[int], str]] = {
    "a chain of parents": lambda n: "".join(
        f"@misc{{k{i}, crossref = {{k{i + 1}}}}}\n" for i in range(n)
    ),
    "a net of parents": lambda n: "".join(
        f"@book{{k{i}, xdata = {{{','.join(f'k{m}' for m in range(0, n, n // 100))}}}}}\n"
        for i in range(n)
    ),
    "many fields": lambda n: (
        "@article{k, " + ", ".join(f"autho{i} = 1" for i in range(30 * n)) + "}"
    ),
    "many macros": lambda n: "@misc{k, title = " + " # ".join(f"m{i}" for i in range(3 * n)) + "}",
    "one paper again and again": lambda n: "".join(
        f"@misc{{k{i}, title = {{T}}, eprint = {{2402.12345}}, doi = {{10.1000/x}}}}\n"
        for i in range(n)
    ),
    "a long id": lambda n: "@misc{k, title = {T}, note = {" + "arXiv:" * 30 * n + "}}",
    "blanks in an id": lambda n: "@misc{k, title = {T}, url = {arxiv" + "{ }" * 30 * n + "}}",
    "a long key": lambda n: "@article{" + "k" * 100 * n + ", a = b, c = d}",
    "a library": lambda n: "".join(
        f"@article{{k{i}, title = {{A Title of Number {i}}}, author = {{Doe, J.}},\n"
        f"  journal = {{J}}, year = 2020, month = jan, eprint = {{2402.{i:05}}}}}\n"
        for i in range(1, n + 1)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_files_made_to_be_slow_are_not(kind: str) -> None:
    grows_linearly(lambda n: problems(HOSTILE[kind](n)), 3_000)


def test_a_large_library_raises_no_false_alarm() -> None:
    assert problems(HOSTILE["a library"](1_000)) == []
