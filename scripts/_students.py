"""The record that serve_students.py and send_student.py agree on, and a student as one line of text."""
from __future__ import annotations

from typing import Annotated

import _prelude  # noqa: F401 (finds netio)

from netio.packing import Float32, Record, Text, UInt8, UInt32


class Student(Record, byte_order="!"):
    """One student in 33 bytes, the same on every machine."""

    id: UInt32
    name: Annotated[str, Text(24)]
    age: UInt8
    score: Float32

    def __str__(self) -> str:
        return f"{self.id} {self.name} {self.age} {self.score:.1f}"


def parse_student(line: str) -> Student:
    """Read `ID NAME AGE SCORE`, parted by any white space; a name of several words is kept.

    Raises: ValueError where a part is missing or no number, or does not fit into its field.
    """
    parts = line.split()
    if len(parts) < 4:
        raise ValueError(f"ID NAME AGE SCORE wanted, got {line.strip()!r}")
    student = Student(int(parts[0]), " ".join(parts[1:-2]), int(parts[-2]), float(parts[-1]))
    student.pack()  # says now what does not fit
    return student
