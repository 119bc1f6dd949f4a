"""The hard cases of a merge, one by one."""

from __future__ import annotations

import pytest

from bibkit.bibfile import read_bib
from bibkit.errors import OutputError
from bibkit.git.bib_merge import MergedFile, merge_bib
from bibkit.git.conflicts import Markers

BASE = """% Our library

@string{tacl = "Transactions of the ACL"}

@article{doe2024,
  title   = {A {Study} of Things},
  author  = {Doe, Jane},
  journal = tacl,
  year    = 2024,
}

@misc{vaswani2017attention,
  title  = {Attention Is All You Need},
  author = {Vaswani, Ashish and Shazeer, Noam},
  eprint = {1706.03762},
  year   = 2017
}
"""
BERT = """@misc{%s,
  title  = {{BERT}: Pre-training of Deep Bidirectional Transformers},
  author = {Devlin, Jacob and Chang, Ming-Wei},
  eprint = {1810.04805},
}
"""
GPT3 = """@misc{brown2020language,
  title  = {Language Models are Few-Shot Learners},
  author = {Brown, Tom B. and Mann, Benjamin},
  eprint = {2005.14165},
}
"""


def merged(base: str, mine: str, theirs: str) -> MergedFile:
    data = (text.encode() for text in (base, mine, theirs))
    return merge_bib(*data, origin="refs.bib", markers=Markers())


def clean(base: str, mine: str, theirs: str) -> str:
    done = merged(base, mine, theirs)
    assert done.conflicts == ()
    return done.data.decode()


def both_ways(base: str, mine: str, theirs: str) -> tuple[str, str]:
    return clean(base, mine, theirs), clean(base, theirs, mine)


def test_two_papers_added_at_the_same_place_are_both_there() -> None:
    mine, theirs = BASE + "\n" + BERT % "devlin2019bert", BASE + "\n" + GPT3
    first, second = both_ways(BASE, mine, theirs)
    assert first == BASE + "\n" + BERT % "devlin2019bert" + "\n" + GPT3
    assert second == BASE + "\n" + GPT3 + "\n" + BERT % "devlin2019bert"


def test_two_fields_of_one_entry_beside_each_other() -> None:
    mine = BASE.replace("A {Study}", "A New {Study}")
    theirs = BASE.replace("Doe, Jane", "Doe, Jane Mary")
    assert clean(BASE, mine, theirs) == mine.replace("Doe, Jane", "Doe, Jane Mary")


def test_what_mine_did_not_touch_is_theirs_to_the_byte() -> None:
    theirs = BASE.replace("@article{doe2024,\n  title   = {", "@Article { doe2024,\n\ttitle={")
    mine = BASE.replace("year   = 2017", "year   = 2018")
    assert clean(BASE, mine, theirs) == theirs.replace("year   = 2017", "year   = 2018")


def test_a_field_added_by_each_side() -> None:
    mine = BASE.replace("  year   = 2017\n", "  year   = 2017,\n  note   = {mine}\n")
    theirs = BASE.replace("  year   = 2017\n", "  year   = 2017,\n  url    = {theirs}\n")
    found = clean(BASE, mine, theirs)
    assert "  year   = 2017,\n  note   = {mine},\n  url    = {theirs}\n}" in found


def test_one_field_changed_by_both_is_a_conflict_of_one_line() -> None:
    done = merged(BASE, BASE.replace("= 2024,", "= 2025,"), BASE.replace("= 2024,", "= 2026,"))
    conflict = "<<<<<<< ours\n  year    = 2025,\n=======\n  year    = 2026,\n>>>>>>> theirs\n"
    assert done.data.decode() == BASE.replace("  year    = 2024,\n", conflict)
    assert [str(one) for one in done.conflicts] == [
        "refs.bib:9: conflict: 'doe2024': both changed year"
    ]


@pytest.mark.parametrize("last", ["2018", "{2018}"])
def test_a_conflict_in_the_last_field_leaves_readable_entries(last: str) -> None:
    mine, theirs = BASE.replace("= 2017", f"= {last}"), BASE.replace("= 2017", "= 2019")
    done = merged(BASE, mine, theirs).data.decode()
    assert f"<<<<<<< ours\n  year   = {last}\n=======\n  year   = 2019\n>>>>>>> theirs\n}}" in done


def test_a_field_removed_here_and_changed_there() -> None:
    mine, theirs = BASE.replace("  year    = 2024,\n", ""), BASE.replace("= 2024,", "= 2026,")
    done = merged(BASE, mine, theirs)
    assert "<<<<<<< ours\n=======\n  year    = 2026,\n>>>>>>> theirs\n}" in done.data.decode()
    assert len(done.conflicts) == 1


def test_one_value_in_other_delimiters_is_no_change() -> None:
    mine = BASE.replace("{A {Study} of Things}", '"A {Study} of  Things"')
    theirs = BASE.replace("A {Study}", "The {Study}")
    assert "{The {Study} of Things}" in clean(BASE, mine, theirs)


def test_a_macro_and_what_it_stands_for_are_two_values() -> None:
    mine = BASE.replace("= tacl", "= {Transactions of the ACL}")
    theirs = BASE.replace("= tacl", "= {TACL}")
    assert len(merged(BASE, mine, theirs).conflicts) == 1


def test_deleted_here_and_changed_there() -> None:
    mine = BASE[: BASE.index("@misc")]
    theirs = BASE.replace("= 2017", "= 2018")
    done = merged(BASE, mine, theirs)
    entry = theirs[theirs.index("@misc") :]
    assert done.data.decode().endswith(f"<<<<<<< ours\n=======\n{entry}>>>>>>> theirs\n")
    assert [str(one) for one in done.conflicts] == [
        "refs.bib:12: conflict: 'vaswani2017attention': deleted here, changed there"
    ]


def test_deleted_here_and_only_laid_out_there() -> None:
    mine = BASE[: BASE.index("\n@misc")]
    assert "vaswani" not in clean(BASE, mine, BASE.replace("year   = 2017\n", "year = {2017},\n"))


def test_renamed_here_and_edited_there() -> None:
    mine = BASE.replace("vaswani2017attention", "attention")
    theirs = BASE.replace("= 2017", "= 2017,\n  note   = {read it}")
    first, second = both_ways(BASE, mine, theirs)
    assert first == second == theirs.replace("vaswani2017attention", "attention")


def test_renamed_and_edited_here_and_edited_there() -> None:
    mine = BASE.replace("vaswani2017attention", "attention").replace(
        "{Vaswani, Ashish and", "{Vaswani, A. and"
    )
    theirs = BASE.replace("= 2017", "= 2017,\n  note   = {read it}")
    found = clean(BASE, mine, theirs)
    assert "@misc{attention,\n" in found
    assert "Vaswani, A. and" in found
    assert "{read it}" in found
    assert found.count("@misc") == 1


def test_renamed_and_dated_otherwise_by_both() -> None:
    done = merged(BASE, BASE.replace("2024", "2025"), BASE.replace("2024", "2026"))
    assert [one.message for one in done.conflicts] == ["'doe2025': both changed citation key, year"]


def test_renamed_by_both_is_a_conflict_of_its_first_line() -> None:
    mine, theirs = (BASE.replace("vaswani2017attention", key) for key in ("a1", "b2"))
    done = merged(BASE, mine, theirs)
    assert "<<<<<<< ours\n@misc{a1,\n=======\n@misc{b2,\n>>>>>>> theirs\n  title  = {Att" in (
        done.data.decode()
    )
    assert len(done.conflicts) == 1


def test_what_refers_to_a_renamed_key_follows_it() -> None:
    mine = BASE.replace("doe2024", "doe:study")
    theirs = "@incollection{part, title = {A Part}, crossref = {doe2024}}\n\n" + BASE
    assert "crossref = {doe:study}" in clean(BASE, mine, theirs)


def test_a_reference_that_its_own_side_left_behind_stays_as_it_is() -> None:
    base = "@incollection{part, title = {A Part}, crossref = {doe2024}}\n\n" + BASE
    mine = base.replace("@article{doe2024", "@article{doe:study")
    assert "crossref = {doe2024}" in clean(base, mine, base + "\n" + GPT3)
    mine = base.replace(BASE[BASE.index("@article") : BASE.index("@misc")], "")
    assert "@article" not in clean(base, mine, base + "\n" + GPT3)


def test_a_parent_deleted_here_and_used_there() -> None:
    mine = BASE.replace(BASE[BASE.index("@article") : BASE.index("@misc")], "")
    theirs = "@incollection{part, title = {A Part}, crossref = {doe2024}}\n\n" + BASE
    done = merged(BASE, mine, theirs)
    assert [one.message for one in done.conflicts] == [
        "'doe2024': deleted by one side, used by the other"
    ]


def test_a_macro_deleted_here_and_used_there() -> None:
    base = BASE.replace("= tacl", "= {TACL}")
    mine = base.replace('@string{tacl = "Transactions of the ACL"}\n\n', "")
    theirs = base + "\n@article{new, title = {New}, journal = tacl}\n"
    done = merged(base, mine, theirs)
    assert [one.message for one in done.conflicts] == [
        "'tacl': deleted by one side, used by the other"
    ]


def test_one_paper_added_under_one_key() -> None:
    mine = BASE + "\n" + BERT % "devlin2019bert"
    theirs = (
        BASE + "\n" + (BERT % "devlin2019bert").replace("\n}", "\n  code = {https://x.org/c},\n}")
    )
    first, second = both_ways(BASE, mine, theirs)
    assert first == second == theirs


def test_one_paper_added_under_two_keys_is_one_entry_that_both_keys_find() -> None:
    mine = BASE + "\n" + BERT % "devlin2019bert"
    theirs = BASE + "\n" + (BERT % "bert").replace("\n}", "\n  code = {https://x.org/c},\n}")
    done, other = merged(BASE, mine, theirs), merged(BASE, theirs, mine)
    for one in (done, other):
        bib = read_bib(one.data, origin="refs.bib")
        entry = bib.entries[-1]
        assert len(bib.entries) == 3
        assert (entry.key, entry.fields["ids"]) == ("bert", "devlin2019bert")
        assert entry.fields["code"] == "https://x.org/c"
        assert one.conflicts == ()
        assert "'devlin2019bert' is now 'bert'" in one.notes[0].message


def test_one_key_and_one_title_are_one_entry_however_little_it_says() -> None:
    mine = BASE + "\n@misc{x, title = {Notes}}\n"
    theirs = BASE + "\n@misc{x, title = {Notes}, year = 2020}\n"
    assert both_ways(BASE, mine, theirs) == (theirs, theirs)


def test_titles_that_are_merely_alike_are_two_papers() -> None:
    entry = (
        "@article{%s, title = {A Study of %s}, author = {Doe, J.}, journal = {J}, year = 2020}\n"
    )
    base = BASE + "\n" + entry % ("old", "Dogs")
    mine = BASE + "\n" + entry % ("new", "Cows")
    done = merged(base, mine, base.replace("{J}, year", "{K}, year"))
    assert [one.message for one in done.conflicts] == ["'old': deleted here, changed there"]
    assert b"A Study of Cows" in done.data
    found = clean(BASE, mine, BASE + "\n" + entry % ("other", "Dogs"))
    assert "@article{new" in found
    assert "@article{other" in found


def test_one_key_for_two_papers_is_a_conflict_of_both_entries() -> None:
    mine, theirs = (
        BASE + "\n" + BERT % "new",
        BASE + "\n" + GPT3.replace("brown2020language", "new"),
    )
    done = merged(BASE, mine, theirs)
    assert len(done.conflicts) == 1
    assert done.data.decode().endswith(
        f"<<<<<<< ours\n{BERT % 'new'}=======\n"
        f"{GPT3.replace('brown2020language', 'new')}>>>>>>> theirs\n"
    )


def test_a_key_given_by_renaming_and_by_adding() -> None:
    mine = BASE.replace("vaswani2017attention", "new")
    done = merged(BASE, mine, BASE + "\n" + BERT % "new")
    assert len(done.conflicts) == 1
    assert "this citation key" in done.conflicts[0].message


def test_a_duplicate_of_which_each_side_deleted_the_other_one() -> None:
    base = BASE + "\n" + BERT % "one" + "\n" + BERT % "two"
    mine, theirs = BASE + "\n" + BERT % "one", BASE + "\n" + BERT % "two"
    done = merged(base, mine, theirs)
    assert len(done.conflicts) == 1
    assert b"@misc{one," in done.data
    assert b"@misc{two," in done.data


def test_books_of_one_title_by_other_people_are_two() -> None:
    mine = (
        BASE
        + "\n@article{lecun, title={Deep Learning}, author={LeCun, Yann and Bengio, Yoshua and Hinton, Geoffrey}, journal={Nature}, year=2015, volume=521, pages={436--444}}\n"
    )
    theirs = (
        BASE
        + "\n@book{good, title={Deep Learning}, author={Goodfellow, Ian and Bengio, Yoshua and Courville, Aaron}, publisher={MIT Press}, year=2016}\n"
    )
    found = clean(BASE, mine, theirs)
    assert "@article{lecun" in found
    assert "@book{good" in found


def test_comments_in_an_entry_and_fields_meet() -> None:
    mine = BASE.replace("  year    = 2024,\n", "  % year of the preprint\n  year    = 2024,\n")
    theirs = BASE.replace("  year    = 2024,\n", "  year    = 2024,\n  month   = jan,\n")
    found = clean(BASE, mine, theirs)
    assert "  % year of the preprint\n  year    = 2024,\n  month   = jan,\n}" in found


def test_a_comment_after_a_field_keeps_its_comma_before_it() -> None:
    base = BASE.replace("year   = 2017\n", "year   = {2017}, % first\n")
    theirs = base.replace("% first\n", "% first\n  note = {x}, % second\n")
    mine = base.replace("Attention Is", "Attention is")
    assert clean(base, mine, theirs) == theirs.replace("Attention Is", "Attention is")


def test_an_order_changed_there_and_an_entry_added_here() -> None:
    head, article, misc = (
        BASE[: BASE.index("@article")],
        BASE[BASE.index("@article") : BASE.index("@misc")],
        BASE[BASE.index("@misc") :],
    )
    theirs = head + misc + "\n" + article.rstrip("\n") + "\n"
    found = clean(BASE, BASE + "\n" + GPT3, theirs)
    keys = [entry.key for entry in read_bib(found.encode(), origin="x").entries]
    assert sorted(keys) == ["brown2020language", "doe2024", "vaswani2017attention"]
    assert keys.index("vaswani2017attention") < keys.index("doe2024")


@pytest.mark.parametrize(("mine", "theirs", "newline"), [
    ("\r\n", "\n", "\r\n"), ("\n", "\r\n", "\r\n"), ("\r\n", "\r\n", "\r\n"),
])  # fmt: skip
def test_a_change_of_line_ends_is_merged_like_any_other(
    mine: str, theirs: str, newline: str
) -> None:
    one = (BASE + "\n" + GPT3).replace("\n", mine)
    other = BASE.replace("= 2024,", "= 2025,").replace("\n", theirs)
    found = clean(BASE, one, other)
    assert found == (BASE.replace("= 2024,", "= 2025,") + "\n" + GPT3).replace("\n", newline)


def test_conflicts_end_their_lines_as_the_file_does() -> None:
    files = [
        BASE.replace("= 2024,", f"= {year},").replace("\n", "\r\n") for year in (2024, 2025, 2026)
    ]
    text = merged(*files).data.decode()
    assert "<<<<<<< ours\r\n  year    = 2025,\r\n=======\r\n" in text
    assert text.count("\n") == text.count("\r\n")


def test_a_byte_order_mark_and_utf_16_are_kept() -> None:
    files = [
        text.encode("utf-16") for text in (BASE, BASE + "\n" + GPT3, BASE.replace("2024", "2025"))
    ]
    done = merge_bib(*files, origin="refs.bib", markers=Markers())
    assert done.data == (BASE.replace("2024", "2025") + "\n" + GPT3).encode("utf-16")


def test_eight_bit_codes_are_merged_among_themselves_and_with_no_other() -> None:
    base = BASE.replace("Doe", "Dö").encode("latin-1")
    mine = base.replace(b"2024", b"2025")
    done = merge_bib(base, mine, base + b"\n" + GPT3.encode(), origin="r", markers=Markers())
    assert done.data == mine + b"\n" + GPT3.encode()
    theirs = BASE.replace("Doe", "Dö").encode() + b"\n"
    with pytest.raises(OutputError, match="different encodings"):
        merge_bib(base, mine, theirs, origin="r", markers=Markers())


def test_a_version_with_conflict_markers_is_left_to_git() -> None:
    bad = BASE.replace(
        "  year    = 2024,\n", "<<<<<<< HEAD\n  year    = 2024,\n=======\n>>>>>>> x\n"
    )
    with pytest.raises(OutputError, match="conflict markers"):
        merged(BASE, bad, BASE + "\n" + GPT3)


def test_broken_entries_stay_as_they_are() -> None:
    broken = "@misc{broken, title = {Never closed\n  year = 2020\n\n"
    base = broken + BASE
    found = clean(base, base.replace("2024", "2025"), base + "\n" + GPT3)
    assert found == broken + BASE.replace("2024", "2025") + "\n" + GPT3


def test_an_entry_broken_by_one_side_and_edited_by_the_other() -> None:
    mine = BASE.replace("A {Study} of Things}", "A {Study of Things}")
    done = merged(BASE, mine, BASE.replace("= 2024,", "= 2026,"))
    assert len(done.conflicts) == 1
    assert b"A {Study of Things}" in done.data
    assert b"2026" in done.data


def test_without_an_ancestor_what_both_have_is_there_once() -> None:
    mine, theirs = BASE + "\n" + BERT % "b", BASE + "\n" + GPT3
    found = clean("", mine, theirs)
    assert found == mine + "\n" + GPT3


def test_header_comments_are_merged_by_line() -> None:
    base = "% one\n% two\n% three\n\n" + BASE
    mine, theirs = base.replace("% one", "% 1"), base.replace("% three", "% 3")
    assert clean(base, mine, theirs) == base.replace("% one", "% 1").replace("% three", "% 3")


def test_a_remark_behind_an_entry_goes_with_it() -> None:
    base = BASE + "\n@misc{a, title={T}} % read\n\n@misc{z, title={Z}}\n"
    theirs = base.replace("@misc{a, title={T}} % read\n\n", "")
    assert "% read" not in clean(base, base.replace("2024", "2025"), theirs)


def test_commented_entries_stay_comments() -> None:
    base = BASE + "\n% @misc{off,\n%  title = {Off}\n% }\n"
    found = clean(base, base.replace("2024", "2025"), base + "\n" + GPT3)
    assert "\n% @misc{off,\n%  title = {Off}\n% }\n" in found


def test_a_file_that_theirs_laid_out_anew_keeps_what_mine_wrote() -> None:
    theirs = BASE.replace("  title   = ", "\ttitle = ").replace(
        "  year    = 2024,", "\tyear = {2024}"
    )
    theirs = theirs.replace("\n\n@", "\n\n\n@")
    mine = BASE.replace("= 2024,", "= 2025,\n  note    = {mine},") + "\n" + GPT3
    found = clean(BASE, mine, theirs)
    entries = {e.key: e.fields for e in read_bib(found.encode(), origin="x").entries}
    assert entries["doe2024"]["year"] == "2025"
    assert entries["doe2024"]["note"] == "mine"
    assert "brown2020language" in entries
    assert "\ttitle = {A {Study} of Things}" in found
    assert "\n\n\n@misc{vaswani2017attention" in found


def test_a_file_that_theirs_sorted_takes_in_what_mine_added_and_edited() -> None:
    names = ["c", "a", "d", "b"]
    one = {name: f"@misc{{{name}, title = {{Title of {name}}}, year = 2020}}\n" for name in names}
    base = "\n".join(one[name] for name in names)
    theirs = "\n".join(one[name] for name in sorted(names))
    mine = base.replace("{c, title = {Title", "{c, title = {The title") + "\n" + GPT3
    found = clean(base, mine, theirs)
    keys = [entry.key for entry in read_bib(found.encode(), origin="x").entries]
    assert [key for key in keys if key in names] == sorted(names)
    assert "The title of c" in found
    assert "brown2020language" in keys


def test_a_field_that_stands_twice_is_no_reason_to_lose_one() -> None:
    base = BASE.replace("  year    = 2024,\n", "  note = {a},\n  note = {b},\n")
    mine, theirs = base.replace("{a}", "{A}"), base.replace("{b}", "{B}")
    done = merged(base, mine, theirs)
    assert len(done.conflicts) == 1
    assert b"{A}" in done.data
    assert b"{B}" in done.data


def test_a_preamble_and_a_comment_block_of_each_side() -> None:
    base = '@preamble{"\\newcommand{\\x}{}"}\n\n' + BASE + "\n@comment{jabref-meta: a;\nb;\n}\n"
    mine = base.replace("{\\x}{}", "{\\x}{1}")
    theirs = base.replace("jabref-meta: a;", "jabref-meta: a2;")
    assert clean(base, mine, theirs) == mine.replace("jabref-meta: a;", "jabref-meta: a2;")
