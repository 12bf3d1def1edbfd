"""The example scripts of docs, run as their reader would."""
import os
import re
import subprocess

import pytest
from conftest import BINARIES, ROOT, Program
from test_schemas import fits


def test_the_example_reads_back_what_it_provisioned(tmp_path):
    tenant = Program("mock-tenant", "--ca-dir", tmp_path, "--ready-file", tmp_path / "tenant.json")
    try:
        script = [ROOT / "docs" / "examples" / "provision.sh", tmp_path / "tenant.json"]
        run = subprocess.run(script, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
        assert fits("tenant-world", tenant.state()) == []
        assert tenant.state()["users"][0]["userCertificate"] == ["MIIBCg=="]
        outcomes = [(line["op"], line["outcome"]) for line in tenant.journal() if line["op"].startswith("provisioning.")]
        names = ("read_back", "set", "finalize_export", "read_back")
        assert outcomes == [(f"provisioning.{name}", "ok") for name in names]
    finally:
        tenant.stop()


def test_the_example_runs_a_cycle(tmp_path):
    ldif = ROOT / "tests" / "fixtures" / "corp-ad" / "domain.ldif"
    directory = Program("mock-directory", "--ldif", ldif, "--ca-dir", tmp_path / "d", "--ready-file", tmp_path / "directory.json")
    tenant = Program("mock-tenant", "--ca-dir", tmp_path / "t", "--ready-file", tmp_path / "tenant.json")
    try:
        script = [ROOT / "docs" / "examples" / "sync.sh", "directory.json", "tenant.json"]
        environment = {**os.environ, "SYNCER": str(BINARIES / "syncer"), "NO_COLOR": "1"}
        run = subprocess.run(script, capture_output=True, text=True, cwd=tmp_path, env=environment)
        assert run.returncode in (0, 10), run.stdout + run.stderr
        assert len(tenant.state()["users"]) > 100
    finally:
        directory.stop()
        tenant.stop()


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]), ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text())
    for path, anchor in links:
        target = page.parent / path if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"
