"""Which capitals of a title must survive a style that lowers titles: acronyms and names.

Most styles turn a title into sentence case; what stands in braces is left alone. Bracing the whole
title would take that choice from the style, so only the parts that are wrong without it are braced.
"""

from __future__ import annotations

import re

from bibkit.text.tex_math import formulas, is_well_formed

_FORMULA, _CAPITAL_FORMULA = "\ue010", "\ue014"
"""Fill the places of formulas; the second, of those with capitals, which styles lower too."""
_CHUNK = re.compile(f"{_FORMULA}+|{_CAPITAL_FORMULA}+|[^\\s{_FORMULA}{_CAPITAL_FORMULA}]+")
_PART = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LOWER_HALF = re.compile(r"[\W_]*[a-zà-ÿ]{2,}[-–]")
"""Before a capital it makes a name of the other half: `sine-Gordon`."""
_GLUE = re.compile(r"[-–./&+_'’²³⁺]*")
_SMALL_NAME = re.compile(r"[a-z](?=-)|[a-z]+\d\w*|[a-z][\w-]*(?=:\s)")
"""A first word that is written small on purpose: `k-means`, `word2vec`, `nanobind: …`."""
_NAMES = frozenset(
    "Bayesian Bayes Gaussian Gauss Markov Markovian Fourier Euclidean Riemannian Riemann "
    "Hilbert Banach Bernoulli Poisson Monte Carlo Turing Shapley Wasserstein Lipschitz Nash "
    "Hessian Jacobian Laplace Laplacian Lagrangian Lagrange Hamiltonian Hamilton Boltzmann "
    "Dirichlet Schrödinger Langevin Kalman Hawkes Sobolev Stein Newton Newtonian Lie Hopfield "
    "Fisher Pareto Thompson Kolmogorov Arnold Koopman Chebyshev Legendre Gibbs Cauchy Navier "
    "Stokes Brownian Galerkin Lyapunov Bellman Grassmann Hermitian English Chinese Japanese "
    "Korean German French Spanish Arabic Hindi Russian Indian African European American "
    "Vietnamese Indonesian Portuguese Italian Turkish Persian Latin Bengali Urdu Africa "
    "America Europe China India Japan Germany Wikipedia Twitter Reddit Google Python Java "
    "Rust Android Linux Windows Gemini Claude Llama Mistral Qwen Gemma Bitcoin Ethereum "
    "Kubernetes Minecraft Atari Bloom Bard Copilot Wiki Zipf Hebbian Boolean Bregman Hadamard "
    "Kronecker Hausdorff Voronoi Delaunay Goldilocks Pandora Sisyphus".split()
)
"""Names that machine-learning titles have; a longer list would hold ordinary words too."""
_VERSION = re.compile(r"\d{1,2}(?:\.\d+)*[:,;.]?")
_COUNTED = frozenset(
    "than of in to at with and for from by top under over up part step phase stage chapter section "
    "level type task track year day case volume paper group season series top the a an only".split()
)
"""Words that a number follows without making a name of them: "More Than 10", "Part 3.2"."""
_SHOUTING = 0.6
"""Share of words in capitals above which capitals say nothing."""


def capital_spans(title: str) -> list[tuple[int, int]]:
    """Return the places of what must keep its capitals, in order and apart.

    >>> title = "BERT: a Study of GPT-4 in {Title} Case"
    >>> [title[a:b] for a, b in capital_spans(title)]
    ['BERT', 'GPT-4']
    """
    chunks = list(_CHUNK.finditer(_with_formulas_filled(title)))
    words = [c[0] for c in chunks if c[0][0] not in (_FORMULA, _CAPITAL_FORMULA)]
    shouting = _is_shouting(words)
    names = _is_sentence_case(words)
    spans: list[tuple[int, int]] = []
    for place, chunk in enumerate(chunks):
        following = chunks[place + 1][0] if place + 1 < len(chunks) else ""
        if chunk[0][0] == _CAPITAL_FORMULA:
            spans.append(chunk.span())
        elif not shouting or any(map(str.isdigit, chunk[0])):
            first = place == 0 or chunks[place - 1][0][-1:] in ":.?!"
            name = not first and (names or _is_name_of_version(chunk[0], following))
            spans += _spans_of_chunk(chunk[0], chunk.start(), name=name)
    small = _SMALL_NAME.match(title)
    return [small.span(), *(s for s in spans if s[0] >= small.end())] if small else spans


def _is_name_of_version(word: str, following: str) -> bool:
    """Tell whether a word is the name in `Llama 2`."""
    return bool(_VERSION.fullmatch(following)) and word.lower() not in _COUNTED


def _with_formulas_filled(title: str) -> str:
    """Return the title, as long as it is, without its formulas."""
    pieces: list[str] = []
    place = 0
    for start, end, body in formulas(title, is_well_formed):
        filler = _CAPITAL_FORMULA if any(map(str.isupper, body)) else _FORMULA
        pieces += [title[place:start], filler * (end - start)]
        place = end
    return "".join([*pieces, title[place:]])


def protect_capitals(title: str) -> str:
    """Return a title with braces around what must keep its capitals.

    >>> protect_capitals("LLaMA: Open and Efficient Foundation Language Models for X-Ray and U-Net")
    '{LLaMA}: Open and Efficient Foundation Language Models for {X}-Ray and {U-Net}'
    """
    pieces: list[str] = []
    place = 0
    for start, end in capital_spans(title):
        pieces += [title[place:start], "{", title[start:end], "}"]
        place = end
    return "".join([*pieces, title[place:]])


def _spans_of_chunk(chunk: str, offset: int, *, name: bool) -> list[tuple[int, int]]:
    """Return the protected parts of `GPT-4-based`, neighbours joined."""
    parts = list(_PART.finditer(chunk))
    alone = len(parts) == 1
    spans: list[tuple[int, int]] = []
    for part in parts:
        word = part[0]
        before = chunk[: part.start()]
        named = name or bool(_LOWER_HALF.fullmatch(before))
        kept = _keeps_capitals(word, alone=alone) or (named and word[0].isupper() and len(word) > 1)
        joined = bool(spans) and _GLUE.fullmatch(chunk, spans[-1][1] - offset, part.start())
        if joined and (kept or word.isdigit() or word in ("Net", "Nets")):
            spans[-1] = (spans[-1][0], part.end() + offset)
        elif kept:
            spans.append((part.start() + offset, part.end() + offset))
    return spans


def _keeps_capitals(word: str, *, alone: bool) -> bool:
    if len(word) == 1:
        return word.isupper() and not (alone and word == "A")
    if any(c.isupper() for c in word[1:]) or word.split("'")[0].split("’")[0] in _NAMES:
        return True
    return word[0].isupper() and any(map(str.isdigit, word))


def _is_shouting(words: list[str]) -> bool:
    long = [w for w in words if sum(map(str.isalpha, w)) > 1]
    return len(long) > 3 and sum(w.isupper() for w in long) > _SHOUTING * len(long)


def _is_sentence_case(words: list[str]) -> bool:
    """Tell whether a capital inside the title means a name: where Title Case is not used."""
    long = [w for w in words[1:] if len(w) > 4 and w[0].isalpha()]
    return len(long) > 1 and sum(w[0].islower() for w in long) > 0.6 * len(long)
