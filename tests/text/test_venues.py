import pytest

from bibkit.text.venues import read_venue, same_venue

ROWS = [
    ("Proc. VLDB", "Very Large Data Bases", "same"),
    (
        "in 19th stoc,",
        "Proceedings of the Nineteenth Annual ACM Symposium on the Theory of Computing",
        "same",
    ),
    ("J Am Coll Cardiol", "Journal of the American College of Cardiology", "same"),
    ("inform. comput.,", "Information and Computation", "same"),
    ("PLoS ONE", "PLoS ONE [Electronic Resource]", "same"),
    ("JCSS 48(3)", "Journal of Computer and System Sciences", "same"),
    ("Journal of the ACM", "J. of the Association for Computing Machinery", "same"),
    (
        "Zhongguo fei ai za zhi = Chinese journal of lung cancer",
        "Chinese Journal of Lung Cancer",
        "same",
    ),
    (
        "Pediatric Nephrology.Conference: 44th Annual Scientific Meeting",
        "Pediatric Nephrology",
        "same",
    ),
    ("VLDB", "VLDB Journal", "alike"),
    ("SIGMOD Conference", "VLDB", "different"),
    ("Proc. ICML", "Annals of Statistics", "different"),
    ("Chest", "Thorax", "different"),
    ("arXiv preprint", "Proc. ICML", "silent"),
    ("New York, NY", "Proc. ICML", "silent"),
    ("", "Proc. ICML", "silent"),
]


@pytest.mark.parametrize(("left", "right", "relation"), ROWS)
def test_same_venue(left: str, right: str, relation: str) -> None:
    assert same_venue(left, right) == same_venue(right, left) == relation


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PhD thesis, MIT", "thesis"),
        ("Technical Report UCSC-CRL-94-33", "report"),
        ("CoRR", "preprint"),
        ("unpublished manuscript", "draft"),
        ("Mach. Learn.", ""),
        ("SIAM J. Comput.", "journal"),
        ("crypto", "conference"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert read_venue(text).kind == kind
