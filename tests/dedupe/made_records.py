"""Made records of which many are one paper, and many are not though they are alike."""

from __future__ import annotations

import random
from dataclasses import replace

from bibkit.record import Author, Record

WORDS = (
    "deep learning of graph neural networks for protein folding in large models with sparse "
    "attention and quantum error correction under noise bayesian inference on manifolds fast "
    "algorithms robust estimation sampling markov chains language vision robots control"
).split()
FAMILIES = "Abel Berg Cohn Diaz Evans Fuchs Gomez Hansen Ito Jones Klein Lopez Meyer Nagy".split()
VENUES = ("", "ICML", "Proc. ICML", "Journal of Machine Learning Research", "JMLR", "arXiv")


def made_records(count: int, seed: int) -> list[Record]:
    """Return records, a third of them copies with slips; blocks of all sizes arise."""
    rng = random.Random(seed)
    records: list[Record] = []
    for number in range(count):
        if records and rng.random() < 0.35:
            records.append(_copy(rng.choice(records[-200:]), rng, f"a:{number}"))
        else:
            records.append(_new(rng, f"a:{number}"))
    return records


def _new(rng: random.Random, origin: str) -> Record:
    title = " ".join(rng.choices(WORDS, k=rng.randint(2, 9)))
    if rng.random() < 0.08:
        title = rng.choice(["Editorial", "Introduction", "", "Book review", "A study of 视觉 模型"])
    abstract = " ".join(rng.choices(WORDS, k=40)) if rng.random() < 0.3 else ""
    return Record(
        origin, title.capitalize(), abstract,
        tuple(Author(rng.choice(FAMILIES), rng.choice("ABC")) for _ in range(rng.randint(0, 4))),
        year=rng.choice([None, 1999, 2000, 2001]), venue=rng.choice(VENUES),
        volume=rng.choice(["", "1", "2"]), number=rng.choice(["", "3"]),
        pages=rng.choice(["", "11-21", "5", "3--9"]),
        doi=rng.choice([None, None, f"10.1000/{rng.randint(1, 40)}"]),
        arxiv_id=rng.choice([None, None, f"2001.{rng.randint(1, 40):05}"]),
        identifiers=rng.choice([(), (), (f"pmid:{rng.randint(1, 40)}",) * 2]),
    )  # fmt: skip


def _copy(record: Record, rng: random.Random, origin: str) -> Record:
    title = record.title
    if rng.random() < 0.3:
        title += ": " + " ".join(rng.choices(WORDS, k=3))
    elif rng.random() < 0.3 and len(title) > 9:
        place = rng.randrange(1, len(title) - 1)
        title = title[:place] + title[place + 1 :]
    empty = {"doi": None, "arxiv_id": None, "venue": "", "year": None}
    lost = {name: value for name, value in empty.items() if rng.random() < 0.4}
    return replace(record, origin=origin, title=title, **lost)  # type: ignore[arg-type]
