"""`bibkit convert` as its users run it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.cli import main
from bibkit.emit import SUFFIXES, WRITERS

GOLDEN = Path(__file__).parents[1] / "golden"


def run(*arguments: object, **extra: object) -> Result:
    return CliRunner().invoke(main, ["convert", *map(str, arguments)], prog_name="bibkit", **extra)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "source", ["emit.bib", "emit-biblatex.bib", "emit.json", "emit.ris", "emit.rdf"]
)
def test_every_readable_format_becomes_every_writable_one(
    source: str, suffix: str, tmp_path: Path
) -> None:
    out = tmp_path / f"refs{suffix}"
    done = run(GOLDEN / source, out)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "12 entries" in done.stderr
    assert "vaswani2017attention" in out.read_text("utf-8")
    assert "https://github.com/google-research/bert" in out.read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir() if path.name != "bibkit-home"] == [out.name]


def test_an_out_that_is_there_is_replaced_only_when_told_so(tmp_path: Path) -> None:
    out = tmp_path / "refs.json"
    out.write_text("mine")
    done = run(GOLDEN / "emit.bib", out)
    assert done.exit_code == 1
    assert (
        done.stderr
        == f"{out}: exists: is there already, and nothing was written; --force replaces it\n"
    )
    assert out.read_text() == "mine"
    assert run(GOLDEN / "emit.bib", out, "--force", "-q").stderr == ""
    assert out.read_text("utf-8").startswith("[")


def test_from_standard_input_to_standard_output() -> None:
    text = "@misc{k, title = {A Title}, code = {https://github.com/o/r}, url = {mailto:x}}"
    done = run("-", "-", "--to", "ris", input=text)
    assert done.exit_code == 0
    assert "ID  - k\nTI  - A Title\nL2  - https://github.com/o/r\n" in done.stdout
    assert "<stdin>:1: not-carried: k: not carried over: url" in done.stderr


def test_what_the_new_format_cannot_hold_is_told(tmp_path: Path) -> None:
    done = run(GOLDEN / "emit.json", tmp_path / "refs.md")
    assert (
        "vaswani2017attention: not-held: not written: the abstract; month and day; arXiv's class"
        in done.stderr
    )


@pytest.mark.parametrize(
    "arguments", [("nowhere.bib", "x.json"), (GOLDEN / "emit.bib", "x.docx"), (GOLDEN, "x.json")]
)
def test_bad_use_is_one_line(
    arguments: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("x.*"))


def test_the_help_names_every_format() -> None:
    assert all(name in run("--help").stdout for name in WRITERS)


@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_a_citation_style(suffix: str, tmp_path: Path) -> None:
    out = tmp_path / f"refs{suffix}"
    done = run(GOLDEN / "emit.json", out, "--style", "plain")
    assert done.exit_code == 0
    assert done.stderr.splitlines()[0].startswith("plain: not-held: only what the style prints")
    text = out.read_text("utf-8")
    assert "Attention is all you need" in text
    assert "https://github.com/tensorflow/tensor2tensor" in text
    assert text.index("ambika2026") < text.index("vaswani2017")


@pytest.mark.parametrize(
    ("out", "style"), [("x.md", "no-such-style"), ("x.bib", "plain"), ("x.html", "no/such.csl")]
)
def test_a_style_that_cannot_be_is_one_line(out: str, style: str, tmp_path: Path) -> None:
    done = run(GOLDEN / "emit.json", tmp_path / out, "--style", style)
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert not (tmp_path / out).exists()
