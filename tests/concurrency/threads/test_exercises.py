import collections
import string
import threading

import pytest

from netio.concurrency import DeadlockError
from netio.concurrency.threads.accounts import (
    Account, transfer_backing_off, transfer_both_ways, transfer_in_order, transfer_nested,
)
from netio.concurrency.threads.exercises import (
    Meeting, NO_LOCK, alternate_freely, alternate_with_events, alternate_with_locks, sell_tickets, watch_pair,
)

RIGHT = "".join(f"{2 * n + 1}{2 * n + 2}{letter}" for n, letter in enumerate(string.ascii_uppercase))


@pytest.mark.parametrize("alternate", [alternate_with_events, alternate_with_locks])
def test_two_threads_in_step(alternate, nothing_left):
    assert RIGHT.startswith("12A34B") and RIGHT.endswith("5152Z")
    assert all(alternate() == RIGHT for _ in range(20))


def test_two_threads_out_of_step():
    numbers = "".join(map(str, range(1, 53)))
    assert alternate_freely(letters_first=True) == string.ascii_uppercase + numbers
    assert alternate_freely(letters_first=False) == numbers + string.ascii_uppercase


def test_ten_windows_sell_500_tickets_in_order(nothing_left):
    sales = sell_tickets(10, 500)
    assert [ticket for _, ticket in sales] == list(range(1, 501))
    assert {window for window, _ in sales} <= {f"window {number}" for number in range(1, 11)}


def test_without_a_lock_every_ticket_is_sold_by_every_window():
    for _ in range(3):
        sales = sell_tickets(3, 20, NO_LOCK, Meeting(3, seconds=30))
        assert collections.Counter(ticket for _, ticket in sales) == dict.fromkeys(range(1, 21), 3)


def test_with_a_lock_the_same_meeting_fails():
    sales = sell_tickets(3, 20, threading.Lock(), Meeting(3, seconds=0.05))
    assert [ticket for _, ticket in sales] == list(range(1, 21))


def test_few_windows_and_few_tickets():
    assert sell_tickets(1, 2) == [("window 1", 1), ("window 1", 2)]
    assert sell_tickets(5, 0) == []
    with pytest.raises(ValueError, match="not 0"):
        sell_tickets(0, 5)


def test_a_and_b_are_seen_unequal_without_a_lock_only(nothing_left):
    assert watch_pair(5, NO_LOCK, seconds=30) == [(n, n - 1) for n in range(1, 6)]
    assert watch_pair(5, threading.Lock()) == []


def test_nested_locks_deadlock_every_time(nothing_left):
    for _ in range(5):
        accounts, errors = transfer_both_ways(transfer_nested, Meeting(2, seconds=30))
        assert [type(error) for error in errors] == [DeadlockError]
        assert sum(account.balance for account in accounts) == 200
        assert {account.balance for account in accounts} in ({90, 110}, {120, 80}), "one transfer came through"
        assert "accounts.py" in str(errors[0])


@pytest.mark.parametrize("transfer", [transfer_in_order, transfer_backing_off])
def test_the_same_meeting_is_no_deadlock(transfer, nothing_left):
    accounts, errors = transfer_both_ways(transfer, Meeting(2, seconds=0.05))
    assert errors == [] and [account.balance for account in accounts] == [110, 90]


@pytest.mark.parametrize("transfer", [transfer_nested, transfer_in_order, transfer_backing_off])
def test_money_that_is_not_there(transfer):
    ann, bob = Account("Ann", 10), Account("Bob", 0)
    with pytest.raises(ValueError, match="Ann has 10, not 11"):
        transfer(ann, bob, 11)
    assert (ann.balance, bob.balance) == (10, 0) and not ann.lock.locked() and not bob.lock.locked()


@pytest.mark.parametrize("transfer", [transfer_in_order, transfer_backing_off])
def test_from_an_account_to_itself(transfer):
    ann = Account("Ann", 10)
    transfer(ann, ann, 5)
    assert ann.balance == 10 and not ann.lock.locked()


def test_a_meeting_that_fails_fails_for_good():
    meeting = Meeting(2, seconds=0.01)
    assert [meeting(), meeting()] == [False, False]
