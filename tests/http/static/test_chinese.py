"""The error pages of StaticFiles in Chinese: every sentence has its translation, and none is left over."""
from __future__ import annotations

import ast
from pathlib import Path

import pytest

from netio.http import HTTPError, Request, StaticFiles
from netio.http.static import chinese

FOLDER = Path(chinese.__file__).parent


def shown():
    """Return what the sources give an HTTPError, a PathError or a FormError: the statuses, and what they say, with {}
    for each value."""
    parts = []
    for path in (*FOLDER.glob("*.py"), FOLDER.parent / "auth.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                    "HTTPError", "PathError", "FormError", "FileExistsError", "self._refuse", "self._refusal"):
                parts += node.args
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and path.name == "receiving.py":
                parts += node.value.elts
    statuses = {number.value for part in parts for number in ast.walk(part) if isinstance(number, ast.Constant)
                and isinstance(number.value, int) and 400 <= number.value < 600}
    return statuses, set(filter(None, map(template, parts)))


def template(node):
    if isinstance(node, ast.IfExp):
        return template(node.body)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_sentence_is_translated():
    assert shown() == (set(chinese._TITLES), set(chinese._DETAILS))


@pytest.mark.parametrize("language, title, detail", [
    ("zh", "405 不允许的方法", "这里可以用 GET, HEAD, OPTIONS。"),
    ("en", "405 Method Not Allowed", "here one may GET, HEAD, OPTIONS"),
])
def test_the_whole_page_is(tmp_path, language, title, detail):
    from netio.http import error_response

    request = Request("PUT", "/a")
    request.headers.add("Accept-Language", language)
    for way in (StaticFiles(tmp_path), StaticFiles(tmp_path).open_body):
        with pytest.raises(HTTPError) as refused:
            way(request)
        page = error_response(refused.value).body.decode()
        assert f"<h1>{title}</h1>" in page and f"<p>{detail}</p>" in page


def test_an_upload_that_fails_on_its_way_is(tmp_path):
    files = StaticFiles(tmp_path, max_upload=3)
    request = Request("PUT", "/a")
    request.headers.add("Accept-Language", "zh-CN")
    upload = files.open_body(request)
    with pytest.raises(HTTPError) as refused:
        upload.write(b"four")
    upload.close()
    assert (refused.value.title, refused.value.detail) == ("内容太大", "超过 3 字节。")
