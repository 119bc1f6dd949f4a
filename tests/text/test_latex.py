from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bibkit.text import tex_tables as tex
from bibkit.text.latex import (
    decode,
    encode,
    encode_name,
    encode_title,
    lost_characters,
    plain_text,
    protect_capitals,
)
from bibkit.text.tex_ascii import in_ascii
from bibkit.text.tex_math import kernel_math, plain_math, replace_formulas
from bibkit.text.tex_math_parse import parse
from bibkit.text.transliteration import to_ascii

DECODED = [
    (r"Poincar\'e", "Poincaré"),
    (r"Poincar{\'e}", "Poincaré"),
    (r"Poincar\'{e}", "Poincaré"),
    (r"Kosti\' c", "Kostić"),
    (r"Erd\H{o}s--R\'enyi", "Erdős–Rényi"),
    (r"T\H okési", "Tőkési"),
    (r"Gr\"obner", "Gröbner"),
    (r"M\'{\i}nguez", "Mínguez"),
    (r"{\L}ukasiewicz and \L ukasz", "Łukasiewicz and Łukasz"),
    (r"\AA ngstr\"om, Stra\ss e, {\O}re", "Ångström, Straße, Øre"),
    (r"Nguy\~{\^e}n", "Nguyễn"),
    ("{GPT}-4 and {{nested}}", "GPT-4 and nested"),
    (r"\textbf{bold} {\em slanted} \texttt{code}", "bold slanted code"),
    (r"$\alpha$-stable", "α-stable"),
    (r"{\Lambda}CDM", "ΛCDM"),
    (r"360{\deg} Videos at 90$^\circ$", "360° Videos at 90°"),
    (r"H$_2$O and 10$^{12}$", "H₂O and 10¹²"),
    ("$K$-frames on $L^p$", "$K$-frames on $L^p$"),
    (r"\(x\) and \[y\] and $$z$$", "$x$ and $y$ and $z$"),
    ("from $5 to $10", "from $5 to $10"),
    (r"50\% \& \_ \# \$ \{x\}", "50% & _ # $ {x}"),
    ("50% of it", "50% of it"),
    ("``quoted'' --- text", "“quoted” — text"),
    ("The `Higgs' of it's `K's `dd'", "The ‘Higgs’ of it's `K's ‘dd’"),
    ("a ` lone` x' and 5' `", "a ` lone` x' and 5' `"),
    ("Fig.~1 shows ~10 of (~5)", "Fig. 1 shows ~10 of (~5)"),
    (r"\chisao{}: an optimizer", r"\chisao: an optimizer"),
    (r"for \NH and \method{x}{y} here", r"for \NH and \method{x}{y} here"),
    (r"see~\cite{a,b}. Next", "see. Next"),
    (r"\href{https://a.org/x}{our page}", "our page (https://a.org/x)"),
    (r"\url{https://a.org/x_y}", "https://a.org/x_y"),
    (r"\LaTeX\ source", "LaTeX source"),
    (r"\hat{S}_4 and U_q(\mathbb{R})", "Ŝ_4 and U_q(R)"),
    (r"A_{N-1} and x^{2}", "A_(N-1) and x^2"),
    (r"{M}\^{}{2C-EvDet} and Na\_{2Ni\_2}", "M^2C-EvDet and Na_2Ni_2"),
    (r"(5,3+$\sqrt{}$5) and N\^{}$'$", "(5,3+√5) and N^′"),
    ("What is $\\ldots\\ $ a polynomial?", "What is … a polynomial?"),
    ("A matrix $a\\\\ $ here", "A matrix $a\\\\$ here"),
    (r"CO\textsubscript{2} at 10\textsuperscript{th}", "CO₂ at 10th"),
    ("lone } and { and \\", "lone and and \\"),
    ("two\n  lines", "two lines"),
    ("Café 视觉 🚀", "Café 视觉 🚀"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("source", "text"), DECODED)
def test_decode(source: str, text: str) -> None:
    assert decode(source) == text


ENCODED = [
    ("50% & _ # $ {x}", r"50\% \& \_ \# \$ \{x\}"),
    ("a < b > c | d", "a $<$ b $>$ c $|$ d"),
    ("~10 x^2 C:\\ours", r"{\textasciitilde}10 x{\textasciicircum}2 C:{\textbackslash}ours"),
    ("lone } and {braces}{", r"lone and \{braces\}"),
    ("{a} } {b {c}", r"\{a\} b \{c\}"),
    ("“q” ‘s’ – — … ’", "``q'' ‘s’ -- --- … ’"),
    ("„q“ ‚s‘", "„q`` ‚s‘"),
    ("what?`x wow!`x a,,,b `c` 1,000", "what?{`}x wow!{`}x a,{,}{,}b `c` 1,000"),
    ("café ő Łódź", "café ő Łódź"),
    ("α-stable αβ", r"$\alpha$-stable $\alpha\beta$"),
    ("Ελλάδα", "Ellada"),
    ("≤ ∞ ∈ ℝ ⇒", r"$\leq$ $\infty$ $\in$ $\mathbf{R}$ $\Rightarrow$"),
    ("CO₂ 10⁻¹² m²", "CO$_{2}$ 10$^{-12}$ m²"),
    ("Привет", "Privet"),
    ("视觉 model", "{U+89C6 U+89C9} model"),
    ("🚀 Fast 🦙", "Fast"),
    ("🚀", "{U+1F680}"),
    ("𝐁𝐨𝐥𝐝 ﬁne Ｆｕｌｌ ①", "Bold fine Full 1"),
    ("ạ ễ", "a e"),
    ("zero\u200bwidth \u202ertl\u202c soft\u00adhyphen", "zerowidth rtl softhyphen"),
    ("nul\x00 esc\x1b[31m \ud800", "nul esc[31m"),
    ("a\nb\r\n\tc", "a b c"),
    ("$K$ and $L^p(\\mathbb R^n)$", r"$K$ and $L^{p}(\mathbf{R}^{n})$"),
    ("Poincar\\'e left undecoded", "Poincaré left undecoded"),
    ("lone $ sign", r"lone \$ sign"),
    ("$x^2^3$", r"\$x{\textasciicircum}2{\textasciicircum}3\$"),
    ("}}@misc{evil, title={x}}", r"@misc\{evil, title=\{x\}\}"),
    ("\\write18{rm} \\input{/etc/passwd}", r"{\textbackslash}write18rm {\textbackslash}input\{/etc/passwd\}"),
    ("$\\input{x}$ $\\def\\x{y}$", r"$\mathrm{input}{x}$ $\mathrm{def}\mathrm{x}{y}$"),
    ("^^5cinput", r"{\textasciicircum}{\textasciicircum}5cinput"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoded"), ENCODED)
def test_encode(text: str, encoded: str) -> None:
    assert encode(text) == encoded


TITLES = [
    ("BERT: Pre-training of Deep Bidirectional Transformers", "{BERT}: Pre-training of Deep Bidirectional Transformers"),
    ("Attention Is All You Need", "Attention Is All You Need"),
    ("k-Means and d-SEAMS", "{k}-Means and d-{SEAMS}"),
    ("d-SEAMS: Deferred Structural Analysis", "{d}-{SEAMS}: Deferred Structural Analysis"),
    ("word2vec Explained", "{word2vec} Explained"),
    ("tasksource: A Harmonization Framework", "{tasksource}: A Harmonization Framework"),
    ("mm-Pose: Skeletal Posture", "{mm-Pose}: Skeletal Posture"),
    ("on some paradoxes of physics", "on some paradoxes of physics"),
    ("GPT-4 Technical Report", "{GPT-4} Technical Report"),
    ("Qwen2.5-VL Technical Report", "{Qwen2.5-VL} Technical Report"),
    ("DeepSeek-R1: Incentivizing Reasoning in LLMs", "{DeepSeek-R1}: Incentivizing Reasoning in {LLMs}"),
    ("The Llama 3 Herd of Models", "The {Llama} 3 Herd of Models"),
    ("A Survey of A/B Tests for X-Ray and U-Net", "A Survey of {A/B} Tests for {X}-Ray and {U-Net}"),
    ("K-means for 3D-Aware CLIP-based Models", "{K}-means for {3D}-Aware {CLIP}-based Models"),
    ("On Gaussian processes in Banach spaces", "On {Gaussian} processes in {Banach} spaces"),
    ("On the growth of Kac modules over rings", "On the growth of {Kac} modules over rings"),
    ("DεpS: Delayed ε-Shrinking for Training", "{DεpS}: Delayed ε-Shrinking for Training"),
    ("Form Factors in the sine-Gordon Theory", "Form Factors in the sine-{Gordon} Theory"),
    ("Bayesian Learning for Monte Carlo Methods", "{Bayesian} Learning for {Monte} {Carlo} Methods"),
    ("ATTENTION IS ALL YOU NEED AGAIN", "ATTENTION IS ALL YOU NEED AGAIN"),
    ("End-to-End Text-to-Image Generation", "End-to-End Text-to-Image Generation"),
    ("Part II: R&D at AT&T", "Part {II}: {R&D} at {AT&T}"),
    ("On $K$-theory and $\\alpha$-stability", "On {$K$}-theory and $\\alpha$-stability"),
    ("O'Brien and the mT5 of Étale Things", "{O'Brien} and the {mT5} of Étale Things"),
    ("LLMs", "{LLMs}"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("title", "protected"), TITLES)
def test_capitals(title: str, protected: str) -> None:
    assert protect_capitals(title) == protected


def test_a_title_is_encoded_inside_its_braces() -> None:
    assert encode_title("R&D for CO₂ in the $L^P$ Case of Étude") == (
        r"{R\&D} for {CO$_{2}$} in the {$L^{P}$} Case of Étude"
    )


PARTS = [
    ("Łukasz", r"{\L}ukasz"),
    ("Kaiser", "Kaiser"),
    ("Gödel", r"G{\"o}del"),
    ("Erdős", r"Erd{\H o}s"),
    ("Glavaš", r"Glava{\v s}"),
    ("García", r"Garc{\'i}a"),
    ("Ångström", r"{\r A}ngstr{\"o}m"),
    ("O’Brien", "O'Brien"),
    ("Đorđe", r"{\textup{Đ}}orđe"),
    ("Șerban Țepeș", r"{\textup{Ș}}erban {\textup{Ț}}epeș"),
    ("Ễve", "Eve"),
    ("王小明", "{U+738B U+5C0F U+660E}"),
    ("Αριστοτέλης", "Aristotelis"),
]


@pytest.mark.parametrize(("part", "encoded"), PARTS)
def test_names_begin_with_ascii(part: str, encoded: str) -> None:
    assert encode_name(part) == encoded


def test_lost_characters_are_told() -> None:
    assert lost_characters("naïve α ² ﬁne 视 🚀 Д ạ") == ("视", "🚀", "Д", "ạ")
    assert "".join(lost_characters("α-λόγος")) == "λόγος"
    assert lost_characters("plain “text” – 50% {x}") == ()


@pytest.mark.parametrize("character", sorted(tex.SETTABLE - set("¸‘’")))
def test_whatever_is_kept_can_be_spelled_in_ascii(character: str) -> None:
    spelled = in_ascii(encode(f"a{character}b"))
    assert spelled.isascii()
    assert decode(spelled) == f"a{character}b"


@given(st.text(st.sampled_from("Aé ßłőȘ’“”…°²×αЖ视$\\{}_^~&%") | st.characters()))
def test_ascii_is_ascii_and_inert(text: str) -> None:
    for encoded in (encode(text), encode_title(text), encode_name(text)):
        spelled = in_ascii(encoded)
        assert spelled.isascii()
        assert spelled.count("{") == spelled.count("}")
        assert spelled.count("$") == encoded.count("$")
        if not set("$¸‘’") & set(encoded):
            assert decode(spelled) == decode(encoded)


PLAIN_MATH = [
    (r"\mathcal{O}(n\log n)", "O(n log n)"),
    (r"\mathbb{Z}^2\rtimes SL(2,\mathbb Z)", "ℤ²⋊SL(2,ℤ)"),
    (r"x_1^{-1}", "x₁⁻¹"),
    (r"\sqrt[3]{x} \le \sqrt{a+b}", "³√x ≤ √(a+b)"),
    (r"\bar{x}", "x̄"),
    (r"a \not= b", "a ≠ b"),
    (r"\sqrt{}5", "√5"),
    (r"d\stackrel{<}{\sim}4", "d ≲ 4"),
    (r"\text{for all } x", "for all x"),
    (r"\unicode{x2102}^n", "ℂⁿ"),
    ("x^", "x^"),
]


@pytest.mark.parametrize(("source", "text"), PLAIN_MATH)
def test_formulas_in_plain_text(source: str, text: str) -> None:
    assert plain_math(source) == unicodedata.normalize("NFC", text)


KERNEL_MATH = [
    (r"\text{H}^2", r"\mathrm{H}^{2}"),
    (r"{\cal O}(n)", r"{\mathcal{O}}(n)"),
    (r"\left(\tfrac ab\right.", r"(\frac{a}{b}"),
    (r"a \leqslant b \lesssim c", r"a\leq b\stackrel{<}{\sim}c"),
    (r"\binom nk", r"(\stackrel{n}{k})"),
    (r"\langle x,y\rangle", r"\bigl<x,y\bigr>"),
    (r"W^\circ{}^2", r"W^{\circ}{}^{2}"),
    (r"\{x\}", r"\lbrace x\rbrace"),
    (r"SL\_2(B\_\infty)", r"SL_{2}(B_{\infty})"),
    (r"\mathrm{a\_b}\_", r"\mathrm{a\_b}\_"),
    (r"\operatorname{arg max}", r"\mathrm{arg\ max}"),
    (r"\write18{x}", r"\mathrm{write}18{x}"),
    ("é", r"\mbox{é}"),
    ("x^2^3", None),
    ("x^2'", None),
    ("x_", None),
    (r"\frac a", None),
    ("{x", None),
    ("x}", None),
    (r"\begin{matrix}a\end{matrix}", None),
    ("{" * 100 + "}" * 100, None),
    ("", None),
]


@pytest.mark.parametrize(("source", "formula"), KERNEL_MATH)
def test_formulas_in_kernel_latex(source: str, formula: str | None) -> None:
    assert kernel_math(source) == formula


def test_other_scripts_in_ascii() -> None:
    assert to_ascii("Łukasz Straße Žižek Ærø Юлия 김민수 ほん …") == (
        "Lukasz Strasse Zizek Aero Yuliya Gimminsu Hon ..."
    )


readable = st.text(
    st.sampled_from("abcXYZ 019.,:;!?()[]-+=*/@&%_#~^<>|" + "éöüßçłøåőčŞęñàî" + "αβΔ∞" + "₂")
)


_GREEK_WORD = re.compile("[αβΔ]{4}")


@given(readable.filter(lambda text: not _GREEK_WORD.search(text)))  # a word is transliterated
@example("a -- b")
def test_readable_text_survives_encoding(text: str) -> None:
    settled = " ".join(unicodedata.normalize("NFC", text).split())
    if "--" in settled:
        settled = settled.replace("---", "—").replace("--", "–")
    assert plain_text(decode(encode(text))) == settled


hostile = st.lists(
    st.sampled_from(
        [*"\\{}$%&#_^~'\"`-<>|@ aZ1\n", "\\input", "\\def", "$x", "é", "视", "\u200b", "\\'", "{\\"]
    ),
    max_size=40,
).map("".join)


@given(hostile | st.text())
@example("{\\{$}$\\}")
@example("$\\mbox{$x$}$")
@example("$_$xZ$")
def test_whatever_comes_in_what_goes_out_is_inert(text: str) -> None:
    for encoded in (encode(text), encode_title(text), encode_name(text)):
        assert_inert(encoded)


def assert_inert(encoded: str) -> None:
    """Check what BibTeX counts (braces) and what TeX acts on (specials, macros)."""
    depth = 0
    for character in encoded:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert encoded.isprintable()
    for macro in re.findall(r"\\([a-zA-Z]+|.)", encoded):
        assert macro in ALLOWED, macro
    text = re.sub(r"(?<!\\)\$(?:[^$\\]|\\.)*\$", "", encoded)
    assert not re.search(r"(?<!\\)[%#&_$]", text), text
    assert not re.search(r"(?<!\\)[\^~]", text), text


ALLOWED = (
    tex.ACCENTS.keys()
    | tex.LETTERS.keys()
    | tex.MATH_SYMBOLS.keys()
    | tex.MATH_NAMES
    | tex.MATH_ACCENTS.keys()
    | set(tex.MATH_FONTS.values())
    | tex.MATH_SPACES
    | set("&%#_${}")
    | {
        "textbackslash",
        "textasciitilde",
        "textasciicircum",
        "textup",
        "frac",
        "sqrt",
        "stackrel",
        "mbox",
        "pmod",
        "not",
        "bigl",
        "bigr",
        "vert",
    }
)


@given(hostile | st.text())
def test_decode_never_raises_and_leaves_plain_text_alone(text: str) -> None:
    decode(text)
    plain = re.sub(r"[\\{}$~`'\-]", "", text)
    assert decode(plain) == " ".join(unicodedata.normalize("NFC", plain).split())


@given(hostile)
@example("_\\\\~_\\")
def test_a_kernel_formula_is_well_formed(source: str) -> None:
    formula = kernel_math(source)
    if formula is not None:
        parse(formula)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000, "\\" * 100_000, "$" * 100_000, "\\textbf{" * 30_000, "\\'" * 50_000, "\\(" * 30_000,
        "$a" * 50_000, "^{" * 50_000, "\\foo{" * 30_000, " " * 100_000 + "\\cite{x}", "`" * 100_000,
        "\u0301" * 10_000, "视" * 50_000, "$" + "{" * 900 + "$", "A-" * 50_000,
    ],
)  # fmt: skip
def test_hostile_text_takes_bounded_time(text: str) -> None:
    encode_title(decode(text))
    plain_text(text)


def _real(shared: Path, count: int) -> Iterator[dict[str, str]]:
    for name in ("until-2014", "2022-on"):
        path = shared / "arxiv" / f"arxiv-metadata-{name}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line) for line in islice(lines, count))


@pytest.mark.shared
def test_real_titles_and_abstracts_are_inert_and_stable(shared: Path) -> None:
    for paper in _real(shared, 4_000):
        title = decode(paper["title"])
        assert_inert(encode_title(title))
        assert encode_title(decode(encode_title(title))) == encode_title(title)
        assert_inert(encode(decode(paper["abstract"] or "")))


@pytest.mark.shared
def test_real_formulas_are_well_formed(shared: Path) -> None:
    broken = total = 0

    def check(body: str) -> str:
        nonlocal broken, total
        formula = kernel_math(body)
        total += 1
        broken += formula is None
        if formula:
            parse(formula)
        return ""

    for paper in _real(shared, 20_000):
        replace_formulas(paper["title"], check)
    assert total > 500
    assert broken <= total // 100
