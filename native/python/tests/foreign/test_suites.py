"""Suites of well-known packages end as they do without the pytest plugin: every test with the same outcome."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from suites import SUITES, Suite

OURS = ["-p", "no:memray", "-p", "no:alloclens", "-p", "alloclens.pytest_plugin", "--alloclens"]


def outcomes(suite: Suite, folder: Path, *options: str) -> "dict[str, str]":
    report = folder / "report.xml"
    words = suite.command(f"--junit-xml={report}", *options)
    answer = subprocess.run(
        words, cwd=suite.folder, env=suite.environment(), capture_output=True, text=True, timeout=1200, check=False
    )
    assert report.exists(), answer.stdout + answer.stderr
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  our own file
        how = sorted(child.tag for child in case if child.tag in ("failure", "error", "skipped"))
        found[f"{case.get('classname')}::{case.get('name')}"] = ",".join(how) or "passed"
    report.unlink()
    return found


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize("detail", ["system", "objects"])
def test_every_test_has_the_same_outcome(tmp_path: Path, suite: Suite, detail: str) -> None:
    plain = outcomes(suite, tmp_path, "-p", "no:memray")
    assert len(plain) > 100
    assert list(plain.values()).count("passed") > 0.9 * len(plain)
    assert outcomes(suite, tmp_path, *OURS, f"--alloclens-detail={detail}") == plain
