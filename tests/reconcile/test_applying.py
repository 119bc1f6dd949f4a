"""Merging keeps every value and every key, whatever the files look like and wherever it is cut."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit.bibfile import BibFile, read_bib
from bibkit.check.tex import read_tex
from bibkit.reconcile import apply_duplicates, find_in_files, write_plan
from bibkit.reconcile.writing import Write
from tests.growth import grows_linearly

TITLES = (
    "Attention Is All You Need for Machine Translation",
    "Deep Residual Learning for Image Recognition Problems",
    "Generative Adversarial Nets and Their Many Friends",
)
AUTHORS = ("Vaswani, Ashish and Shazeer, Noam", "Vaswani, A. and Shazeer, N.",
           "Vaswani, Ashish and others")  # fmt: skip
_VALUES = {
    "year": ("{2017}", "2018", '"2017"'),
    "month": ("jun", "{June}", "#1#"),
    "journal": ("jml", 'jml # " A"', "{arXiv preprint arXiv:1706.03762}"),
    "booktitle": ("{NIPS}", "{Advances in Neural Information Processing Systems}"),
    "keywords": ("{a, b}", "{b; c}", "{}"),
    "note": ("{Read}", "{Read twice}", '"{\\"O}ral"'),
    "doi": ("{10.1000/x}",),
    "eprint": ("{1706.03762}",),
    "url": ("{https://a.example/b_c}", "{https://github.com/o/r}"),
    "ids": ("{old1}", "{old2, old1}"),
    "crossref": ("{k1}", "{k9}"),
    "related": ("{k0,k2}",),
}


@st.composite
def bib_texts(draw: st.DrawFn) -> str:
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    blocks = ['@string{jml = "Journal of ML"}']
    for number in range(draw(st.integers(2, 6))):
        kind = draw(st.sampled_from(["misc", "article", "inproceedings", "Proceedings"]))
        key = draw(st.sampled_from([f"k{number}", f"k{number}", "k0", f"K{number}"]))
        names = draw(st.lists(st.sampled_from(sorted(_VALUES)), unique=True, max_size=5))
        fields = [
            f"title = {{{draw(st.sampled_from(TITLES))}}}",
            f"author = {{{draw(st.sampled_from(AUTHORS))}}}",
            *(f"{name} = {draw(st.sampled_from(_VALUES[name]))}".replace("#1#", "{6}")
              for name in names),
        ]  # fmt: skip
        inner = draw(st.sampled_from([",\n  ", ", "])).join([f"{kind}{{{key}", *fields])
        end = draw(st.sampled_from(["\n}", "}", ",\n}", "}", "}", ""]))
        blocks += [draw(st.sampled_from(["% about the next", "", "some text"])), f"@{inner}{end}"]
    return ("\n".join(blocks) + "\n").replace("\n", newline)


def values_of(bib: BibFile) -> list[tuple[str, str]]:
    return [(name, value) for entry in bib.entries for name, value in entry.fields.items()]


def bare(text: str) -> str:
    return " ".join(re.sub(r"[{}]", "", text).split())


def all_keys(bib: BibFile) -> set[str]:
    ids = {k.strip() for e in bib.entries for k in e.fields.get("ids", "").split(",")}
    return {entry.key for entry in bib.entries} | ids - {""}


def assert_nothing_lost(before: BibFile, after: BibFile, told: str) -> None:
    assert {k.lower() for k in all_keys(before)} <= {k.lower() for k in all_keys(after)}
    kept = {(name, bare(value)) for name, value in values_of(after)}
    texts: dict[str, str] = {}
    for name, value in values_of(after):
        texts[name] = texts.get(name, "") + "\n" + bare(value)
    for name, value in values_of(before):
        if name in ("ids", "related", "crossref"):
            continue  # keys, which are looked at above and below
        parts = re.split("[,;]", value) if name == "keywords" else [value]
        for part in map(bare, parts):
            whole = (
                (name, part) in kept or part in texts.get(name, "") or part in texts.get("code", "")
            )
            assert whole or part in bare(told), (name, value)


@settings(max_examples=150)
@given(bib_texts())
def test_no_value_and_no_key_is_lost_and_every_citation_resolves(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path, tex, plan = (Path(name) / file for file in ("refs.bib", "a.tex", "plan.txt"))
        path.write_bytes(text.encode())
        before = read_bib(path.read_bytes(), origin="refs.bib")
        keys = sorted({entry.key for entry in before.entries})
        tex.write_text("\\cite[p.~1]{" + ",".join(keys) + "} \\nocite{k0}\n")
        write_plan([path], plan)
        done = apply_duplicates([path], plan=plan, tex=[tex])
        after = read_bib(path.read_bytes(), origin="refs.bib")
        told = "\n".join(line for merge in done.merging.merges for line in merge.lost)
        assert_nothing_lost(before, after, told)
        now = {entry.key.lower() for entry in after.entries}
        assert {c.key.lower() for c in read_tex(tex.read_text()).citations} <= now
        assert_references_hold(before, after)
        gone = len(before.entries) - len(after.entries)
        assert gone == sum(len(merge.gone) for merge in done.merging.merges)
        assert ("\r\n" in text) == (b"\r\n" in path.read_bytes())
        assert after.text.count("% about the next") == before.text.count("% about the next")
        again = apply_duplicates([path], plan=plan, tex=[tex])
        if len(keys) < len(before.entries):  # a key of several papers: what it hindered comes now
            again = apply_duplicates([path], plan=plan, tex=[tex])
        assert not again.writes


@settings(max_examples=60)
@given(bib_texts())
def test_without_a_plan_a_second_run_has_nothing_to_do(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path, keys = Path(name) / "refs.bib", Path(name) / "keys.json"
        path.write_bytes(text.encode())
        before = read_bib(path.read_bytes(), origin="refs.bib")
        done = apply_duplicates([path], key_map=keys)
        after = read_bib(path.read_bytes(), origin="refs.bib")
        told = "\n".join(line for merge in done.merging.merges for line in merge.lost)
        assert_nothing_lost(before, after, told)
        assert set(done.merging.key_map.values()) <= {entry.key for entry in after.entries}
        assert not apply_duplicates([path], key_map=keys).writes


CITES = (
    r"\cite{%s}", r"\citep[see][p.~2]{%s}", r"\citet*{%s}", r"\nocite{%s}", r"\footcite[1]{%s}",
    r"\textcite{%s}", r"\Parencite{%s}", r"\parencites[1]{%s}[2][3]{%s}", r"\autocites(a)(b){%s}{%s}",
    "\\cite{ %s }", "\\cite{%%\n  %s}", r"\citeauthor{%s}",
)  # fmt: skip
APART = "% \\cite{k0, k1}\n\\verb|\\cite{k1}| and \\begin{verbatim}\n\\cite{k0}\n\\end{verbatim}\n"


@st.composite
def tex_texts(draw: st.DrawFn, keys: list[str]) -> str:
    """Draw a document that cites keys with every kind of command, some of them twice."""
    lines = [APART]
    for command in draw(st.lists(st.sampled_from(CITES), min_size=1, max_size=6)):
        lists = [
            draw(st.sampled_from([",", ", ", " ,\n"])).join(
                draw(st.lists(st.sampled_from(keys), min_size=1, max_size=4))
            )
            for _ in range(command.count("%s"))
        ]
        lines.append(f"As {command % tuple(lists)} says, 5\\% more.")
    return "\n".join(lines)


@settings(max_examples=80)
@given(bib_texts(), bib_texts(), st.data())
def test_every_citation_of_every_command_resolves(one: str, two: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        first, second, tex = (Path(name) / file for file in ("a.bib", "b.bib", "a.tex"))
        first.write_bytes(one.encode())
        second.write_bytes(two.replace("{k", "{m").encode())
        both = [read_bib(path.read_bytes(), origin="x") for path in (first, second)]
        keys = sorted({entry.key for bib in both for entry in bib.entries})
        tex.write_text(data.draw(tex_texts(keys)))
        cited = len(read_tex(tex.read_text()).citations)
        done = apply_duplicates([first, second], tex=[tex])
        now = {k.lower() for p in (first, second) for k in keys_in(p)}
        citations = read_tex(tex.read_text()).citations
        assert {citation.key.lower() for citation in citations} <= now
        assert 0 < len(citations) <= cited
        assert APART in tex.read_text()
        assert set(done.merging.key_map.values()) <= {
            k for p in (first, second) for k in keys_in(p)
        }
        assert not apply_duplicates([first, second], tex=[tex]).writes


def keys_in(path: Path) -> set[str]:
    """Return the citation keys themselves: BibTeX knows nothing of `ids`."""
    return {entry.key for entry in read_bib(path.read_bytes(), origin="x").entries}


def assert_references_hold(before: BibFile, after: BibFile) -> None:
    """Every crossref that led somewhere still does."""
    led = {entry.key.lower() for entry in before.entries}
    now = {entry.key.lower() for entry in after.entries}
    for entry in after.entries:
        for key in entry.fields.get("crossref", "").lower().split(","):
            assert key.strip() in now or key.strip() not in led


@settings(max_examples=60)
@given(bib_texts(), bib_texts(), st.data())
def test_killed_between_two_writes_nothing_is_lost(one: str, two: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, second, tex = folder / "a.bib", folder / "b.bib", folder / "a.tex"
        first.write_bytes(one.encode())
        second.write_bytes(two.replace("k1", "m1").encode())
        both = read_bib(first.read_bytes() + b"\n" + second.read_bytes(), origin="x")
        tex.write_text("\\cite{k0,k1,m1,k2}\n")
        done = apply_duplicates([first, second], tex=[tex], dry_run=True)
        carry_out_some(done.writes, data.draw(st.integers(0, len(done.writes))))
        told = "\n".join(line for merge in done.merging.merges for line in merge.lost)
        now = read_bib(first.read_bytes() + b"\n" + second.read_bytes(), origin="x")
        assert_nothing_lost(both, now, told)
        defined = {k.lower() for k in all_keys(now)} | {"k1", "k2", "m1", "k0"} - {
            k.lower() for k in all_keys(both)
        }
        assert {c.key.lower() for c in read_tex(tex.read_text()).citations} <= defined


def carry_out_some(writes: tuple[Write, ...], count: int) -> None:
    """Stand for a run that is killed after so many files."""
    for write in writes[:count]:
        write.path.write_bytes(write.after)


def test_latin_1_and_macros_stay(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    text = (
        '@string{jml = "Zeitschrift f\xfcr ML"}\r\n'
        "@misc{a, title = {Deep Residual Learning for Image Recognition}, author = {M\xfcller, Anna}}\r\n"
        "@article{b, title = {Deep Residual Learning for Image Recognition}, author = {M\xfcller, Anna},"
        " journal = jml, month = jul # \"~1\"}\r\n"
    )  # fmt: skip
    path.write_bytes(text.encode("latin-1"))
    apply_duplicates([path])
    after = path.read_bytes().decode("latin-1")
    assert after.startswith('@string{jml = "Zeitschrift f\xfcr ML"}\r\n@article{a, title')
    assert 'journal = jml, month = jul # "~1", ids = {b}}' in after
    assert "M\xfcller" in after


def test_a_value_from_a_file_of_another_code_is_spelled_in_tex(tmp_path: Path) -> None:
    one, two = tmp_path / "a.bib", tmp_path / "b.bib"
    title = "Deep Residual Learning for Image Recognition"
    one.write_bytes(f"@misc{{a, title={{{title}}}, note={{\xfc}}}}\n".encode("latin-1"))
    two.write_text(f"@misc{{b, title={{{title}}}, publisher={{\u0141\xf3d\u017a}}}}\n", "utf-8")
    apply_duplicates([one, two])
    assert "\\L" in one.read_bytes().decode("latin-1")
    assert "@misc" not in two.read_text()


def test_a_macro_of_another_file_becomes_its_text(tmp_path: Path) -> None:
    one, two = tmp_path / "a.bib", tmp_path / "b.bib"
    title = "title = {Deep Residual Learning for Image Recognition}"
    one.write_text(f"@article{{a, {title}}}\n")
    two.write_text(f'@string{{j = "Journal of ML"}}\n@article{{b, {title}, journal = j}}\n')
    apply_duplicates([one, two])
    assert "journal = {Journal of ML}" in one.read_text()
    assert two.read_text() == '@string{j = "Journal of ML"}\n'


PARENTS = """\
@inproceedings{{child, title = {{On a Chapter of Its Own}}, author = {{Doe, J}}, crossref = {{{0}}}}}
@proceedings{{p1, title = {{Proceedings of the Large Conference on Things}}, year = 2020}}
{1}
@proceedings{{p2, title = {{Proceedings of the Large Conference on Things}}, year = 2020}}
"""


def test_children_of_a_parent_that_goes_find_the_other(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(PARENTS.format("p2", ""))
    done = apply_duplicates([path])
    assert len(done.merging.merges) == 1
    assert "crossref = {p1}" in path.read_text()


def test_a_parent_is_not_moved_before_its_children(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    late = "@inproceedings{late, title = {On Another Thing of Ours}, crossref = {p2}}"
    path.write_text(PARENTS.format("p2", late))
    was = path.read_bytes()
    done = apply_duplicates([path])
    assert path.read_bytes() == was
    assert "move 'p1' first" in str(done.found.problems[0])


def test_a_broken_entry_is_told_and_never_merged(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    title = "title = {Deep Residual Learning for Image Recognition}"
    path.write_text(f"@misc{{a, {title}}}\n@misc{{b, {title} year = 2}}\n% @misc{{c, {title}}}\n")
    was = path.read_bytes()
    done = apply_duplicates([path])
    assert path.read_bytes() == was
    assert {p.code for p in done.found.problems} == {"broken-entry", "not-merged"}


def test_one_key_twice(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    title = "title = {Deep Residual Learning for Image Recognition}"
    path.write_text(f"@misc{{a, {title}}}\n@misc{{a, {title}, year = 2016}}\n")
    plan = tmp_path / "plan.txt"
    write_plan([path], plan)
    assert "second: a (2) | " in plan.read_text()
    done = apply_duplicates([path], plan=plan)
    assert path.read_text() == f"@misc{{a, {title}, year = 2016}}\n"
    assert done.merging.key_map == {}
    assert not apply_duplicates([path], plan=plan).found.problems


def test_the_key_in_the_lock_survives_and_the_users_edit(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    title = "title = {Deep Residual Learning for Image Recognition}"
    path.write_text(f"@misc{{mine, {title}}}\n@misc{{given, {title}, year = 2016}}\n")
    lock = (
        '{"format": 1, "entries": {"given": {"title": "Deep Residual Learning for Image '
        'Recognition", "fields": {"title": "x", "year": "2015"}}}}'
    )
    path.with_name("refs.bib.lock").write_text(lock)
    apply_duplicates([path])
    text = path.read_text()
    assert text.startswith("@misc{given,")
    assert "ids = {mine}" in text
    assert path.with_name("refs.bib.lock").read_text() == lock


def test_a_decision_across_files_is_remembered_by_the_first(tmp_path: Path) -> None:
    one, two, plan = (tmp_path / name for name in ("a.bib", "b.bib", "plan.txt"))
    title = "title = {Deep Residual Learning for Image Recognition}"
    one.write_text(f"@misc{{a, {title}}}\n")
    two.write_text(f"@misc{{b, {title}}}\n")
    write_plan([one, two], plan)
    plan.write_text(plan.read_text().replace("\ndecision: same", "\ndecision: not the same"))
    apply_duplicates([one, two], plan=plan)
    assert not find_in_files([two, one]).outcome.clusters
    assert '"file": "b.bib"' in (tmp_path / "a.bib.lock").read_text()
    assert not (tmp_path / "b.bib.lock").exists()


def test_many_pairs_take_no_time(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    entry = "@misc{{{}{}, title = {{A Study Number {} of a Thing with Nine Words}}, month = jml}}\n"

    def run(count: int) -> None:
        entries = [entry.format(kind, n, n) for kind in "ab" for n in range(count)]
        path.write_text('@string{jml = "May"}\n' + "".join(entries))
        done = apply_duplicates([path])
        assert sum(len(merge.gone) for merge in done.merging.merges) == count

    grows_linearly(run, 1200)
