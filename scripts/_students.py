"""The record that serve_students.py and send_student.py agree on, a student as a line of text, and how one is saved."""
from __future__ import annotations

import os
import sys
from typing import Annotated, Iterator

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.files import DurableLog
from netio.packing import Float32, Record, RecordDecoder, Text, UInt8, UInt32


class Student(Record, byte_order="!"):
    """One student in 33 bytes, the same on every machine."""

    id: UInt32
    name: Annotated[str, Text(24)]
    age: UInt8
    score: Float32

    def __str__(self) -> str:
        return f"{self.id} {self.name} {self.age} {self.score:.1f}"


def parse_student(line: str) -> Student:
    """Read `ID NAME AGE SCORE`, parted by any white space; a name may have several words.

    Raises: ValueError where a part is missing, is no number, or does not fit into its field.
    """
    parts = line.split()
    if len(parts) < 4:
        raise _prelude.Refusal(_prelude.say("ID NAME AGE SCORE wanted, got {!r}", line.strip()))
    student = Student(int(parts[0]), " ".join(parts[1:-2]), int(parts[-2]), float(parts[-1]))
    student.pack()  # says now what does not fit
    return student


def save_students(decoder: RecordDecoder[Student], data: bytes, log: DurableLog) -> Iterator[bytes]:
    """Save every student that is whole now that `data` has come; yield an answer for each, when it is on the disk."""
    students = decoder.feed(data)
    while True:
        try:
            for student in students:
                log.append(str(student))
                yield b"saved\n"
            return
        except (ValueError, OSError) as error:  # no student, or no room on the disk: say so, and go on after it
            yield f"refused: {error}\n".encode("utf-8")
            students = decoder.feed(b"")
