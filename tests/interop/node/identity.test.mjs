// @azure/identity, unmodified, against mock-tenant: secret, certificate, what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ClientCertificateCredential, ClientSecretCredential } from '@azure/identity';

const { GRAPH_URL, AUTHORITY_URL, TENANT_ID, CLIENT_ID, CLIENT_SECRET, APP_ID, CERTIFICATE } = process.env;
const authority = { authorityHost: new URL(AUTHORITY_URL).origin, disableInstanceDiscovery: true };
const SCOPE = 'https://graph.microsoft.com/.default';

async function reads(credential) {
  const { token } = await credential.getToken(SCOPE);
  const answer = await fetch(`${GRAPH_URL}/users`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
}

test('a secret signs in', () => reads(new ClientSecretCredential(TENANT_ID, CLIENT_ID, CLIENT_SECRET, authority)));

test('a certificate signs in', () => reads(new ClientCertificateCredential(TENANT_ID, APP_ID, CERTIFICATE, authority)));

test('a certificate of another application is AADSTS700027', async () => {
  const other = new ClientCertificateCredential(TENANT_ID, CLIENT_ID, CERTIFICATE, authority);
  await assert.rejects(other.getToken(SCOPE), /700027/);
});
