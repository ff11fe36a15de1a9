"""What learners ask that no single error or name answers: how it is asked, and the answer in both languages.

A question is recognised by its words: all groups (with & between) must be there, of each group one way to say it (with
| between). An English way is the beginning of words. The more groups, the surer. After // comes another set of groups.
A group with ! before it must be there even where one of the others may be missing.
"""
from __future__ import annotations

from . import (data, everyday, further_everyday, further_programs, homework_network, homework_programs, more_network,
               more_programs, network, programs)
from .answer import Answer as Answer

ANSWERS = [*network.ANSWERS, *programs.ANSWERS, *data.ANSWERS, *more_network.ANSWERS,
           *more_programs.ANSWERS, *homework_network.ANSWERS, *homework_programs.ANSWERS,
           *further_programs.ANSWERS, *everyday.ANSWERS, *further_everyday.ANSWERS]
