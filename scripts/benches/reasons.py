"""What stands between netio and a target that it misses, as a profile showed it: the page says it beside the figure.

Texts only, no figures: those are in the saved run. A reason is shown only while its target is missed.
"""
from __future__ import annotations

REASONS: dict[tuple[str, str, str], str] = {}  # (subject, what, theirs): one or two sentences
