"""Tables as CSV files: written while they are sent, and harmless in a spreadsheet.

What people typed may look like a formula, which a spreadsheet would run when the file
is opened. A quote before it makes it a text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

# With their full-width twins, which a spreadsheet takes for the same.
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
CHUNK = 16_384  # characters: one chunk for each row would be many small writes


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download that needs the memory of a few rows, however many there are."""
    return StreamingHttpResponse(
        iter_csv(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, filename) or "",
            "Cache-Control": "no-store",
        },
    )


def iter_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Chunks of the file: RFC 4180, every cell in quotes, in UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    for row in chain([header], rows):
        writer.writerow([safe_cell(value) for value in row])
        if buffer.tell() >= CHUNK:
            yield _taken_from(buffer)
    yield _taken_from(buffer)


def safe_cell(value: Any) -> str:
    """The value as a text that no spreadsheet takes for a formula; None is empty."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _taken_from(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
