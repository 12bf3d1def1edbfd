// @azure/msal-node and @microsoft/microsoft-graph-client, unmodified, against mock-tenant.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfidentialClientApplication } from '@azure/msal-node';
import { BatchRequestContent, BatchResponseContent, Client } from '@microsoft/microsoft-graph-client';

const { GRAPH_URL, AUTHORITY_URL, CLIENT_ID, CLIENT_SECRET } = process.env;
const host = new URL(AUTHORITY_URL).host;
const configuration = (clientSecret) => ({
  auth: { clientId: CLIENT_ID, clientSecret, authority: AUTHORITY_URL, knownAuthorities: [host] },
});

async function token(clientSecret = CLIENT_SECRET) {
  const application = new ConfidentialClientApplication(configuration(clientSecret));
  const answer = await application.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] });
  return answer.accessToken;
}

test('MSAL signs in and the Graph client lists users', async () => {
  const accessToken = await token();
  const client = Client.initWithMiddleware({
    baseUrl: GRAPH_URL.replace(/\/v1\.0$/, ''),
    customHosts: new Set([new URL(GRAPH_URL).hostname]),
    authProvider: { getAccessToken: async () => accessToken },
  });
  const page = await client.api('/users').select(['id', 'userPrincipalName']).top(5).get();
  assert.ok(Array.isArray(page.value));
  await assert.rejects(client.api('/users/nobody@corp.example.test').get(), { statusCode: 404, code: 'Request_ResourceNotFound' });
});

test('a wrong secret is AADSTS7000215', async () => {
  await assert.rejects(token('wrong'), /7000215/);
});

test('a batch runs its parts in their order', async () => {
  const accessToken = await token();
  const client = Client.initWithMiddleware({
    baseUrl: GRAPH_URL.replace(/\/v1\.0$/, ''),
    customHosts: new Set([new URL(GRAPH_URL).hostname]),
    authProvider: { getAccessToken: async () => accessToken },
  });
  const part = (id, url) => ({ id, request: new Request(`https://graph.microsoft.com${url}`) });
  const content = new BatchRequestContent([part('1', '/users'), part('2', '/users/nobody@corp.example.test'), part('3', '/users')]);
  content.addDependency('2', '1');
  content.addDependency('3', '2');
  const answer = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()));
  assert.deepEqual(['1', '2', '3'].map((id) => answer.getResponseById(id).status), [200, 404, 424]);
});
