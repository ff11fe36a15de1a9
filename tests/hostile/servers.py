"""What is tried with faults: every server model, with a second client beside the one whom the fault may hit."""
from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from multiprocessing import resource_tracker
from pathlib import Path

from netio.concurrency.servers import EchoProtocol, Server, available_models, echo

from .faults import Scenario, held, leftovers

DATA = bytes(range(256)) * 10
TIMEOUT = 20.0  # seconds after which a client is said to wait for ever, on a machine that has much else to do
STORM = 0.3  # seconds in which every call fails
# Answers after which the same call is made again or goes on, so that no client may notice; of `accept` it is every one.
UNNOTICED = ("EINTR", "EAGAIN", "short+", "none")
CALLS_THAT_START = ("fork", "thread")
CALLS_OF_NO_CLIENT = ("accept", "close", "poll", "shutdown")


@contextlib.contextmanager
def running(driver, server):
    """Run a server in a thread that no fault strikes."""
    def run():
        driver.exempt()
        server.serve_forever()

    driver.exempt()
    thread = threading.Thread(target=run)
    thread.start()
    driver.exempt(False)
    try:
        yield
    finally:
        driver.disarm()
        server.close()
        thread.join()


class ErrorsOfOurs(logging.Handler):
    """Writes what is logged with a traceback that no fault explains into a file, from whatever process."""

    def __init__(self, folder, driver):
        super().__init__()
        self.path, self.driver = Path(folder, "log"), driver

    def emit(self, record):
        error = record.exc_info and record.exc_info[1]
        if not error or isinstance(error, (OSError, MemoryError)) or "can't start new thread" in str(error):
            return
        self.driver.exempt()
        with open(self.path, "a") as file:
            file.write(logging.Formatter().format(record) + "\n")
        self.driver.exempt(threading.current_thread() is threading.main_thread())


class Served(Scenario):
    """A server that runs before anything fails, and must go on; when it is closed, nothing is left of it."""

    server, model = None, "epoll"
    never = ("stat",)  # Linux looks at sockets and pipes without fail

    def make_server(self, folder):
        raise NotImplementedError

    def connect_beside(self):
        """Connect the client beside the one who is served while calls fail."""

    def talk(self, folder):
        """Be a client, while calls fail."""
        raise NotImplementedError

    def start(self, folder, driver):
        if self.model == "process":  # it stays as long as the program
            resource_tracker.ensure_running()
        driver.library.fault_network_only(1)
        self.before, self.folder = held(), folder
        self.log = ErrorsOfOurs(folder, driver)
        logging.getLogger().handlers[:] = [self.log]
        self.server = self.make_server(folder)
        self.server.start()
        driver.exempt()
        self.beside = self.connect_beside()

    def run(self, folder, driver):
        if self.server is None:  # to warm up
            self.start(folder, driver)
        storm = threading.Timer(STORM, driver.disarm)
        if self.fault.startswith("*:") and "+" in self.fault:  # all calls fail, of which none could go well
            storm.start()
        try:
            self.talk(folder)
        finally:
            if storm.ident is not None:
                storm.join()
            driver.disarm()
            driver.exempt(False)

    def finish(self):
        if self.server is None:
            return
        if self.beside is not None:
            self.beside.close()
        self.server.close()
        self.server = self.beside = None
        logging.getLogger().handlers.clear()
        said = self.log.path.read_text() if self.log.path.exists() else ""
        assert not said, said
        left = leftovers(self.before, 3)
        assert not left, left


class Echo(Served):
    """Clients get their own bytes, in order; a fault ends one of them at most, and the next is served."""

    model, workers, handler = "thread", None, staticmethod(echo)
    together = True  # whether two are served at once

    def make_server(self, folder):
        self.served = []
        return Server(("127.0.0.1", 0), self.handler, self.model, self.workers)

    def connect_beside(self):
        if not self.together:
            return None
        beside = self.connect()
        assert self.exchange(beside)
        return beside

    def talk(self, folder):
        for _ in range(2):
            with contextlib.ExitStack() as stack:  # who is not cut off stays until the one beside is served, too
                self.served.append(self.visit(stack))
                if self.beside:
                    self.served.append(self.exchange(self.beside))

    def visit(self, stack):
        """Be a client once; return whether all went well."""
        sock = stack.enter_context(self.connect())
        return self.exchange(sock) and self.end(sock)

    def may_wait(self):
        """Return whether a client may wait until the one beside ends: for a busy worker whose main process was killed.
        """
        return self.model == "prefork" and ":kill:" in self.fault

    def connect(self):
        return socket.create_connection(self.server.address, timeout=1.0 if self.may_wait() else TIMEOUT)

    def exchange(self, sock):
        """Return whether all comes back; what does come back is right, and nobody waits for ever."""
        got = b""
        try:
            sock.sendall(DATA)
            while len(got) < len(DATA):
                data = sock.recv(65536)
                if not data:
                    break
                got += data
        except socket.timeout:
            assert self.may_wait(), f"a client waits for ever, after {len(got)} bytes"
        except OSError:
            pass
        assert DATA.startswith(got), "wrong bytes"
        return got == DATA

    @staticmethod
    def end(sock):
        """Return whether the server ends the connection when the client does."""
        try:
            sock.shutdown(socket.SHUT_WR)
            return sock.recv(1) == b""
        except socket.timeout:
            raise AssertionError("the connection never ends")
        except OSError:
            return False

    def check(self, folder, error):
        call, answer, _ = (self.fault or "x:none:1").split(":")
        if ":kill:" in self.fault or ":tear:" in self.fault:
            return self.check_next()
        lost = self.served.count(False)
        victim_again = 1 if self.beside and not self.served[1] else 0  # who was cut off stays so
        if answer in UNNOTICED and call not in CALLS_THAT_START or call in CALLS_OF_NO_CLIENT:
            assert not lost, f"noticed by a client: {self.served}"
        elif not answer.endswith("+"):
            assert lost <= 1 + victim_again, f"more than one client was hit: {self.served}"
        with self.connect() as sock:
            assert self.exchange(sock) and self.end(sock), "the next client is not served"
        if self.beside and all(self.served[1::2]):
            assert self.exchange(self.beside), "the client beside was cut off"

    def check_next(self):
        """Where processes may be killed: the next client is served, or the whole server is gone."""
        if self.may_wait():
            self.beside.close()
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                with self.connect() as sock:
                    if self.exchange(sock):
                        return
            except ConnectionRefusedError:
                return
            assert time.monotonic() < deadline, "neither served nor gone"
            time.sleep(0.02)


class Start(Echo):
    """A server that cannot start raises what keeps it from starting, in the caller, and leaves nothing."""

    errors = (OSError, RuntimeError)
    never = (*Echo.never, "waitpid")

    def start(self, folder, driver):
        """Nothing runs before."""

    def run(self, folder, driver):
        driver.library.fault_network_only(1)
        self.log = ErrorsOfOurs(folder, driver)
        logging.getLogger().handlers[:] = [self.log]
        with Server(("127.0.0.1", 0), self.handler, self.model, self.workers) as self.server:
            self.server.start()
            driver.exempt()
            try:
                with self.connect() as sock:
                    self.exchange(sock)
            except ConnectionError:
                pass
            finally:
                driver.exempt(False)

    def check(self, folder, error):
        self.server = None
        said = self.log.path.read_text() if self.log.path.exists() else ""
        assert not said, said

    def finish(self):
        self.server = None
        logging.getLogger().handlers.clear()


def _make_scenarios():
    kinds = {model: {"model": model} for model in available_models()}
    for model in ("select", "poll", "epoll"):
        if model in kinds:
            kinds[model]["handler"] = EchoProtocol
    kinds["thread_protocol"] = {"model": "thread", "handler": EchoProtocol}
    kinds["prefork"]["workers"] = 3
    kinds["pool"]["workers"] = 3
    kinds["workers"] = {"model": "select", "workers": 2, "handler": EchoProtocol}
    kinds["iterative"]["together"] = False
    kinds["process"]["never"] = (*Echo.never, "write")  # of multiprocessing's pipe: it leaves what it has started
    made = {}
    for name, what in kinds.items():
        made[name] = type(name, (Echo,), what)
        never = (*Start.never, *what.get("never", ()))
        made["start_" + name] = type("start_" + name, (Start,), {**what, "never": never})
    made["start_prefork"].mended = ("setsockopt:EINVAL+:3",)
    return made


ALL = _make_scenarios() if hasattr(os, "fork") else {}
