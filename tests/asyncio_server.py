"""A protocol of netio's under asyncio's own loop, in a thread, with the face of a netio server."""
from __future__ import annotations

import asyncio
import threading

from netio.concurrency.servers import for_asyncio


class AsyncioServer:
    """Serves `factory()` for each connection at `listener`, or at a free port of `host`, in a `with` block."""

    def __init__(self, factory, host="127.0.0.1", listener=None):
        self._factory = for_asyncio(factory)
        self._where = {"host": host, "port": 0} if listener is None else {"sock": listener}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self):
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self.loop.create_server(self._factory, **self._where)
        self.address = server.sockets[0].getsockname()
        self._ready.set()
        await self._stop.wait()
        server.close()
        for _ in range(5):  # what was being closed is closed now
            await asyncio.sleep(0.01)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *error):
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
