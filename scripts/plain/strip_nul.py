"""Fit a name into a field of fixed size and get it back (去除 bytes 中的 \\x00).

把名字放进定长字段，再原样取回。

    python3 strip_nul.py

Errata: 26, 112.
"""
import struct


def cut(text, size):
    """Return the longest beginning of a text that has at most so many bytes, no character cut in two."""
    return text.encode("utf-8")[:size].decode("utf-8", "ignore").encode("utf-8")


def main():
    field = struct.pack("12s", "李莉".encode("utf-8"))
    print("packed:", field)
    print("rstrip():", field.rstrip())  # takes away white space; NUL is none
    print("rstrip(NUL):", field.rstrip(b"\0"))  # not strip(): a NUL in front would be the name's own
    print("back:", ascii(field.rstrip(b"\0").decode("utf-8")))
    print("cut to 4 bytes:", cut("李莉", 4), "instead of", "李莉".encode("utf-8")[:4])
    print("the byte 200:", bytes([200]), "and not", chr(200).encode("utf-8"))  # that is UTF-8 of a character


if __name__ == "__main__":
    main()

# Not enough when a whole record has such fields: netio packing.truncate_text
