"""What an address leads to: a table of hosts, and a rule for each that keeps repositories.

A repository gets its canonical address; what that leaves out (a sub-folder) becomes the detail.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlunsplit

from bibkit.record import Link, LinkKind

_NAME = re.compile(r"[\w.-]*\w[\w.-]*", re.ASCII)
_GROUP_NAME = re.compile(r"~?[\w.-]*\w[\w.-]*", re.ASCII)
_AWESOME = re.compile(r"(?i:(?:^|[-_.])awesome(?:$|[-_.\d]))|^[Aa]wesome(?=[A-Z])")
_PLACEHOLDER = re.compile(
    r"x{3,}|(?:your[-_]?)?(?:user[-_]?name|repo(?:sitory)?(?:[-_](?:name|link|url))?)|anonymous"
    r"|your[-_]?(?:name|org|account|project)|tba|tbd|to-?be-?(?:announced|released)|coming-?soon",
    re.IGNORECASE,
)
"""What stands for a name that is not known yet: `github.com/XXX/repo`."""
_NAMED_CODE = re.compile(
    r"(?:code\.google\.com/(?:archive/)?p|codeocean\.com/capsule)/[\w-]+", re.A
)
_NO_OWNERS = frozenset(
    "about apps collections codespaces contact customer-stories enterprise events explore features"
    " join login marketplace notifications organizations orgs pricing readme search security"
    " settings signup site sponsors stars topics trending users".split()
)
"""First path parts of github.com that are GitHub's own pages."""
_TALK = frozenset({"issues", "pull", "pulls", "discussions", "merge_requests"})
"""Pages about a repository: linked for a remark, not as the paper's code."""
_VIEWS = frozenset({"tree", "blob", "raw", "src"})
_PAIR_HOSTS = frozenset("github.com gist.github.com gitee.com bitbucket.org codeberg.org".split())
"""Hosts whose repositories are `owner/name`."""
_OWN_GIT = re.compile(r"(?:git|github|gitlab)\.[\w-]+\.[\w.-]+$", re.ASCII)
"""An institute's own server: `gitlab.inria.fr`; not `git.io`, not `github.io`."""
_HUB_FOLDERS: dict[str, LinkKind] = {"datasets": "dataset", "spaces": "demo"}
_HUB_PAGES = frozenset(
    "api blog chat collections docs join learn login models datasets spaces organizations papers"
    " posts pricing settings tasks".split()
)
_HOSTS: dict[str, LinkKind] = {
    **dict.fromkeys(
        "arxiv.org ar5iv.org alphaxiv.org doi.org openreview.net aclanthology.org aclweb.org"
        " proceedings.mlr.press papers.nips.cc proceedings.neurips.cc openaccess.thecvf.com"
        " ecva.net dl.acm.org ieeexplore.ieee.org link.springer.com sciencedirect.com nature.com"
        " science.org pnas.org mdpi.com jmlr.org jair.org biorxiv.org medrxiv.org chemrxiv.org"
        " hal.science eprint.iacr.org papers.ssrn.com semanticscholar.org isca-archive.org"
        " isca-speech.org ojs.aaai.org projecteuclid.org journals.aps.org link.aps.org"
        " onlinelibrary.wiley.com tandfonline.com pubs.acs.org iopscience.iop.org"
        " pubmed.ncbi.nlm.nih.gov xxx.lanl.gov".split(),
        "paper",
    ),
    **dict.fromkeys("hf.space gradio.app gradio.live streamlit.app".split(), "demo"),
    "colab.research.google.com": "demo",
    **dict.fromkeys("physionet.org data.mendeley.com dataverse.harvard.edu".split(), "dataset"),
    **dict.fromkeys(
        "github.io gitlab.io bitbucket.io netlify.app vercel.app pages.dev readthedocs.io"
        " sites.google.com".split(),
        "project",
    ),
    **dict.fromkeys(
        "aka.ms bit.ly tinyurl.com goo.gl t.co youtube.com youtu.be vimeo.com bilibili.com"
        " twitter.com x.com medium.com drive.google.com dropbox.com zenodo.org figshare.com osf.io"
        " kaggle.com creativecommons.org wikipedia.org pypi.org git.io github.blog".split(),
        "other",
    ),
}
"""By domain; a sub-domain counts as its domain unless it stands here itself."""
_ARCHIVES = ("/10.5281/", "/10.6084/", "/10.17632/", "/10.7910/")
"""DOI prefixes of Zenodo, figshare, Mendeley Data and Dataverse: a deposit, not a paper."""
_PROJECT_PATH = re.compile(r"/(?:projects?|publications?|labs|research|demos?)/|/~", re.IGNORECASE)


def classified(parts: SplitResult, *, own_page: bool = False) -> Link | None:
    """Return the link that a parsed http(s) address is; None for the bare home page of a host.

    Args:
        parts: the address; its host is lower-case.
        own_page: the text calls it the paper's page; decides only where the host tells nothing.

    """
    host = _canonical_host(parts.netloc)
    path = [part for part in parts.path.split("/") if part]
    if host == "huggingface.co":
        return _hub(path)
    if host == "raw.githubusercontent.com":
        return _pair("github.com", [*path[:2], "raw", *path[2:]])
    if host in _PAIR_HOSTS:
        return _pair(host, path)
    if host == "gitlab.com" or _OWN_GIT.match(host):
        return _group(host, path)
    if host.endswith(("sourceforge.net", "sourceforge.io")):
        return _sourceforge(host, path)
    if host == "anonymous.4open.science":
        return _review_copy(path)
    if named := _NAMED_CODE.match(host + parts.path):
        return Link(f"https://{named[0]}", "code")
    return _page(host, parts, own_page=own_page)


def _page(host: str, parts: SplitResult, *, own_page: bool) -> Link | None:
    """Judge an address that is no repository by its host, then by its path, then by the text."""
    kind = _kind_of(host)
    if kind == "paper" and not parts.path.strip("/") and not parts.query:
        return None
    if host == "doi.org" and parts.path.startswith(_ARCHIVES):
        kind = "other"
    if host == "kaggle.com" and parts.path.startswith("/datasets/"):
        kind = "dataset"
    if kind is None:
        kind = "project" if own_page or _PROJECT_PATH.search(parts.path) else "other"
    return Link(urlunsplit(parts), kind)


def _canonical_host(netloc: str) -> str:
    """Drop `www.` and the proxies and short names that stand for Hugging Face."""
    host = netloc.partition(":")[0]
    if host.startswith("hf-proxy") or host in ("hf.co", "www.huggingface.co", "hf-mirror.com"):
        return "huggingface.co"
    return "doi.org" if host == "dx.doi.org" else host.removeprefix("www.")


def _kind_of(host: str) -> LinkKind | None:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        kind = _HOSTS.get(".".join(labels[start:]))
        if kind:
            return kind
    return None


def _pair(host: str, path: list[str]) -> Link | None:
    """Read `owner/name[/tree/branch/folder]`."""
    if not path:
        return None
    owner = path[0]
    name = _repository_name(path[1]) if len(path) > 1 else ""
    talk = len(path) > 2 and path[2] in _TALK
    if talk or not name or not _NAME.fullmatch(owner) or owner.lower() in _NO_OWNERS:
        return Link(f"https://{host}/{'/'.join(path)}", "other")
    no_code = _AWESOME.search(name) or _PLACEHOLDER.fullmatch(owner) or _PLACEHOLDER.fullmatch(name)
    kind: LinkKind = "other" if no_code else "code"
    return Link(f"https://{host}/{owner}/{name}", kind, _folder(path[2:]))


def _repository_name(part: str) -> str:
    """Drop what clings to a name but keep its inner dots: `Wan2.1.git.` is `Wan2.1`."""
    found = _NAME.match(part)
    name = found[0].rstrip(".") if found else ""
    while name.lower().endswith(".git"):
        name = name[:-4].rstrip(".")
    return name


def _folder(rest: list[str]) -> str:
    """Return the sub-folder behind `/tree/<branch>/` (a branch name has no slash nearly always)."""
    if rest[:1] == ["-"]:
        rest = rest[1:]
    return "/".join(rest[2:]).rstrip(".,") if len(rest) > 2 and rest[0] in _VIEWS else ""


def _group(host: str, path: list[str]) -> Link | None:
    """Read a GitLab address: groups nest; `/-/` or, in old ones, a view ends the name."""
    if not path:
        return None
    end = next(
        (i for i, part in enumerate(path) if part == "-" or (i > 1 and part in _VIEWS)), None
    )
    names, rest = path[:end], path[end:] if end else []
    talk = len(rest) > 1 and rest[1] in _TALK
    named = len(names) > 1 and all(map(_GROUP_NAME.fullmatch, names))
    name = _repository_name(names[-1]) if named else ""
    if talk or not name or names[0] in ("explore", "users", "groups"):
        return Link(f"https://{host}/{'/'.join(path)}", "other")
    return Link(f"https://{host}/{'/'.join([*names[:-1], name])}", "code", _folder(rest))


def _sourceforge(host: str, path: list[str]) -> Link | None:
    """Read `sourceforge.net/projects/name` or `name.sourceforge.net`."""
    name = host.partition(".sourceforge.")[0] if ".sourceforge." in host else ""
    if not name and path[:1] in (["projects"], ["p"]) and len(path) > 1:
        name = path[1]
    if _NAME.fullmatch(name):
        return Link(f"https://sourceforge.net/projects/{name.lower()}", "code")
    return Link(f"https://{host}/{'/'.join(path)}", "other") if path else None


def _review_copy(path: list[str]) -> Link | None:
    """Read an anonymous copy made for reviewers: `/r/name` is code, `/w/name` a web page."""
    if len(path) < 2 or not _NAME.fullmatch(path[1]):
        return None
    view = "w" if path[0] == "w" else "r"
    address = f"https://anonymous.4open.science/{view}/{path[1]}"
    return Link(address, "project" if view == "w" else "code", "/".join(path[2:]))


def _hub(path: list[str]) -> Link | None:
    """Read an address on Hugging Face."""
    if not path:
        return None
    folder: LinkKind | None = _HUB_FOLDERS.get(path[0])
    names = path[1:] if folder else path
    base = "https://huggingface.co/" + (f"{path[0]}/" if folder else "")
    if path[0] == "papers" and len(path) > 1:
        return Link(f"{base}papers/{path[1]}", "paper")
    if len(names) < 2 or (not folder and path[0] in _HUB_PAGES):
        return Link("https://huggingface.co/" + "/".join(path), "other")
    name = "/".join([names[0], _repository_name(names[1]) or names[1]])
    return Link(base + name, folder or "model", _folder(names[2:]))
