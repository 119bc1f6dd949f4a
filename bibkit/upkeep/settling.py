"""What bibkit wrote in an entry, what stands there, what the sources say now → what is to change.

The rule is `merge.three_way`'s, field by field. Before it comes what keeps sources from
contradicting each other week by week: a value gives way only to a source that is trusted as much,
nothing goes because nobody says it any more, and the facts of a publication stay together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bibkit.bibfile import FileEntry
from bibkit.merge.survivorship import WITHDRAWN
from bibkit.merge.three_way import settle
from bibkit.merge.versions import same_value
from bibkit.record import Entry
from bibkit.sync.lock import LockedEntry
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.titles import title_key
from bibkit.update.preprints import is_placeholder
from bibkit.upkeep.tracked import Tracked
from bibkit.upkeep.wording import in_names_of

TYPE = "@"
"""The entry type, where it stands among fields."""
_TRUST = ("crossref", "dblp", "arxiv", "catalog", "starter", "huggingface")
"""Sources from the most to the least trusted; then listings, then what says nothing."""
_CONTAINERS = ("journal", "journaltitle", "booktitle")
PLACE = (TYPE, *_CONTAINERS, "volume", "number", "pages", "year", "date", "month", "howpublished")
"""Where and when it was published: facts that only hold together."""
_PROSE = frozenset({"title", "author", "abstract", *_CONTAINERS})
"""Fields in which another spelling is no news."""
_UNRESOLVED = "Not resolved ("


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What becomes of one field."""

    name: str
    """`@` for the entry type."""
    before: str | None
    after: str | None
    source: str
    """Who says so; empty where it follows from the others."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that the user and a source changed, each otherwise; the user's stays."""

    name: str
    base: str | None
    mine: str | None
    theirs: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to change in an entry."""

    changes: tuple[FieldChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    locked: LockedEntry = field(default_factory=lambda: LockedEntry(""))
    """What the lock is to remember of it then."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user decided beforehand about conflicts."""

    theirs: frozenset[str] = frozenset()
    """Fields in which the sources' value is taken whatever stands there."""
    ours: bool = False
    """Whether conflicts are settled for what stands there, and not reported again."""


def settle_entry(
    tracked: Tracked, entry: Entry, said: FileEntry, choice: Choice, *, code_field: str
) -> Settled:
    """Return what is to change in an entry.

    Args:
        tracked: what stands there, and what bibkit wrote.
        entry: the paper as the sources know it, for who said what.
        said: the same as bibkit would write it.
        choice: what the user decided beforehand.
        code_field: the field of the code link.

    """
    there, locked = tracked.there, tracked.base
    mine = {TYPE: there.entry_type, **there.fields}
    base = {TYPE: locked.entry_type or there.entry_type, **in_names_of(mine, locked.fields)}
    theirs = {TYPE: said.entry_type, **in_names_of(mine, said.fields)}
    sources = _Sources(locked.sources, entry.sources, code_field)
    theirs = _held(base, theirs, sources)
    found = _News(dict(base))
    for name in dict.fromkeys((*mine, *theirs, *base)):
        was, stands, says = base.get(name), mine.get(name), theirs.get(name)
        if was != says or name in choice.theirs:
            may_change = name not in tracked.with_macros
            _settle(found, name, (was, stands, says), choice, sources, may_change=may_change)
    if any(conflict.name in (TYPE, *_CONTAINERS) for conflict in found.conflicts):
        _leave_publication(found, base)
    after = found.after
    moved = {name for name in {*base, *after} if base.get(name) != after.get(name)}
    kept = locked if not moved else _remembered(locked, entry, after, moved, sources)
    seen = entry.eprint.version if entry.eprint else None
    if seen and seen > (locked.version or 0):
        kept = replace(kept, version=seen)
    return Settled(tuple(found.changes), () if choice.ours else tuple(found.conflicts), kept)


@dataclass
class _News:
    """What is found of an entry while its fields are gone through."""

    after: dict[str, str]
    """What the lock is to remember."""
    changes: list[FieldChange] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def _settle(
    found: _News,
    name: str,
    values: tuple[str | None, str | None, str | None],
    choice: Choice,
    sources: _Sources,
    *,
    may_change: bool,
) -> None:
    """Settle one field: what bibkit wrote, what stands there, what the sources say."""
    was, stands, says = values
    verdict = settle(was, stands, says).verdict
    if verdict == "same" or (verdict == "conflict" and _is_same(name, stands, says)):
        _put(found.after, name, says)
    elif (verdict == "theirs" and may_change) or (name in choice.theirs and says is not None):
        found.changes.append(FieldChange(name, stands, says, sources.now(name)))
        _put(found.after, name, says)
    elif verdict != "mine":
        found.conflicts.append(Conflict(name, was, stands, says, sources.now(name)))
        if choice.ours:
            _put(found.after, name, says)


def _leave_publication(found: _News, base: Mapping[str, str]) -> None:
    """Leave a publication alone as a whole where the user has named another type or place."""
    for change in found.changes:
        if change.name in PLACE:
            _put(found.after, change.name, base.get(change.name))
    found.changes = [change for change in found.changes if change.name not in PLACE]


@dataclass(frozen=True, slots=True)
class _Sources:
    """Who said what: then, and now."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    code_field: str

    def now(self, name: str) -> str:
        return next((self.after[n] for n in self.names(name) if n in self.after), "")

    def names(self, name: str) -> tuple[str, ...]:
        """Return the entry's own names for a field, the most telling first."""
        if name == self.code_field:
            return ("code",)
        if name in (TYPE, *_CONTAINERS, "volume", "number", "pages", "howpublished"):
            return ("container", "journal_ref")
        return _OWN_NAMES.get(name, ())

    def less_trusted(self, name: str) -> bool:
        """Tell whether whoever says it now is trusted less than who said it then."""
        then = next((self.before[n] for n in self.names(name) if n in self.before), "")
        return _rank(self.now(name), name == self.code_field) > _rank(then, name == self.code_field)


_OWN_NAMES = {
    "title": ("title",), "author": ("authors",), "abstract": ("abstract",), "doi": ("doi",),
    "year": ("date",), "month": ("date",), "date": ("date",), "eprintclass": ("categories",),
    "primaryclass": ("categories",), "note": ("note",),
}  # fmt: skip


def _rank(source: str, of_code: bool) -> int:
    """Return how far down a source stands; a listing's code links are the authors' own word."""
    if not source:
        return len(_TRUST) + 2
    if source in _TRUST:
        return _TRUST.index(source)
    if source == "arXiv id":
        return len(_TRUST) + 1
    return -1 if of_code else len(_TRUST)


def _held(base: Mapping[str, str], theirs: Mapping[str, str], sources: _Sources) -> dict[str, str]:
    """Return what the sources say, with the old value wherever theirs is no news."""
    held = dict(theirs)
    if "author" in base:
        for name in ("key", "sortkey"):  # what sorts an entry of which nobody knows the authors
            _put(held, name, base.get(name))
    for name, value in base.items():
        says = theirs.get(name)
        if says is None and name == "note" and value.startswith(_UNRESOLVED):
            continue
        if says is None or _is_same(name, value, says) or sources.less_trusted(name):
            held[name] = value
    if not is_published(theirs) or (is_published(base) and sources.less_trusted(TYPE)):
        news = PLACE if is_published(base) else (TYPE, *_CONTAINERS, "howpublished")
        for name in news:
            _put(held, name, base.get(name))
    elif not is_published(base) or _differs(base, theirs):
        for name in PLACE:  # of the preprint: its month, its placeholder
            _put(held, name, theirs.get(name))
    return held


def _differs(base: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Tell whether it was published in another place than was known."""
    return any(
        name in theirs and not _is_same(name, base.get(name), theirs[name]) for name in _CONTAINERS
    )


def is_published(fields: Mapping[str, str]) -> bool:
    """Tell whether fields name a journal or proceedings, not arXiv's placeholder for one."""
    return any(fields.get(n) and not is_placeholder(fields[n]) for n in _CONTAINERS)


def _is_same(name: str, left: str | None, right: str | None) -> bool:
    """Tell whether two values say the same."""
    if left is None or right is None:
        return left == right
    if same_value(left, right):
        return True
    if name == "doi":
        return bool(doi(left)) and doi(left) == doi(right)
    return name in _PROSE and title_key(left) == title_key(right) != ""


def _put(fields: dict[str, str], name: str, value: str | None) -> None:
    if value is None:
        fields.pop(name, None)
    else:
        fields[name] = value


def _remembered(
    locked: LockedEntry,
    entry: Entry,
    after: Mapping[str, str],
    moved: set[str],
    sources: _Sources,
) -> LockedEntry:
    """Return what the lock is to remember of an entry some of whose fields have moved."""
    own = {name for field_ in moved for name in sources.names(field_)}
    if TYPE in moved or moved & set(_CONTAINERS):
        own |= {"container", "journal_ref", "volume", "number", "pages", "date", "doi"}
    said = {name: entry.sources[name] for name in own if name in entry.sources}
    found = arxiv_id(entry.eprint.id) if entry.eprint else None
    return replace(
        locked,
        title=entry.title if "title" in moved or not locked.title else locked.title,
        arxiv_id=locked.arxiv_id or found,
        doi=(doi(entry.doi) if entry.doi else None) if "doi" in moved else locked.doi,
        entry_type=after[TYPE],
        fields={name: value for name, value in sorted(after.items()) if name != TYPE},
        sources=dict(sorted({**locked.sources, **said}.items())),
        decision=locked.decision or entry.decision,
    )


def edited_fields(tracked: Tracked) -> tuple[str, ...]:
    """Return the fields in which an entry is no longer what bibkit wrote."""
    there, locked = tracked.there, tracked.base
    mine = {TYPE: there.entry_type, **there.fields}
    base = {TYPE: locked.entry_type or there.entry_type, **in_names_of(mine, locked.fields)}
    return tuple(name for name in base if base[name] != mine.get(name))


def kinds_of(changes: Sequence[FieldChange], code_field: str) -> Iterator[str]:
    """Yield what has happened to a paper, in the words of the plan."""
    names = {change.name: change for change in changes}
    rest = names.keys() - {"title", code_field}
    if any(n in names and not is_published({n: names[n].before or ""}) for n in _CONTAINERS):
        rest -= {*PLACE, "doi"}
        yield "published"
    if "title" in names:
        yield "retitled"
    if "note" in names and WITHDRAWN in (names["note"].after or ""):
        rest -= {"note"}
        yield "withdrawn"
    if code_field in names:
        yield "code-moved" if names[code_field].before else "code-found"
    if rest:
        yield "updated"
