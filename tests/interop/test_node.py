"""Node's clients, unmodified: each file under node/ is run by Node's own test runner."""
import os
import subprocess
from pathlib import Path

from conftest import PASSWORD

FOLDER = Path(__file__).parent / "node"


def node(name, environment):
    command = ["node", "--test", "--test-reporter=spec", str(FOLDER / name)]
    done = subprocess.run(command, cwd=FOLDER, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ldapts(directory):
    node("ldapts.test.mjs", {
        "LDAP_URL": directory.ldap_url,
        "LDAPS_URL": directory.ldaps_url.replace("127.0.0.1", "localhost"),
        "BASE_DN": directory.base_dn,
        "BIND_DN": directory.bind_dn,
        "PASSWORD": PASSWORD,
        "CA_FILE": directory.ca_file,
    })


def test_graph_and_msal(tenant):
    node("graph.test.mjs", {
        "GRAPH_URL": tenant.graph_url,
        "AUTHORITY_URL": tenant.authority_url,
        "CLIENT_ID": tenant.client_id,
        "CLIENT_SECRET": tenant.client_secret,
        "NODE_EXTRA_CA_CERTS": tenant.ca_file,
    })
