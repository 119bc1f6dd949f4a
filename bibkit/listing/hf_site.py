"""What Hugging Face's papers pages print around their papers, however they were saved."""

from __future__ import annotations

import itertools
import re

from bibkit.text.identifiers import arxiv_id

AUTHORS = re.compile(r"(?:[•*+–-] ?)?(\d{1,6}) authors?", re.ASCII)
BYLINE = "AK and the research community"
TRENDING = "Trending Papers"
SUBMITTED = "Submitted by"
LONGEST_NAME = 120
"""Characters of a person's or an organisation's name."""
DECLARED_LINK = re.compile(r"(?:LINK: )?(?:GitHub|Project page|Code)\b.{0,20}", re.IGNORECASE)
"""What a trending page calls the links to a paper's code."""
INVITATIONS = (
    "Get trending papers in your email inbox!",
    "Get trending papers in your email inbox once a day!",
)
UPVOTES = re.compile(
    r"(?:\[[ x-]?\] ?)?(?:Upvote ?)?(?:-|\d{1,5}|\d{1,3}(?:\.\d{1,2})?k)", re.ASCII
)
_COUNT = re.compile(rf"{UPVOTES.pattern}|GitHub \d{{1,5}}(?:\.\d{{1,2}})?k?", re.ASCII)
_FURNITURE = frozenset(
    {
        *("new", *INVITATIONS, "Subscribe", "Daily Papers", "Daily", "Weekly", "Monthly"),
        *("Papers", TRENDING, "Hugging Face", "Log In", "Sign Up", "Previous", "Next"),
        *("Models", "Datasets", "Spaces", "Buckets", "Docs", "Enterprise", "Pricing", "Community"),
        *("Company", "TOS", "Privacy", "About", "Careers", "Website", "System theme", "Upvote"),
        *("Trending Papers ranked by GitHub stars activity", "Buckets new", "Posts", "Submit"),
        *("Daily Papers - Hugging Face", "Trending Papers - Hugging Face", "arXiv Page", "GitHub"),
        *("Hugging Face's logo", "© Hugging Face", "Add Paper", "Submit Paper", "-", "·", "•"),
    }
)
"""What the site prints around its papers, line for line."""
_LINKED = re.compile(
    r"^#{1,6} |\]\([^\s()]{0,300}/papers/\d|\]\[\d{1,5}\]|^ {0,9}\[\d{1,5}\](?=\S)", re.MULTILINE
)
_LONGEST_AI_SUMMARY = 400
"""Characters; on four days 32 summaries had 112 to 258, the 62 abstracts 726 to 1,915."""


def is_byline(text: str) -> bool:
    """Tell the line under a page's heading: `by AK and the research community`."""
    return text.removeprefix("by").strip() == BYLINE


def is_furniture(text: str) -> bool:
    """Tell a line that belongs to the site, not to a paper: navigation, upvotes."""
    return text in _FURNITURE or _COUNT.fullmatch(text) is not None


def has_links(text: str) -> bool:
    """Tell a page that was saved with its links or headings from one that is text only."""
    return sum(1 for _ in itertools.islice(_LINKED.finditer(text), 2)) == 2


def is_ai_summary(text: str) -> bool:
    """Tell the one sentence that a trending page may show in place of an abstract.

    It shares few words with the abstract, so it would count as evidence against the right paper.
    """
    return len(text) <= _LONGEST_AI_SUMMARY


def paper_id(address: str) -> str | None:
    """Return the arXiv id in the address of a paper's page, whatever host the page came from.

    >>> paper_id("/papers/2402.12345#community"), paper_id("https://a.example/papers/2402.12345?x=1")
    ('2402.12345', '2402.12345')
    >>> paper_id("/papers/trending"), paper_id("/blog/2402.12345"), paper_id("2402.12345")
    (None, None, None)
    """
    path = address.partition("#")[0].partition("?")[0].rstrip("/")
    folder, found, identifier = path.rpartition("/papers/")
    return arxiv_id(identifier) if found and (folder == "" or "://" in folder) else None
