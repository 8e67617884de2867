"""What other tools get: speedscope's files against its schema, pprof's through Google's own protobuf."""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from golden import expect_golden
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from running import LAUNCHER, ROOT, environment, run

SMALL = ROOT / "test-fixtures" / "captures" / "small.alloclens"
BUSY = SMALL.with_name("busy.alloclens")

#: profile.proto of github.com/google/pprof: message → field → (number, type, repeated).
PPROF = {
    "Profile": {
        "sample_type": (1, "ValueType", True),
        "sample": (2, "Sample", True),
        "location": (4, "Location", True),
        "function": (5, "Function", True),
        "string_table": (6, "string", True),
        "time_nanos": (9, "int64", False),
        "duration_nanos": (10, "int64", False),
        "default_sample_type": (14, "int64", False),
    },
    "ValueType": {"type": (1, "int64", False), "unit": (2, "int64", False)},
    "Sample": {"location_id": (1, "uint64", True), "value": (2, "int64", True), "label": (3, "Label", True)},
    "Label": {"key": (1, "int64", False), "str": (2, "int64", False)},
    "Location": {"id": (1, "uint64", False), "line": (4, "Line", True)},
    "Line": {"function_id": (1, "uint64", False), "line": (2, "int64", False)},
    "Function": {
        "id": (1, "uint64", False),
        "name": (2, "int64", False),
        "system_name": (3, "int64", False),
        "filename": (4, "int64", False),
        "start_line": (5, "int64", False),
    },
}


def exported(form: str, folder: Path, *options: str, capture: Path = SMALL) -> bytes:
    to = folder / "exported"
    words: list[str | Path] = [sys.executable, LAUNCHER, "export", "--format", form, "-o", to, *options, capture]
    result = run(words, ROOT, env=environment())
    assert result.returncode == 0, result.stderr.decode()
    return to.read_bytes()


@pytest.fixture(scope="module")
def summary() -> Any:
    return json.loads(run([sys.executable, LAUNCHER, "summary", "--json", SMALL], ROOT, env=environment()).stdout)


def pprof_profile() -> Any:
    types = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="profile.proto", package="perftools.profiles", syntax="proto3")
    for name, fields in PPROF.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, repeated) in fields.items():
            label = types.LABEL_REPEATED if repeated else types.LABEL_OPTIONAL
            described = message.field.add(name=field, number=number, label=label)
            if kind in PPROF:
                described.type, described.type_name = types.TYPE_MESSAGE, f".perftools.profiles.{kind}"
            else:
                described.type = getattr(types, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("perftools.profiles.Profile"))


def test_a_speedscope_export_is_what_its_schema_says(tmp_path: Path, summary: Any) -> None:
    document = json.loads(exported("speedscope", tmp_path))
    schema = json.loads((ROOT / "test-fixtures" / "exports" / "speedscope-schema.json").read_text())
    jsonschema.validate(document, schema)
    assert sum(document["profiles"][0]["weights"]) == summary["peak_bytes"]


def test_a_pprof_export_has_the_figures_of_all_measures_and_names_nothing_that_is_not_there(
    tmp_path: Path, summary: Any
) -> None:
    profile = pprof_profile().FromString(gzip.decompress(exported("pprof", tmp_path)))
    texts = profile.string_table
    assert texts[0] == ""
    assert texts[profile.default_sample_type] == "peak_space"
    names = [(texts[kind.type], texts[kind.unit]) for kind in profile.sample_type]
    for column, (name, unit) in enumerate(names):
        measure, what = name.split("_")
        assert unit == {"space": "bytes", "objects": "count"}[what]
        figure = f"{measure}_{'bytes' if what == 'space' else 'allocations'}"
        assert sum(sample.value[column] for sample in profile.sample) == summary[figure]
    functions = {function.id for function in profile.function}
    locations = {location.id: location for location in profile.location}
    for sample in profile.sample:
        assert [texts[label.key] for label in sample.label] == ["thread", "allocator"]
        for location in sample.location_id:
            assert locations[location].line[0].function_id in functions
    innermost = profile.sample[0].location_id[0]
    [function] = [f for f in profile.function if f.id == locations[innermost].line[0].function_id]
    assert (texts[function.name], texts[function.filename]) == ("load", "/w/main.py")


def test_a_golden_capture_has_its_golden_pprof_export(tmp_path: Path) -> None:
    profile = pprof_profile().FromString(gzip.decompress(exported("pprof", tmp_path, capture=BUSY)))
    expect_golden("busy/export.pprof", str(profile).encode())


def test_a_golden_capture_has_its_golden_parquet_export(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    exported("parquet", tmp_path, "--total", capture=BUSY)
    table = parquet.read_table(tmp_path / "exported")
    rows = [json.dumps(row) for row in table.to_pylist()]
    expect_golden("busy/export.parquet", "\n".join([*str(table.schema).splitlines(), *rows, ""]).encode())
