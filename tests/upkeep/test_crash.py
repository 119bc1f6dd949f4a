"""kill -9 at every seventh line of a sync's write: OUT and lock are whole, and the next sync ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.fake_services import Handler, answer
from tests.upkeep.lab import Lab

ROOT = Path(__file__).resolve().parents[2]
KILLED_AT_LINES = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from bibkit.emit import WriteOptions
from bibkit.merge.citekey import DEFAULT_PATTERN
from bibkit.record import Candidate, Cluster, Link, Paper, Record, Resolved
from bibkit.sync import atomic, read_target, undo, write
from bibkit.upkeep import planned
from bibkit.upkeep.planning import Known, PlanOptions
from bibkit.upkeep.tracked import tracked_entries
from bibkit.merge import merge
from tests.sync.made_entries import ATTENTION, BERT, GPT3

out = Path(sys.argv[1])
lock = Path(sys.argv[1] + ".lock")
kept = Path(sys.argv[2])
traced = (atomic.__file__, write.__file__, undo.__file__)
options = PlanOptions(WriteOptions(), DEFAULT_PATTERN)

def known(*papers):
    clusters = [
        Cluster(n, (Resolved(Record("page.txt:1", paper.title), Candidate(paper, 1.0)),))
        for n, paper in enumerate(papers)
    ]
    return Known(tuple(clusters), {p.arxiv_id: merge(c) for p, c in zip(papers, clusters)})

def paper(entry):
    return Paper(entry.eprint.id, entry.title, "arxiv", entry.authors)

def sync(papers):
    target = read_target(out)
    _, outcome = planned(target, tracked_entries(target), known(*papers), options)
    write.replace_both(target, outcome)

def kill_at(line):
    passed = 0
    def trace(frame, event, _):
        nonlocal passed
        if frame.f_code.co_filename not in traced:
            return None
        passed += event == "line"
        if passed == line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    return trace

def put(state):
    for path, data in zip((out, lock), state):
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)

def state():
    return tuple(path.read_bytes() if path.exists() else None for path in (out, lock))

def some_lines(work, begin, end):
    line, status = 0, 1
    while status:
        line += 7
        put(begin)
        if keeps:
            kept.mkdir(parents=True, exist_ok=True)
            for name, data in keeps.items():
                (kept / name).write_bytes(data)
        child = os.fork()
        if not child:
            sys.settrace(kill_at(line))
            work()
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        now = state()
        assert all(n in (b, e) for n, b, e in zip(now, begin, end)), (line, now)
        yield line

keeps = {}
code = Link("https://github.com/o/r", "code")
old = [paper(ATTENTION), paper(BERT)]
new = [replace(old[0], links=(code,)), replace(old[1], title="BERT Anew"), paper(GPT3)]
sync(old)
out.write_bytes(b"% ours\\n" + out.read_bytes().replace(b"year", b"YEAR"))
begin = state()
sync(new)
end = state()
assert begin[0] != end[0] and begin[1] != end[1]
keeps = {path.name: path.read_bytes() for path in kept.iterdir()}
kills = 0
for line in some_lines(lambda: sync(new), begin, end):
    sync(new)
    assert state() == end, line
    kills += 1
for line in some_lines(lambda: undo.put_back(out), end, begin):
    try:
        undo.put_back(out)
    except undo.OutputError as error:
        assert error.code == "nothing-to-undo", error
    assert state() == begin, line
    kills += 1
names = sorted(path.name for path in out.parent.iterdir())
assert names == [out.name, lock.name], names
print(kills)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks to be killed")
def test_kill_9_at_many_lines_of_a_sync_and_of_an_undo(tmp_path: Path, own_home: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    out, kept = folder / "refs.bib", own_home / "data" / "undo"
    arguments = [sys.executable, "-c", KILLED_AT_LINES, str(out), str(kept)]
    done = subprocess.run(arguments, capture_output=True, cwd=ROOT, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def start(lab: Lab) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bibkit", "sync"],
        cwd=lab.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )


def test_two_syncs_at_once_wait_for_each_other(lab: Lab) -> None:
    first, second = start(lab), start(lab)
    said = [process.communicate()[1].decode() for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    counts = sorted(text.splitlines()[-1] for text in said)
    assert counts == [
        "refs.bib: 0 added, 0 changed, 3 unchanged",
        "refs.bib: 3 added, 0 changed, 0 unchanged",
    ]


def test_what_somebody_saves_while_the_services_are_asked_is_not_lost(lab: Lab) -> None:
    lab.sync()
    mine = lab.text.replace("Segment Anything", "Segment Everything") + "\n@misc{mine}\n"
    lab.next_week()
    lab.world("2402.02370", github="https://github.com/thuml/AutoTimes")
    asked = 0

    def saved_meanwhile(handler: Handler) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            lab.bib.write_text(mine)
        answer(handler)

    lab.services.always = saved_meanwhile
    run = lab.sync()
    assert (run.exit_code, asked > 0) == (0, True)
    assert "github.com/thuml" in lab.text
    assert "Segment Everything" in lab.text
    assert lab.text.endswith("\n@misc{mine}\n")
