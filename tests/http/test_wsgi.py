"""WSGI both ways: others' applications under our server, ours under others' servers, both under the validator."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import io
import os
import re
import subprocess
import sys
import threading
import wsgiref.simple_server
import wsgiref.validate

import pytest

from netio.http import FileBody, FromWSGI, HTTPError, Limits, Request, Response, Routes, ToWSGI
from netio.http.messages import Headers
from netio.tcp import connect

from .serving import MODELS, fetch, running, site
from .talk import ask


def show(environ, start_response):
    """A WSGI application that tells what it was called with."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    told = "\n".join(
        f"{key}={environ[key]}" for key in sorted(environ) if key.isupper() and isinstance(environ[key], str)
    )
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Seen", environ["wsgi.url_scheme"])])
    return [told.encode("latin-1"), b"\n\n", body]


def count(environ, start_response):
    """One that streams."""
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    write(b"first\n")
    return (b"%d\n" % number for number in range(100))


VALIDATED = {"/show": wsgiref.validate.validator(show), "/count": wsgiref.validate.validator(count)}


def both(environ, start_response):
    return VALIDATED["/count" if environ["PATH_INFO"] == "/count" else "/show"](environ, start_response)


@pytest.mark.parametrize("model", MODELS)
def test_a_wsgi_application_under_every_model(model, nothing_left):
    with running(FromWSGI(both), model) as server:
        response = fetch(
            server.url + "/caf%C3%A9/%2F?q=%20",
            "POST",
            [("Content-Type", "x/y"), ("X-Tea", "green"), ("X_Tea", "black")],
            b"body",
        )
        told = dict(line.split("=", 1) for line in response.body.decode("latin-1").split("\n\n")[0].splitlines())
        assert response.status == 201 and response.body.endswith(b"\n\nbody") and response.header("x-seen") == "http"
        assert (
            told["PATH_INFO"].encode("latin-1").decode() == "/café//"
            and told["QUERY_STRING"] == "q=%20"
            and told["HTTP_X_TEA"] == "green"
        )
        assert told["CONTENT_TYPE"] == "x/y" and told["CONTENT_LENGTH"] == "4" and told["REMOTE_ADDR"] == "127.0.0.1"
        assert told["SERVER_PORT"] == str(server.address[1]) and "HTTP_CONTENT_LENGTH" not in told
        response = fetch(server.url + "/count")
        assert (
            response.body == b"first\n" + b"".join(b"%d\n" % number for number in range(100))
            and response.header("transfer-encoding") == "chunked"
        )
        assert fetch(server.url + "/count", "HEAD").body == b""


def test_a_chunked_body_has_a_length_when_the_application_sees_it():
    (response,), _ = ask(
        FromWSGI(show), b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    )
    assert b"CONTENT_LENGTH=2" in response.body and response.body.endswith(b"hi") and b"TRANSFER" not in response.body


def call(application, method="GET"):
    (response,), transport = ask(
        FromWSGI(application), method.encode() + b" / HTTP/1.1\r\nHost: a\r\n\r\n", methods=[method]
    )
    return response, transport


def test_start_response_may_come_late_or_twice_with_an_error():
    def late(environ, start_response):
        yield b""
        start_response("200 OK", [])
        yield b"late"

    def failed(environ, start_response):
        start_response("200 OK", [("X-A", "1")])
        try:
            raise ValueError("swordfish")
        except ValueError:
            start_response("503 Busy", [("X-A", "2")], sys.exc_info())
        return [b"sorry"]

    assert call(late)[0].body == b"late"
    response, _ = call(failed)
    assert (response.status, response.header("x-a"), response.body) == (503, "2", b"sorry")

    def failed_too_late(environ, start_response):
        start_response("200 OK", [])
        yield b"begun"
        try:
            raise ValueError("swordfish")
        except ValueError:
            start_response("503 Busy", [], sys.exc_info())

    pieces = iter(FromWSGI(failed_too_late)(Request("GET", "/")).body)
    assert next(pieces) == b"begun"
    with pytest.raises(ValueError, match="swordfish"):
        next(pieces)


@pytest.mark.parametrize(
    "application",
    [
        lambda environ, start_response: [b"never started"],
        lambda environ, start_response: start_response("200 OK", []) and start_response("200 OK", []) and [b""],
        lambda environ, start_response: start_response("200 OK", [("A", "b\r\nC: d")]) and [b""],
        lambda environ, start_response: start_response("200 OK", [("Transfer-Encoding", "chunked")]) and [b""],
        lambda environ, start_response: 1 / 0,
    ],
)
def test_an_application_that_breaks_the_rules_is_answered_500(application, caplog):
    response, transport = call(application)
    assert response.status == 500 and not transport.closed and caplog.records


def test_the_result_is_closed_whatever_happens():
    class Result(list):
        closed = 0

        def close(self):
            Result.closed += 1

    for method, result in (("GET", Result([b"a"])), ("HEAD", Result([b"a"])), ("GET", Result(["text"]))):
        call(lambda environ, start_response, result=result: start_response("200 OK", []) and result, method)
    assert Result.closed == 3


def test_head_keeps_the_length_that_the_application_states():
    response, _ = call(
        lambda environ, start_response: start_response("200 OK", [("Content-Length", "42")]) and [], "HEAD"
    )
    assert response.header("content-length") == "42"


# The other way round.

routes = Routes()


@routes.post("/echo")
def echo(request):
    return Response(200, [("Content-Type", "text/plain")], request.read())


@routes.get("/stream/{number}")
def stream(request, number):
    return Response(200, [("Content-Type", "text/plain")], (b"%d\n" % line for line in range(int(number))))


@routes.get("/who")
def who(request):
    return {
        "path": request.path,
        "query": request.arguments,
        "host": request.host,
        "tea": request.headers.get("x-tea"),
        "scheme": request.scheme,
    }


@contextlib.contextmanager
def reference_server(application):
    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *parts):
            pass

    with wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=functools.partial(server.serve_forever, 0.05))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_ours_under_the_reference_server_and_validator():
    with reference_server(wsgiref.validate.validator(ToWSGI(routes, max_body=10_000))) as url:
        assert fetch(url + "/echo", "POST", [("Content-Type", "text/plain")], b"abc" * 1000).body == b"abc" * 1000
        assert fetch(url + "/echo", "POST", [("Content-Type", "text/plain")], b"abc" * 10_000).status == 413
        assert fetch(url + "/stream/3").body == b"0\n1\n2\n"
        assert fetch(url + "/stream/3", "HEAD").body == b""
        assert [fetch(url + path).status for path in ("/nothing", "/echo")] == [404, 405]
        body = fetch(url + "/who?a=1&a=%E8%8C%B6", headers=[("X-Tea", "green")]).body.decode("unicode_escape")
        assert '"a": ["1", "茶"]' in body and '"tea": "green"' in body and '"scheme": "http"' in body


@pytest.mark.parametrize("stated", [{"CONTENT_LENGTH": ""}, {"wsgi.input_terminated": True}])
def test_the_limit_of_a_body_is_exact_under_wsgi(stated):
    for size, status in (4, "200 OK"), (5, "413 Content Too Large"):
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/echo", "wsgi.input": io.BytesIO(b"a" * size),
                   "HTTP_HOST": "a", **stated}
        if "CONTENT_LENGTH" in stated:
            environ["CONTENT_LENGTH"] = str(size).zfill(40)
        said = []
        body = b"".join(ToWSGI(routes, max_body=4)(environ, lambda status, headers: said.append(status)))
        assert said == [status] and (size > 4 or body == b"aaaa")


def test_ours_within_ours_within_ours():
    (response,), _ = ask(
        FromWSGI(ToWSGI(FromWSGI(ToWSGI(routes)))), b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    )
    assert response.status == 200 and response.body == b"hello"


def test_an_application_that_receives_bodies_itself_does_so_under_wsgi():
    class Upload:
        def open_body(self, request):
            if request.path == "/no":
                raise HTTPError(403)
            import io

            self.sink = io.BytesIO()
            return self.sink

        def __call__(self, request):
            return Response(201, [], request.body.getvalue())

    app = Upload()
    for path, status, body in (("/", 201, b"hello"), ("/no", 403, None)):
        (response,), _ = ask(
            FromWSGI(ToWSGI(app)), b"PUT " + path.encode() + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        )
        assert response.status == status and (body is None or response.body == body)
    assert app.sink.closed


def test_a_request_survives_the_way_through_wsgi():
    from netio.http.wsgi import make_environ, make_request

    headers = Headers([("Host", "a:80"), ("Accept", "*/*"), ("Content-Type", "x/y")])
    for target in ("/", "/a%20b", "/%E8%8C%B6?q=%2F&r", "/a;b=c/~d"):
        for version in (1, 1), (1, 0):
            again = make_request(make_environ(Request("GET", target, version, headers)))
            assert (again.target, again.version) == (target, version) and sorted(again.headers) == sorted(headers)


# Real ones.


def need(module):
    """Skip where a package of others is missing; .ci/run installs them and sets NETIO_TOOLS."""
    if importlib.util.find_spec(module) is None:
        if os.environ.get("NETIO_TOOLS") == "required":
            pytest.fail(f"{module} is not installed, though .ci/run installs it")
        pytest.skip(f"{module} is not installed")


def test_flask_under_our_server():
    need("flask")
    import flask

    app = flask.Flask("tea")

    @app.route("/<name>", methods=["GET", "POST"])
    def hello(name):
        return flask.jsonify(
            name=name, query=flask.request.args.get("q"), form=dict(flask.request.form), host=flask.request.host
        )

    @app.route("/stream")
    def stream():
        return flask.Response(f"{number}\n" for number in range(3))

    for model in [
        model
        for model in MODELS
        if model in ("iterative", "thread", "pool", "select", "poll", "epoll", "kqueue", "asyncio")
    ]:
        with running(FromWSGI(wsgiref.validate.validator(app)), model, limits=Limits(body=1000)) as server:
            form = fetch(
                server.url + "/%E8%8C%B6?q=1",
                "POST",
                [("Content-Type", "application/x-www-form-urlencoded")],
                b"a=1&b=2",
            )
            assert (
                form.status == 200
                and b'"a":"1"' in form.body
                and b'"q' in form.body
                and "\\u8336" in form.body.decode()
            )
            assert fetch(server.url + "/stream").body == b"0\n1\n2\n"
            assert fetch(server.url + "/x", "HEAD").header("content-length") == str(len(fetch(server.url + "/x").body))
            assert fetch(server.url + "/a/b").status == 404


wsgi_application = ToWSGI(site)


@pytest.mark.parametrize(
    "server, arguments",
    [
        ("gunicorn", ["--bind", "127.0.0.1:{port}", "--no-control-socket", "tests.http.test_wsgi:wsgi_application"]),
        ("waitress", ["--listen=127.0.0.1:{port}", "tests.http.test_wsgi:wsgi_application"]),
    ],
)
def test_ours_under_gunicorn_and_waitress(server, arguments, tmp_path):
    need(server)
    if (
        server == "gunicorn"
        and "--no-control-socket"
        not in subprocess.run([sys.executable, "-m", "gunicorn", "--help"], capture_output=True, text=True).stdout
    ):
        arguments = [argument for argument in arguments if argument != "--no-control-socket"]
    with reference_port() as port:
        command = [sys.executable, "-m", server, *(argument.format(port=port) for argument in arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_until_listening(process, server)
        url = f"http://127.0.0.1:{port}"
        assert fetch(url + "/hello/%E8%8C%B6").body.decode() == "Hello, 茶!"
        assert fetch(url + "/echo", "POST", body=b"abc" * 50_000).body == b"abc" * 50_000
        assert fetch(url + "/count/5").body == b"0\n1\n2\n3\n4\n"
        assert fetch(url + "/nothing").status == 404
    finally:
        process.terminate()
        process.communicate(timeout=20)


@contextlib.contextmanager
def reference_port():
    """A port that is free now; these servers cannot say which one they took."""
    from netio.tcp import listen

    with listen(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def wait_until_listening(process, server):
    for line in process.stdout:
        if re.search("Listening at|Serving on", line):
            return
    pytest.fail(f"{server} has ended")


def test_a_client_that_vanishes_does_not_hurt(nothing_left):
    with running(FromWSGI(count), "thread") as server:
        for _ in range(5):
            with connect(server.address[:2]) as sock:
                sock.sendall(b"GET /count HTTP/1.1\r\nHost: a\r\n\r\n")
        assert fetch(server.url + "/count").status == 200


class Result:
    """What a WSGI application returns, counted."""

    def __init__(self, *pieces):
        self.pieces, self.begun, self.closed = iter(pieces), 0, 0

    def __iter__(self):
        self.begun += 1
        return self

    def __next__(self):
        return next(self.pieces)

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("pieces", [(), (b"a",), (b"", b"a", bytearray(b"b"), memoryview(b"c"))])
def test_a_result_is_begun_and_closed_once_and_its_pieces_may_be_bytes_like(pieces):
    result = Result(*pieces)

    def application(environ, start_response):
        start_response("200 OK", [])
        return result

    (response, after), _ = ask(FromWSGI(application), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
    assert (response.status, response.body) == (200, b"".join(pieces)) and after.status == 200
    assert (result.begun, result.closed) == (2, 2)  # once for each request
    for body in (Result(*pieces), b"abc", bytearray(b"abc"), memoryview(b"abc")):
        returned = ToWSGI(lambda request: Response(200, [], body))(
            {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda status, headers: None)
        got = list(returned)
        returned.close()
        assert all(type(piece) is bytes for piece in got)
        if isinstance(body, Result):
            assert (body.begun, body.closed) == (1, 1)
        else:
            assert got == [b"abc"]


@pytest.mark.parametrize("headers", [[("A", "b\r\nC: d")], [("A B", "c")], [("Transfer-Encoding", "chunked")],
                                     [("Content-Length", "9")]])
def test_what_our_server_refuses_to_send_no_other_gets_to_send(headers):
    body = io.BytesIO(b"abc")
    for response in (Response(200, headers, b"abc"), Response(200, headers, FileBody(body, 0, 3))):
        with pytest.raises(ValueError):
            ToWSGI(lambda request: response)({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, pytest.fail)
    assert body.closed


@pytest.mark.parametrize("stated", ["\xb2", "x", "-1", "9" * 5000])
def test_a_length_that_is_none_means_no_body(stated):
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_LENGTH": stated, "wsgi.input": io.BytesIO(b"abc")}
    assert b"".join(ToWSGI(lambda request: request.read() or "none")(environ, lambda status, headers: None)) == b"none"


def test_a_request_body_can_be_wrapped():
    def app(request):
        with io.TextIOWrapper(io.BufferedReader(request.body), "utf-8") as text:
            return text.readline()

    for size in (10, 100_000):
        body = "好,1\n".encode() + b"x" * size
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_LENGTH": str(len(body)),
                   "wsgi.input": io.BytesIO(body)}
        assert b"".join(ToWSGI(app)(environ, lambda status, headers: None)) == "好,1\n".encode()
        (response,), _ = ask(app, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert response.body == "好,1\n".encode()
