r"""What TeX calls the characters: accents, letters, symbols, fonts; and which ones pdfTeX can set.

Math symbols are those of the LaTeX kernel: a bibliography cannot know which packages its document
loads, so `\mathbb` or `\lesssim` would stop it. Source: The LaTeX Companion, 3rd ed., ch. 11.
"""

from __future__ import annotations

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
"""Accent macro → combining character."""

RARE_ACCENTS = ACCENTS | {"textcommabelow": "\u0326"}
"""Those too that older LaTeX and most readers do not know."""

LETTERS = {
    "l": "ł", "L": "Ł", "o": "ø", "O": "Ø", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dj": "đ", "DJ": "Đ", "dh": "ð", "DH": "Ð", "th": "þ",
    "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip

TEXT_SYMBOLS = {
    "&": "&", "%": "%", "#": "#", "_": "_", "$": "$", "{": "{", "}": "}", " ": " ", ",": " ",
    ";": " ", ":": " ", ">": " ", "\\": " ", "-": "", "/": "", "!": "", "@": "", "*": "",
    "S": "§", "P": "¶", "copyright": "©", "pounds": "£", "dag": "†", "ddag": "‡", "dots": "…",
    "ldots": "…", "textellipsis": "…", "textendash": "–", "textemdash": "—", "textquoteleft": "‘",
    "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "textquotedbl": '"',
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_",
    "textless": "<", "textgreater": ">", "textbar": "|", "textbraceleft": "{", "slash": "/",
    "textbraceright": "}", "textdollar": "$", "textregistered": "®", "texttrademark": "™",
    "textcopyright": "©", "textdegree": "°", "degree": "°", "deg": "°", "texteuro": "€",
    "euro": "€",
    "textbullet": "•", "textmu": "µ", "texttimes": "×", "textpm": "±", "textperiodcentered": "·",
    "guillemotleft": "«", "guillemotright": "»", "quad": " ", "qquad": " ", "xspace": "",
    "par": " ",
    "newline": " ", "linebreak": " ", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX",
    "percent": "%", "textsection": "§", "lq": "‘", "rq": "’", "SS": "ẞ",
    "textlangle": "⟨", "textrangle": "⟩", "noindent": "",
}  # fmt: skip

TEXT_FORMATS = frozenset(
    "textbf textit textrm textsf texttt textsc textup textsl textmd textnormal text emph "
    "underline uline mbox hbox mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak "
    "boldsymbol Bbb frak mathscr bm operatorname url path nolinkurl bf it rm sf tt sc sl em "
    "cal bfseries itshape rmfamily sffamily ttfamily scshape normalfont tiny scriptsize "
    "footnotesize small normalsize large Large LARGE huge Huge boldmath protect textquote "
    "enquote uppercase lowercase MakeUppercase left right".split()
)
"""Macros that only dress what follows."""

TEXT_COMMANDS = {
    "href": ("{1} ({0})", 2), "footnote": (" ({0})", 1), "textcolor": ("{1}", 2), "color": ("", 1),
    "frac": ("{0}/{1}", 2), "tfrac": ("{0}/{1}", 2), "sqrt": ("√{0}", 1), "label": ("", 1),
    "texorpdfstring": ("{1}", 2), "begin": ("", 1), "end": ("", 1), "item": (" ", 0),
    "thanks": ("", 1), "hspace": (" ", 1), "vspace": (" ", 1), "cite": ("\ue011", 1),
    "citep": ("\ue011", 1), "textsuperscript": ("{0}", 1), "textsubscript": ("{0}", 1),
    "ce": ("{0}", 1), "ch": ("{0}", 1), "sp": ("^", 0), "sb": ("_", 0), "citet": ("\ue011", 1),
    "citealp": ("\ue011", 1), "ensuremath": ("{0}", 1),
}  # fmt: skip
"""Macro → what becomes of its arguments, and how many it has."""

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ",
    "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip

MATH_SYMBOLS = GREEK | {
    "infty": "∞", "in": "∈", "notin": "∉", "ni": "∋", "leq": "≤", "geq": "≥", "neq": "≠",
    "ll": "≪", "gg": "≫", "sim": "∼", "simeq": "≃", "approx": "≈", "cong": "≅", "equiv": "≡",
    "propto": "∝", "pm": "±", "mp": "∓", "times": "×", "div": "÷", "cdot": "·", "ast": "∗",
    "star": "⋆", "circ": "∘", "bullet": "•", "oplus": "⊕", "ominus": "⊖", "otimes": "⊗",
    "odot": "⊙", "cap": "∩", "cup": "∪", "sqcup": "⊔", "sqcap": "⊓", "vee": "∨", "wedge": "∧",
    "setminus": "∖", "wr": "≀", "subset": "⊂", "supset": "⊃", "subseteq": "⊆", "supseteq": "⊇",
    "emptyset": "∅", "forall": "∀", "exists": "∃", "neg": "¬", "partial": "∂", "nabla": "∇",
    "hbar": "ℏ", "ell": "ℓ", "wp": "℘", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "prime": "′",
    "angle": "∠", "triangle": "△", "perp": "⊥", "top": "⊤", "vdash": "⊢", "models": "⊨",
    "mid": "∣", "parallel": "∥", "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "oint": "∮",
    "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂", "surd": "√",
    "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "uparrow": "↑", "downarrow": "↓",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "Uparrow": "⇑", "Downarrow": "⇓",
    "mapsto": "↦", "longrightarrow": "⟶", "hookrightarrow": "↪", "nearrow": "↗", "searrow": "↘",
    "rightharpoonup": "⇀", "rightleftharpoons": "⇌", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊",
    "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "prec": "≺", "succ": "≻", "preceq": "⪯",
    "succeq": "⪰", "asymp": "≍", "smile": "⌣", "bowtie": "⋈", "dagger": "†", "ddagger": "‡",
    "diamond": "⋄", "amalg": "⨿", "uplus": "⊎", "sharp": "♯", "flat": "♭", "natural": "♮",
    "clubsuit": "♣", "diamondsuit": "♢", "heartsuit": "♡", "spadesuit": "♠", "ldots": "…",
    "cdots": "⋯", "backslash": "\\", "lbrace": "{", "rbrace": "}", "imath": "ı", "jmath": "ȷ",
    "colon": ":", "vert": "|", "Vert": "‖", "bigvee": "⋁", "bigwedge": "⋀", "dashv": "⊣",
    "doteq": "≐", "iff": "⟺",
}  # fmt: skip
"""Kernel macro → character."""

MATH_NAMES = frozenset(
    "log ln lg exp sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan lim limsup "
    "liminf max min sup inf arg det dim ker hom deg gcd Pr".split()
)

MATH_ALIASES = {
    "le": r"\leq", "ge": r"\geq", "ne": r"\neq", "leqslant": r"\leq", "geqslant": r"\geq",
    "leqq": r"\leq", "geqq": r"\geq", "to": r"\rightarrow", "gets": r"\leftarrow",
    "longleftrightarrow": r"\leftrightarrow", "implies": r"\Rightarrow", "dots": r"\ldots",
    "dotsc": r"\ldots", "dotsb": r"\cdots", "land": r"\wedge", "lor": r"\vee", "lnot": r"\neg",
    "varnothing": r"\emptyset", "hslash": r"\hbar", "smallsetminus": r"\setminus", "owns": r"\ni",
    "thicksim": r"\sim", "thickapprox": r"\approx", "lesssim": r"\stackrel{<}{\sim}",
    "gtrsim": r"\stackrel{>}{\sim}", "rtimes": r"\times\vert", "ltimes": r"\vert\times",
    "subsetneq": r"\subset", "supsetneq": r"\supset", "lvert": "|", "rvert": "|",
    "lVert": r"\Vert", "rVert": r"\Vert", "|": r"\Vert", "{": r"\lbrace", "}": r"\rbrace",
    "varkappa": r"\kappa", "leadsto": r"\rightarrow", "restriction": r"\vert", "eps": r"\epsilon",
    "Bbbk": r"\mathbf{k}", "R": r"\mathbf{R}", "C": r"\mathbf{C}", "Z": r"\mathbf{Z}",
    "N": r"\mathbf{N}", "Q": r"\mathbf{Q}", "CC": r"\mathbf{C}", "RR": r"\mathbf{R}",
    "ZZ": r"\mathbf{Z}", "NN": r"\mathbf{N}", "QQ": r"\mathbf{Q}", "PP": r"\mathbf{P}",
    "FF": r"\mathbf{F}", "degree": r"{}^{\circ}", "dag": r"\dagger", "lbrack": "[", "rbrack": "]",
    "complement": r"^{c}", "coloneqq": ":=", "triangleq": r"\stackrel{\triangle}{=}",
    "blacksquare": r"\bullet",
}  # fmt: skip
"""What amsmath, amssymb and authors call things, in terms of the kernel."""

ALIAS_TEXT = {"rtimes": "⋊", "ltimes": "⋉", "lesssim": "≲", "gtrsim": "≳", "subsetneq": "⊊"}

MATH_FONTS = {
    "mathrm": "mathrm", "mathbf": "mathbf", "mathit": "mathit", "mathsf": "mathsf",
    "mathtt": "mathtt", "mathcal": "mathcal", "mathbb": "mathbf", "mathbbm": "mathbf",
    "mathds": "mathbf", "Bbb": "mathbf", "bold": "mathbf", "boldsymbol": "mathbf", "bm": "mathbf",
    "pmb": "mathbf", "bs": "mathbf", "mathfrak": "mathbf", "frak": "mathbf", "mathscr": "mathcal",
    "EuScript": "mathcal", "Cal": "mathcal", "operatorname": "mathrm", "mathop": "mathrm",
    "roman": "mathrm", "ce": "mathrm", "text": "mathrm", "textrm": "mathrm",
    "textnormal": "mathrm", "mbox": "mathrm", "hbox": "mathrm", "textbf": "mathbf",
    "textit": "mathit", "emph": "mathit", "textsf": "mathsf", "texttt": "mathtt",
    "textsc": "mathrm", "rm": "mathrm", "bf": "mathbf", "it": "mathit", "cal": "mathcal",
    "sf": "mathsf", "tt": "mathtt", "em": "mathit", "sc": "mathrm",
}  # fmt: skip
"""Font macro → the kernel's nearest; blackboard and Fraktur become bold."""

MATH_SWITCHES = frozenset("rm bf it cal sf tt em sc".split())
"""Fonts that hold until the group ends."""

MATH_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0305", "underline": "\u0332", "vec": "\u20d7", "overrightarrow": "\u20d7",
    "dot": "\u0307", "ddot": "\u0308", "acute": "\u0301", "grave": "\u0300", "breve": "\u0306",
    "check": "\u030c", "mathring": "\u030a",
}  # fmt: skip

MATH_SPACES = frozenset(", ; : ! > quad qquad".split()) | {" "}
MATH_IGNORED = frozenset(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr limits "
    "nolimits displaystyle textstyle scriptstyle scriptscriptstyle mathstrut nonumber - / "
    "small large".split()
)

BLACKBOARD = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
SUPERSCRIPTS = str.maketrans("0123456789+-=()nio", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵒ")
SUBSCRIPTS = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")

SETTABLE = frozenset(
    "¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"
    "ĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİıĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŊŋŌōŎŏŐőŒœŔŕŖŗŘřŚśŜŝŞşŠšŢţŤť"
    "ŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžǍǎǏǐǑǒǓǔǢǣǦǧǨǩǪǫǰǴǵȘșȚțȲȳḂḃḍḞḟḠḡḥḰḱḷṃṅṇṛṣṭẎẏẐẑẞỲỳ"
    "‘’‚„†‡•…‰‱‹›※⁄€№℗™℧℮←↑→↓◦⟨⟩"
)
"""Beyond ASCII: what pdfLaTeX (T1, UTF-8) sets as it is; tried one by one with TeX Live 2022."""
