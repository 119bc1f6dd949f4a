import pytest

from bibkit.text.author_lists import read_author_list
from bibkit.text.names import full_name

ROWS = [
    ("Zuna, R E and Wang, S S", ["R E Zuna", "S S Wang"]),
    ("blum, a., furst, m., & rudich, s.", ["a. blum", "m. furst", "s. rudich"]),
    ("D. Haussler, M. Kearns, and R. Schapire.", ["D. Haussler", "M. Kearns", "R. Schapire"]),
    ("Tong C.Agrawal V.D'Auria S.de Groot D.", ["C. Tong", "V. Agrawal", "S. D'Auria", "D. de Groot"]),
    ("Smith JA; van Wijck F", ["JA Smith", "F van Wijck"]),
    ("Addy, Karen B.", ["Karen B. Addy"]),
    ("Lee, Timothy D. and Thabane, Lehana and others", ["Timothy D. Lee", "Lehana Thabane"]),
    ("m rusinkiewicz , w klas", ["m rusinkiewicz", "w klas"]),
    ("A.Smith and C.Meijer et al.", ["A. Smith", "C. Meijer"]),
    ("王伟; 李娜", ["王伟", "李娜"]),
    ("", []),
    (", ; and ", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), ROWS)
def test_read_author_list(text: str, names: list[str]) -> None:
    assert [full_name(author) for author in read_author_list(text)] == names


def test_a_hostile_list_takes_linear_time() -> None:
    assert len(read_author_list("A. B, " * 20_000)) > 1
    assert read_author_list(" and " * 50_000) == ()
