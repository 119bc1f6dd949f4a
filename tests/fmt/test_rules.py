"""Each rule: what it makes of an entry, and what it leaves alone."""

from __future__ import annotations

import pytest

from bibkit.bibfile import read_bib
from bibkit.errors import ConfigError
from bibkit.fmt import DEFAULT, RULES, choose, format_bib, format_problems
from tests.conftest import ROOT

CHANGED = {
    # rule: (before, after) of the lines within an entry
    "empty-fields": [
        ("note = {},\n  year = 2020", "year = 2020"),
        ('title = {A},\n  note = " "', "title = {A}"),
    ],
    "months": [
        ("month = {January}", "month = jan"),
        ('month = "Sept."', "month = sep"),
        ("month = {06}", "month = jun"),
        ("month = 12,", "month = dec,"),
        ("month = {jan}", "month = jan"),
    ],
    "page-dashes": [
        ("pages = {12-34}", "pages = {12--34}"),
        ('pages = "12 – 34, 40"', 'pages = "12--34, 40"'),
        ("pages = {S1-S9}", "pages = {S1--S9}"),
        ("pages = {xi---xx}", "pages = {xi--xx}"),
        ("pages = {12:1-12:25}", "pages = {12:1--12:25}"),
        (r"pages = {1\textendash{}9}", "pages = {1--9}"),
    ],
    "doi": [
        ("doi = {https://doi.org/10.1000/A_b}", "doi = {10.1000/A_b}"),
        ('doi = "http://dx.doi.org/10.1000/x"', 'doi = "10.1000/x"'),
        ("doi = {doi:10.1000/x}", "doi = {10.1000/x}"),
        (r"doi = {\url{https://doi.org/10.1000/x}}", "doi = {10.1000/x}"),
    ],
    "escape": [
        ("title = {AT&T, 50% C#}", r"title = {AT\&T, 50\% C\#}"),
        ('note = "in my_file"', r'note = "in my\_file"'),
        ("author = {{AT&T} and Doe, J.}", r"author = {{AT\&T} and Doe, J.}"),
        (r"title = {\emph{A & B} \& C}", r"title = {\emph{A \& B} \& C}"),
        (r"note = {\href{http://a.org/b_c%20d}{A & B}}", r"note = {\href{http://a.org/b_c%20d}{A \& B}}"),
        (r"title = {\(x_1\) & \[y_2\] \\[2pt] B_2}", r"title = {\(x_1\) \& \[y_2\] \\[2pt] B_2}"),
        ("title = {A\n    & B\n    % C}", "title = {A\n    \\& B\n    \\% C}"),
    ],
    "arxiv": [
        (
            "eprint = {arXiv:2402.12345v2 [cs.LG]}",
            "eprint = {2402.12345v2},\n  eprinttype = {arxiv},\n  archiveprefix = {arXiv},\n  primaryclass = {cs.LG}",
        ),
        (
            "journal = {CoRR},\n  volume = {abs/2402.12345}",
            "journal = {CoRR},\n  volume = {abs/2402.12345},\n  eprint = {2402.12345},\n  eprinttype = {arxiv},\n  archiveprefix = {arXiv}",
        ),
        (
            "eprint = {9901001},\n  archivePrefix = {arXiv},\n  primaryClass = {hep-th}",
            "eprint = {hep-th/9901001},\n  archivePrefix = {arXiv},\n  primaryClass = {hep-th},\n  eprinttype = {arxiv}",
        ),
        (
            "eprint = {2402.12345},\n  archiveprefix = {arXiv},\n  primaryclass = {cs.LG},\n  date = {2024}",
            "eprint = {2402.12345},\n  eprintclass = {cs.LG},\n  date = {2024},\n  eprinttype = {arxiv}",
        ),
    ],
    "capitals": [
        ("title = {The BERT of GPT-4}", "title = {The {BERT} of {GPT-4}}"),
        ('title = "{GPT}-3 and LLaMA"', 'title = "{GPT}-3 and {LLaMA}"'),
        (r"title = {\emph{On} mRNA in $K$-Theory}", r"title = {\emph{On} {mRNA} in $K$-Theory}"),
    ],
    "names": [
        ("author = {Jane van Doe and J. Q. Roe}", "author = {van Doe, Jane and Roe, J. Q.}"),
        ("author = {Kurt G{\\\"o}del\n    and {The Team} and others}", "author = {G{\\\"o}del, Kurt\n    and {The Team} and others}"),
        ("editor = {Charles Louis Xavier Joseph de la Vall{\\'e}e Poussin}", "editor = {de la Vall{\\'e}e Poussin, Charles Louis Xavier Joseph}"),
    ],
    "braces": [
        ('title = "A {"}B{"}"', 'title = {A {"}B{"}}'),
        ('month = jan # "~1"', "month = jan # {~1}"),
    ],
    "title-braces": [
        ("title = {{The Whole Title}}", "title = {The Whole Title}"),
        ('title = "{{The Whole Title}}"', 'title = "The Whole Title"'),
    ],
    "lower-case": [("Title = {A},\n  YEAR = 2020", "title = {A},\n  year = 2020")],
    "field-order": [
        (
            "abstract = {A},\n  mine = 1,\n  year = 2020,\n  Author = {D},\n  title = {T}",
            "title = {T},\n  Author = {D},\n  year = 2020,\n  mine = 1,\n  abstract = {A}",
        )
    ],
    "indent": [("title={A}, note =\n {B},\n\n\tyear=1}", "title={A},\n  note =\n {B},\n  year=1\n}")],
    "align": [
        (
            "title = {A},\n  archiveprefix={arXiv},\n  averylongfieldname  = 1",
            "title         = {A},\n  archiveprefix = {arXiv},\n  averylongfieldname = 1",
        )
    ],
    "trailing-comma": [("title = {A}\n", "title = {A},\n"), ("year = 2020}", "year = 2020,}")],
    "biblatex": [
        ("journal = cj,\n  address = {Bonn},\n  year = 2020", "journaltitle = cj,\n  location = {Bonn},\n  date = {2020}"),
        ("year = {2020},\n  month = jun,\n  day = 7", "date = {2020-06-07}"),
        ("archiveprefix = {arXiv},\n  primaryclass = {cs.LG}", "eprinttype = {arxiv},\n  eprintclass = {cs.LG}"),
    ],
    "bibtex": [
        ("journaltitle = {J},\n  date = {2020-06-07}", "journal = {J},\n  year = {2020},\n  month = jun,\n  day = {7}"),
        ("eprinttype = {arxiv},\n  eprintclass = {cs.LG}", "eprinttype = {arxiv},\n  primaryclass = {cs.LG},\n  archiveprefix = {arXiv}"),
    ],
}  # fmt: skip
KEPT = {
    "empty-fields": ["note = {},\n  crossref = {p}", "note = {{}}", "note = {},\n  note = {x}"],
    "months": ["month = jan", "month = {May--June}", 'month = jan # "~1"', "month = {13}", "month = {6},\n  date = {2020}"],
    "page-dashes": ["pages = {12--34}", "pages = {A-12}", "pages = {3-1--3-10}", "pages = {e17}", "pages = {12-}"],
    "doi": ["doi = {10.1000/x}", "doi = {https://doi.org/10.1000%2Fx}", "doi = {https://a.org/10.1000/x}"],
    "escape": [
        r"title = {A \& B \% \_ $x_1 & y$}", "url = {http://a.org/b_c%20d}", "note = {see http://a.org/b_c&d}",
        "title = {CO_2 and x_{ij}}", r"note = {\url{http://a.org/b_c%20d}}", "title = {A &amp; B &#8211; C}",
        "title = {$5 & more}", "keywords = {a_b & c}", "author = {Doe & Roe}", "title = cj # {a & b}",
        r"abstract = {\begin{tabular}a & b\end{tabular}}", r"note = {\cite{my_key} \ref{my_ref}}",
    ],
    "arxiv": ["eprint = {2402.12345},\n  archiveprefix = {arXiv},\n  eprinttype = {arxiv}", "eprint = {12345},\n  eprinttype = {jstor}", "note = {Extends arXiv:2402.12345}"],
    "capitals": ["title = {{A Whole BERT Title}}", "title = {A Study of Things}", "title = {ALL OF THIS IS SHOUTED}", r"title = {{\'E}COLE and $A$}", "booktitle = {Proc. CVPR}"],
    "names": [
        "author = {Doe, Jane and {Barnes and Noble}}", "author = {OpenAI Team and Google Research}", "author = {others}",
        "author = {Martin King Jr. and Kun Xu 0005}", "author = {Doe, J., Roe, R.}", "author = {University of Bonn and European Commission}", "author = {Plato}", "title = {Jane Doe}",
        "author = dek # { and Jane Doe}", "author = {van Gogh}",
    ],
    "braces": ["title = {A}", "year = 2020", "month = jan", 'note = "ends in \\\\"'],
    "title-braces": ["title = {{A} {B}}", r"title = {{\'E}tude}", "title = {{GPT-4}}"],
    "lower-case": ["title = {A}"],
    "field-order": ["title = {A},\n  year = 2020", "mine = 1,\n  yours = 2"],
    "indent": ["title = {A\n         B},\n  year = 2020"],
    "align": ["year          = 2020"],
    "trailing-comma": ["year = 2020,"],
    "biblatex": ["date = {2020}", "year = {in press}", "year = 2020,\n  month = {May--June}", "journal = {A},\n  journaltitle = {B}"],
    "bibtex": ["year = 2020", "date = {2020/2021}", "date = {2020-13}", "date = {2020},\n  year = {1999}"],
}  # fmt: skip


def entry(lines: str) -> str:
    return (
        "@string{cj = {J}}\n@article{k,\n  "
        + lines
        + (
            ""
            if lines.endswith("}") and lines.count("{") < lines.count("}")
            else "\n}"
            if not lines.endswith("\n")
            else "}"
        )
        + "\n"
    )


def apply(text: str, *rules: str) -> str:
    return format_bib(read_bib(text.encode(), origin="refs.bib"), rules).data.decode()


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [(rule, *pair) for rule, pairs in CHANGED.items() for pair in pairs],
)
def test_what_a_rule_changes(rule: str, before: str, after: str) -> None:
    assert apply(entry(before), rule) == entry(after)
    assert apply(entry(after), rule) == entry(after)
    assert list(format_problems(read_bib(entry(before).encode(), origin="x"), [rule]))
    assert not list(format_problems(read_bib(entry(after).encode(), origin="x"), [rule]))


@pytest.mark.parametrize(
    ("rule", "lines"), [(rule, lines) for rule, kept in KEPT.items() for lines in kept]
)
def test_what_a_rule_leaves(rule: str, lines: str) -> None:
    assert apply(entry(lines), rule) == entry(lines)


TYPES = {
    ("biblatex", "@phdthesis{k, school = {S}, year = 2001}"): "@thesis{k, institution = {S}, date = {2001}, type = {phdthesis}}",
    ("biblatex", "@techreport{k, type = {Memo}}"): "@report{k, type = {Memo}}",
    ("biblatex", "@misc{k, url = {http://a.org}}"): "@online{k, url = {http://a.org}}",
    ("biblatex", "@misc{k, url = {http://a.org}, publisher = {P}}"): "@misc{k, url = {http://a.org}, publisher = {P}}",
    ("bibtex", "@thesis{k, type = {mathesis}, institution = {S}}"): "@mastersthesis{k, school = {S}}",
    ("bibtex", "@thesis{k, type = {PhD thesis}, institution = {S}}"): "@phdthesis{k, type = {PhD thesis}, school = {S}}",
    ("bibtex", "@thesis{k, type = {Habilitation}, institution = {S}}"): "@thesis{k, type = {Habilitation}, school = {S}}",
    ("bibtex", "@Report{k, institution = {S}, type = {techreport}}"): "@Techreport{k, institution = {S}}",
    ("bibtex", "@online{k, url = {http://a.org}}"): "@misc{k, url = {http://a.org}}",
    ("bibtex", "@inbook{k, booktitle = {B}}"): "@incollection{k, booktitle = {B}}",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "before"), TYPES)
def test_types_are_converted(rule: str, before: str) -> None:
    assert apply(before, rule) == TYPES[rule, before]


def test_a_file_that_defines_months_keeps_its_own() -> None:
    text = "@string{jan = {Janvier}}\n@misc{k, month = {January}}\n"
    assert apply(text, "months") == text
    assert apply(text, "biblatex") == text


SORTED = """% the file

% about a
@misc{a, title = {A}} % of a
@misc{B, title = {B}, crossref = {p}}
@misc{b2, crossref = {A-parent}}

% about c, line 1
% line 2
@misc{c, title = {C}}

% a lone comment

@book{A-parent, crossref = {p}}
@comment{stays}
@book{p, title = {P}}
"""


def test_entries_are_sorted_with_their_comments_and_parents_last() -> None:
    blocks = SORTED.replace("% about a\n@misc{a, title = {A}}", "@@").replace(
        "% about c, line 1\n% line 2\n@misc{c, title = {C}}", "% about a\n@misc{a, title = {A}}"
    )
    text = blocks.replace("@@", "% about c, line 1\n% line 2\n@misc{c, title = {C}}")
    assert text != SORTED
    assert apply(text, "sort") == SORTED
    assert apply(SORTED, "sort") == SORTED


def test_no_entry_passes_a_macro() -> None:
    text = "@misc{z, title = {A}}\n@misc{y}\n@string{x = {X}}\n@misc{c, title = x}\n@misc{a}\n"
    assert apply(text, "sort") == (
        "@misc{y}\n@misc{z, title = {A}}\n@string{x = {X}}\n@misc{a}\n@misc{c, title = x}\n"
    )


def test_of_two_entries_with_one_key_the_first_stays_the_first() -> None:
    text = "@misc{k, title = {1}}\n@misc{c, crossref = {k}}\n@misc{K, title = {2}}\n"
    after = apply(text, "sort")
    assert after.index("{1}") < after.index("{2}")
    assert apply(after, "sort") == after


def test_broken_and_commented_entries_are_left_and_told() -> None:
    text = (
        "@misc{a, pages = {1-2} note = {}}\n% @misc{b, pages = {1-2}}\n"
        "@misc{c, pages = {1-2}}\n@misc{d, pages = {1-2}"
    )
    result = format_bib(read_bib(text.encode(), origin="refs.bib"), choose(["default"]))
    assert result.data.decode() == text.replace("{c, pages = {1-2}", "{c, pages = {1--2}")
    assert [str(problem).split(": ")[:2] for problem in result.problems] == [
        ["refs.bib:1", "broken-entry"], ["refs.bib:4", "broken-entry"],
    ]  # fmt: skip


def test_an_entry_with_comments_inside_is_not_laid_out() -> None:
    text = "@misc{k, title = {A}, % why\n year = 2020}\n@misc{j, note = {N}, title = {A}}\n"
    result = format_bib(read_bib(text.encode(), origin="refs.bib"), ["indent"])
    assert result.data.decode().startswith("@misc{k, title = {A}, % why\n year = 2020}\n")
    assert "  note = {N},\n" in result.data.decode()
    assert [problem.code for problem in result.problems] == ["comment-inside"]


def test_line_endings_encodings_and_odd_bytes_stay() -> None:
    text = '@misc{k,\r\n  title = "A\r\n   & B",\r\n  note = {é}\r\n}\r\n'
    assert apply(text, "escape") == text.replace("&", r"\&")
    data = b"@misc{k,\n  title = {\xe9 & B},\n  pages = {1-2}}\n"
    after = format_bib(read_bib(data, origin="x"), choose(["default"])).data
    assert after == data.replace(b"&", b"\\&").replace(b"-", b"--")
    mixed = "@misc{k, title = {é é é ".encode() + b"\xe9 & B}, pages = {1-2}}"
    assert format_bib(read_bib(mixed, origin="x"), choose(["default"])).data == mixed.replace(
        b"-", b"--"
    )
    cr = b"@misc{k,\r title = {A\r & B}\r}\r"
    assert format_bib(read_bib(cr, origin="x"), ["escape"]).data == cr.replace(b"&", b"\\&")


def test_choosing_rules() -> None:
    assert choose(["default"]) == tuple(name for name in RULES if name in DEFAULT)
    assert "title-braces" not in choose(["all"])
    assert choose(["all"], ["sort"]) == tuple(n for n in choose(["all"]) if n != "sort")
    with pytest.raises(ConfigError, match="no rule 'month'"):
        choose(["month"])


def test_every_rule_is_documented() -> None:
    page = (ROOT / "docs" / "fmt.md").read_text("utf-8")
    assert all(f"`{rule}`" in page or f"--{rule}" in page for rule in RULES)


def test_every_rule_has_its_table() -> None:
    assert set(RULES) - {"sort"} == set(CHANGED) == set(KEPT)


HOSTILE = {
    "braces": "title = {" + "{" * 2000 + "BERT" + "}" * 2000 + "}",
    "dollars": "title = {" + "$ {a} " * 20_000 + "}",
    "accents": "title = {" + "\\'{e}{" * 500 + "}" * 500 + "}",
    "names": "author = {" + "A and " * 20_000 + "}",
    "one name": "author = {" + "A " * 40_000 + "}",
    "ampersands": "title = {" + "&a" * 40_000 + "}",
    "underscores": "title = {" + "ab_cd" * 20_000 + "}",
    "pages": "pages = {" + "1-2," * 30_000 + "}",
    "blanks in pages": "pages = {1" + " " * 60_000 + "x}",
    "doi": "doi = {" + "doi:" * 30_000 + "}",
    "eprint": "eprint = {" + "arXiv: " * 20_000 + "}",
    "joined": "title = " + ' # '.join(['"a"'] * 20_000),
    "fields": ", ".join(f'f{n} = "x"' for n in range(3_000)),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_values_made_to_be_slow_are_not(kind: str) -> None:
    import time

    bib = read_bib(f"@misc{{k, {HOSTILE[kind]}}}\n".encode(), origin="x")
    start = time.process_time()
    format_bib(bib, choose(["all", "title-braces"]))
    assert time.process_time() - start < 10
