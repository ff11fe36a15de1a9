"""Passwords: hashed slowly with a salt, compared in constant time, remembered once they were right."""

from __future__ import annotations

import base64
import hashlib

import pytest

from netio.concurrency.servers import passwords
from netio.http import HTTPError
from netio.http.auth import BasicAuth, check_password, hash_password, parse_basic


def header(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def users():
    return {"小明": hash_password("密码:1"), "eve": hash_password("")}


def test_who_comes_in(users):
    door = BasicAuth(users)
    assert door.user(header("小明:密码:1")) == "小明" and door.user(header("eve:")) == "eve"
    for wrong in ("小明:密码", "小明:", "nobody:", "nobody:密码:1", ":"):
        assert door.user(header(wrong)) is None


@pytest.mark.parametrize(
    "text", ["", "Basic", "Basic !!!", "Basic YQ", "Basic /w==", "Bearer " + header("a:b")[6:], header("nocolon")]
)
def test_what_is_no_credentials(text, users):
    assert parse_basic(text) is None and BasicAuth(users).user(text) is None


def test_a_right_password_is_hashed_once(users, monkeypatch):
    door, calls = BasicAuth(users), []
    monkeypatch.setattr(passwords, "check_password", lambda *pair: calls.append(pair) or check_password(*pair))
    for _ in range(3):
        assert door.user(header("eve:")) == "eve"
    assert len(calls) == 1
    for _ in range(2):
        assert door.user(header("nobody:")) is None  # an unknown name is hashed each time, too
    assert len(calls) == 3


def test_who_goes_on_guessing_waits_and_shuts_out_nobody_else(users, monkeypatch):
    calls, now = [], [0.0]
    monkeypatch.setattr(passwords, "check_password", lambda *pair: calls.append(pair) or check_password(*pair))
    door = BasicAuth(users, guesses=2, guess_delay=10, clock=lambda: now[0])
    assert door.user(header("eve:"), "192.0.2.1") == "eve"
    for _ in range(2):
        assert door.user(header("小明:guess"), "192.0.2.1") is None
    for now[0] in (0.0, 9.5):
        with pytest.raises(HTTPError) as refused:
            door.user(header("小明:密码:1"), "192.0.2.1")
        assert refused.value.status == 429 and len(calls) == 3  # no hash is made
    assert refused.value.headers == [("Retry-After", "1")]
    assert door.user(header("eve:"), "192.0.2.1") == "eve"  # is known, and another name
    assert door.user(header("小明:guess"), "192.0.2.2") is None  # another address
    now[0] = 10.0
    assert door.user(header("小明:密码:1"), "192.0.2.1") == "小明"
    for _ in range(2):  # the right password has forgiven the wrong ones
        assert door.user(header("小明:guess"), "192.0.2.1") is None


def test_wrong_passwords_are_counted_before_they_are_judged_and_in_bounded_memory():
    wrong = passwords.WrongPasswords()
    for number in range(3000):
        wrong.count("192.0.2.1", f"name{number}")
        wrong.count(f"host{number}", "ming")
    assert wrong.count("host2999", "ming") == 2 and wrong.count("host0", "ming") == 1
    for number in range(200):
        wrong.may_guess("192.0.2.9", f"name{number}", 0.0, 1, 10.0)
    assert wrong.may_guess("192.0.2.9", "one more", 0.0, 1, 10.0) == 10.0
    assert wrong.count("192.0.2.9", "") == 102  # the hundredth name and on have one count


@pytest.mark.parametrize("host, counted", [
    ("2001:db8::1", "2001:db8::/64"), ("2001:db8:0:0:ffff::1", "2001:db8::/64"),
    ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
    ("fe80::1%eth0", "fe80::/64"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "::/64"), ("192.0.2.1", "192.0.2.1"),
    ("", ""), (":nonsense:", ":nonsense:"), ("a:\0", "a:\0")])
def test_a_network_of_ipv6_counts_as_one_address(host, counted):
    assert passwords.counted_host(host) == counted


def test_whoever_has_many_addresses_of_ipv6_has_no_more_guesses():
    door = BasicAuth({"ming": hash_password("x")}, guesses=2, clock=lambda: 0.0)
    for number in range(2):
        assert door.user(header("ming:guess"), f"2001:db8::{number}") is None
    with pytest.raises(HTTPError):
        door.user(header("ming:guess"), "2001:db8::ffff:1")
    assert door.user(header("ming:x"), "2001:db8:0:1::1") == "ming"


def test_without_scrypt_pbkdf2_is_used(monkeypatch):
    monkeypatch.delattr(hashlib, "scrypt", raising=False)
    monkeypatch.setattr(passwords, "_ROUNDS", 10)
    hashed = hash_password("x")
    assert hashed.startswith("pbkdf2$") and check_password("x", hashed) and not check_password("y", hashed)


@pytest.mark.parametrize("hashed", ["", "plain", "md5$00$00", "scrypt$zz$00", "scrypt$00"])
def test_a_line_that_is_no_hash(hashed):
    with pytest.raises(ValueError):
        check_password("x", hashed)


def test_a_realm_cannot_break_the_header(users):
    with pytest.raises(ValueError):
        BasicAuth(users, realm='a"b')
