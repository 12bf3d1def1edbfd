"""Starts the programs as a stranger would: from the command line, reading their ready line."""
import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

import corp_ad

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("TEST_BINARIES", ROOT / "target" / "release"))
PASSWORD = "Passw0rd!x"

# requests lets these win over the CA that a client was given
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(name, None)


class Program:
    """A running double: its ready line as attributes."""

    def __init__(self, name, *flags):
        command = [str(BINARIES / name), *map(str, flags)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        assert line, f"{name} printed no ready line (exit {self.process.wait(10)})"
        self.ready = json.loads(line)

    def __getattr__(self, key):
        return self.ready[key]

    def stop(self):
        self.process.terminate()
        assert self.process.wait(5) == 0, "a server ends with 0 on SIGTERM"

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control_url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as reply:
            text = reply.read().decode()
        return text

    def state(self):
        return json.loads(self.control("GET", "/state"))

    def journal(self, since=0):
        lines = self.control("GET", f"/journal?since={since}").splitlines()
        return [json.loads(line) for line in lines if line]


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    folder = tmp_path_factory.mktemp("directory")
    program = Program(
        "mock-directory",
        "--ldif", corp_ad.FOLDER / "domain.ldif",
        "--ldif", corp_ad.FOLDER / "deleted-objects.ldif",
        "--ca-dir", folder,
        "--ready-file", folder / "ready.json",
    )
    assert json.loads((folder / "ready.json").read_text()) == program.ready
    yield program
    program.stop()


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    program = Program("mock-tenant", "--ca-dir", tmp_path_factory.mktemp("tenant"))
    yield program
    program.stop()


@pytest.fixture(scope="module")
def sync(directory, tenant, tmp_path_factory):
    """Runs one cycle of the syncer over both doubles; returns the finished process."""
    folder = tmp_path_factory.mktemp("sync")
    secret = folder / "secret"
    secret.write_text(tenant.client_secret)
    ca = folder / "ca.pem"
    ca.write_text(Path(directory.ca_file).read_text() + Path(tenant.ca_file).read_text())
    environment = {
        **os.environ,
        "SYNC_PROTOCOL": "1",
        "SYNC_LDAP_URL": directory.ldaps_url,
        "SYNC_LDAP_BASE_DN": directory.base_dn,
        "SYNC_LDAP_BIND_DN": directory.bind_dn,
        "SYNC_LDAP_PASSWORD_FILE": directory.password_file,
        "SYNC_GRAPH_URL": tenant.graph_url,
        "SYNC_AUTHORITY_URL": tenant.authority_url,
        "SYNC_PROVISIONING_URL": tenant.provisioning_url,
        "SYNC_EXCHANGE_URL": tenant.exchange_url,
        "SYNC_TENANT_ID": tenant.tenant_id,
        "SYNC_CLIENT_ID": tenant.client_id,
        "SYNC_CLIENT_SECRET_FILE": str(secret),
        "SYNC_CA_FILE": str(ca),
        "SYNC_STATE_DIR": str(folder / "state"),
        "SYNC_NOW": "2026-09-01T00:00:00Z",
        "NO_COLOR": "1",
    }

    def run(*arguments):
        command = [str(BINARIES / "syncer"), "once", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)

    return run
