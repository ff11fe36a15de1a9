"""Look-up by halves gives what reading all of the file gives, whatever the file looks like."""
from __future__ import annotations

import itertools
import os
import random
import subprocess
import threading

import pytest

from netio.files import SortedFile, guess_file_encoding, look_up, replace_file
from netio.files.lookup import Entry, check_sorted, look_up_unsorted
from netio.files import lookup

WORDS = b"ant  1\nbank  money\nbank  river\nbanker  2\ncat  3\n"


def both(path, word, **how):
    """Return what both searches find, which must be the same."""
    found = look_up(path, word, **how)
    assert found == look_up_unsorted(path, word, **how)
    return found


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("end", [True, False], ids=["ended", "unended"])
def test_every_word_is_found(sample, newline, mark, end):
    lines = WORDS.replace(b"\n", newline)
    path = sample(mark + (lines if end else lines[:-len(newline)]))
    assert both(path, "ant") == [Entry("ant", "1")]
    assert both(path, "bank") == [Entry("bank", "money"), Entry("bank", "river")]
    assert both(path, "cat") == [Entry("cat", "3")]
    assert both(path, "ban") == both(path, "aa") == both(path, "zz") == both(path, "banks") == []
    assert [entry.word for entry in both(path, "ban", prefix=True)] == ["bank", "bank", "banker"]
    assert len(both(path, "", prefix=True)) == 5 and both(path, "") == []
    assert check_sorted(path) == 5


@pytest.mark.parametrize("data", [b"", b"\n", b"\n\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"   \n"])
def test_a_file_without_words(sample, data):
    path = sample(data)
    assert both(path, "a") == both(path, "", prefix=True) == both(path, "") == []
    assert check_sorted(path) == 0


@pytest.mark.parametrize("before", [b"", b"\n" * 1000], ids=["none", "many"])
@pytest.mark.parametrize("between", [b"", b"\n" * 1000, b"  \r\n" * 10], ids=["none", "many", "spaces"])
@pytest.mark.parametrize("after", [b"", b"\n" * 1000], ids=["none", "many"])
def test_blank_lines_hide_nothing(sample, before, between, after):
    path = sample(before + between.join([b"a 1\n", b"b 2\n", b"c 3\n", b"d 4\n"]) + after)
    assert [both(path, word)[0].explanation for word in "abcd"] == ["1", "2", "3", "4"]
    assert both(path, "bb") == []


def test_a_probe_stays_in_the_lower_part_of_what_is_left():
    assert lookup._PROBE_BYTES <= lookup._BLOCK_BYTES // 2  # else a line behind the middle may begin behind the end


@pytest.mark.parametrize("block, probe", [(0, 0), (50, 0), (50, 25), (200, 100), (8192, 128)])
def test_random_files_give_what_reading_all_of_them_gives(sample, monkeypatch, block, probe):
    monkeypatch.setattr(lookup, "_BLOCK_BYTES", block)
    monkeypatch.setattr(lookup, "_PROBE_BYTES", probe)
    choose = random.Random(7)
    for number in range(25):
        words = ["".join(choose.choices("ab中é", k=choose.randint(1, 4))) for _ in range(choose.randint(0, 60))]
        lines = [word + choose.choice([" ", "  ", "\t"]) + choose.choice(["", "x", "x y", "释" * 300]) for word in words]
        lines.sort(key=lambda line: line.split()[0].encode())
        path = sample("\n".join(lines).encode(), f"file{number}")
        check_sorted(path)
        with SortedFile(path) as kept:
            for word in {*words, *(word[:1] for word in words), "a", "ab", "b", "中中", "é"}:
                assert kept.look_up(word) == both(path, word)
                assert kept.look_up(word, prefix=True) == both(path, word, prefix=True)


def test_a_kept_file_remembers_halvings_and_stays_right(sample):
    path = sample(b"".join(b"%06d  %d\n" % (number, number) for number in range(20_000)))
    with SortedFile(path) as kept:
        for _ in range(2):
            for number in range(0, 20_000, 37):
                assert kept.look_up(f"{number:06}") == [Entry(f"{number:06}", str(number))]
        assert 0 < len(kept._probes) < 9000
        assert "019999" in kept and "020000" not in kept


def test_words_with_spaces_behind_a_tab(sample):
    path = sample("New\t新\nNew York\t纽约\nNewark\t纽瓦克\n".encode())
    assert both(path, "New York", separator="\t") == [Entry("New York", "纽约")]
    assert [entry.word for entry in both(path, "New ", separator="\t", prefix=True)] == ["New York"]
    assert both(path, "New", separator="\t") == [Entry("New", "新")]
    assert check_sorted(path, separator="\t") == 3


def test_a_dictionary_in_gbk(sample):
    words = sorted(["猫", "狗", "鸟", "中国"], key=lambda word: word.encode("gbk"))
    path = sample("".join(f"{word} {len(word)}\r\n" for word in words).encode("gbk"))
    for word in words:
        assert both(path, word, encoding="gbk") == [Entry(word, str(len(word)))]
    with pytest.raises(UnicodeDecodeError):
        look_up(sample(b"cat \xff\n"), "cat")
    marked = sample(b"\xef\xbb\xbfcat  1\n", "marked")
    assert both(marked, "cat", encoding=guess_file_encoding(marked)) == [Entry("cat", "1")]


def test_lines_that_begin_with_a_space_are_passed_over(sample):
    path = sample(b"ant  1\n   more about ants\nbee  2\n")
    assert both(path, "more") == [] and both(path, "bee") == [Entry("bee", "2")] and check_sorted(path) == 2


def test_an_encoding_without_a_newline_byte_is_refused(sample):
    with pytest.raises(ValueError, match="utf-16 does not write a newline as one byte"):
        SortedFile(sample("a 1\n".encode("utf-16")), encoding="utf-16")


def test_a_line_without_end_is_refused_not_swallowed(sample):
    path = sample(b"a 1\n" + b"b" * 300_000)
    with SortedFile(path, max_line=1000) as words, pytest.raises(ValueError, match="longer than 1000 bytes"):
        words.look_up("b")
    assert look_up(path, "b") == []
    with SortedFile(sample(b"a 1\n" * 100 + b"b " + b"x" * 300_000 + b"\n", "long"), max_line=1000) as words:
        with pytest.raises(ValueError, match="longer than 1000 bytes"):
            words.look_up("b")


def test_an_unsorted_file_is_told_by_line(sample):
    with pytest.raises(ValueError, match="line 3: 'apple' comes after 'bee': .* LC_ALL=C sort"):
        check_sorted(sample(b"\nbee  1\napple  2\n"))
    assert look_up_unsorted(sample(b"bee  1\napple  2\nbee  3\n"), "bee") == [Entry("bee", "1"), Entry("bee", "3")]


def test_missing_file_folder_and_closed_file(tmp_path, sample):
    with pytest.raises(FileNotFoundError):
        look_up(tmp_path / "missing", "a")
    with pytest.raises(OSError):
        look_up(tmp_path, "a")
    words = SortedFile(sample(WORDS))
    words.close()
    words.close()
    with pytest.raises(OSError):
        words.look_up("ant")


def test_a_change_in_place_is_noticed(sample):
    path = sample(WORDS)
    with SortedFile(path) as words:
        assert "cat" in words
        with open(path, "ab") as file:
            file.write(b"dog  4\n")
        assert words.look_up("dog") == [Entry("dog", "4")]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not replace an open file")
def test_a_replaced_file_stays_the_old_one_until_opened_again(sample):
    path = sample(WORDS)
    with SortedFile(path) as words:
        replace_file(path, "zoo  1\n")
        assert "cat" in words and "zoo" not in words
    assert look_up(path, "zoo")


@pytest.mark.parametrize("positioned", [True, False], ids=["pread", "seek"])
def test_threads_may_share_a_kept_file(sample, positioned, monkeypatch):
    if not positioned:
        monkeypatch.delattr(lookup.os, "pread", raising=False)
    elif not hasattr(os, "pread"):
        pytest.skip("no pread here")
    path = sample(b"".join(b"%05d  %d\n" % (number, number) for number in range(3000)))
    wrong = []

    def ask(words, first):
        for number in range(first, 3000, 40):
            if words.look_up(f"{number:05}") != [Entry(f"{number:05}", str(number))]:
                wrong.append(number)

    with SortedFile(path) as words:
        threads = [threading.Thread(target=ask, args=(words, first)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_look_of_unix_finds_the_same_lines(sample, tool):
    path = sample(WORDS + b"dog  4\n")
    for word in ("ban", "dog", "zzz"):
        lines = subprocess.run([tool("look"), word, str(path)], capture_output=True, env={"LC_ALL": "C"}).stdout
        found = [entry.word for entry in look_up(path, word, prefix=True)]
        assert [line.split()[0] for line in lines.decode().splitlines()] == found


def test_the_system_sorts_as_check_sorted_checks(sample, tool, tmp_path):
    words = ["Zoo 1", "apple 2", "é 3", "中 4", "a-b 5", "a 6", "ab 7"]
    ordered = subprocess.run([tool("sort")], input="\n".join(words).encode(), capture_output=True,
                             env={**os.environ, "LC_ALL": "C"}, check=True).stdout
    assert check_sorted(sample(ordered)) == 7


# Other orders are not passed by in silence.

def words_of_a_dictionary():
    """Upper and lower case, with apostrophes, as word lists have them."""
    words = ["".join(letters) for letters in itertools.product("abcdefgho", repeat=4)]
    return sorted({*words, *(word.title() for word in words[::3]), *(f"{word[:2]}'{word[2:]}" for word in words[::7])})


ORDERS = {  # as sort -f, sort -d and most locales have them
    "fold": str.casefold,
    "dictionary": lambda word: "".join(filter(str.isalnum, word)),
    "locale": lambda word: ("".join(filter(str.isalnum, word)).casefold(), word.swapcase()),
    "backwards": lambda word: word[::-1],
}


@pytest.fixture(scope="module", params=list(ORDERS))
def in_other_order(request, tmp_path_factory):
    words = sorted(words_of_a_dictionary(), key=ORDERS[request.param])
    path = tmp_path_factory.mktemp(request.param) / "words"
    path.write_text("\n".join(words) + "\n", encoding="utf-8")
    return path, words, ORDERS[request.param]


def test_a_miss_in_another_order_is_an_error(in_other_order):
    path, words, _ = in_other_order
    with SortedFile(path) as found:
        for word in random.Random(1).sample(words, 2000):
            try:
                assert word in found
            except ValueError as error:
                assert "comes after" in str(error) and "key=" in str(error)
        with pytest.raises(ValueError, match="not sorted as searched"):
            found.look_up("no such word")


def test_with_its_key_every_word_is_found(in_other_order):
    path, words, key = in_other_order
    check_sorted(path, key=key)
    with SortedFile(path, key=key) as found:
        for word in random.Random(2).sample(words, 500):
            assert Entry(word, "") in found.look_up(word)
            assert {key(entry.word) for entry in found.look_up(word)} == {key(word)}
        assert not found.look_up("zzzz") and not found.look_up("no such word")


def test_a_miss_in_order_is_a_miss(tmp_path):
    path = tmp_path / "words"
    path.write_text("\n".join(words_of_a_dictionary()) + "\n", encoding="utf-8")
    with SortedFile(path) as found:
        assert not any(word in found for word in ("", "a", "Aaaaa", "zzz", "o'", "中"))


def test_a_large_file_is_looked_at_around_the_place_only(tmp_path, monkeypatch):
    monkeypatch.setattr(lookup, "_CHECK_BYTES", 1000)
    path = tmp_path / "words"
    words = [f"{number:06}" for number in range(20_000)]
    words[15_000], words[15_001] = words[15_001], words[15_000]
    path.write_text("\n".join(words) + "\n", encoding="utf-8")
    with SortedFile(path) as found:
        assert "000001x" not in found
        with pytest.raises(ValueError, match="'015000' comes after '015001'"):
            found.look_up("015000x")


@pytest.mark.parametrize("order", ["fold", "locale", "backwards"])
def test_a_sample_of_a_large_file_shows_another_order(tmp_path, monkeypatch, order):
    monkeypatch.setattr(lookup, "_CHECK_BYTES", 1000)
    path = tmp_path / "words"
    path.write_text("\n".join(sorted(words_of_a_dictionary(), key=ORDERS[order])) + "\n", encoding="utf-8")
    with SortedFile(path) as found:
        with pytest.raises(ValueError, match="comes after"):
            found.look_up("zzz")


def test_words_with_one_key_are_found_together(sample):
    path = sample("Polish  波兰的\npolish  擦亮\nword\n".encode())
    assert [entry.word for entry in look_up(path, "POLISH", key=str.casefold)] == ["Polish", "polish"]
    assert [entry.word for entry in look_up(path, "POL", key=str.casefold, prefix=True)] == ["Polish", "polish"]
