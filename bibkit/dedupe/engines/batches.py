"""What every engine does with a batch of rows, in whatever process it is: Arrow in, Arrow out.

Engines differ in how they count, join and sort; what a record says, which keys it has, and what is
decided about a pair come from these functions and therefore from `find_duplicates`'s own.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import pyarrow as pa

from bibkit.dedupe.blocking import neighbourhood, own_kinds, word_keys
from bibkit.dedupe.features import Features, read_features
from bibkit.dedupe.match import Match
from bibkit.dedupe.pruning import are_strangers, shared_facts, title_start
from bibkit.dedupe.scoring import compare
from bibkit.dedupe.settling import settle
from bibkit.record import Problem, Record

Item = tuple[int, str, Record | None, Sequence[Problem]]
"""A row's number, what to call it, its record if there is one, and what is wrong with it."""
Reader = Callable[[pa.RecordBatch], Iterator[Item]]
"""What reads the rows of an input; importable by name, for other processes call it."""
T = TypeVar("T")

_TEXTS = pa.list_(pa.string())
DESCRIBED = pa.schema({
    "number": pa.int64(), "label": pa.string(), "origin": pa.string(), "problems": _TEXTS,
    "title_key": pa.string(), "start": pa.string(), "sorts": pa.binary(), "facts": _TEXTS,
    "keys": _TEXTS, "window_keys": _TEXTS, "words": _TEXTS, "feature": pa.binary(),
})  # fmt: skip
"""What is said of a row; where there is no record, only number, origin and problems."""
KEYED = pa.schema({"number": pa.int64(), "keys": _TEXTS})
PAIRS = pa.schema({"lesser": pa.int64(), "greater": pa.int64()})
MATCHED = pa.schema({
    "lesser": pa.int64(), "greater": pa.int64(), "same": pa.bool_(), "decision": pa.binary()
})  # fmt: skip
SETTLED = pa.schema({
    "kind": pa.string(), "lesser": pa.int64(), "greater": pa.int64(), "decision": pa.binary()
})  # fmt: skip
"""`member`: first record of the group, record; `joined` and `unsure`: pairs."""
TOLD = pa.schema({
    "id": pa.string(), "origin": pa.string(), "cluster": pa.int64(),
    "because": _TEXTS, "unsure": _TEXTS,
})  # fmt: skip
"""A row of the result, as docs/dedupe.md describes it."""
_encode = msgspec.msgpack.Encoder().encode
_PICKLED = b"\x80"
"""How a pickle begins, and no map of MessagePack with anything in it."""


def describe(rows: pa.RecordBatch, *, read: Reader) -> pa.RecordBatch:
    """Read rows, and return what is compared of them and the keys that they have by themselves."""
    return _batch(DESCRIBED, [_described(*item) for item in read(rows)])


def _described(
    number: int, label: str, record: Record | None, problems: Sequence[Problem]
) -> Mapping[str, Any]:
    said = [clean(str(problem)) for problem in problems]
    if record is None:
        return {"number": number, "problems": said}
    feature = read_features(record)
    keys: dict[bool, list[str]] = {True: [], False: []}
    for kind, (keys_of, window) in enumerate(own_kinds()):
        keys[window] += [clean(f"{kind} {key}") for key in dict.fromkeys(keys_of(feature))]
    return {
        "number": number,
        "label": clean(label),
        "origin": clean(record.origin),
        "problems": said,
        "title_key": feature.key,
        "start": title_start(feature),
        "sorts": b"\0".join(p.encode("utf-8", "surrogatepass") for p in neighbourhood(feature)),
        "facts": [clean(fact) for fact in shared_facts(feature)],
        "keys": keys[False],
        "window_keys": keys[True],
        "words": list(dict.fromkeys(feature.words)),
        "feature": pack(feature),
    }  # fmt: skip


def key_by_words(rows: pa.RecordBatch, *, frequency: Mapping[str, int]) -> pa.RecordBatch:
    """Return the keys that titles have by their words, one frequency for all rows."""
    columns = (rows.column(name).to_pylist() for name in ("number", "words"))
    return _keyed(
        (number, word_keys(words, frequency)) for number, words in zip(*columns, strict=True)
    )


def key_by_counted_words(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return the same, each row with its words and in how many titles they stand."""
    columns = (rows.column(name).to_pylist() for name in ("number", "words", "counts"))
    return _keyed(
        (number, word_keys(words, dict(zip(words, counts, strict=True))))
        for number, words, counts in zip(*columns, strict=True)
    )


def _keyed(rows: Iterator[tuple[int, Iterator[str]]]) -> pa.RecordBatch:
    return _batch(
        KEYED,
        [{"number": n, "keys": [f"word {key}" for key in dict.fromkeys(keys)]} for n, keys in rows],
    )


def prune(pairs: pa.RecordBatch) -> pa.RecordBatch:
    """Keep the pairs that share a fact (`apart` is false), or whose titles are no strangers."""
    names = ("apart", "lesser_title", "greater_title", "lesser_start", "greater_start")
    columns = [pairs.column(name).to_pylist() for name in names]
    near = [
        not apart or not are_strangers(x, y, (start, other))
        for apart, x, y, start, other in zip(*columns, strict=True)
    ]
    return pairs.select(PAIRS.names).filter(pa.array(near, pa.bool_()))


def score(pairs: pa.RecordBatch) -> pa.RecordBatch:
    """Decide pairs; those that are different are left out."""
    names = ("lesser", "greater", "lesser_feature", "greater_feature")
    known: dict[int, Features] = {}

    def feature(number: int, packed: bytes) -> Features:
        if number not in known:
            known[number] = unpack(packed, Features)
        return known[number]

    found = []
    columns = [pairs.column(name).to_pylist() for name in names]
    for left, right, x, y in zip(*columns, strict=True):
        match = compare(feature(left, x), feature(right, y))
        if match.verdict != "different":
            found.append((left, right, match))
    return _batch(MATCHED, [
        {"lesser": i, "greater": j, "same": match.verdict == "same", "decision": pack(match)}
        for i, j, match in found
    ])  # fmt: skip


def settle_components(components: pa.RecordBatch) -> pa.RecordBatch:
    """Make groups within components: a row each, with its `records` and its `pairs`."""
    settled: list[Mapping[str, Any]] = []
    for row in components.to_pylist():
        records = sorted(row["records"], key=lambda one: one["number"])
        numbers = [one["number"] for one in records]
        place = {number: index for index, number in enumerate(numbers)}
        found = settle(
            [unpack(one["feature"], Features) for one in records],
            [one["origin"] for one in records],
            [
                (place[one["lesser"]], place[one["greater"]], unpack(one["decision"], Match))
                for one in row["pairs"]
            ],
            [None] * len(records),
        )
        for group in found.groups:
            settled += [
                {"kind": "member", "lesser": numbers[group[0]], "greater": numbers[node]}
                for node in group
            ]
        for kind, pairs in (("joined", found.joined), ("unsure", found.unsure)):
            settled += [
                {"kind": kind, "lesser": numbers[i], "greater": numbers[j], "decision": pack(match)}
                for i, j, match in pairs
            ]
    return _batch(SETTLED, settled)


def tell(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows of the result: `joined` and `unsure` hold earlier records and decisions."""
    told = [
        {
            "id": row["label"],
            "origin": row["origin"],
            "cluster": row["cluster"],
            "because": [_said(one) for one in row["joined"] or ()],
            "unsure": [_said(one) for one in row["unsure"] or ()],
        }
        for row in rows.to_pylist()
    ]
    return _batch(TOLD, told)


def _said(pair: Mapping[str, Any]) -> str:
    evidence = unpack(pair["decision"], Match).evidence
    return f"{pair['label']} ({pair['origin']}): {clean('; '.join(evidence))}"


def pack(value: Features | Match) -> bytes:
    """Return a value as bytes; text that is no Unicode needs the slower way."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return pickle.dumps(value)


def unpack(data: bytes, kind: type[T]) -> T:
    """Return what `pack` packed, in this run and by this program."""
    if data.startswith(_PICKLED):
        value = pickle.loads(data)  # noqa: S301 - from our own temporary files
        assert isinstance(value, kind)
        return value
    return msgspec.msgpack.decode(data, type=kind)


def clean(text: str) -> str:
    """Return text that is Unicode: of half characters, which JSON may have, their numbers."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _batch(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    columns = [pa.array([row.get(f.name) for row in rows], f.type) for f in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
