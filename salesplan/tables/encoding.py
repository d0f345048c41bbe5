"""Text encodings of the files people have: byte order mark, strict UTF-8, then GB18030 if it reads as Chinese."""

import codecs

MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 BOM"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
COMMON_SHARE = 0.9
SLICE = 1 << 24


def decode(content: bytes, encoding: str | None) -> tuple[str, str]:
    """Text of a file and the name of its encoding.

    `encoding` is used if given. Otherwise a byte order mark decides, then strict UTF-8, then
    GB18030, which is believed only when nine tenths of the characters beyond ASCII lie in GB2312:
    Latin-1 text decodes as GB18030 without a fault, into nonsense. Raises `UnicodeError` when
    none fits and `LookupError` when `encoding` is no encoding.
    """
    utf8, name = to_utf8(content, encoding)
    return utf8.decode("utf-8"), name


def encoded_like(text: str, content: bytes) -> bytes:
    """A text in the encoding of a file, byte order mark included. Raises `UnicodeError` for what it cannot hold."""
    for mark, codec, _ in MARKS:
        if content.startswith(mark):
            return mark + text.encode(codec)
    return text.encode("utf-8" if is_utf8(content) else "gb18030")


def to_utf8(content: bytes, encoding: str | None) -> tuple[bytes, str]:
    """The file's text as UTF-8 without mark, and the name of its encoding; see `decode`."""
    for mark, codec, name in MARKS:
        if content.startswith(mark) and (encoding is None or codec == "utf-8" or "16" in encoding):
            return _encoded(content[len(mark) :], codec), name
    if encoding is not None:
        return _encoded(content, encoding), codecs.lookup(encoding).name.upper()
    if is_utf8(content):
        return content, "UTF-8"
    text = content.decode("gb18030")
    if not reads_as_chinese(text):
        raise UnicodeError("neither UTF-8 nor Chinese in GB18030")
    return text.encode("utf-8"), "GB18030"


def _encoded(content: bytes, codec: str) -> bytes:
    return content.decode(codec).encode("utf-8")


def is_utf8(content: bytes) -> bool:
    """Whether the bytes are UTF-8; read in slices, so that a large file is not held twice."""
    if content.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    try:
        for start in range(0, len(view), SLICE):
            decoder.decode(view[start : start + SLICE], final=start + SLICE >= len(view))
    except UnicodeDecodeError:
        return False
    return True


def reads_as_chinese(text: str) -> bool:
    """Whether nine tenths of the characters beyond ASCII are among the 7,445 of GB2312."""
    plain = len(text.encode("ascii", "ignore"))
    common = (len(text.encode("gb2312", "ignore")) - plain) // 2
    return common >= COMMON_SHARE * (len(text) - plain)
