"""Many new documents as few commands, none larger than the driver sends."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from bson import encode
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.errors import BulkWriteError

from mongo.driver import Document

_LARGEST: Final = 16_000_000
"""Bytes of documents in one command: the driver sends none beyond the 16 MiB of one document."""

_MOST: Final = 10_000
"""Documents in one command, of which a server takes 100,000."""


def portions(
    documents: Sequence[Document], options: CodecOptions[Any]
) -> Iterator[list[RawBSONDocument]]:
    """The documents in order, encoded, so many at once as fit."""
    portion: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        encoded = encode(document, codec_options=options)
        if portion and (size + len(encoded) > _LARGEST or len(portion) == _MOST):
            yield portion
            portion, size = [], 0
        portion.append(RawBSONDocument(encoded))
        size += len(encoded)
    if portion:
        yield portion


def refused(answer: Document, done: int) -> BulkWriteError:
    """What ``insert_many`` would raise, where so many documents were sent before."""
    errors = [{**error, "index": error["index"] + done} for error in answer["writeErrors"]]
    return BulkWriteError({**answer, "writeErrors": errors, "nInserted": done + answer["n"]})
