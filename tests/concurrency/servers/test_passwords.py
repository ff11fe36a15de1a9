"""Stored passwords: both forms that are in use are read, a plain one is refused, the right ones are remembered."""
from __future__ import annotations

import hashlib

import pytest

from netio.concurrency.servers import passwords
from netio.concurrency.servers.passwords import PasswordMemory, WrongPasswords, check_password, hash_password, is_hashed

PBKDF2 = hashlib.pbkdf2_hmac("sha256", b"secret", bytes(16), 1000).hex()
LINES = [f"pbkdf2$1000${bytes(16).hex()}${PBKDF2}", hash_password("secret"), hash_password("secret", rounds=1000)]


@pytest.mark.parametrize("hashed", LINES)
def test_both_forms_are_read(hashed):
    assert is_hashed(hashed) and check_password("secret", hashed) and not check_password("Secret", hashed)


def test_a_line_without_rounds_has_the_usual_number(monkeypatch):
    monkeypatch.setattr(passwords, "_ROUNDS", 1000)
    assert check_password("secret", f"pbkdf2${bytes(16).hex()}${PBKDF2}")


@pytest.mark.parametrize("hashed", ["", "secret", "md5$00$00", "scrypt$zz$00", "pbkdf2$0$00$00", "pbkdf2$1$2$3$4",
                                    "pbkdf2$9999999999999$00$00", "scrypt$00$"])
def test_what_is_no_hash_is_refused(hashed):
    assert not is_hashed(hashed)
    with pytest.raises(ValueError, match="hash_password"):
        check_password("x", hashed)


def test_another_password_stored_means_another_check(monkeypatch):
    memory, calls = PasswordMemory(), []
    monkeypatch.setattr(passwords, "check_password", lambda *pair: calls.append(pair) or check_password(*pair))
    old, new = LINES[0], hash_password("other", rounds=1000)
    assert memory.check("ming", "secret", old) and memory.check("ming", "secret", old) and len(calls) == 1
    assert not memory.check("ming", "secret", new) and not memory.check("hong", "secret", None) and len(calls) == 3
    assert not memory.remembers("min", "gsecret", old)


def test_of_long_names_that_are_guessed_none_is_kept():
    tracemalloc = pytest.importorskip("tracemalloc", reason="PyPy counts no memory")
    wrong = WrongPasswords()
    tracemalloc.start()
    try:
        for number in range(200):
            assert wrong.count("192.0.2.7", f"{number}" * 2000) == number + 1
        assert tracemalloc.get_traced_memory()[0] < 100_000
    finally:
        tracemalloc.stop()
    wrong.forgive("192.0.2.7", "7" * 2000)
    assert wrong.count("192.0.2.7", "7") == 200
