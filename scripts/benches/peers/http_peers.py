"""One server of others over a folder: `http_peers.py NAME FOLDER PORT`. Started by scripts/bench.py http.

Each is set up as its documentation says for files, without an access log, in one process.
"""

import functools
import mimetypes
import os
import sys

name, folder, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


def wsgi(environ, start_response):
    """The least that a WSGI application must do for a file."""
    path = os.path.realpath(folder + environ["PATH_INFO"])
    if not path.startswith(os.path.realpath(folder) + os.sep) or not os.path.isfile(path):
        start_response("404 Not Found", [("Content-Length", "0")])
        return [b""]
    with open(path, "rb") as file:
        data = file.read()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(data)))])
    return [data]


def http_server(repaired):
    import http.server

    class Handler(http.server.SimpleHTTPRequestHandler):
        if repaired:
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

        def log_message(self, *arguments):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Handler, directory=folder)).serve_forever()


def waitress():
    import waitress

    waitress.serve(wsgi, host="127.0.0.1", port=port, threads=4, _quiet=True)


def gunicorn():
    from gunicorn.app.base import BaseApplication

    class Application(BaseApplication):
        def load_config(self):
            for key, value in {
                "bind": f"127.0.0.1:{port}",
                "workers": 1,
                "worker_class": "gthread",
                "threads": 4,
                "keepalive": 60,
            }.items():
                self.cfg.set(key, value)

        def load(self):
            return wsgi

    Application().run()


def cheroot():
    from cheroot.wsgi import Server

    server = Server(("127.0.0.1", port), wsgi, numthreads=64)
    server.start()


def tornado():
    import asyncio
    import logging

    from tornado.web import Application, StaticFileHandler

    logging.getLogger("tornado.access").setLevel(logging.ERROR)

    async def run():
        Application([(r"/(.*)", StaticFileHandler, {"path": folder})]).listen(port, "127.0.0.1")
        await asyncio.Event().wait()

    asyncio.run(run())


def aiohttp():
    from aiohttp import web

    application = web.Application()
    application.router.add_static("/", folder)
    web.run_app(application, host="127.0.0.1", port=port, access_log=None, print=None)


def uvicorn():
    import uvicorn
    from starlette.staticfiles import StaticFiles

    uvicorn.run(StaticFiles(directory=folder), host="127.0.0.1", port=port, access_log=False, log_level="error")


def granian():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    os.environ["NETIO_BENCH_FOLDER"] = folder
    os.execv(
        os.path.join(os.path.dirname(sys.executable), "granian"),
        [
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            "1",
            "--no-ws",
            "--log-level",
            "error",
            "granian_app:wsgi",
        ],
    )


if __name__ == "__main__":
    if name.startswith("http.server"):
        http_server("repaired" in name)
    else:
        globals()[name]()
