"""The words in the names of journals and conferences, and the acronyms of well-known ones."""

from __future__ import annotations

CONFERENCES = {
    "sigmod": "management data",
    "vldb": "very large data bases",
    "pods": "principles database systems",
    "icde": "data engineering",
    "kdd": "knowledge discovery data mining",
    "edbt": "extending database technology",
    "stoc": "theory computing",
    "focs": "foundations computer science",
    "soda": "discrete algorithms",
    "colt": "computational learning theory",
    "icml": "machine learning",
    "nips": "neural information processing systems",
    "neurips": "neural information processing systems",
    "aaai": "artificial intelligence",
    "ijcai": "artificial intelligence",
    "sigir": "information retrieval",
    "cvpr": "computer vision pattern recognition",
    "iccv": "computer vision",
    "eccv": "computer vision",
    "acl": "computational linguistics",
    "iclr": "learning representations",
    "uai": "uncertainty artificial intelligence",
    "crypto": "cryptology",
    "eurocolt": "european computational learning theory",
    "ecml": "european machine learning",
    "emnlp": "empirical methods natural language processing",
    "cikm": "information knowledge management",
    "pldi": "programming language design implementation",
    "popl": "principles programming languages",
    "osdi": "operating systems design implementation",
    "sosp": "operating systems principles",
    "chi": "human factors computing systems",
    "icassp": "acoustics speech signal processing",
}
"""Acronym → what is left of its name without the formal words."""
JOURNALS = {
    "jmlr": "journal machine learning research",
    "lncs": "lecture notes computer science",
    "tods": "database systems",
    "toplas": "programming languages systems",
    "jacm": "association computing machinery",
    "jcss": "computer system sciences",
    "cacm": "communications acm",
    "pami": "pattern analysis machine intelligence",
    "tkde": "knowledge data engineering",
    "pnas": "national academy sciences",
    "nejm": "new england medicine",
    "jama": "american medical association",
    "bmj": "british medical",
}
"""The same for journals and series."""
SMALL = frozenset(
    "a an the of for in on to and with und der die das et de la le les des du en y del i o e no "
    "vol volume pp pages page eds ed editor editors hellip series".split()
)
"""Words that say nothing."""
FORMAL = frozenset(
    "proc procs proceedings proceeding inproceedings int intl international internation conf "
    "conference symp symposium sympos workshop annual annu ann meeting congress journal j jour "
    "trans transactions acm "
    "ieee siam usenix ifip first second third fourth fifth sixth seventh eighth ninth tenth "
    "eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth twenty thirtieth thirty st nd rd th official appear electronic "
    "resource jan feb mar apr may jun jul aug sep sept oct nov dec january february march april "
    "june july august september october november december".split()
)
"""Words that say what kind of publication it is, not which."""
NO_VENUE = frozenset(
    "springer verlag elsevier kluwer wiley kaufmann morgan press publishers publishing "
    "publisher university univ institute inst department dept laboratory lab labs center centre "
    "corporation company academic publ publications usa us uk england scotland ireland france "
    "germany italy spain greece portugal switzerland austria belgium netherlands denmark sweden "
    "norway finland poland hungary russia israel egypt turkey india china japan korea singapore "
    "taiwan australia canada mexico brazil chile argentina california ca ny nj ma tx wa il pa "
    "md va az fl new york san diego jose francisco santiago barbara seattle boston chicago "
    "dallas philadelphia montreal toronto vancouver athens rome zurich bombay mumbai hong kong "
    "cairo edinburgh london paris berlin tokyo madison wisconsin minneapolis tucson arizona "
    "washington los angeles alamitos cambridge oxford stanford amsterdam"
    " dublin birmingham bari".split()
)
"""Publishers and places, which stand where the venue was lost."""
