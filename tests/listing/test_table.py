"""Tables as databases and reference managers export them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bibkit.cli import main
from bibkit.listing import decode, read_listing
from bibkit.record import Record

SCOPUS = (
    '\ufeff"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue",'
    '"Art. No.","Page start","Page end","Page count","Cited by","DOI","Link","Document Type","EID"\r\n'
    '"He K.; Zhang X.; Ren S.; Sun J.","He, Kaiming (57209052101); Zhang, Xiangyu (2)","1; 2",'
    '"Deep residual learning for image recognition","2016","IEEE Conference on Computer Vision",'
    '"12","3","7780459","770","778","8","1","10.1109/CVPR.2016.90","https://www.scopus.com/inward",'
    '"Conference paper","2-s2.0-84986274465"\r\n'
)
WEB_OF_SCIENCE = (
    "PT\tAU\tAF\tTI\tSO\tDT\tPY\tVL\tIS\tBP\tEP\tDI\tPM\tUT\n"
    "J\tHe, KM; Zhang, XY\tHe, Kaiming; Zhang, Xiangyu\tDeep Residual Learning for Image Recognition\t"
    "IEEE CVPR\tArticle\t2016\t12\t3\t770\t778\t10.1109/CVPR.2016.90\t123\tWOS:000400012300083\n"
)
WEB_OF_SCIENCE_CSV = (
    "Publication Type,Authors,Author Full Names,Article Title,Source Title,Volume,Issue,Start Page,"
    "End Page,DOI,Publication Year,Pubmed Id\n"
    'J,"He, KM; Zhang, XY","He, Kaiming; Zhang, Xiangyu",Deep Residual Learning for Image Recognition,'
    "IEEE CVPR,12,3,770,778,10.1109/CVPR.2016.90,2016,123\n"
)
PUBMED = (
    "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\n"
    '"123","Deep residual learning for image recognition.","He K, Zhang X.",'
    '"IEEE CVPR. 2016 May 28;12(3):770-8. doi: 10.1109/CVPR.2016.90.","He K","IEEE CVPR","2016",'
    '"2016/05/29","PMC77","","10.1109/CVPR.2016.90"\n'
)
ZOTERO = (
    '"Key","Item Type","Publication Year","Author","Title","Publication Title","ISBN","ISSN","DOI","Url",'
    '"Abstract Note","Date","Date Added","Pages","Num Pages","Issue","Volume"\n'
    '"ABCD1234","journalArticle","2016","He, Kaiming; van der Zhang, Xiangyu",'
    '"Deep Residual Learning for Image Recognition","IEEE CVPR","","","10.1109/CVPR.2016.90","","",'
    '"2016-06-27","2020-01-01 10:00:00","770-778","","3","12"\n'
)
SEMICOLON = (
    "sep=;\nid;title;authors;year;journal;volume;issue;pages;doi\n"
    '1;Deep Residual Learning for Image Recognition;"He, K.; Zhang, X.";2016;IEEE CVPR;12;3;770-778;'
    "10.1109/CVPR.2016.90\n"
)
EXPORTS = {
    "scopus": SCOPUS, "wos.txt": WEB_OF_SCIENCE, "wos.csv": WEB_OF_SCIENCE_CSV, "pubmed": PUBMED,
    "zotero": ZOTERO, "semicolon": SEMICOLON, "utf-16": SEMICOLON,
}  # fmt: skip


def only_record(text: str) -> Record:
    listing = read_listing(text, origin="t.csv")
    assert not listing.problems
    (record,) = listing.records
    return record


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_say_it_all(name: str) -> None:
    encoded = EXPORTS[name].encode("utf-16" if name == "utf-16" else "utf-8")
    record = only_record(decode(encoded, origin="t.csv"))
    assert record.title.lower().removesuffix(".") == "deep residual learning for image recognition"
    assert [a.family for a in record.authors[:2]] == ["He", "Zhang"]
    assert all(author.given[0] in "KX" for author in record.authors[:2])
    assert (record.year, record.doi) == (2016, "10.1109/cvpr.2016.90")
    assert (record.volume, record.number) == ("12", "3")
    assert record.pages.replace("--", "-") in ("770-778", "770-8")
    assert record.venue.startswith("IEEE")
    assert ("pmid:123" in record.identifiers) == (name in ("wos.txt", "wos.csv", "pubmed"))


def test_a_row_that_stands_twice_is_two_records_and_an_author_a_row_is_one() -> None:
    table = "title,author,year\nChess in Review,Ann Lee,1997\nChess in Review,{},1997\n"
    assert len(read_listing(table.format("Ann Lee"), origin="t.csv").records) == 2
    assert len(only_record(table.format("Bob Ray")).authors) == 2


def test_duplicates_across_exports_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in EXPORTS.items():
        Path(f"{name}.csv").write_bytes(text.encode("utf-16" if name == "utf-16" else "utf-8"))
    result = CliRunner().invoke(main, ["dedupe", *(f"{name}.csv" for name in EXPORTS)])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("one paper, 7 entries:\n  scopus.csv:2: line 2: Deep residual")


def test_rows_are_told_that_name_no_paper() -> None:
    listing = read_listing("title;author;year\n;Ann Lee;1997\nChess;Bob Ray;1998\n", origin="t.csv")
    assert [r.title for r in listing.records] == ["Chess"]
    assert str(listing.problems[0]).startswith("t.csv:2: listing-stray: ")
