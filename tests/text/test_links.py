from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.record import Link, LinkKind
from bibkit.text.links import canonical_repository, classify_link, each_link_once, extract_links
from tests.growth import grows_linearly

_REPOSITORY = "https://github.com/owner/name"

REPAIRED = [
    # punctuation of the sentence
    ("at https://github.com/owner/name.", _REPOSITORY),
    ("at https://github.com/owner/name .", _REPOSITORY),
    ("(https://github.com/owner/name).", _REPOSITORY),
    ("[https://github.com/owner/name]", _REPOSITORY),
    ("https://github.com/owner/name, and", _REPOSITORY),
    ("https://github.com/owner/name; Models", _REPOSITORY),
    ("https://github.com/owner/name's wiki", _REPOSITORY),
    ("https://github.com/owner/name’s wiki", _REPOSITORY),
    ("“https://github.com/owner/name”", _REPOSITORY),
    ("(https://github.com/owner/name/).Furthermore", _REPOSITORY),
    ("Website:https://github.com/owner/name", _REPOSITORY),
    ("从https://github.com/owner/name获取", _REPOSITORY),
    # spellings of one address
    ("http://www.github.com/owner/name/", _REPOSITORY),
    ("HTTPS://GitHub.com/owner/name", _REPOSITORY),
    ("github.com/owner/name", _REPOSITORY),
    ("www.github.com/owner/name.", _REPOSITORY),
    ("https://github.com/owner/name.git", _REPOSITORY),
    ("https://github.com/owner/name.git.", _REPOSITORY),
    ("https://github.com/owner/name?tab=readme-ov-file#use", _REPOSITORY),
    ("git@github.com:owner/name.git", _REPOSITORY),
    ("ssh://git@github.com/owner/name", _REPOSITORY),
    ("git+https://github.com/owner/name.git", _REPOSITORY),
    ("https: //github.com/owner/name", _REPOSITORY),
    ("https:// github.com/owner/name", _REPOSITORY),
    ("https://github. com/owner/name", _REPOSITORY),
    ("https:/github.com/owner/name", _REPOSITORY),
    ("https://github.com/ owner/name.", _REPOSITORY),
    ("code:https://github.com/ owner/name", _REPOSITORY),
    ("https://github$.$com/owner/name", _REPOSITORY),
    # TeX, Markdown, HTML
    (r"\url{https://github.com/owner/name}", _REPOSITORY),
    (r"\url\{https://github.com/owner/name\}.", _REPOSITORY),
    (r"\href{https://github.com/owner/name}{here}", _REPOSITORY),
    (r"\href{https://github.com/owner/name", _REPOSITORY),
    ("hrefhttps://github.com/owner/name}{https://github.com/owner/name}.", _REPOSITORY),
    (r"$\href{https://github.com/owner/name}{\text{code}}$", _REPOSITORY),
    (r"https://github.com/owner/na\_me", "https://github.com/owner/na_me"),
    ("[code](https://github.com/owner/name)", _REPOSITORY),
    ("[https://github.com/owner/name](https://github.com/owner/name)", _REPOSITORY),
    ("**https://github.com/owner/name**", _REPOSITORY),
    ("`https://github.com/owner/name`", _REPOSITORY),
    ("<https://github.com/owner/name>", _REPOSITORY),
    ("&lt;https://github.com/owner/name&gt;", _REPOSITORY),
    ('<a href="https://github.com/owner/name">', _REPOSITORY),
    # what typesetting does to letters
    ("https://github.com/o/ﬁne-eﬃcient", "https://github.com/o/fine-efficient"),
    ("https://git\u200bhub.com/owner/na\u00adme", _REPOSITORY),
    # dots that belong to a name, and a hyphen that does
    ("https://github.com/Wan-Video/Wan2.1.", "https://github.com/Wan-Video/Wan2.1"),
    ("https://github.com/RUCAIBox/JiuZhang3.0.", "https://github.com/RUCAIBox/JiuZhang3.0"),
    ("https://github.com/showlab/datacentric.vlp.", "https://github.com/showlab/datacentric.vlp"),
    ("https://github.com/tiuxuxsh76075/MSWAL-.", "https://github.com/tiuxuxsh76075/MSWAL-"),
]


@pytest.mark.parametrize(("text", "url"), REPAIRED)
def test_a_link_is_repaired(text: str, url: str) -> None:
    assert extract_links(text) == (Link(url, "code"),)


KINDS: list[tuple[str, LinkKind, str, str]] = [
    ("https://github.com/o/n/tree/main", "code", "https://github.com/o/n", ""),
    ("https://github.com/o/n/tree/main/a/b.", "code", "https://github.com/o/n", "a/b"),
    ("https://github.com/o/n/blob/v1/a.py", "code", "https://github.com/o/n", "a.py"),
    ("https://github.com/o/n/releases", "code", "https://github.com/o/n", ""),
    ("https://raw.githubusercontent.com/o/n/main/a.py", "code", "https://github.com/o/n", "a.py"),
    ("https://gist.github.com/o/d7a9", "code", "https://gist.github.com/o/d7a9", ""),
    ("https://gitlab.com/g/sub/n/-/tree/main/a", "code", "https://gitlab.com/g/sub/n", "a"),
    ("https://gitlab.com/g/n/tree/main/a", "code", "https://gitlab.com/g/n", "a"),
    ("https://gitlab.com/-/snippets/3", "other", "https://gitlab.com/-/snippets/3", ""),
    ("https://gitlab.inria.fr/g/n.git", "code", "https://gitlab.inria.fr/g/n", ""),
    ("https://bitbucket.org/o/n/src/master/", "code", "https://bitbucket.org/o/n", ""),
    ("https://codeberg.org/o/n", "code", "https://codeberg.org/o/n", ""),
    ("https://name.sourceforge.net/x", "code", "https://sourceforge.net/projects/name", ""),
    ("http://sourceforge.net/p/name", "code", "https://sourceforge.net/projects/name", ""),
    ("http://code.google.com/p/name/", "code", "https://code.google.com/p/name", ""),
    ("https://codeocean.com/capsule/2190725/tree/v1", "code", "https://codeocean.com/capsule/2190725", ""),
    ("https://anonymous.4open.science/r/DV4LLM-D761/", "code", "https://anonymous.4open.science/r/DV4LLM-D761", ""),
    ("https://anonymous.4open.science/w/X-1/", "project", "https://anonymous.4open.science/w/X-1", ""),
    ("https://github.com/orgs/o/repositories", "other", "https://github.com/orgs/o/repositories", ""),
    ("https://github.com/topics/llm", "other", "https://github.com/topics/llm", ""),
    ("https://github.com/owner", "other", "https://github.com/owner", ""),
    ("https://github.com/owner/...", "other", "https://github.com/owner", ""),
    ("https://github.com/o/n/issues/3", "other", "https://github.com/o/n/issues/3", ""),
    ("https://github.com/o/Awesome-LLM.", "other", "https://github.com/o/Awesome-LLM", ""),
    ("https://github.com/o/awesome_llm", "other", "https://github.com/o/awesome_llm", ""),
    ("https://github.com/o/AwesomeWSI", "other", "https://github.com/o/AwesomeWSI", ""),
    ("https://github.com/o/awesomeness", "code", "https://github.com/o/awesomeness", ""),
    ("https://huggingface.co/o/n", "model", "https://huggingface.co/o/n", ""),
    ("https://huggingface.co/o/n/tree/main", "model", "https://huggingface.co/o/n", ""),
    ("https://hf-proxy-2.923828430.workers.dev/o/n.", "model", "https://huggingface.co/o/n", ""),
    ("https://hf-proxy.example.org/datasets/o/n", "dataset", "https://huggingface.co/datasets/o/n", ""),
    ("https://huggingface.co/spaces/o/n", "demo", "https://huggingface.co/spaces/o/n", ""),
    ("https://huggingface.co/o", "other", "https://huggingface.co/o", ""),
    ("https://huggingface.co/collections/o/n-1", "other", "https://huggingface.co/collections/o/n-1", ""),
    ("https://huggingface.co/papers/2402.12345", "paper", "https://huggingface.co/papers/2402.12345", ""),
    ("https://arxiv.org/abs/2402.12345", "paper", "https://arxiv.org/abs/2402.12345", ""),
    ("https://doi.org/10.1145/1.2", "paper", "https://doi.org/10.1145/1.2", ""),
    ("https://doi.org/10.5281/zenodo.1", "other", "https://doi.org/10.5281/zenodo.1", ""),
    ("https://openreview.net/forum?id=x", "paper", "https://openreview.net/forum?id=x", ""),
    ("https://aclanthology.org/2020.acl-main.1/", "paper", "https://aclanthology.org/2020.acl-main.1/", ""),
    ("https://bridgevla.github.io/", "project", "https://bridgevla.github.io/", ""),
    ("x.github.io/page", "project", "https://x.github.io/page", ""),
    ("https://seohong.me/projects/hilp/", "project", "https://seohong.me/projects/hilp/", ""),
    ("https://sites.google.com/view/x", "project", "https://sites.google.com/view/x", ""),
    ("https://aka.ms/redstone.", "other", "https://aka.ms/redstone", ""),
    ("https://example.org/x", "other", "https://example.org/x", ""),
]  # fmt: skip


@pytest.mark.parametrize(("address", "kind", "url", "detail"), KINDS)
def test_a_link_is_classified(address: str, kind: LinkKind, url: str, detail: str) -> None:
    assert classify_link(address) == Link(url, kind, detail)
    assert extract_links(f"See {address} for more.") == (Link(url, kind, detail),)
    assert canonical_repository(address) == (url if kind == "code" else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no link at all",
        "released (https://github.com).",
        "https://huggingface.co/",
        "https://arxiv.org",
        "javascript:alert(1)",
        "javascript://github.com/o/n",
        "ftp://github.com/owner/name",
        "file:///etc/passwd",
        "https://user:secret@github.com/owner/name",
        "https://token@github.com/owner/name",
        "me@github.com/owner/name",
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "https://localhost/x",
        "https://x",
        "https://example.org:99999/x",
        "https://github.com/ --.",
        "https://anonymous.4open.science/r/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_public_address_is_no_link(text: str) -> None:
    assert extract_links(text) == ()
    assert classify_link(text) is None


def test_the_sentence_tells_a_project_page() -> None:
    (link,) = extract_links("Videos and demos: https://mashin.live. ")
    assert link.kind == "project"
    (link,) = extract_links("Videos are shown. Compare https://mashin.live")
    assert link.kind == "other"
    assert classify_link("https://mashin.live", own_page=True) == Link(
        "https://mashin.live", "project"
    )


def test_links_come_once_and_in_order() -> None:
    text = (
        "https://x.github.io/{https://x.github.io}. Code: https://github.com/b/b,https://github.com/A/a "
        "and again http://GitHub.com/a/A/."
    )
    assert [link.url for link in extract_links(text)] == [
        "https://x.github.io/",
        "https://github.com/b/b",
        "https://github.com/A/a",
    ]
    assert each_link_once(extract_links(text) * 2) == extract_links(text)


def test_an_escape_sequence_ends_a_link() -> None:
    assert extract_links("https://github.com/a/b\x1b[31m/evil") == (
        Link("https://github.com/a/b", "code"),
    )


_PIECES = st.sampled_from(
    r"https:// http: www. github.com/ git@github.com: o/n ( ) . , @ : huggingface.co/ hf-proxy \ { }"
    r" &lt; é /tree/main/ - gitlab.x.org/ -/ sourceforge.net anonymous.4open.science/r/ javascript:"
    r" ſ %00 .git / ~ codeocean.com/capsule/".split()
) | st.sampled_from(" \x1b\u202e\0")  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_only_printable_http_addresses_come_out(text: str) -> None:
    for link in extract_links(text):
        parts = urlsplit(link.url)
        assert parts.scheme in ("http", "https")
        assert "@" not in parts.netloc
        assert link.url.isascii()
        assert link.url.isprintable()
        assert not set(link.url + link.detail) & set(" \"'<>{}\\`")


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_a_canonical_repository_is_its_own(text: str) -> None:
    repository = canonical_repository(f"https://{text}")
    if repository:
        assert canonical_repository(repository) == repository
        assert extract_links(repository) == (Link(repository, "code"),)


@pytest.mark.parametrize(
    "text",
    [
        "at https://github.com/ and/or by mail",
        "at https://github.com/owner/ soon",
        "at https://github.com/SeVEnMY/3d-face- reconstruction",
        "Code Reference: https://github.com/owner/name pytorch",
        "The code is based on the framework of https://github.com/owner/name",
        "dataset\\footnote{\\url{https://github.com/XXX/LCD}}",
        "https://github.com/your-username/your-repo",
        "https://github.com/anonymous/paper",
        "https://github.com/lab/Awesome-World-Models",
        "https://github.com/lab/",
        "https://github.com/orgs/lab/repositories",
    ],
)
def test_what_is_not_the_papers_code(text: str) -> None:
    assert not [link for link in extract_links(text) if link.kind == "code"]


@pytest.mark.parametrize(
    "text",
    [
        "Reference implementation: https://github.com/owner/name",
        "The method code is based on PyTorch and is available at https://github.com/owner/name",
        "all baselines under identical preprocessing are available at: https://github.com/owner/name",
        "https://github.com/owner/name-",
        "https://github.com/owner/YourBench",
        "https://github.com/Anonymous999-xxx/FairGamer",
    ],
)
def test_what_is_the_papers_code(text: str) -> None:
    assert [link.kind for link in extract_links(text)] == ["code"]


def test_the_code_comes_before_the_data() -> None:
    text = "Page: https://a.github.io/b, data: github.com/a/b-data and code: github.com/a/b"
    assert [link.url for link in extract_links(text)] == [
        "https://a.github.io/b", "https://github.com/a/b", "https://github.com/a/b-data",
    ]  # fmt: skip
    assert [link.kind for link in extract_links("github.com/a/b-data")] == ["code"]


@pytest.mark.parametrize("piece", ["based on ", "github.com/ ", "$.$", "https:/a.b ", "- w", "a-"])
def test_links_are_found_in_linear_time(piece: str) -> None:
    def run(size: int) -> None:
        extract_links("https://github.com/a/b " + piece * (size // len(piece)))

    grows_linearly(run, 300_000)


@pytest.mark.shared
def test_links_to_github_in_real_metadata_become_repositories(shared: Path) -> None:
    """Of 5,555 texts of abstracts and comments with `github.com/…/…` 98 of 100 give a repository."""
    named = found = 0
    for file in sorted((shared / "arxiv").glob("*.gz")):
        with gzip.open(file, "rb") as lines:
            for line in lines:
                if b"github.com/" not in line:
                    continue
                paper = json.loads(line)
                for text in (paper.get("abstract") or "", paper.get("comments") or ""):
                    if not re.search(r"github\.com/[\w-]+/[\w-]", text):
                        continue
                    named += 1
                    found += any(
                        re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", link.url)
                        for link in extract_links(text)
                        if link.kind == "code"
                    )
    assert named > 5000
    assert found / named > 0.98, (found, named)


@pytest.mark.shared
def test_repositories_that_hugging_face_declares_are_code(shared: Path) -> None:
    declared = {
        url
        for file in (shared / "api-samples" / "hf-daily_papers").iterdir()
        for url in re.findall(r'"githubRepo":\s*"([^"]+)"', file.read_text("utf-8", "replace"))
    }
    assert declared
    assert [url for url in declared if canonical_repository(url) is None] == []
