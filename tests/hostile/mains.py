"""What is tried with Ctrl-C: servers in the main thread, which it ends, with a client in another thread."""
from __future__ import annotations

import os
import threading
from multiprocessing import resource_tracker

from . import transfers
from .servers import TIMEOUT


class InMain:
    """The server ends as its docstring says, what a client was told is so, and nothing is left but what was whole."""

    def start(self, folder, driver):
        if self.model == "process":
            resource_tracker.ensure_running()
        driver.library.fault_network_only(1)

    def run(self, folder, driver):
        self.troubles = []

        def talk():
            driver.exempt()
            try:
                self.talk(folder)
            except BaseException as error:
                self.troubles.append(error)
            finally:
                driver.disarm()
                self.server.shutdown()

        thread = threading.Thread(target=talk)
        try:
            with self.make_server(folder) as self.server:
                self.server.serve_forever(thread.start)
        finally:
            if thread.ident is not None:
                thread.join(TIMEOUT)
                assert not thread.is_alive(), "the client waits for ever"
        driver.disarm()
        if self.troubles:
            raise self.troubles[0]
        self.check_file(folder)
        beside = set(os.listdir(folder)) - set(self.allowed)
        assert not [name for name in beside if not self.may_stay(name)], beside

    def check(self, folder, error):
        """It is done."""

    def finish(self):
        """It has ended."""


def in_main(base, **facts):
    return type(base.__name__, (InMain, base), facts)


KINDS = {name: transfers.ALL[name] for name in ("put", "put_new", "post_form", "get", "stor", "appe", "rest", "retr")}
ALL = {name: in_main(base) for name, base in KINDS.items()}
for _model in ("thread", "fork", "process", "pool", "prefork"):
    for _name in ("put", "stor"):
        if f"{_name}_{_model}" in transfers.ALL:
            ALL[f"{_name}_{_model}"] = in_main(transfers.ALL[f"{_name}_{_model}"])
