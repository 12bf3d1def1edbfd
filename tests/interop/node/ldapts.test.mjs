// ldapts, unmodified, against mock-directory with the dump. Addresses come from the environment (see test_node.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { Attribute, Change, Client, EqualityFilter, InvalidCredentialsError } from 'ldapts';

const { LDAP_URL, LDAPS_URL, BASE_DN, BIND_DN, PASSWORD, CA_FILE } = process.env;
const tlsOptions = { ca: [readFileSync(CA_FILE)] };
const client = new Client({ url: LDAPS_URL, tlsOptions });

before(() => client.bind(BIND_DN, PASSWORD));
after(() => client.unbind());

test('pages through every user', async () => {
  let count = 0;
  for await (const page of client.searchPaginated(BASE_DN, { filter: '(objectClass=user)', attributes: ['cn'], paged: { pageSize: 100 } })) {
    count += page.searchEntries.length;
  }
  assert.ok(count >= 350, `${count} users`);
});

test('reads certificates as the octets they are, and finds by octets', async () => {
  const { searchEntries } = await client.search(BASE_DN, {
    filter: '(&(objectClass=user)(userCertificate=*))',
    attributes: ['objectGUID', 'userCertificate'],
    explicitBufferAttributes: ['objectGUID', 'userCertificate'],
    sizeLimit: 1000,
  });
  assert.ok(searchEntries.length > 150);
  const one = searchEntries.find((entry) => entry.objectGUID.some((octet) => octet > 0x7f));
  const filter = new EqualityFilter({ attribute: 'objectGUID', value: one.objectGUID });
  const found = await client.search(BASE_DN, { filter, attributes: ['cn'] });
  assert.deepEqual(found.searchEntries.map((entry) => entry.dn), [one.dn]);
});

test('StartTLS, then a bind', async () => {
  const plain = new Client({ url: LDAP_URL.replace('127.0.0.1', 'localhost') });
  await plain.startTLS({ ...tlsOptions, servername: 'localhost' });
  await plain.bind(BIND_DN, PASSWORD);
  await plain.unbind();
});

test('a wrong password is error 49 with data 52e', async () => {
  const plain = new Client({ url: LDAP_URL });
  await assert.rejects(plain.bind(BIND_DN, 'wrong'), (error) => error instanceof InvalidCredentialsError && /data 52e/.test(error.message));
  await plain.unbind();
});

test('adds, modifies and deletes', async () => {
  const dn = `CN=Node Person,OU=Corp,${BASE_DN}`;
  await client.add(dn, { objectClass: ['user'], sAMAccountName: 'nodeperson' });
  const value = Buffer.from([0x30, 0x00, 0xff, 0x80]);
  await client.modify(dn, new Change({ operation: 'add', modification: new Attribute({ type: 'userCertificate', values: [value] }) }));
  const { searchEntries } = await client.search(dn, { scope: 'base', attributes: ['userCertificate'], explicitBufferAttributes: ['userCertificate'] });
  assert.deepEqual([searchEntries[0].userCertificate].flat(), [value]);
  await client.del(dn);
});
