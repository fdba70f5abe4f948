"""Pictures with a palette are what the PNG specification says."""

import struct
import zlib
from collections.abc import Iterator

from tools.indexed import make_png

RED, BLUE = b"\xff\0\0", b"\0\0\xff"


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(picture):
        (size,) = struct.unpack_from(">I", picture, at)
        kind, data = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        (check,) = struct.unpack_from(">I", picture, at + 8 + size)
        assert check == zlib.crc32(kind + data)
        yield kind, data
        at += 12 + size


def test_make_png_writes_each_point_as_an_index() -> None:
    picture = make_png(3, 2, RED + BLUE, bytes([0, 1, 0, 1, 1, 1]))

    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    found = dict(chunks(picture))
    assert list(found) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", found[b"IHDR"]) == (3, 2, 8, 3, 0, 0, 0)
    assert found[b"PLTE"] == RED + BLUE
    # Each row begins with the filter: none.
    assert zlib.decompress(found[b"IDAT"]) == b"\0\0\1\0" + b"\0\1\1\1"
