"""The page in the docs is what the scripts really do, over UDP, and over TCP no less."""
from __future__ import annotations

import pytest

from .transcript import PAGE, play


@pytest.mark.parametrize("options", [(), ("--tcp",)])
def test_the_transcript_in_the_docs_is_what_happens(options):
    assert PAGE.read_text(encoding="utf-8") == play(*options)
