"""The example script of Exchange, run as its reader would: a certificate goes in by a cmdlet and comes out by EWS."""
import subprocess

from conftest import ROOT, Program


def test_the_example_finds_over_ews_what_a_cmdlet_set(tmp_path):
    tenant = Program("mock-tenant", "--ca-dir", tmp_path, "--ready-file", tmp_path / "tenant.json")
    try:
        script = [ROOT / "docs" / "examples" / "exchange.sh", tmp_path / "tenant.json"]
        run = subprocess.run(script, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
        went_in, came_out = run.stdout.split()
        assert went_in == came_out
        lines = {line["op"]: line["outcome"] for line in tenant.journal()}
        assert lines["exchange.set_mailuser"] == "ok" and lines["ews.resolve_names"] == "ok"
    finally:
        tenant.stop()
