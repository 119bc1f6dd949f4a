"""Two people who edit one bibliography, by a seed; and what a merge must make of it, told from
their edits and the three-way rule alone: no code of the merge driver is asked."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bibkit.merge.three_way import settle

PAPERS = [
    ("1706.03762", "Attention Is All You Need", "Vaswani, Ashish and Shazeer, Noam", "2017"),
    ("1810.04805", "{BERT}: Pre-training of Deep Bidirectional Transformers", "Devlin, Jacob and Chang, Ming-Wei", "2018"),
    ("2005.14165", "Language Models are Few-Shot Learners", "Brown, Tom B. and Mann, Benjamin", "2020"),
    ("1512.03385", "Deep Residual Learning for Image Recognition", "He, Kaiming and Zhang, Xiangyu", "2015"),
    ("1406.2661", "Generative Adversarial Networks", "Goodfellow, Ian J. and Pouget-Abadie, Jean", "2014"),
    ("1312.6114", "Auto-Encoding Variational {Bayes}", "Kingma, Diederik P. and Welling, Max", "2013"),
    ("1412.6980", "Adam: A Method for Stochastic Optimization", "Kingma, Diederik P. and Ba, Jimmy", "2014"),
    ("2010.11929", "An Image is Worth 16x16 Words", "Dosovitskiy, Alexey and Beyer, Lucas", "2020"),
    ("1301.3781", "Efficient Estimation of Word Representations in Vector Space", "Mikolov, Tomas and Chen, Kai", "2013"),
    ("2006.11239", "Denoising Diffusion Probabilistic Models", "Ho, Jonathan and Jain, Ajay", "2020"),
    ("1503.02531", "Distilling the Knowledge in a Neural Network", "Hinton, Geoffrey and Vinyals, Oriol", "2015"),
    ("1505.04597", "{U-Net}: Convolutional Networks for Biomedical Image Segmentation", "Ronneberger, Olaf and Fischer, Philipp", "2015"),
    ("1707.06347", "Proximal Policy Optimization Algorithms", "Schulman, John and Wolski, Filip", "2017"),
    ("2302.13971", "{LLaMA}: Open and Efficient Foundation Language Models", "Touvron, Hugo and Lavril, Thibaut", "2023"),
    ("2304.02643", "Segment Anything", "Kirillov, Alexander and Mintun, Eric", "2023"),
    ("1606.06565", "Concrete Problems in {AI} Safety", "Amodei, Dario and Olah, Chris", "2016"),
]  # fmt: skip
VALUES = ["{A note}", '"Quoted {N}ote"', "{2024}", "2023", "jan", "{12--34}", "{50\\% of it}",
          "{Two lines\n               of text}", "{Über 视觉}", 'jan # "~3"', "{}"]  # fmt: skip
NAMES = ["note", "year", "month", "pages", "keywords", "abstract", "journal", "doi"]
DOIS = ["{10.1000/a.1}", "{10.1000/b.2}"]


@dataclass
class Item:
    """An entry, or with a kind of its own a comment or a macro."""

    paper: str
    """Which paper it is, or which comment or macro."""
    kind: str
    key: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    indent: str = "  "

    def render(self) -> str:
        if self.kind == "comment":
            return self.key
        if self.kind == "macro":
            return f"@string{{{self.paper} = {self.fields['value']}}}"
        lines = "".join(f"{self.indent}{n:8} = {v},\n" for n, v in self.fields.items())
        return f"@{self.kind}{{{self.key},\n{lines}}}"


@dataclass
class Library:
    items: list[Item]
    newline: str = "\n"
    comments: int = 0
    """Those there were in the base."""

    def render(self) -> bytes:
        text = "\n\n".join(item.render() for item in self.items) + "\n"
        return text.replace("\n", self.newline).encode()

    def by_paper(self) -> dict[str, Item]:
        return {item.paper: item for item in self.items}

    @property
    def entries(self) -> list[Item]:
        return [item for item in self.items if item.kind not in ("comment", "macro")]


def entry(number: int, key: str) -> Item:
    arxiv, title, author, year = PAPERS[number]
    fields = {
        "title": f"{{{title}}}",
        "author": f"{{{author}}}",
        "year": year,
        "eprint": f"{{{arxiv}}}",
    }
    return Item(f"paper {number}", "misc", key, fields)


def base_library(rnd: random.Random) -> Library:
    items = [entry(n, f"base{n}") for n in rnd.sample(range(8), rnd.randint(2, 6))]
    for item in items:
        for name in rnd.sample(NAMES[:5], rnd.randint(0, 3)):
            item.fields[name] = rnd.choice(VALUES)
    comments = rnd.randint(0, 3)
    for number in range(comments):
        text = f"% remark {number}: " + " ".join(
            rnd.sample("read these first for our seminar".split(), 4)
        )
        items.insert(rnd.randint(0, len(items)), Item(f"comment {number}", "comment", text))
    if rnd.random() < 0.5:
        items.insert(0, Item("jml", "macro", fields={"value": "{Journal of Machine Learning}"}))
    return Library(items, comments=comments)


def edited(base: Library, rnd: random.Random, who: str) -> Library:
    """Return the library after some edits of one person."""
    library = copy.deepcopy(base)
    for _ in range(rnd.randint(1, 6)):
        rnd.choice(EDITS)(library, rnd, who)
    if rnd.random() < 0.15:
        library.newline = "\r\n"
    return library


def set_field(library: Library, rnd: random.Random, who: str) -> None:
    if library.entries:
        name = rnd.choice(NAMES)
        value = rnd.choice(DOIS if name == "doi" else VALUES)
        rnd.choice(library.entries).fields[name] = value


def remove_field(library: Library, rnd: random.Random, who: str) -> None:
    item = rnd.choice(library.entries) if library.entries else None
    names = (
        [name for name in item.fields if name not in ("title", "author", "eprint")] if item else []
    )
    if item and names:
        del item.fields[rnd.choice(names)]


def delete(library: Library, rnd: random.Random, who: str) -> None:
    if library.items:
        item = rnd.choice(library.items)
        if item.kind != "macro" and not (item.kind == "comment" and new_comments(library)):
            library.items.remove(item)


def new_comments(library: Library) -> list[Item]:
    """Return the comments that were not in the base: one in the place of another is a rewrite."""
    return [one for one in library.items if one.kind == "comment" and "comment" not in one.paper]


def add(library: Library, rnd: random.Random, who: str) -> None:
    """Add a paper; the other may add it too, under this key or another."""
    there = library.by_paper()
    number = rnd.randrange(8, len(PAPERS))
    if f"paper {number}" not in there:
        item = entry(number, rnd.choice([f"new{number}", f"{who}{number}"]))
        if rnd.random() < 0.3:
            item.fields["code"] = "{https://github.com/example/r_" + str(number) + "}"
        if rnd.random() < 0.2:
            item.fields["note"] = rnd.choice(VALUES)
        library.items.insert(
            rnd.choice([len(library.items), rnd.randint(0, len(library.items))]), item
        )


def move(library: Library, rnd: random.Random, who: str) -> None:
    if library.items:
        item = library.items.pop(rnd.randrange(len(library.items)))
        library.items.insert(rnd.randint(0, len(library.items)), item)


def rename(library: Library, rnd: random.Random, who: str) -> None:
    if library.entries:
        item = rnd.choice(library.entries)
        if item.key.startswith("base"):
            item.key = f"{who}:{item.key}"


def retype(library: Library, rnd: random.Random, who: str) -> None:
    if library.entries:
        rnd.choice(library.entries).kind = rnd.choice(["article", "online", "inproceedings"])


def comment(library: Library, rnd: random.Random, who: str) -> None:
    comments = [item for item in library.items if item.kind == "comment"]
    if comments and rnd.random() < 0.6:
        rnd.choice(comments).key += f" ({who})"
    elif len(comments) - len(new_comments(library)) == library.comments:
        name = f"{who} {rnd.randrange(10**6)}"
        library.items.insert(rnd.randint(0, len(library.items)), Item(name, "comment", f"% {name}"))


def macro(library: Library, rnd: random.Random, who: str) -> None:
    there = library.by_paper().get("jml")
    if there:
        there.fields["value"] = rnd.choice(["{J. Mach. Learn.}", '"JML"', "{JML}"])
    else:
        library.items.insert(
            0, Item("jml", "macro", fields={"value": rnd.choice(["{JML}", "{J}"])})
        )


def reindent(library: Library, rnd: random.Random, who: str) -> None:
    if library.entries:
        rnd.choice(library.entries).indent = rnd.choice(["\t", "    "])


Change = Callable[[Library, random.Random, str], None]
EDITS: list[Change] = [
    set_field, set_field, set_field, remove_field, delete, add, add, move, rename, retype, comment,
    macro, reindent,
]  # fmt: skip


def meaning(raw: str | None) -> str | None:
    """Return what tells two values: delimiters and line breaks do not."""
    if raw is None or "#" in raw or raw == "jan":
        return raw and f"macro {raw}"
    return " ".join(raw.strip('{}"').split()) if raw[0] in '{"' and raw != "{}" else raw.strip("{}")


@dataclass
class Expected:
    """What stands after the merge, in either reading of its conflicts."""

    ours: dict[str, dict[str, str | None]] = field(default_factory=dict)
    theirs: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """By paper: `@` the type, `key`, and the fields."""
    conflicts: dict[str, set[str]] = field(default_factory=dict)
    """By paper: what is in conflict; `all` for one that was deleted."""


def facts(item: Item | None) -> dict[str, str | None] | None:
    """Return what an item says, by name."""
    if item is None:
        return None
    fields = {f"={name}": meaning(value) for name, value in item.fields.items()}
    return {"@": item.kind, "key": item.key, **fields}


def expected(base: Library, mine: Library, theirs: Library) -> Expected:
    """Apply the three-way rule to every fact of every paper, comment and macro."""
    found = Expected()
    libraries = [library.by_paper() for library in (base, mine, theirs)]
    for paper in dict.fromkeys(name for library in libraries for name in library):
        was, own, other = (facts(library.get(paper)) for library in libraries)
        if own is None or other is None:
            there = own or other
            if (was is not None and there == was) or there is None:
                continue
            found.ours[paper], found.theirs[paper] = own or {}, other or {}
            if was is not None:
                found.conflicts[paper] = {"all"}
            else:
                found.ours[paper] = found.theirs[paper] = there
            continue
        if was is None and own["key"] != other["key"]:
            keys = sorted([str(own["key"]), str(other["key"])])
            own, other = ({**one, "key": keys[0], "=ids": keys[1]} for one in (own, other))
        ours, its = {}, {}
        for name in {**own, **other}:
            told = settle(was.get(name) if was else None, own.get(name), other.get(name))
            ours[name] = its[name] = told.value
            if told.verdict == "conflict":
                its[name] = other.get(name)
                found.conflicts.setdefault(paper, set()).add(name)
        found.ours[paper], found.theirs[paper] = ours, its
    return found
