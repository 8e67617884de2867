"""Records for Arrow and Parquet. Only this file imports pyarrow, which is an extra of the package."""

from typing import BinaryIO, Iterable, Iterator, List

import pyarrow as pa
from pyarrow import parquet

from alloclens.shapes import Json, Record

FRAME = pa.struct([("function", pa.string()), ("file", pa.string()), ("line", pa.uint32()), ("origin", pa.string())])
SCHEMA = pa.schema(
    [
        ("bytes", pa.uint64()),
        ("allocations", pa.uint64()),
        ("thread", pa.string()),
        ("allocator", pa.string()),
        ("stack", pa.list_(FRAME)),
    ]
)
BATCH = 65_536
"""Records that are in memory at a time."""


def table(records: Iterable[Record]) -> pa.Table:
    return pa.Table.from_batches(_batches(records), SCHEMA)


def write(records: Iterable[Record], file: BinaryIO) -> None:
    """A Parquet file."""
    with parquet.ParquetWriter(file, SCHEMA) as writer:
        for batch in _batches(records):
            writer.write_batch(batch)


def _batches(records: Iterable[Record]) -> Iterator[pa.RecordBatch]:
    rows: List[Json] = []
    for record in records:
        rows.append({**record._asdict(), "stack": [frame._asdict() for frame in record.stack]})
        if len(rows) == BATCH:
            yield pa.RecordBatch.from_pylist(rows, SCHEMA)
            rows = []
    yield pa.RecordBatch.from_pylist(rows, SCHEMA)
