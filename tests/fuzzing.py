"""What all fuzzers share: inputs that are nearly right, cut anywhere, from a seed.

The short form of each runs in the ordinary tests, with a seed that stays; the long form, a million inputs, only with
`--soak`, with a seed that is printed and that `--soak-seed` gives again.
"""
from __future__ import annotations

import pytest

MILLION = 1_000_000


def rounds(short, long=MILLION):
    """Return the mark that gives a test its number of rounds, in the short form and in the long one."""
    return pytest.mark.parametrize("rounds", [
        pytest.param(short, id="short"), pytest.param(long, id="long", marks=pytest.mark.soak)])


def mutate(rng, seeds, tokens):
    """Return one of the seeds with some changes: a token put in, bytes taken out, changed, doubled, or another seed."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((0, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(data) + 1)
        what = rng.randrange(5)
        if what == 0:
            data[at:at] = rng.choice(tokens)
        elif what == 1:
            del data[at:at + rng.choice((1, 1, 2, 10))]
        elif what == 2 and at < len(data):
            data[at] = rng.randrange(256)
        elif what == 3:
            end = at + rng.randrange(40)
            data[at:at] = data[at:end]
        else:
            data[at:at] = rng.choice(seeds)
    return bytes(data)


def mutate_text(rng, seeds, tokens):
    """The same for text, in which each byte is a character (Latin-1), as header values are."""
    encoded = [[word.encode("latin-1") for word in words] for words in (seeds, tokens)]
    return mutate(rng, *encoded).decode("latin-1")


def cut(rng, data):
    """Return the data in pieces, some of which may be empty."""
    if rng.random() < 0.3:
        return [data]
    places = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(1, 6)))
    return [data[begin:end] for begin, end in zip([0, *places], [*places, len(data)])]
