"""Look words up in a dictionary file, one entry a line (查单词).

在词典文件里查单词：每行一个单词、若干空白、解释。

    python3 word_lookup.py [FILE [WORD ...]]        without a WORD it asks, until an empty line; FILE: dict.txt

Errata: 3, 4, 5, 51, 52, 53.
"""
import sys


def look_up(path, word):
    """Return the explanations of a word, of which there may be several."""
    found = []
    with open(path, encoding="utf-8-sig") as file:  # without an encoding Windows reads GBK
        for line in file:
            # Not split(" "): it keeps empty strings and knows no tab. 1 split: the explanation has spaces, too.
            parts = line.split(maxsplit=1)
            if len(parts) == 2 and parts[0] == word:
                found.append(parts[1].strip())
            # No stop at parts[0] > word: it skips words where the file is sorted in another order than > uses.
    return found


def ask():
    """Yield the words that are typed, until an empty line or the end of the input."""
    try:
        while word := input("Word: ").strip():
            yield word
    except (EOFError, RuntimeError):  # the end, or no keyboard at all
        return


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    path = sys.argv[1] if len(sys.argv) > 1 else "dict.txt"
    for word in sys.argv[2:] or ask():
        try:
            found = look_up(path, word)
        except (OSError, UnicodeDecodeError) as error:  # missing, forbidden, a folder, no UTF-8: it says which
            sys.exit(f"cannot read {path}: {error}")
        print("\n".join(found) if found else f"not found: {word}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:  # nobody reads our output any more (| head)
        sys.stdout = None  # or Python would say so at its end
    except OSError as error:  # the disk is full that we print to
        sys.exit(str(error))

# Not enough when the file is large and sorted, and halving finds a word in 20 steps: netio files.look_up
