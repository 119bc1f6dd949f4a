"""What a librarian says about pairs of records; a fixed bug adds a row."""

from __future__ import annotations

import pytest

from bibkit.dedupe.features import read_features
from bibkit.dedupe.scoring import compare
from bibkit.record import Record
from bibkit.text.author_lists import read_author_list

ABSTRACT = "We show that a model reads the books of a library in an order that matters for what it knows in the end."
STRANGE = "Bees dance in the dark of their hive, and what the dance says depends on where the sun stands at noon."
MANKU = "random sampling techniques for space efficient online computation of order statistics"
LORA = "Low-Rank Adaptation of Large Language Models"


def record(text: str, **fields: str) -> Record:
    """`title | authors | year | venue | volume(number) | pages`, from the left as many as known."""
    title, authors, year, venue, volume, pages, *_ = [p.strip() for p in text.split("|")] + [""] * 6
    return Record(
        "a:1", title, fields.get("abstract", ""), read_author_list(authors),
        year=int(year) if year else None, venue=venue, volume=volume, pages=pages,
        arxiv_id=fields.get("arxiv"), doi=fields.get("doi"),
        identifiers=tuple(fields["ids"].split()) if "ids" in fields else (),
    )  # fmt: skip


def verdict(left: Record, right: Record) -> str:
    a, b = read_features(left), read_features(right)
    match = compare(a, b)
    assert compare(b, a) == match
    assert match.evidence
    return match.verdict


SAME = [
    # two exports of one paper
    ("Segment Anything in High Quality | Ke, L. and Ye, M. | 2023", "SEGMENT ANYTHING IN HIGH QUALITY | Lei Ke, Mingqiao Ye, Martin Danelljan | 2023"),
    (r"On $\alpha$-stable {L}{\'e}vy Processes in Banach Spaces | Kurt Gödel | 1931", "On α-stable Lévy processes in Banach spaces | K. Goedel | 1931"),
    # with and without subtitle
    ("Fast similarity search in the presence of noise | Agrawal, R. and Lin, K. I. and Shim, K. | 1995 | VLDB", "Fast Similarity Search in the Presence of Noise, Scaling, and Translation in Time-Series Databases | Rakesh Agrawal, King-Ip Lin, Kyuseok Shim | | Proc. VLDB"),
    # slips, hyphens, lost blanks
    ("ZOO: A Desktop Emperiment Management Environment | Y. Ioannidis, M. Livny | 1997 | SIGMOD Conference", "Zoo: a desktop experiment management environment | Yannis E. Ioannidis, Miron Livny | 1997 | International Conference on Management of Data"),
    ("Reentrant transition in oupled noisy oscillators | C. Dong, X. Yang | 2015", "Reentrant transition in coupled noisy oscillators | C. Dong, X. Yang | 2015"),
    ("view maintenanceina warehousingenvironment | y zhuge , h garcia-molina | | proceedings of the acm sigmod ,", "View maintenance in a warehousing environment | Y. Zhuge, H. Garcia-Molina, J. Hammer, J. Widom | 1995 | SIGMOD Conference"),
    # another order of words
    ("Panel: the impact of database research on industrial products (summary) | M. Stonebraker | 1994", "The impact of database research on industrial products (panel summary) | D. Lomet, M. Stonebraker | 1994"),
    # names of authors, year and venue that slid into the title
    ("Mansour (1996). Applying the weak learning framework to understand and improve C4.5, | dietterich, t., m. kearns, and y. ", "applying the weak learning framework to understand and improve c4.5. | t. dietterich, m. kearns, y. mansour | 1996"),
    ("Mining generalized association rules. In: Proc. of the 21st Int. Conf. Very Large Data Bases | Srikant, R. and Agrawal, R. | 1995", "Mining generalized association rules | R. Srikant, R. Agrawal | 1995 | VLDB"),
    # names of authors torn off their list, with what was glued to them
    ("andj . widom . view maintenance in a warehousing environment | y zhuge , h garcia-molina | | technical report", "View maintenance in a warehousing environment | Y. Zhuge, H. Garcia-Molina, J. Hammer, J. Widom | 1995 | SIGMOD Conference"),
    ("8. Shariq Rizvi and Jayant R. Haritsa Maintaining data privacy in association rule mining | S. Rizvi | | Proceedings of the 28th VLDB conference", "Maintaining Data Privacy in Association Rule Mining | S. Rizvi, J. Haritsa | 2002 | VLDB"),
    ("Ye Ioannidis, PJ Haas, and EJ Shekita. Improved histograms for selectivity estimation of range | V. Poosala | 1996 | Proceedings of the 1996 ACM SIGMOD", "Improved Histograms for Selectivity Estimation of Range Predicates | V. Poosala, Y. Ioannidis, P. Haas, E. Shekita | 1996 | SIGMOD Conference"),
    # letters that were read as Cyrillic; the second half of "Bayardo Jr."
    ("Data management issues in electronic commerce | M. T. Oezsu | 1999", "Data management issues in electronic commerce | M. жzsu | 1999"),
    ("Efficiently Mining Long Patterns from Databases | R. Jr. | 1998 | SIGMOD Conference", "Efficiently mining long patterns from databases | R. J. Bayardo | 1998 | Proc. SIGMOD"),
    # handed round the year before it appeared
    ("Answering queries using views: a survey, 2000 | A. Y. Halevy", "Answering queries using views: A survey | A. Halevy | 2001 | VLDB J."),
    # a name that an extractor made of "ACM's Anthology"
    ("zoo : a desktop emperiment management environment . | acms anthology, p edition", "ZOO: A Desktop Emperiment Management Environment | Y. Ioannidis, M. Livny | 1997 | SIGMOD Conference"),
    # nearly the whole of a long title, and a record that names no authors
    ("ACT-NET - The Active Database Management System Manifesto: A Rulebase of ADBMS Features | | 1996 | SIGMOD Record", "The active database management system manifesto: A rulebase of ADBMS features | A. Buchmann | | ACM SIGMOD Record,"),
    # a slip in a long title, and given names taken for family names
    ("An ontological analysis of the relationship construct in conceptual modeling | Y. Wand, V. Storey, R. Weber | 1999 | ACM Trans. Database Syst.", "an ontological analysis of the relationship construct conceptual modeling | W. Yair, C. S. Veda, W. Kon | | ACM Transactions on Database Systems"),
    # a number word glued to its neighbour
    ("data-driven , oneto-one web site generation for data-intensive applications | p fraternali , s ceri | | proc. 25th vldb", "Data-driven, one-to-one web site generation for data-intensive applications | S. Ceri, P. Fraternali | 1999 | VLDB"),
    # a citation without a year: words mistyped, or the wrong conference
    ("association rule mining over interval data | r miller , y yang", "Association rules over interval data | R. Miller, Y. Yang | 1997 | SIGMOD Conference"),
    ("optimal histograms with quality guarantees | h jagadish , n koudas | | proc . of acm sigmod conf ,", "Optimal Histograms with Quality Guarantees | H. V. Jagadish, N. Koudas, S. Muthukrishnan | 1998 | VLDB"),
    # one author's pages of one volume, under another title
    ("Combining regression estimates | R. E. Schapire | 1990 | Machine Learning | 5(2) | 197-227", "The strength of weak learnability | Robert E. Schapire | 1990 | Machine Learning | 5 | 197-227"),
    # what an index adds
    ("Robot-assisted modifications of gait in healthy individuals.[Erratum appears in Exp Brain Res. 2010 May;202(4):943] | Kim, S. H. and Scholz, J. P. | 2010 | Experimental Brain Research | 202 | 809-824", "Robot-assisted modifications of gait in healthy individuals | Kim, Seok Hun and Scholz, John P. | 2010 | Experimental brain research | 202 | 809-24"),
    # a translated title on the same pages
    ("[Comparison of amoxicillin and cefamandole in the prevention of infections] | Train, M. and Soulard, D. | 1994 | Ann Fr Anesth Reanim | 13 | 280-284", "Antibiotic prophylaxis in pulmonary surgery | Train M, Soulard D | 1994 | Annales Françaises d'Anesthésie | 13 | 280-4"),
    # numbers however written
    ("Report on the 4th workshop on active database systems | O. Etzion | 1999 | SIGMOD Record", "Report on the Fourth Workshop on Active Database Systems | Opher Etzion | 1999 | ACM SIGMOD Record"),
    # a preprint and its publication
    (f"{LORA} | Hu, E. J. and Shen, Y. | 2021 | CoRR", f"{LORA} | Edward J. Hu and Yelong Shen | 2022 | ICLR"),
    # given and family names changed places
    ("Walrus: a similarity retrieval algorithm for image databases | a natsev , r rastogi , k shim | 1999 | sigmod conference", "walrus: a similarity retrieval algorithm for image databases | n apostol , r rajeev , s kyuseok | | proc. acm sigmod"),
    # pages that a spreadsheet took for a date
    ("MGMT promoter methylation in recurrent glioblastoma | Pala A | 2018 | Clin Neurol Neurosurg | 167 | 06-Oct", "MGMT promoter methylation in recurrent glioblastoma | A. Pala | 2018 | | 167 | 6-10"),
    # no blanks between the words
    ("视觉语言模型的统一预训练方法 | 王伟; 李娜", "视觉语言模型的统一预训练方法。 | 王伟"),
    ("視覚言語モデルの事前学習について", "視覚言語モデルの事前学習について"),
    # a glued list of authors
    ("Intestinal lipoprotein overproduction in insulin-resistant states | Adeli K.Lewis G. F. | 2008", "Intestinal lipoprotein overproduction in insulin-resistant states | K. Adeli and G. F. Lewis | 2008"),
]  # fmt: skip

NOT_SAME = [
    # a conference paper and its article, even where the citation gives no year
    ("Boosting the margin: a new explanation for the effectiveness of voting methods | R. E. Schapire, Y. Freund | | Annals of Statistics", "Boosting the margin: a new explanation for the effectiveness of voting methods | R. E. Schapire, Y. Freund | 1997 | Proceedings of the Fourteenth International Conference on Machine Learning"),
    # numbers, parts, versions
    ("Cluster Validity Methods: Part I | M. Halkidi, Y. Batistakis | 2002 | SIGMOD Record", "Clustering Validity Checking Methods: Part II | M. Halkidi, Y. Batistakis | 2002 | SIGMOD Record"),
    ("Database Tuning: Principles and Experiments | D. Shasha, P. Bonnet | 2002", "Database tuning: principles and experiments (part I) | D. Shasha, P. Bonnet | 2002"),
    ("Qwen2 Technical Report for Everybody | A. Yang | 2024", "Qwen2.5 Technical Report for Everybody | A. Yang | 2024"),
    # errata, replies, supplements
    ("Erratum: A general lower bound on the number of examples | M. Kearns | 1989", "A general lower bound on the number of examples | M. Kearns | 1989"),
    ("Haemolytic uraemic syndrome in children - Reply | A. P. Palmer | 2004 | Pediatric Nephrology | 19 | 945", "Haemolytic uraemic syndrome in children | B. Yildiz | 2004 | Pediatric Nephrology | 19 | 943-944"),
    # the conference paper and the longer one in a journal
    ("Integrating Reliable Memory in Databases | W. T. Ng, P. M. Chen | 1997 | VLDB", "Integrating Reliable Memory in Databases | W. T. Ng, P. M. Chen | 1998 | VLDB J."),
    ("learning in the presence of malicious errors | M. Kearns, M. Li | 1988 | Proc. 20th STOC | | 267-280", "learning in the presence of malicious errors | M. Kearns, M. Li | 1993 | SIAM J. Comput. | 22 | 807-837"),
    ("Discussion of: Spatial accessibility of pediatric primary healthcare | L. Hatfield | 2015", "Discussion of: Spatial accessibility of pediatric primary healthcare | A. Haviland | 2015"),
    ("Rejoinder: Spatial accessibility of pediatric primary healthcare | M. Nobles | 2015", "Spatial accessibility of pediatric primary healthcare | M. Nobles | 2015"),
    # one series of reports, months apart
    ("Gateways to clinical trials. March 2003 | Bayes, M. and Prous, J. | 2003 | Methods Find Exp Clin | 25(2) | 145-168", "Gateways to clinical trials | Bayes, M. and Prous, J. | 2003 | Methods Find Exp Clin | 25(5) | 387-408"),
    # words that are no slips
    ("Typical haemolytic syndromes of the newborn | A. Smith | 2001", "Atypical haemolytic syndromes of the newborn | A. Smith | 2001"),
    ("Outcome of hypertension in the elderly patient | A. Smith, B. Jones | 2001", "Outcome of hypotension in the elderly patient | A. Smith, B. Jones | 2001"),
    ("Fast Algorithms for Mining Association Rules | R. Agrawal, R. Srikant | 1994 | VLDB", "Fast algorithms for mining generalized association rules | R. Agrawal, R. Srikant | 1994"),
    # another paper of the same authors and year, whose title goes on
    ("Rectifiability of harmonic measure | J. Azzam, M. Mourgoglou, X. Tolsa | 2015", "Rectifiability of harmonic measure in domains with porous boundaries | J. Azzam, M. Mourgoglou, X. Tolsa | 2015"),
    # or has other words before it
    ("Phrase matching in XML | S. Amer-Yahia, M. Fernandez | 2003 | VLDB", "A system for phrase matching in XML | S. Amer-Yahia, M. Fernandez | 2003 | VLDB"),
    # columns of a periodical: one title, one author, often one page, and another issue
    ("From the President | K. Berry | 2009 | TUGboat | 30(1) | 3--3", "From the President | K. Berry | 2010 | TUGboat | 31(1) | 3--3"),
    ("Endpapers | D. Hosek | 1995 | Serif: The Magazine of Type and Typography | (2) | 64--64", "Endpapers | D. Hosek | 1996 | Serif: The Magazine of Type and Typography | (4) | 64--64"),
    ("Front cover | | 1996 | TUGboat | 17(2) | c1--c1", "Front cover | | 1996 | TUGboat | 17(3) | c1--c1"),
    ("Typographers' Inn | P. Flynn | 2018 | TUGboat | 39(1) | 17--18", "Typographers' Inn | P. Flynn | 2018 | TUGboat | 39(3) | 171--172"),
    ("Greetings from the Editor | L. Price | 1981 | TUGboat | 2(2) | 43--43", "Greetings from the Editor | L. Price | 1981 | TUGboat | 2(2) | 54--54"),
    ("Editorial | D. Brailsford, R. Furuta | 1992 | Electronic Publishing | 5(3) | 103--104", "Editorial | D. Brailsford, R. Furuta | 1992 | Electronic Publishing | 5(4) | 161--162"),
    ("TeX Font Metric files | D. Fuchs | 1981 | TUGboat | 2(1) | 12--16", "The format of TeX's DVI files, Version I | D. Fuchs | 1981 | TUGboat | 2(2) | 12--16"),
    ("CSTUG | | 1991 | TUGboat | 12(2) | 120--120", "CyrTUG | | 1991 | TUGboat | 12(2) | 120--120"),
    # a company that prints its own manuals
    ("Xerox 8700/9700 electronic printing system font users guide | Xerox Corporation | 1982 | Xerox", "Xerox 8700/9700 electronic printing system: standard font library font users guide | Xerox Corporation | 1982 | Xerox"),
    # volumes of a work
    ("Graphic Communications. Book I. Typography and Modern Typesetting. Student Manual | T. Hertz | 1978 | Curriculum Lab", "Graphic Communications. Book I. Typography and Modern Typesetting. Teacher's Manual | T. Hertz | 1978 | Curriculum Lab"),
    ("LaTeX lernen leicht gemacht. Teil A: Arbeitsheft | J. Weyerich | 1993 | TU Berlin", "LaTeX lernen leicht gemacht. Teil B: Manual | J. Weyerich | 1993 | TU Berlin"),
    # a year after it appeared, and nowhere
    ("Answering queries using views: a survey, 2002 | A. Y. Halevy", "Answering queries using views: A survey | A. Halevy | 2001 | VLDB J."),
    # a title inside another one
    ("Watermarking Relational Databases | R. Agrawal, J. Kiernan | 2002 | VLDB", "A system for watermarking relational databases | R. Agrawal, P. Haas, J. Kiernan | 2003 | SIGMOD Conference"),
    ("Segment Anything | A. Kirillov | 2023", "Segment Anything in Medical Images | Jun Ma | 2023"),
    ("what the dog does when the man bites", "what the man does when the dog bites"),
    # namesakes
    ("Deep Learning | LeCun, Y. | 2015", "Deep Learning | Goodfellow, I. | 2016"),
    ("Deep Learning", "Deep learning"),
    ("Editorial | A. Smith | 2001", "Editorial | A. Smith | 2001"),
    ("Editorial | | 2001 | Blood", "Editorial | | 2001 | Blood"),
    ("", ""),
    ("A", "A"),
    ("视觉", "视觉 模型"),
    # another title on the same page
    ("Factor H autoantibodies are associated with MPGN | I. Pappworth, D. Kavanagh | 2010 | Molecular Immunology | 47 | 2291", "Factor I autoantibodies and uraemia of the newborn | D. Kavanagh, I. Pappworth | 2010 | Molecular Immunology | 47 | 2291-2292"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), SAME)
def test_one_paper(left: str, right: str) -> None:
    assert verdict(record(left), record(right)) == "same"


@pytest.mark.parametrize(("left", "right"), NOT_SAME)
def test_not_one_paper(left: str, right: str) -> None:
    assert verdict(record(left), record(right)) != "same"


TITLE = "A Formal Perspective on the View Selection Problem"
OTHER = "Bees of the Northern Countries and Their Honey"
IDS: list[tuple[str, dict[str, str], dict[str, str], str]] = [
    ("one id, two titles of one paper", {"arxiv": "2106.09685"}, {"arxiv": "2106.09685"}, "same"),
    ("the same kind differing", {"arxiv": "2106.09685"}, {"arxiv": "2106.09686"}, "different"),
    ("publishers' DOIs differ", {"doi": "10.1145/1"}, {"doi": "10.1145/2"}, "different"),
    ("an arXiv id and a DOI do not", {"arxiv": "2106.09685"}, {"doi": "10.1145/2"}, "same"),
    (
        "an arXiv DOI is an arXiv id",
        {"doi": "10.48550/arxiv.2106.09685"},
        {"arxiv": "2106.09685"},
        "same",
    ),
    (
        "and differs from another one",
        {"doi": "10.48550/arxiv.2106.09685"},
        {"arxiv": "2106.09686"},
        "different",
    ),
    (
        "a preprint's DOI and the publisher's",
        {"doi": "10.1101/2020.03.22.002386"},
        {"doi": "10.1145/2"},
        "same",
    ),
    ("PubMed ids differ", {"ids": "pmid:1"}, {"ids": "pmid:2"}, "different"),
    ("ids of two kinds say nothing", {"ids": "pmid:1"}, {"ids": "acl:P18-1001"}, "same"),
]


@pytest.mark.parametrize(
    ("left", "right", "expected"), [row[1:] for row in IDS], ids=[row[0] for row in IDS]
)
def test_identifiers(left: dict[str, str], right: dict[str, str], expected: str) -> None:
    text = f"{TITLE} | R. Chirkova, A. Halevy"
    assert verdict(record(text, **left), record(text, **right)) == expected


@pytest.mark.parametrize(
    "fields", [{"arxiv": "2106.09685"}, {"doi": "10.1145/1"}, {"ids": "pmid:1"}]
)
def test_one_id_with_titles_worlds_apart_is_a_conflict(fields: dict[str, str]) -> None:
    match = compare(read_features(record(TITLE, **fields)), read_features(record(OTHER, **fields)))
    assert match.verdict == "unsure"
    assert match.evidence[0].startswith("conflict: ")


def test_a_wrong_doi_on_one_of_two_equal_records_is_for_a_person() -> None:
    text = f"{TITLE} | R. Chirkova, A. Halevy | 2002 | VLDB J. | 11 | 216-237"
    assert verdict(record(text, doi="10.1145/1"), record(text, doi="10.1145/2")) == "unsure"


def test_an_arxiv_id_is_found_in_the_venue() -> None:
    left = record(f"{LORA} | Hu, E. J. | 2021 | arXiv preprint arXiv:2106.09685")
    right = record(f"LoRA: {LORA}", arxiv="2106.09685")
    assert compare(read_features(left), read_features(right)).evidence[0] == "arXiv 2106.09685"


def test_abstracts_decide_between_namesakes() -> None:
    assert (
        verdict(
            record("Deep Learning", abstract=ABSTRACT), record("Deep learning", abstract=ABSTRACT)
        )
        == "same"
    )
    assert (
        verdict(
            record("Deep Learning", abstract=ABSTRACT), record("Deep learning", abstract=STRANGE)
        )
        == "different"
    )


def test_the_evidence_is_in_words() -> None:
    left = record(
        "Sleepers and workaholics: caching in mobile environments | D. Barbará, T. Imielinski | 1995 | VLDB J."
    )
    match = compare(read_features(left), read_features(left))
    assert match.evidence == ("title: exact", "authors: 2 of 2 / 2", "venue and year 1995")


@pytest.mark.parametrize(
    ("year", "expected"), [("1971", "same"), ("1972", "same"), ("1986", "unsure")]
)
def test_one_isbn_years_apart_is_another_printing_or_edition(year: str, expected: str) -> None:
    isbn = "isbn:0821800531"
    first = record("Mathematics into Type | Ellen Swanson | 1971", ids=isbn)
    assert (
        verdict(first, record(f"Mathematics into Type | Ellen Swanson | {year}", ids=isbn))
        == expected
    )


def test_another_word_and_other_authors_are_never_sure() -> None:
    place = "1989 | Notices of the AMS | 36(9)"
    left = record(f"TeX and Typesetting: An Author's View | Michael Doob | {place}")
    assert (
        verdict(
            left, record(f"TeX and Typesetting: A Publisher's View | Martin Gilchrist | {place}")
        )
        != "same"
    )
