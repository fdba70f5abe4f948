"""No form of this console has a file, so a file in one is refused, unread."""

from typing import Any, Never

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler


class RefusingHandler(FileUploadHandler):
    def new_file(self, *_: Any, **__: Any) -> Never:
        raise SuspiciousOperation("a file was sent")

    def receive_data_chunk(self, *_: Any) -> Never:
        raise AssertionError("a file got through")  # pragma: no cover

    def file_complete(self, *_: Any) -> Never:
        raise AssertionError("a file got through")  # pragma: no cover
