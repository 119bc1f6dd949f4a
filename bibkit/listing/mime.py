"""The text of e-mail files → the readable parts of each message, decoded, with their lines.

The structure is split here and not by the standard library's parser: that one forgets where a part
begins, and needs time in proportion to lines times depth. Headers are left to the library.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message

_HEADER = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]{1,60}):(?P<value>[^\n]*)")
_KNOWN = frozenset(
    {
        *("from", "to", "cc", "subject", "date", "received", "message-id", "mime-version"),
        *("content-type", "content-transfer-encoding", "return-path", "delivered-to", "reply-to"),
        *("sender", "list-id", "list-unsubscribe", "x-mozilla-status", "authentication-results"),
    }
)
_ENVELOPE = re.compile(r"^From [^\n]*\d[^\n]*\n", re.MULTILINE)
"""The line before each message of an mbox file."""
_HEAD_END = re.compile(r"\r?\n[ \t]*\r?\n")
_BLANK_LINE = re.compile(r"[ \t]*\r?\n")
_LONGEST_HEAD = 200_000
_LONGEST_HEADER = 1000
"""Characters; the library's reader of parameters is quadratic."""
_DEEPEST = 20
_MOST_PARTS = 20_000
"""In one file; each is offered to every format."""
_QUOTE = re.compile(r"^(?:> ?)+", re.MULTILINE)
_CHARSETS = re.compile(
    r"(?:utf|ascii|us-ascii|iso-?8859|iso-?2022|latin|windows|cp|koi8|gb|hz|big5|euc|shift|mac)"
)
"""Not punycode and idna, whose decoders are quadratic."""


@dataclass(frozen=True, slots=True)
class Part:
    """One readable part of a message."""

    kind: str
    """`text/plain`, `text/html`, …"""
    text: str
    lines: Sequence[int]
    """For each line of the text the line of the file; the last one stands for all that follow."""
    message: int
    """Which message of the file it belongs to, from 0."""
    choice: int
    """Parts that say the same in other forms (`multipart/alternative`) have the same number."""
    attached: bool = False
    """True for a file that came with the message."""

    def line(self, number: int) -> int:
        """Return the file's line for a line of this part."""
        return self.lines[min(number, len(self.lines)) - 1]


def is_mail(text: str) -> bool:
    """Tell an e-mail file, or an mbox file, by the headers that it begins with."""
    text = text[:_LONGEST_HEAD].lstrip("\ufeff\r\n")
    envelope = _ENVELOPE.match(text)
    head = _HEAD_END.split(text[envelope.end() if envelope else 0 :], maxsplit=1)[0]
    lines = [line for line in head.splitlines() if not line.startswith((" ", "\t"))]
    names = [found["name"].lower() if (found := _HEADER.match(x)) else "" for x in lines]
    return len(_KNOWN.intersection(names)) >= 2 and all(names)


def unquoted(text: str) -> str:
    r"""Return an answered or forwarded text without its quotation marks, line for line.

    >>> unquoted("> arXiv:2502.00001\n>\n> Title: A\n")
    'arXiv:2502.00001\n\nTitle: A\n'
    """
    filled = sum(1 for line in text.split("\n") if line.strip())
    return _QUOTE.sub("", text) if len(_QUOTE.findall(text)) > filled / 2 else text


def mail_parts(text: str) -> Iterator[Part]:
    """Yield the readable parts of every message of a file, in order.

    Of a file with too many parts the last one has no kind: it stands for those that are not read.
    """
    envelopes = _envelopes(text)
    beginning = len(text) - len(text.lstrip("\ufeff\r\n"))
    starts = [found.end() for found in envelopes] or [beginning]
    ends = [found.start() for found in envelopes[1:]] + [len(text)]
    finder = _LineCounter(text)
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        yield from _parts(text, start, end, finder, (number, None), depth=0)
        if finder.choices >= _MOST_PARTS:
            yield Part("", "", (finder.at(end),), number, finder.next_choice())
            return


def _envelopes(text: str) -> list[re.Match[str]]:
    """Find where the messages of an mbox file begin; in other files there is none."""
    if not _ENVELOPE.match(text.lstrip("\ufeff\r\n")):
        return []
    return [found for found in _ENVELOPE.finditer(text) if _begins_message(text, found)]


def _begins_message(text: str, envelope: re.Match[str]) -> bool:
    """Tell the line before a message from a sentence that begins with "From"."""
    before = text[max(0, envelope.start() - 2) : envelope.start()]
    header = _HEADER.match(text, envelope.end())
    return (
        not before.strip("\r\n\ufeff")
        and header is not None
        and (header["name"].lower() in _KNOWN or header["name"].startswith("X-"))
    )


@dataclass(slots=True)
class _LineCounter:
    """Counts each line break once, for places that do not decrease."""

    text: str
    line: int = 1
    counted: int = 0
    choices: int = 0

    def at(self, place: int) -> int:
        self.line += self.text.count("\n", self.counted, place)
        self.counted = max(self.counted, place)
        return self.line

    def next_choice(self) -> int:
        self.choices += 1
        return self.choices


def _parts(
    text: str,
    start: int,
    end: int,
    finder: _LineCounter,
    place: tuple[int, int | None],
    *,
    depth: int,
) -> Iterator[Part]:
    """Yield the readable parts between two places: a message, or a part with its own headers.

    `place` is the number of the message, and that of the choice which the part belongs to.
    """
    if finder.choices >= _MOST_PARTS:
        return
    headers, body = _headers(text, start, end)
    kind = headers.get_content_type()
    boundary = headers.get_boundary()
    if depth > _DEEPEST:
        return
    if kind == "multipart/alternative" and place[1] is None:
        place = (place[0], finder.next_choice())
    if kind == "message/rfc822":
        yield from _parts(text, body, end, finder, place, depth=depth + 1)
    elif kind.startswith("multipart/") and boundary:
        for first, last in _between(text, body, end, boundary):
            yield from _parts(text, first, last, finder, place, depth=depth + 1)
    elif kind.startswith("text/"):
        content, lines = _decoded(headers, text[body:end], finder.at(body))
        attached = headers.get_content_disposition() == "attachment"
        yield Part(kind, content, lines, place[0], place[1] or finder.next_choice(), attached)


def _headers(text: str, start: int, end: int) -> tuple[Message, int]:
    """Read the headers that tell how a part is made; return them and where its body begins."""
    message = Message()
    if blank := _BLANK_LINE.match(text, start, end):
        return message, blank.end()
    head_end = _HEAD_END.search(text, start, min(end, start + _LONGEST_HEAD))
    stop = head_end.start() if head_end else start
    unfolded = re.sub(r"\r?\n[ \t]+", " ", text[start:stop])
    for found in _HEADER.finditer(unfolded):
        if found["name"].lower().startswith("content-"):
            message[found["name"]] = found["value"].strip()[:_LONGEST_HEADER]
    if head_end:
        return message, head_end.end()
    return message, end if _HEADER.match(text, start) else start


def _between(text: str, start: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the parts that a boundary separates; the last one may lack its end."""
    mark = re.compile(rf"^--{re.escape(boundary)}(?P<last>--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    first: int | None = None
    for found in mark.finditer(text, start, end):
        if first is not None and text[first : found.start()].strip():
            yield first, found.start()
        first = None if found["last"] else found.end()
    if first is not None:
        yield first, end


def _decoded(headers: Message, body: str, line: int) -> tuple[str, Sequence[int]]:
    """Undo the transfer encoding and the character set of one part; return its lines' places."""
    encoding = str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
    charset = str(headers.get_content_charset() or "utf-8")
    lines: Sequence[int] = range(line, line + body.count("\n") + 1)
    raw = _bytes(body)
    if encoding == "base64":
        lines, text = (line,), _text(_from_base64(raw), charset)
    elif encoding == "quoted-printable":
        lines, text = _quoted_lines(body, line), _text(binascii.a2b_qp(raw), charset)
    elif body.isascii() or any("\ud800" <= char <= "\udfff" for char in body):
        text = _text(raw, charset)
    else:
        text = body
    return text, lines


def _bytes(text: str) -> bytes:
    """Return the bytes of the file; what was no UTF-8 in it stands as surrogates."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _from_base64(raw: bytes) -> bytes:
    """Decode as far as it goes: a file that was cut ends anywhere."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _quoted_lines(body: str, line: int) -> tuple[int, ...]:
    """Return where the lines of a quoted-printable text begin: it breaks long ones with `=`."""
    starts = [line]
    for number, row in enumerate(body.split("\n")[:-1], line + 1):
        if not row.rstrip().endswith("="):
            starts.append(number)
    return tuple(starts)


def _text(data: bytes, charset: str) -> str:
    """Decode what a message says it is; UTF-8 where it says nothing usable."""
    try:
        name = charset if _CHARSETS.match(charset.lower()) else "utf-8"
        return data.decode(name, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")
