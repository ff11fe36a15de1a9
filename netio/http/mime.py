"""What a file is, by its name: a table of our own, because the stdlib's `mimetypes` reads the system's, and answers
differ there.

Text is declared UTF-8 unless something else is said: without a charset a browser guesses, often wrongly on Chinese
pages. A page that names its own charset (`<meta charset="gbk">`) is heeded only if the header names none.
"""
from __future__ import annotations

UNKNOWN = "application/octet-stream"  # of a file whose name says nothing: RFC 9110 section 8.3

_TEXT = {
    "text/html": "html htm xhtm",
    "text/css": "css",
    "text/javascript": "js mjs cjs",
    "text/plain": "txt text log conf cfg ini toml rst c h cpp hpp py pyi sh bat go rs java ts tsx jsx sql diff",
    "text/markdown": "md markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "text/vtt": "vtt",
    "text/xml": "xml xsl xsd rss atom",
    "text/yaml": "yaml yml",
    "application/json": "json map ipynb",
    "application/manifest+json": "webmanifest",
    "application/xhtml+xml": "xhtml",
    "image/svg+xml": "svg",
}
_BINARY = {
    "image/png": "png", "image/jpeg": "jpg jpeg jpe", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif",
    "image/apng": "apng", "image/x-icon": "ico cur", "image/bmp": "bmp", "image/tiff": "tif tiff",
    "image/heic": "heic", "image/jxl": "jxl",
    "video/mp4": "mp4 m4v", "video/webm": "webm", "video/ogg": "ogv", "video/quicktime": "mov",
    "video/x-matroska": "mkv", "video/x-msvideo": "avi", "video/mpeg": "mpeg mpg",
    "video/mp2t": "m2ts",
    "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac", "audio/ogg": "ogg oga opus", "audio/wav": "wav",
    "audio/flac": "flac", "audio/webm": "weba", "audio/midi": "mid midi",
    "font/woff": "woff", "font/woff2": "woff2", "font/ttf": "ttf", "font/otf": "otf", "font/collection": "ttc",
    "application/pdf": "pdf", "application/wasm": "wasm", "application/zip": "zip", "application/gzip": "gz tgz",
    "application/x-bzip2": "bz2", "application/x-xz": "xz", "application/zstd": "zst",
    "application/x-7z-compressed": "7z", "application/vnd.rar": "rar", "application/x-tar": "tar",
    "application/epub+zip": "epub", "application/rtf": "rtf",
    "application/java-archive": "jar", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.apple.mpegurl": "m3u8", "application/vnd.android.package-archive": "apk",
}
TYPES = {
    **{ending: f"{kind}; charset=utf-8" for kind, endings in _TEXT.items() for ending in endings.split()},
    **{ending: kind for kind, endings in _BINARY.items() for ending in endings.split()},
}


def content_type(name: str, charset: str | None = "utf-8") -> str:
    """Return the Content-Type of a file by the ending of its name, text with its charset (None: without).

    >>> content_type("首页.HTML"), content_type("cat.png"), content_type("Makefile")
    ('text/html; charset=utf-8', 'image/png', 'application/octet-stream')
    >>> content_type(".html")       # a hidden file without an ending
    'application/octet-stream'
    >>> content_type("a.html", charset=None), content_type("a.html", charset="gbk")
    ('text/html', 'text/html; charset=gbk')

    Source: RFC 9110 section 8.3, the IANA media types. The stdlib offers `mimetypes.guess_type`.
    """
    stem, _, ending = name.rpartition(".")
    kind = TYPES.get(ending.lower(), UNKNOWN) if stem.rstrip("/") else UNKNOWN
    if charset == "utf-8":
        return kind
    plain, semicolon, _ = kind.partition("; charset=")
    return f"{plain}; charset={charset}" if semicolon and charset else plain


def compresses_well(kind: str) -> bool:
    """Return whether content of this type is worth compressing: text is, pictures and archives are compressed already.

    >>> compresses_well("text/css; charset=utf-8"), compresses_well("image/png")
    (True, False)
    """
    return "charset=" in kind or kind in (UNKNOWN, "application/wasm", "application/x-tar", "image/bmp", "font/ttf")
