"""The session in the documentation is what the server says today."""
from __future__ import annotations

import pytest

from . import transcript


@pytest.mark.usefixtures("nothing_left")
def test_the_page_is_what_is_said():
    assert transcript.PAGE.read_text(encoding="utf-8") == transcript.play()
