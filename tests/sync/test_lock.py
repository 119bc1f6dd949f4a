"""The lock's format, and every way in which it can be unreadable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibkit.errors import OutputError
from bibkit.sync import read_target
from bibkit.sync.lock import Lock, LockedEntry, dump_lock, read_lock

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "sync"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("format-*.lock")), ids=lambda path: path.stem)
def test_every_format_there_was_is_read(path: Path) -> None:
    lock = read_lock(path.read_bytes(), origin=path.name)
    assert lock.entries["vaswani2017attention"].arxiv_id == "1706.03762"
    assert lock.entries["brown2020language"].retired
    assert lock.decisions


def test_the_present_format_is_written_as_its_sample() -> None:
    data = (SAMPLES / "format-1.lock").read_bytes()
    assert dump_lock(read_lock(data, origin="x")) == data


def test_lock_is_sorted_with_one_value_a_line() -> None:
    entries = {
        "b": LockedEntry("B", fields={"year": "2024", "abstract": "Über"}),
        "a": LockedEntry("A", arxiv_id="2402.12345"),
    }
    data = dump_lock(Lock(entries))
    assert data == dump_lock(Lock(dict(reversed(entries.items()))))
    assert "Über" in data.decode()
    assert data.endswith(b"}\n")
    assert data.count(b'":') == sum(b'":' in line for line in data.splitlines())
    assert read_lock(data, origin="x").entries == entries


@pytest.mark.parametrize("keys", [[], ["a"], ["b", 'q"\\u2028\n', "ä"]])
def test_a_lock_is_written_as_the_standard_library_writes_it(keys: list[str]) -> None:
    entry = LockedEntry(
        "T\n", fields={"z": "{x}\n\n", "a": "1"}, extra={"new": [1, {"b": []}], "n": {}}
    )
    lock = Lock(dict.fromkeys(keys, entry), ({"a": [1, 2]}, "x"), {"later": {"k": [True]}, "aa": 1})
    text = dump_lock(lock).decode()
    plain = json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert text == plain
    assert read_lock(text.encode(), origin="x") == lock


SAMPLE = {"format": 1, "entries": {}, "decisions": []}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "refs.bib.lock:1: lock-damaged: "),
        ('{\n"format": 1,\n', "refs.bib.lock:3: lock-damaged: "),
        ("[]", "refs.bib.lock: lock-damaged: "),
        ("{}", "refs.bib.lock: lock-damaged: "),
        ('{"format": "1"}', "refs.bib.lock: lock-damaged: "),
        ('{"format": true}', "refs.bib.lock: lock-damaged: "),
        ('{"format": 0}', "refs.bib.lock: lock-damaged: "),
        ('{"format": 2, "entries": []}', "refs.bib.lock: lock-newer: "),
        ('{"format": 1, "entries": []}', "refs.bib.lock: lock-damaged: "),
        ('{"format": 1, "decisions": {}}', "refs.bib.lock: lock-damaged: "),
        ('{"format": 1, "entries": {"a": 1}}', "refs.bib.lock: lock-damaged: "),
        ('{"format": 1, "entries": {"a": {"title": 1}}}', "refs.bib.lock: lock-damaged: "),
        ('{"format": 1, "entries": {"a": {"fields": {"x": 1}}}}', "refs.bib.lock: lock-damaged: "),
        (
            '{"format": 1, "entries": {"a": {}, "a": {}}}',
            "refs.bib.lock: lock-damaged: ('a' stands",
        ),
        ("[" * 100_000, "refs.bib.lock: lock-damaged: "),
        ('{"format": ' + "1" * 5000 + "}", "refs.bib.lock: lock-damaged: "),
        ("{\n<<<<<<< HEAD\n=======\n>>>>>>> b\n}", "refs.bib.lock:2: lock-conflict: "),
        ("\ud800", "refs.bib.lock: lock-damaged: "),
    ],
)
def test_what_cannot_be_read_whole_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    out, lock = tmp_path / "refs.bib", tmp_path / "refs.bib.lock"
    out.write_text("% ours\n")
    lock.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(OutputError) as caught:
        read_target(out)
    message = str(caught.value).removeprefix(f"{tmp_path}/")
    assert message.replace("damaged: damaged ", "damaged: ").startswith(problem)
    assert "\n" not in message
    assert out.read_text() == "% ours\n"


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_lock(b"\xef\xbb\xbf" + json.dumps(SAMPLE).encode(), origin="x") == Lock()
