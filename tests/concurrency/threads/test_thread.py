import sys
import threading

import pytest

from netio.concurrency import ResultThread, run_in_threads

from .. import jobs


def start(thread):
    thread.start()
    return thread


def test_join_returns_the_result_as_often_as_it_is_asked(nothing_left):
    thread = start(ResultThread(divmod, (7, 2)))
    assert thread.join() == (3, 1) == thread.join(30)


def test_the_exercise_takes_target_args_and_kwargs():
    thread = start(ResultThread(target=lambda a, *, b: a - b, args=(5,), kwargs={"b": 3}, name="mine", daemon=True))
    assert thread.join() == 2 and thread.name == "mine" and thread.daemon


def test_join_raises_the_exception_and_nothing_is_printed(capfd):
    thread = start(ResultThread(jobs.fail, ("no luck",)))
    for _ in range(2):
        with pytest.raises(ValueError, match="no luck"):
            thread.join(30)
    assert capfd.readouterr().err == ""


def test_a_thread_that_still_runs():
    stop = threading.Event()
    thread = start(ResultThread(stop.wait, name="slow"))
    with pytest.raises(TimeoutError, match="slow still runs after 0.01 s"):
        thread.join(0.01)
    stop.set()
    assert thread.join(30) is True


def test_a_subclass_returns_from_run():
    class Mine(ResultThread):
        def __init__(self, number):
            super().__init__(name="subclass")
            self.number = number

        def run(self):
            return threading.current_thread().name, self.number * 2

    class Failing(Mine):
        def run(self):
            raise KeyError(self.number)

    assert start(Mine(21)).join(30) == ("subclass", 42)
    with pytest.raises(KeyError, match="7"):
        start(Failing(7)).join(30)


def test_without_a_target_it_does_nothing():
    assert start(ResultThread()).join(30) is None


def test_join_before_start():
    with pytest.raises(RuntimeError):
        ResultThread(int).join()


def test_sys_exit_is_not_lost():
    with pytest.raises(SystemExit):
        start(ResultThread(sys.exit, (3,))).join(30)


def test_many_at_once_in_order(nothing_left):
    meeting = threading.Barrier(5, timeout=30)
    assert sorted(run_in_threads([meeting.wait] * 5)) == [0, 1, 2, 3, 4]
    assert run_in_threads([lambda number=number: number for number in range(5)]) == [0, 1, 2, 3, 4]
    assert run_in_threads([]) == []


def test_the_first_failure_is_raised_when_all_have_ended():
    ended = []
    with pytest.raises(ValueError, match="first"):
        run_in_threads([lambda: jobs.fail("first"), lambda: jobs.fail("second"), lambda: ended.append(1)])
    assert ended == [1]


def test_a_timeout_for_all():
    stop = threading.Event()
    with pytest.raises(TimeoutError):
        run_in_threads([stop.wait, int], timeout=0.01)
    stop.set()
    for thread in set(threading.enumerate()) - {threading.current_thread()}:
        thread.join(30)
