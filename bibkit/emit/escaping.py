"""Text → Markdown that shows it. Titles are hostile text.

What CommonMark, GitHub, pandoc, Jekyll or MathJax would act on is escaped.
"""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\`*_\[\]|~$@^#]")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;", "}": "&#125;"}
"""Jekyll acts on braces before Markdown's own escapes are looked at."""
_ADDRESS = {"(": "%28", ")": "%29", "&": "&amp;"}


def markdown_text(text: str) -> str:
    r"""Return Markdown that shows a text, and does nothing else.

    >>> markdown_text("<b>*x*</b> [y](javascript:z) {{ a_b }}")
    '&lt;b&gt;\\*x\\*&lt;/b&gt; \\[y\\](javascript:z) &#123;&#123; a\\_b &#125;&#125;'
    """
    return "".join(_MARKUP.get(c, c) for c in _SPECIAL.sub(r"\\\g<0>", text))


def markdown_address(address: str) -> str:
    """Return an address between the parentheses of a link."""
    return "".join(_ADDRESS.get(c, c) for c in address)
