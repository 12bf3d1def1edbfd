"""The example scripts of docs, run as their reader would."""
import re
import subprocess

import pytest
from conftest import ROOT, Program
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
