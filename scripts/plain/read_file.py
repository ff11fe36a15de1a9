"""Read a text file in pieces, then line by line (读文件).

先按块、再按行读一个文本文件。

    python3 read_file.py FILE

Errata: 1, 2, 5, 67, 69, 70, 71.
"""
import sys


def count_characters(path):
    """Return how many characters a file has, read in pieces, so that a file of any size fits into memory."""
    count = 0
    with open(path, encoding="utf-8-sig") as file:  # without an encoding Windows reads GBK; -sig skips Notepad's BOM
        while True:  # True, with a capital letter
            piece = file.read(4096)
            if not piece:  # the empty string is the end of the file
                return count
            count += len(piece)


def print_lines(path):
    """Print each line with its number."""
    with open(path, encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            # The line keeps its newline, and the last one may have none: line[:-1] would eat a real character.
            print(number, line.rstrip("\n"))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python3 read_file.py FILE")
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")  # a console that lacks a character shows \uXXXX instead
    try:
        print(count_characters(sys.argv[1]), "characters")
        print_lines(sys.argv[1])
    except BrokenPipeError:  # nobody reads our output any more (| head)
        sys.stdout = None  # or Python would say so at its end
    except FileNotFoundError:  # not `except Exception`, which would call each mistake a missing file
        sys.exit(f"there is no file {sys.argv[1]}")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"cannot read {sys.argv[1]}, or print it: {error}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when the end of a huge log is wanted, or a line has no end: netio files.read_lines
