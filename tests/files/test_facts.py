"""What the system says of files and descriptors."""
from __future__ import annotations

import os
import socket

import pytest

from netio.files import describe_file, list_descriptors
from netio.files.facts import describe_descriptor, list_folder, lowest_free_descriptor


def test_files_folders_and_links(sample, tmp_path):
    path = sample(b"x" * 10)
    facts = describe_file(path)
    assert (facts.name, facts.kind, facts.size) == ("sample", "file", 10)
    assert facts.permissions.startswith("-rw") and len(facts.modified) == 19
    assert describe_file(tmp_path).kind == "folder"
    assert [entry.name for entry in list_folder(tmp_path)] == ["sample"]
    with pytest.raises(FileNotFoundError):
        describe_file(tmp_path / "missing")
    with pytest.raises(OSError):
        list_folder(path)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_broken_link_is_listed_and_two_names_count(sample, tmp_path):
    path = sample(b"")
    (tmp_path / "broken").symlink_to("nowhere")
    os.link(path, tmp_path / "second")
    assert [(entry.name, entry.kind) for entry in list_folder(tmp_path)] == [
        ("broken", "link"), ("sample", "file"), ("second", "file")]
    assert describe_file(path).links == 2


def test_kinds_of_descriptors(sample):
    reading, writing = os.pipe()
    with open(sample(b"")) as file:
        assert describe_descriptor(file.fileno()) == "file"
        assert describe_descriptor(reading) == "pipe"
        assert {file.fileno(), reading, writing} <= set(list_descriptors())
    os.close(reading)
    os.close(writing)
    with pytest.raises(OSError):
        describe_descriptor(reading)


@pytest.mark.skipif(os.name == "nt", reason="sockets have handles on Windows")
def test_a_socket_is_a_descriptor_too():
    with socket.socket() as sock:
        assert describe_descriptor(sock.fileno()) == list_descriptors()[sock.fileno()] == "socket"
    if os.path.isdir("/proc/self/fd"):
        assert set(list_descriptors()) <= {int(name) for name in os.listdir("/proc/self/fd")}


def test_the_lowest_free_number_comes_next(sample):
    number = lowest_free_descriptor()
    with open(sample(b"")) as file:
        assert file.fileno() == number
        assert lowest_free_descriptor() != number
    assert lowest_free_descriptor() == number
