import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.merge.published import read_journal_ref

# journal-refs as arXiv has them: (text, type, container, volume, number, pages, year)
TABLE = [
    ("Phys.Lett.B573:94-100,2003", "article", "Phys.Lett.", "B573", None, "94--100", 2003),
    (
        "Lett. Math. Phys. 108 (2018), no. 2, 359-376",
        "article",
        "Lett. Math. Phys.",
        "108",
        "2",
        "359--376",
        2018,
    ),
    ("Sci. Robot.10, eadv7594 (2025)", "article", "Sci. Robot.", "10", None, "eadv7594", 2025),
    (
        "Journal of Network and Computer Applications, Vol. 244, (2025) 104356",
        "article",
        "Journal of Network and Computer Applications",
        "244",
        None,
        "104356",
        2025,
    ),
    (
        "In Proceedings of the 33rd ACM International Conference on Multimedia. 2025. p. 7405-7414",
        "inproceedings",
        "Proceedings of the 33rd ACM International Conference on Multimedia",
        None,
        None,
        "7405--7414",
        2025,
    ),
    ("Phys.Rev. D93 (2015) 016005", "article", "Phys.Rev.", "D93", None, "016005", 2015),
    ("ActaAstron.56:1-50,2006", "article", "ActaAstron.", "56", None, "1--50", 2006),
    (
        "IEEE Robotics and Automation Letters, 2025",
        "article",
        "IEEE Robotics and Automation Letters",
        None,
        None,
        None,
        2025,
    ),
    ("Pattern Recognition (2023)", "article", "Pattern Recognition", None, None, None, 2023),
    (
        "Device, Volume 2, Issue 9, 20 September 2024, 100469",
        "article",
        "Device",
        "2",
        "9",
        None,
        2024,
    ),
    ("NeurIPS 2025", "inproceedings", "NeurIPS 2025", None, None, None, 2025),
    (
        "Proceedings of the AAAI conference on artificial intelligence, 2026",
        "inproceedings",
        "Proceedings of the AAAI conference on artificial intelligence",
        None,
        None,
        None,
        2026,
    ),
    (
        "In Proceedings of the Ninth Conference on Machine Translation (WMT 2024), pages 788-792",
        "inproceedings",
        "Proceedings of the Ninth Conference on Machine Translation (WMT 2024)",
        None,
        None,
        "788--792",
        2024,
    ),
]


@pytest.mark.parametrize(("text", "kind", "container", "volume", "number", "pages", "year"), TABLE)
def test_journal_ref(
    text: str,
    kind: str,
    container: str,
    volume: str | None,
    number: str | None,
    pages: str | None,
    year: int,
) -> None:
    found = read_journal_ref(text)
    assert found is not None
    assert (found.entry_type, found.container) == (kind, container)
    assert (found.volume, found.number, found.pages, found.year) == (volume, number, pages, year)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "https://example.org/x.pdf",
        'X. Oh et al., "A Title," in IEEE Access, 2024',
        "Doe, J., & Roe, R. (2024). A title. A journal",
    ],
)
def test_no_publication(text: str) -> None:
    assert read_journal_ref(text) is None


@given(st.text())
def test_anything_is_read_without_raising(text: str) -> None:
    found = read_journal_ref(text)
    assert found is None or found.container
