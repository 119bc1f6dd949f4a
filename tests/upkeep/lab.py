"""A lab's folder for the tests: bibkit.toml, pages, services on the loopback interface, weeks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bibkit import paths
from bibkit.bibfile import FileEntry, read_bib
from bibkit.cli import main
from tests.sources.fake_publications import FakePublications, Version
from tests.sources.fake_services import FakePaper, FakeServices

PAPERS = (
    FakePaper(
        "2402.02370",
        "AutoTimes: Autoregressive Time Series Forecasters via Large Language Models",
        "Language models forecast series of numbers.",
        ("Yong Liu", "Guo Qin", "Xiangdong Huang", "Jianmin Wang", "Mingsheng Long"),
        "2024-02-04T06:59:21Z",
    ),
    FakePaper(
        "2304.02643",
        "Segment Anything",
        "A task, a model and a dataset for cutting things out of pictures.",
        ("Alexander Kirillov", "Eric Mintun"),
        published="2023-04-05T17:59:46Z",
        categories=("cs.CV", "cs.AI"),
        github="https://github.com/facebookresearch/segment-anything",
    ),
    FakePaper(
        "2405.16847",
        "TokenUnify: Scaling Up Autoregressive Pretraining for Neuron Segmentation",
        authors=("Yinda Chen", "Haoyuan Shi"),
        published="2024-05-27T05:45:51Z",
    ),
)
PUBLISHED = Version(
    "AutoTimes: Autoregressive Time Series Forecasters via Large Language Models.",
    ("Yong Liu", "Guo Qin", "Xiangdong Huang", "Jianmin Wang", "Mingsheng Long"),
    "NeurIPS", 2024, pages="121-156", key="conf/nips/LiuQHWL24",
)  # fmt: skip


@dataclass
class Lab:
    """A folder with a bibliography, and the world around it."""

    folder: Path
    services: FakeServices
    publications: FakePublications
    weeks: int = field(default=0)

    @property
    def bib(self) -> Path:
        return self.folder / "refs.bib"

    @property
    def lock(self) -> Path:
        return self.folder / "refs.bib.lock"

    @property
    def text(self) -> str:
        return self.bib.read_bytes().decode()

    @property
    def state(self) -> tuple[bytes, bytes]:
        return self.bib.read_bytes(), self.lock.read_bytes()

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def entry(self, key: str) -> FileEntry:
        [found] = [e for e in read_bib(self.bib.read_bytes(), origin="").entries if e.key == key]
        return found

    def edit(self, old: str, new: str) -> None:
        """Change the file as a person does in an editor; what is replaced must be there once."""
        assert self.text.count(old) == 1, (old, self.text)
        self.bib.write_bytes(self.text.replace(old, new).encode())

    def world(self, identifier: str, **changes: Any) -> None:
        """Change what arXiv and Hugging Face say of a paper."""
        assert identifier in {paper.id for paper in self.services.papers}
        self.services.papers = tuple(
            replace(paper, **changes) if paper.id == identifier else paper
            for paper in self.services.papers
        )

    def page(self, *lines: str, name: str = "") -> Path:
        """Save a page of this week."""
        path = self.folder / "pages" / (name or f"{self.weeks:02}-{len(self.pages):02}.txt")
        path.write_text("\n".join(lines) + "\n")
        return path

    @property
    def pages(self) -> Sequence[Path]:
        return list((self.folder / "pages").iterdir())

    def next_week(self) -> None:
        """Forget the answers of a week ago, as a fresh machine of the CI does."""
        self.weeks += 1
        shutil.rmtree(paths.cache_dir(), ignore_errors=True)

    def run(self, command: str, *arguments: str) -> Result:
        result = CliRunner().invoke(main, [command, *arguments])
        crashed = result.exception
        assert crashed is None or isinstance(crashed, SystemExit), result.exc_info
        return result

    def sync(self, *arguments: str) -> Result:
        return self.run("sync", *arguments)

    def plan(self, *arguments: str) -> dict[str, Any]:
        """Return the plan of a dry run."""
        found: dict[str, Any] = json.loads(self.sync("--dry-run", "--json", *arguments).stdout)
        return found
