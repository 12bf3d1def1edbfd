#!/usr/bin/env bash
# One cycle of the syncer between a running mock-directory and a running mock-tenant:
#   sync.sh directory.json tenant.json [--delta] [--dry-run] …
# The two files are those of --ready-file. State is kept in ./sync-state; SYNCER names another program to run.
set -euo pipefail
directory=${1:?usage: sync.sh directory.json tenant.json [flags of syncer once]} tenant=${2:?usage: sync.sh directory.json tenant.json}
shift 2
value() { # value FILE KEY: a text member of a ready line
  sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$1"
}
for file in "$directory" "$tenant"; do # the programs write them when they listen
  for _ in $(seq 50); do [ -s "$file" ] && break || sleep 0.1; done
done
state=$PWD/sync-state
mkdir -p "$state"
value "$tenant" client_secret >"$state/client-secret"
cat "$(value "$directory" ca_file)" "$(value "$tenant" ca_file)" >"$state/ca.pem"
export SYNC_PROTOCOL=1 SYNC_STATE_DIR=$state SYNC_CA_FILE=$state/ca.pem SYNC_CLIENT_SECRET_FILE=$state/client-secret
export SYNC_LDAP_URL SYNC_LDAP_BASE_DN SYNC_LDAP_BIND_DN SYNC_LDAP_PASSWORD_FILE SYNC_GRAPH_URL SYNC_AUTHORITY_URL
export SYNC_PROVISIONING_URL SYNC_EXCHANGE_URL SYNC_TENANT_ID SYNC_CLIENT_ID
SYNC_LDAP_URL=$(value "$directory" ldaps_url) SYNC_LDAP_BASE_DN=$(value "$directory" base_dn)
SYNC_LDAP_BIND_DN=$(value "$directory" bind_dn) SYNC_LDAP_PASSWORD_FILE=$(value "$directory" password_file)
SYNC_GRAPH_URL=$(value "$tenant" graph_url) SYNC_AUTHORITY_URL=$(value "$tenant" authority_url)
SYNC_PROVISIONING_URL=$(value "$tenant" provisioning_url) SYNC_EXCHANGE_URL=$(value "$tenant" exchange_url)
SYNC_TENANT_ID=$(value "$tenant" tenant_id) SYNC_CLIENT_ID=$(value "$tenant" client_id)
exec "${SYNCER:-target/release/syncer}" once "$@"
