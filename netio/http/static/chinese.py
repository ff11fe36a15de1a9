"""The error pages of StaticFiles in Chinese, for a browser that prefers it."""
from __future__ import annotations

import re

from ..encodings import prefers_chinese
from ..messages import HTTPError, Request

_TITLES = {
    400: "请求有误", 401: "需要登录", 403: "禁止访问", 404: "找不到", 405: "不允许的方法", 409: "有冲突", 412: "已被改动",
    413: "内容太大", 416: "没有这一段", 429: "尝试太多", 503: "暂时无法提供", 507: "无法保存",
}
# Numbers and names in a text stand as {} here.
_DETAILS = {
    "no such file": "没有这个文件。", "not for everyone": "没有权限访问。", "not now": "现在无法提供，请稍后再试。",
    "name and password, please": "请输入用户名和密码。", "too many wrong passwords": "密码错误次数过多，请稍后再试。",
    "this folder is not listed": "不列出这个文件夹的内容。", "here one may {}": "这里可以用 {}。",
    "the file is being changed": "文件正在被修改，请稍后再试。", "a page of another site sent this": "这个请求来自别的网站的页面。",
    "the file is another version": "文件已经是另一个版本。", "the file is gone": "文件已经不在。", "nothing there": "文件没有这一段。",
    "it could not be stored": "无法保存。", "the name is too long": "名字太长。", "the folder cannot be written": "没有权限写入这个文件夹。",
    "it is in its place, but the disk has failed to keep the folder: a crash may undo that":
    "文件已就位，但磁盘没能保存文件夹：断电后可能丢失。",
    "no folder to put it in, or a folder of that name": "没有可以存放它的文件夹，或者已有同名的文件夹。",
    "there is a {} already": "已经有 {} 了。", "more than {} bytes": "超过 {} 字节。",
    "PUT brings one whole file": "PUT 要送来一个完整的文件。", "a control character in a name": "名字里有控制字符。",
    "too many parts": "表单的段太多。", "a file without a name": "文件没有名字。", "a form without a file": "表单里没有文件。",
    "a form that ends before its last boundary": "表单没有发完。", "no name for a file: {}": "不能作文件名：{}。",
    "a path begins with '/'": "路径以 '/' 开头。",
    "a name that is not UTF-8": "名字不是 UTF-8。", "a NUL in a path": "路径里有 NUL。", "{} in a path": "路径里有 {}。",
    "a name holds no slash: {}": "名字里不能有斜线：{}。", "hidden: {}": "隐藏文件：{}。",
    "not a file's name on Windows: {}": "在 Windows 上不能作文件名：{}。",
}


def speak_to(request: Request, error: HTTPError) -> None:
    """Put an error's page into the language that the client prefers.

    >>> request, error = Request("GET", "/tea"), HTTPError(413, "more than 5 bytes")
    >>> request.headers.add("Accept-Language", "zh-CN")
    >>> speak_to(request, error)
    >>> error.title, error.detail
    ('内容太大', '超过 5 字节。')
    """
    if not prefers_chinese(request.headers.fields.get("accept-language")):
        return
    error.title = _TITLES.get(error.status, "")
    for english, chinese in _DETAILS.items():
        if found := re.fullmatch(re.escape(english).replace(r"\{\}", "(.+)"), error.detail):
            error.detail = chinese.format(*found.groups())
            return
