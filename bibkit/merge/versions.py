"""Several entries of one paper → one: per field the best value, and what is not taken.

The policy (docs/dedupe.md): the user's edit before anything, published before preprint, complete
before abbreviated, the surviving entry's own before another's. Nothing is dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.text.identifiers import doi
from bibkit.text.links import classify_link
from bibkit.text.titles import title_key
from bibkit.text.venues import UNPUBLISHED, read_venue, same_venue

PUBLICATION = frozenset(
    "journal journaltitle booktitle maintitle year date month day volume number issue pages eid"
    " series publisher organization institution school address location edition howpublished type"
    " isbn issn chapter editor eventtitle eventdate venue".split()
)
"""Where and when it was published: facts that only hold together."""
LINKS_TO_ENTRIES = frozenset("crossref xref xdata related entryset ids".split())
"""Fields that name other entries; `ids` is made anew from all keys."""
_VENUES = ("journal", "journaltitle", "booktitle", "maintitle")
_EPRINT = ("eprint", "eprinttype", "archiveprefix", "primaryclass", "eprintclass")
_VERBATIM = frozenset("url doi file code".split())
_LISTS = {"keywords": ",;", "groups": ",", "file": ";"}
_NOTES = frozenset("note addendum annote annotation comment review".split())
_NAMES = frozenset("author editor translator".split())
_LOOSE_TYPES = frozenset(
    "misc online unpublished techreport report preprint electronic www".split()
)
_PREPRINT_TYPES = frozenset({"preprint", "unpublished"})
_TRUNCATED = re.compile(r"(?:\.\.\.|…|\\l?dots)\}?\s*$")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_MARKS = re.compile(r"[{}\s]+")
_ABBREVIATED = re.compile(r"\b\w{1,12}\.")


@dataclass(frozen=True, slots=True)
class Version:
    """One of the entries that are merged; the first is the one that survives."""

    key: str
    entry_type: str
    fields: Mapping[str, str]
    """Lower-case names; what it inherits too."""
    arxiv_id: str | None = None
    edited: frozenset[str] = frozenset()
    """Fields that the user changed since bibkit wrote them."""
    by_user: bool = False
    """True when there is a lock and bibkit never wrote this entry."""
    with_macros: frozenset[str] = frozenset()
    """Fields whose values are made with macros: these are meant as they are."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A value that the merged entry does not have."""

    version: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The entry that several give."""

    entry_type: str
    fields: Mapping[str, str]
    origins: Mapping[str, int] = field(default_factory=dict)
    """Of the values that are one version's, unchanged: whose."""
    dropped: tuple[Dropped, ...] = ()


def merge_versions(versions: Sequence[Version]) -> Merged:
    """Merge the entries of one paper into the first.

    >>> preprint = Version("a", "misc", {"title": "T", "year": "2023", "eprint": "2301.00001"})
    >>> paper = Version("b", "inproceedings", {"title": "T", "year": "2024", "booktitle": "ICML"})
    >>> merged = merge_versions([preprint, paper])
    >>> merged.entry_type, merged.fields["year"], merged.fields["eprint"]
    ('inproceedings', '2024', '2301.00001')
    >>> merged.dropped
    (Dropped(version=0, name='year', value='2023'), Dropped(version=0, name='@', value='misc'))
    """
    source = _source(versions)
    eprint = _eprint_source(versions)
    fields: dict[str, str] = {}
    origins: dict[str, int] = {}
    for name in dict.fromkeys(name for version in versions for name in version.fields):
        chosen = _chosen(versions, name, source, eprint)
        if chosen is None:
            continue
        value = _united(versions, name) if _is_united(name) else versions[chosen].fields[name]
        fields[name] = value
        if value == versions[chosen].fields[name]:
            origins[name] = chosen
    _keep_arxiv_id(versions, fields)
    _keep_code_link(versions, fields)
    kind = versions[source].entry_type
    if published(versions[source]) == published(versions[0]):
        kind = versions[0].entry_type
    return Merged(kind, fields, origins, tuple(_dropped(versions, fields, kind)))


def published(version: Version) -> bool:
    """Tell a published paper from a preprint, a report or a web page.

    >>> published(Version("k", "article", {"journal": "arXiv preprint arXiv:2301.00001"}))
    False
    >>> published(Version("k", "article", {"journal": "JMLR"}))
    True
    """
    if version.entry_type in _PREPRINT_TYPES:
        return False
    venue = _venue(version)
    if venue:
        return read_venue(venue).kind not in {*UNPUBLISHED, "draft"}
    return version.entry_type not in {*_LOOSE_TYPES, "article"} or (
        version.entry_type == "article" and not version.arxiv_id
    )


def same_value(left: str, right: str) -> bool:
    """Tell whether two values differ in braces and blanks at most.

    >>> same_value("A {BERT}  Model", "A BERT Model"), same_value("a", "b")
    (True, False)
    """
    return left == right or _bare(left) == _bare(right)


def _bare(value: str) -> str:
    return _MARKS.sub(" ", value.replace("{", "").replace("}", "")).strip()


def _venue(version: Version) -> str:
    return next((version.fields[name] for name in _VENUES if version.fields.get(name)), "")


def _source(versions: Sequence[Version]) -> int:
    """Return the version whose facts of publication hold."""
    return max(
        range(len(versions)),
        key=lambda i: (published(versions[i]), bool(_venue(versions[i])), versions[i].by_user, -i),
    )


def _eprint_source(versions: Sequence[Version]) -> int | None:
    """Return the version whose eprint stays: arXiv's before others."""
    having = [i for i, version in enumerate(versions) if version.fields.get("eprint")]
    edited = [i for i in having if "eprint" in versions[i].edited]
    return min(edited or having, key=lambda i: (not versions[i].arxiv_id, i), default=None)


def _chosen(versions: Sequence[Version], name: str, source: int, eprint: int | None) -> int | None:
    """Return the version whose value of a field is the best; None where none fits.

    What differs in capitals and spelling of letters alone stays as the surviving entry has it.
    """
    having = [i for i, version in enumerate(versions) if version.fields.get(name)]
    edited = [i for i in having if name in versions[i].edited]
    if name in LINKS_TO_ENTRIES:
        return 0 if 0 in having else None
    if not edited and name in _EPRINT:
        having = [
            i for i in having if eprint is None or _one_eprint(versions[i], versions[eprint], name)
        ]
    elif not edited and name in PUBLICATION:
        having = [i for i in having if _goes_with(versions, i, source, name)]
    rank = _rank_of(name)
    best = max(
        edited or having,
        key=lambda i: (versions[i].by_user, *rank(versions[i], name), i == source, -i),
        default=None,
    )
    if best and not edited and 0 in having and name not in _VERBATIM:
        own = versions[0].fields[name]
        return 0 if title_key(own) == title_key(versions[best].fields[name]) != "" else best
    return best


def _one_eprint(left: Version, right: Version, name: str) -> bool:
    """Tell whether what one version says of its eprint is true of another's."""
    if left.fields.get("eprint") == right.fields["eprint"]:
        return True
    return name != "eprint" and left.arxiv_id is not None and left.arxiv_id == right.arxiv_id


def _goes_with(versions: Sequence[Version], one: int, source: int, name: str) -> bool:
    """Tell whether a fact of one version may stand beside the facts of the source."""
    left, right = versions[one], versions[source]
    if one == source:
        return True
    if name in ("year", "date") and not ({"year", "date"} & right.fields.keys()):
        return True
    return (
        published(left) == published(right)
        and left.entry_type == right.entry_type
        and same_venue(_venue(left), _venue(right)) != "different"
    )


Rank = Callable[[Version, str], tuple[float, ...]]


def _rank_of(name: str) -> Rank:
    """Return what makes one value of a field better than another."""
    if name in _NAMES:
        return _names_rank
    if name in _VENUES:
        return _venue_rank
    if name == "doi":
        return lambda version, _: (doi(version.fields["doi"]) is not None,)
    if name in PUBLICATION or name in _EPRINT:
        return lambda _, __: ()
    return _text_rank


def _text_rank(version: Version, name: str) -> tuple[float, ...]:
    cut = bool(_TRUNCATED.search(version.fields[name][-20:]))
    return (not cut, published(version))


def _names_rank(version: Version, name: str) -> tuple[float, ...]:
    r"""Prefer whole lists, then names written out, then the published one."""
    names = [part.strip() for part in _AND.split(version.fields[name]) if part.strip()]
    whole = not names or _MARKS.sub("", names[-1]).lower().rstrip(".") not in ("others", "etal")
    full = sum(1 for one in names if _is_written_out(one))
    share = round(full / len(names), 1) if names else 0.0
    return (whole, share, published(version))


def _is_written_out(name: str) -> bool:
    """Tell `Lovelace, Ada` and `{Llama Team}` from `Lovelace, A.`."""
    if name.startswith("{"):
        return True
    given = name.partition(",")[2] if "," in name else name.rpartition(" ")[0]
    words = [word for word in re.split(r"[\s.{}-]+", given) if word]
    return any(len(word) > 1 for word in words)


def _venue_rank(version: Version, name: str) -> tuple[float, ...]:
    value = version.fields[name]
    if name in version.with_macros:
        return (1, 0, 0)
    whole = len(value.split()) > 1
    return (0, not _ABBREVIATED.search(value), whole)


def _is_united(name: str) -> bool:
    return name in _LISTS or name in _NOTES


def _united(versions: Sequence[Version], name: str) -> str:
    """Return what all versions say, each once, in order."""
    values = [version.fields[name] for version in versions if version.fields.get(name)]
    if name in _NOTES:
        return _joined_notes(values)
    separators = _LISTS[name]
    separator = next((s for s in reversed(separators) if s in values[0]), separators[0])
    parts: dict[str, str] = {}
    for value in values:
        splitter = separator if separator in value else next(
            (s for s in reversed(separators) if s in value), separator
        )  # fmt: skip
        for part in _outside_braces(value, splitter):
            parts.setdefault(_bare(part).casefold(), part)
    joined = (separator if name == "file" else separator + " ").join(parts.values())
    return values[0] if len(parts) == len(_outside_braces(values[0], separator)) else joined


def _outside_braces(value: str, separator: str) -> list[str]:
    """Split at a separator that stands in no braces and is not escaped."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(value):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == separator and depth <= 0 and value[at - 1 : at] != "\\":
            parts.append(value[start:at].strip())
            start = at + 1
    return [part for part in (*parts, value[start:].strip()) if part]


def _joined_notes(values: Sequence[str]) -> str:
    kept: list[str] = []
    for value in values:
        if any(_bare(value) in _bare(other) for other in kept):
            continue
        kept = [other for other in kept if _bare(other) not in _bare(value)] + [value]
    if len(kept) == 1:
        return kept[0]
    return " ".join(v if v[-1:] in ".!?" else f"{v}." for v in kept[:-1]) + f" {kept[-1]}"


def _keep_arxiv_id(versions: Sequence[Version], fields: dict[str, str]) -> None:
    """Say the arXiv id in `eprint` where the field that said it is not taken."""
    found = next((version.arxiv_id for version in versions if version.arxiv_id), None)
    if found and not fields.get("eprint") and not _says(fields, found):
        fields["eprint"], fields["eprinttype"] = found, "arxiv"


def _says(fields: Mapping[str, str], arxiv_id: str) -> bool:
    return any(arxiv_id in value for name, value in fields.items() if name not in _NOTES)


def _keep_code_link(versions: Sequence[Version], fields: dict[str, str]) -> None:
    """Put an address of code that is not taken as `url` into `code`, where that is free."""
    if fields.get("code"):
        return
    for version in versions:
        url = version.fields.get("url", "")
        if url and not same_value(url, fields.get("url", "")):
            link = classify_link(url)
            if link and link.kind == "code":
                fields["code"] = url
                return


def _dropped(
    versions: Sequence[Version], fields: Mapping[str, str], kind: str
) -> Iterator[Dropped]:
    for index, version in enumerate(versions):
        for name, value in version.fields.items():
            kept = fields.get(name, "")
            if name == "ids" or not value or same_value(value, kept):
                continue
            if not (_is_united(name) or (name == "url" and fields.get("code") == value)):
                yield Dropped(index, name, value)
        if version.entry_type != kind:
            yield Dropped(index, "@", version.entry_type)
