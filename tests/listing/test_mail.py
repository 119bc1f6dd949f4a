from __future__ import annotations

from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bibkit.errors import ListingError
from bibkit.listing import decode, read_listing
from bibkit.listing.mail import read, sniff
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_ALERT = (_DATA / "scholar.html").read_text(encoding="utf-8")
_ANNOUNCED = (_DATA / "arxiv_email.txt").read_text(encoding="utf-8")
_DIGEST = (_DATA / "email_digest.eml").read_text(encoding="utf-8")


def _mail(body: str, subtype: str = "plain", **how: Any) -> EmailMessage:
    message = EmailMessage(policy=policy.default)
    message["From"] = "Papers – daily <daily@example.org>"
    message["Subject"] = "Neue Aufsätze"
    message.set_content(body, subtype=subtype, **how)
    return message


def _text(message: EmailMessage) -> str:
    return message.as_bytes().decode("utf-8")


def test_a_digest_gives_its_links() -> None:
    listing = read(_DIGEST, origin="d")
    assert [(r.title, r.arxiv_id) for r in listing.records] == [
        ("Segment Anything", "2304.02643"),
        ("", "1706.03762"),  # "an older paper" is no title
        ("Flow Matching for Generative Modeling", "2210.02747"),
    ]
    assert listing.problems == ()


@pytest.mark.parametrize("how", ["7bit", "8bit", "quoted-printable", "base64"])
def test_every_encoding_gives_the_same_records(how: str) -> None:
    body = _ALERT if how != "7bit" else _ALERT.replace("…", "&hellip;")
    text = _text(_mail(body, "html", cte=how))
    found = read(text, origin="m").records
    wanted = read_listing(_ALERT, origin="m").records
    assert [(r.title, r.arxiv_id, r.doi, r.year, r.authors) for r in found] == [
        (r.title, r.arxiv_id, r.doi, r.year, r.authors) for r in wanted
    ]
    lines = [int(record.origin.removeprefix("m:")) for record in found]
    rows = text.split("\n")
    if how == "base64":
        assert set(lines) == {rows.index("") + 2}
    else:
        assert ["<h3" in rows[line - 1] for line in lines] == [True] * len(lines)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_plain_announcement_keeps_its_lines(ending: str) -> None:
    text = "From: a@example.org\nSubject: cs daily\n\n" + _ANNOUNCED
    records = read(text.replace("\n", ending), origin="m").records
    assert [record.origin for record in records] == ["m:21", "m:38", "m:53"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "iso-2022-jp", "utf-16"])
def test_other_character_sets_are_decoded(charset: str) -> None:
    title = "視覚と言語の統合に関する研究" if "jp" in charset else "Étude générale des réseaux"
    body = f"{title}\nhttps://arxiv.org/abs/2402.12345\n"
    encoding = "7bit" if "jp" in charset else "base64"
    text = _text(_mail(body, charset=charset, cte=encoding))
    (record,) = read(text, origin="m").records
    assert record.title == title


def test_html_tells_more_than_the_text_beside_it() -> None:
    message = _mail("See https://arxiv.org/abs/1912.02015 and more.\n")
    message.add_alternative(_ALERT, subtype="html")
    assert len(read(_text(message), origin="m").records) == 4


def test_an_announcement_that_was_forwarded_as_html_is_read() -> None:
    rows = _ANNOUNCED.replace("&", "&amp;").replace("<", "&lt;").split("\n")
    page = "<html><body><div>" + "</div><div>".join(rows) + "</div></body></html>"
    records = read(_text(_mail(page, "html")), origin="m").records
    assert [record.arxiv_id for record in records] == ["2602.12129", "2602.12181", "2503.16743"]
    assert records[1].authors_count == 3


def test_every_message_of_an_mbox_file_is_read() -> None:
    announced = "From: a@example.org\nSubject: cs daily\n\n" + _ANNOUNCED
    text = "".join(
        f"From MAILER-DAEMON Fri Jul  8 12:08:34 2011\n{message}\n"
        for message in (_DIGEST, "From: a\nTo: b\n\nFrom now on in 2025\nno papers\n", announced)
    )
    listing = read(text, origin="m")
    assert [r.arxiv_id for r in listing.records] == [
        *("2304.02643", "1706.03762", "2210.02747", "2602.12129", "2602.12181", "2503.16743"),
    ]
    assert [(p.code, p.message) for p in listing.problems] == [
        ("listing-stray", "no paper in this message")
    ]


def test_old_character_sets_are_no_hindrance() -> None:
    head = "From: a\nTo: b\nContent-Type: text/plain; charset=iso-8859-1\n"
    text = f"{head}Content-Transfer-Encoding: 8bit\n\nÉtude générale https://arxiv.org/abs/2402.12345\n"
    decoded = decode(text.encode("latin-1"), origin="m")
    (record,) = read(decoded, origin="m").records
    assert (record.title, record.origin) == ("Étude générale", "m:6")


def test_a_page_saved_as_mhtml_is_that_page() -> None:
    page = (_DATA / "arxiv_html_abs.html").read_text(encoding="utf-8")
    message = EmailMessage(policy=policy.default)
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "https://arxiv.org/abs/2304.02643"
    message["Subject"] = "[2304.02643] Segment Anything"
    message.set_content(page, subtype="html", cte="quoted-printable")
    (record,) = read(_text(message), origin="m").records
    assert (record.title, record.arxiv_id) == ("Segment Anything", "2304.02643")
    links = "<html><body><a href='https://arxiv.org/abs/2402.12345'>Another Paper</a></body></html>"
    message.set_content(links, subtype="html")
    assert [r.arxiv_id for r in read(_text(message), origin="m").records] == ["2402.12345"]


def test_forwarded_messages_are_read_each() -> None:
    message = _mail("FYI\n")
    message.add_attachment(_mail("Segment Anything https://arxiv.org/abs/2304.02643\n"))
    message.add_attachment(_mail(_ALERT, "html"))
    assert len(read(_text(message), origin="m").records) == 5


def test_links_to_pages_of_publishers_are_papers_where_they_are_titles() -> None:
    page = (
        "<p><a href='https://www.semanticscholar.org/paper/x'>A First Paper on Links</a></p>"
        "<p><a href='https://dl.acm.org/doi/10.1145/3292500.3330701'>A Second Paper on Links</a></p>"
        "<p><a href='https://www.semanticscholar.org/paper/y'>Read more</a> "
        "<a href='https://www.semanticscholar.org/me/alerts'>Manage your alerts here</a></p>"
    )
    records = read(_text(_mail(page, "html")), origin="m").records
    assert [(r.title, r.doi) for r in records] == [
        ("A First Paper on Links", None),
        ("A Second Paper on Links", "10.1145/3292500.3330701"),
    ]


def test_a_message_without_papers_is_refused() -> None:
    text = "From: a\nTo: b\nSubject: Lunch\n\nAt one? See https://example.org/\nUnsubscribe here.\n"
    assert sniff(text)
    with pytest.raises(ListingError, match="no paper in this message"):
        read_listing(text, origin="m")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("1. Segment Anything: https://arxiv.org/abs/2304.02643", "Segment Anything"),
        ("* Segment Anything <https://arxiv.org/abs/2304.02643>", "Segment Anything"),
        ("[Segment Anything](https://arxiv.org/abs/2304.02643)", "Segment Anything"),
        ("Segment Anything\nhttps://arxiv.org/pdf/2304.02643v2", "Segment Anything"),
        ("Segment Anything arXiv:2304.02643v1", "Segment Anything"),
        ("[2] Segment Anything\nAuthors: A. Kirillov\nLink: https://arxiv.org/abs/2304.02643", "Segment Anything"),
        ("Authors: A. Kirillov\nhttps://arxiv.org/abs/2304.02643", ""),
        ("Title: Segment Anything\nBy: A. Kirillov\nhttps://arxiv.org/abs/2304.02643", "Segment Anything"),
        ("On Monday Ann wrote:\nhttps://arxiv.org/abs/2304.02643", ""),
        ("A model. It cuts. Read: https://arxiv.org/abs/2304.02643", ""),
        ("Link: https://arxiv.org/abs/2304.02643", ""),
        ("Meta cuts all (4 minute read) https://arxiv.org/abs/2304.02643", ""),
    ],
)  # fmt: skip
def test_a_title_in_plain_text(line: str, title: str) -> None:
    (record,) = read(f"From: a\nTo: b\n\n{line}\n", origin="m").records
    assert (record.title, record.arxiv_id) == (title, "2304.02643")


def test_hostile_mails_are_read_in_bounded_time() -> None:
    head = "From: a\nTo: b\nContent-Type: multipart/mixed; boundary=x\n\n"
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(5000)
    )
    for text in (
        head + "--x\n" * 100_000,
            head + "--x\n\na\n" * 60_000,
        head + "--x\n" + nested,
        "From: a\nTo: b\nContent-Type: text/plain; " + 'x="' + ";" * 200_000 + "\n\nBody\n",
        "From a 1\nFrom: b\nTo: c\n\n" + "\n\nFrom 1\n" * 60_000,
        "From: a\nTo: b\n\n" + "https://arxiv.org/abs/2304.02643 " * 20_000,
        "From: a\nTo: b\nContent-Type: text/html\n\n" + "<a href='https://arxiv.org/abs/2304.02643'>" * 20_000,
        "From: a\nTo: b\nContent-Type: text/html\n\n<a " + "a=b " * 200_000 + ">",
        "From: a\nTo: b\nContent-Type: text/plain; charset=punycode\n\n" + "a-" * 200_000,
    ):  # fmt: skip
        grows_linearly(lambda n, text=text: read(text[:n], origin="m"), len(text))  # type: ignore[misc]
