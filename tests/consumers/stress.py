"""Entries with every class of characters that a consumer stumbles on, and how each must be read.

A row is what the entry holds, and what a reader of the .bib must see: None where that is the same.
Formulas stand between dollars; `FORMULAS` are compared as far as plain Unicode can write them.
"""

from __future__ import annotations

from collections.abc import Sequence

from bibkit.merge.citekey import assign_keys
from bibkit.record import Author, Entry, EntryType, Eprint, Link, PartialDate
from bibkit.text import tex_tables as tex
from bibkit.text.names import parse_name

Row = tuple[str, str | None]

TITLES: tuple[Row, ...] = (
    ("100% of R&D in C# for $5_000", None),
    ("Percent at the end 100%", None),
    ("%Start, #Hash and &Amp;", None),
    ("A ~10 Fold a~b and x^2 over y_1", None),
    ("Less < Than > More | Or", None),
    ("C:\\dir and \\unknownmacro{x} \\", "C:\\dir and \\unknownmacro{x} \\"),
    ("Ends in \\", None),
    ("A {braced} word and {{two}}", None),
    ("An open { brace", "An open brace"),
    ("A closing } brace", "A closing brace"),
    ("} first { last", "first last"),
    ("{", "U+007B"),
    ("Quotes “double” ‘single’ „low“ ‚low‘ «fr» ‹fr›", None),
    ('It’s "straight" and it\'s', None),
    ("Dashes – and — and ‐ and ‑ and −", "Dashes – and — and - and - and -"),
    ("What?`x and wow!`x, a,,b", None),
    ("Dots… and more...", None),
    ('@misc{evil, title={x}}, = @ " ,', '@misc{evil, title={x}}, = @ " ,'),
    ("\\write18 \\input{/etc/passwd} \\verb|x| ^^5c", None),
    ("Address https://a.org/x_y?z=1&q=%20#a~b in it", None),
    ("<script>alert(1)</script> &amp; &lt;", None),
    ("Étale naïve Ångström façade über Çelik", None),
    ("Łódź Œuvre ßtraße Ægir øre đak ðorn þing ŋ ı", None),
    ("Őű Čš Žž Řř Ěě Ňň Ğğ Şş İ Ąą Ęę Ţţ Șș Țț", None),
    ("Pinyin ǎ ǐ ǒ ǔ Sanskrit ḥ ṇ ṭ ṣ ḍ ẞ", None),
    ("Signs ½ ¼ ¾ № ™ © ® ° µ ¶ § † ‡ • · ¿ ¡ € £ ¥ ¢ ¤ ‰ ‱ ※ ℗ ℮ ℧", None),
    ("Arithmetic ± × ÷ ¬ and arrows ← → ↑ ↓ ◦ ⟨x⟩", None),
    ("no\u00a0break thin\u2009space em\u2003space", "no break thin space em space"),
    (
        "zero\u200bwidth soft\u00adhyphen join\u200der \ufeffmark",
        "zerowidth softhyphen joiner mark",
    ),
    ("Over \u202eridden\u202c and \u2066isolated\u2069", "Over ridden and isolated"),
    ("Nul\x00 esc\x1b[31m bell\x07 line\u2028end\nand\ttab", "Nul esc[31m bell line end and tab"),
    ("Half \ud800 surrogate and \ue000 private", "Half surrogate and private"),
    ("Ligatures ﬁ ﬂ full Ａ１ roman Ⅳ letter 𝐀𝒞", "Ligatures fi fl full A1 roman IV letter AC"),
    ("Decomposed e\u0301 u\u0308 n\u0303", "Decomposed é ü ñ"),
    ("Combining a\u0323\u0302 x\u0303", "Combining a x"),
    ("Nguyễn Widrow ế ộ ư", "Nguyen Widrow e o u"),
    ("Ελλάδα και λόγος", "Ellada και logos"),
    ("Русский язык", "Russkii yazyk"),
    ("한국어 모델", "Hangugeo Model"),
    ("ひらがな カタカナ", "Hiragana Katakana"),
    ("视觉模型", "U+89C6 U+89C9 U+6A21 U+578B"),
    ("עברית", "U+05E2 U+05D1 U+05E8 U+05D9 U+05EA"),
    ("العربية", "U+0627 U+0644 U+0639 U+0631 U+0628 U+064A U+0629"),
    ("ไทย", "U+0E44 U+0E17 U+0E22"),
    ("🚀 Rocket 🦙 👩\u200d🔬 🇵🇱 👍🏽", "Rocket"),
    ("🚀", "U+1F680"),
    ("", "[Untitled]"),
)

FORMULAS: tuple[Row, ...] = (
    ("Greek α-decay and Δ-learning, μSplit", None),
    ("Raised x² H₂O 10⁻¹² CO₂", None),
    ("$L^p$ spaces", None),
    ("On $\\alpha$ and $x_{1}^{2}$", None),
)
"""What every reader reads, each in its own way of raising."""

OPERATORS: tuple[Row, ...] = (
    ("For 43 ≤ Z ≤ 50 or ∞", None),
    ("Left ⇒ Right ∈ Set ∀ x ∂y", None),
    ("The $\\ell_1$-norm", None),
)
"""What citation-js leaves as TeX: it knows no command of a formula but Greek letters."""

UNREAD: tuple[str, ...] = (
    "$\\mathcal{O}(n \\log n)$ time", "$\\mathbb{R}^n$ and ℝ", "$x^2^3$ and $unbalanced",
    "$\\frac{a}{b} \\langle x\\rangle \\binom nk \\widehat{sl_2}$", "$\\input{x} \\write18{ls}$",
    " ".join(c for c in tex.MATH_SYMBOLS.values() if not c.isascii()), "".join(sorted(tex.SETTABLE)),
)  # fmt: skip
"""What must compile, though readers make different things of it."""

CAPITALS: tuple[Row, ...] = (
    ("BERT and the GPT-4 of Bayesian Models", "BERT and the GPT-4 of Bayesian models"),
    ("LLaMA: Open U-Nets for X-Ray in 3D", "LLaMA: Open U-Nets for X-ray in 3D"),
    ("iCaRL: Incremental Classifier", "iCaRL: Incremental classifier"),
    ("word2vec Explained: Deriving a Method", "word2vec explained: Deriving a method"),
    ("parallelcbf: A Composable Filter", "parallelcbf: A composable filter"),
    ("k-Means Requires Many Iterations", "k-means requires many iterations"),
    ("A Survey: A Study of Vitamin C", "A survey: A study of vitamin C"),
)
"""What is left of the capitals when a style, or pandoc, puts a title into sentence case."""

NAMES: tuple[tuple[str | Author, str | None], ...] = (
    ("Łukasz Kaiser", None), ("Aäron van den Oord", None), ("Đorđe Žikić", None), ("Évariste Ångström", None),
    ("Þórr Øre", None), ("Ðuro Ŋala", None), ("Șerban Țepeș", None), ("Ömer İnan", None), ("Œuf Æsop", None),
    ("Håkon ẞeta", None), ("Nguyễn Đức Anh", "Anh, Nguyen Đuc"), ("Tèmítọ́pẹ́ Jaíyéolá", "Jaíyéolá, Tèmítope"), ("Piotr Piȩkos", "Piekos, Piotr"), ("Pat O’Brien", "O'Brien, Pat"),
    (Author("King", "Martin Luther", suffix="Jr."), None), (Author("Ford", "Henry", suffix="III"), None),
    ("Jean-Paul d'Aubigné", None), (Author("Rodríguez-de-Vera", "Jesús M."), None), ("Ahmed al-Khwārizmī", None),
    (Author("Álvarez-Samaniego", "Borys"), None), (Author("Ávila Pérez", "Łukasz-Émile"), None), ("H. -Jürgen Meyer", None), (Author("Aznar y López", "José"), None),
    (Author("García Márquez", "Gabriel"), None), (Author("Vaswani", "A."), None), (Author("Madonna"), None),
    (Author("The ATLAS Collaboration", collective=True), None), (Author("DeepSeek-AI", collective=True), None),
    (Author("Barnes and Noble, Inc.", collective=True), None), (Author("R&D Team #1, 100%", collective=True), None),
    ("Иван Петров", "Petrov, Ivan"), ("Αριστοτέλης Παπαδόπουλος", "Papadopoulos, Aristotelis"),
    ("王小明", "U+738B U+5C0F U+660E"), ("山田 太郎", "U+5C71 U+7530, U+592A U+90CE"),
    ("evil } and {", "and, evil"), (Author("others"), None), ("🚀 Musk", "Musk, U+1F680"), ("a\u202e Reversed", "Reversed, a"),
)  # fmt: skip

HOSTILE_NOTES = (
    "\\write18{rm -rf /} } lone", "}}@misc{evil, title={x}}", "100% of & _ # $ ^ ~ \\ < > | \" ' `",
    "see \\url{https://a.org/x%20y_z}", "🚀 视觉 $x_1$ ≤", "%", "{}", "\\", "``q'' -- '",
)  # fmt: skip


def parsed(name: str | Author) -> Author:
    return name if isinstance(name, Author) else parse_name(name)


def titled(rows: Sequence[Row]) -> list[tuple[Entry, str]]:
    """Return an entry for every title, with the title as it must be read."""
    entries = assign_keys([made(title, place) for place, (title, _) in enumerate(rows)], taken=())
    meant = [title if read is None else read for title, read in rows]
    return list(zip(entries, meant, strict=True))


def made(title: str, place: int) -> Entry:
    """Return an entry of which every field means harm; its type and its authors vary."""
    kinds: tuple[EntryType, ...] = ("preprint", "article", "inproceedings")
    note = HOSTILE_NOTES[place % len(HOSTILE_NOTES)]
    names = [NAMES[(place + k) % len(NAMES)][0] for k in range(2 + place % 3)]
    return Entry(
        citation_key="",
        entry_type=kinds[place % 3],
        title=title,
        authors=tuple(map(parsed, names)),
        date=PartialDate(1990 + place % 36, place % 12 + 1, place % 28 + 1),
        eprint=Eprint(f"2402.{place:05d}", "cs.CL"),
        doi="10.1007/978-1-4939-2864-4_771" if place % 2 else None,
        url=f"https://example.org/{note}#a~b_c%20d",
        container=f"Journal of {title} & {note}",
        volume="12" if place % 2 else None,
        number="3",
        pages="1-10",
        abstract=f"{note} {title}",
        links=(Link(f"https://github.com/o_o/{note}", "code"),),
        note=note,
    )


def everything() -> list[Entry]:
    """Return the whole stress file."""
    rows: list[Row] = [*TITLES, *FORMULAS, *OPERATORS, *((t, None) for t in UNREAD), *CAPITALS]
    drafts = [made(title, place) for place, (title, _) in enumerate(rows)]
    drafts.append(Entry("", "preprint", "Written by Nobody", date=PartialDate(2020)))
    drafts.append(Entry("", "preprint", "At No Time", authors=(Author("Doe", "Jo"),)))
    drafts.append(Entry("", "preprint", "Written by Everyone", tuple(parsed(n) for n, _ in NAMES), PartialDate(2021, 2)))  # fmt: skip
    return assign_keys(drafts, taken=())
