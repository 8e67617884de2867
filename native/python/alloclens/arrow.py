"""Records as an Arrow table. Only this file imports pyarrow, which is an extra of the package."""

from typing import Iterable

import pyarrow as pa

from alloclens.shapes import Record

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


def table(records: Iterable[Record]) -> pa.Table:
    batches, rows = [], []
    for record in records:
        rows.append({**record._asdict(), "stack": [frame._asdict() for frame in record.stack]})
        if len(rows) == BATCH:
            batches.append(pa.RecordBatch.from_pylist(rows, SCHEMA))
            rows = []
    batches.append(pa.RecordBatch.from_pylist(rows, SCHEMA))
    return pa.Table.from_batches(batches, SCHEMA)
