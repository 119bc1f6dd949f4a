"""The names that styles and programs know, to tell a slip of the pen from a field of one's own."""

from __future__ import annotations

TYPES = frozenset(
    "article artwork audio book bookinbook booklet collection commentary conference customa "
    "customb customc customd custome customf dataset electronic game hardware ieeetranbstctl "
    "image inbook incollection inproceedings inreference jurisdiction legal legislation letter "
    "manual mastersthesis misc movie music mvbook mvcollection mvproceedings mvreference online "
    "patent performance periodical phdthesis preprint presentation proceedings reference report "
    "review set software softwaremodule softwareversion codefragment standard suppbook "
    "suppcollection suppperiodical talk techreport thesis unpublished video webpage www "
    "xdata".split()
)
"""BibTeX, biblatex (manual §2.1), IEEEtran, biblatex-software, reference managers."""
FIELDS = frozenset(
    "abbr abstract acmid addendum address adsnote adsurl affiliation afterword altmetric "
    "annotation annotator annote archive archiveprefix arxiv arxivid author authors authortype "
    "bibcode bibdate bibsource biburl bookauthor bookpagination booksubtitle booktitle "
    "booktitleaddon category chapter code coden collaboration comment comments contents copyright "
    "country crossref date dataset day demo dimensions doi edition editor editora editorb editorc "
    "editors editortype eid entryset entrysubtype eprint eprintclass eprinttype event eventdate "
    "eventtitle eventtitleaddon execute file files foreword fjournal format gender "
    "google_scholar_id groups grants holder howpublished html hyphenation ids inspire institution "
    "introduction isan isbn ismn isrn issn issue issuesubtitle issuetitle iswc journal journal-url "
    "journalsubtitle journaltitle journaltitleaddon key keyword keywords label lang langid "
    "langidopts language lastchecked lccn library license links local location mainsubtitle "
    "maintitle maintitleaddon mendeley-tags metadata month mrclass mrnumber mrreviewer nameaddon "
    "namea nameb namec note notes number numpages options organisation organization origdate "
    "origlanguage origlocation origpublisher origtitle owner pages pagetotal pagination paper "
    "part pdf place pmid pmcid poster prefix presort preview primaryclass publisher "
    "publication_type pubstate query rating ranking read refid related relatedoptions "
    "relatedstring relatedtype remark reprinttitle review revision school selected series "
    "shortauthor shorteditor shorthand shorthandintro shortjournal shortseries shorttitle size "
    "slides sortkey sortname sortshorthand sorttitle sortyear source status subject subtitle supp "
    "summary tags talk text thumbnail timestamp title titleaddon titles translator type urldate "
    "urls urn user usera userb userc userd usere userf valid venue version video volume volumes "
    "volumetitle website when words xdata xref year zblnumber zmnumber editoratype editorbtype "
    "editorctype".split()
)
"""BibTeX, biblatex (manual §2.2), natbib, REVTeX, beebe, DBLP, ADS, JabRef, Zotero, al-folio."""
