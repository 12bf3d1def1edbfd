"""What a sync engine does with Graph, by Microsoft's Python SDK (msgraph-sdk, PyPI), unmodified."""
import asyncio
import ssl
import urllib.parse

import httpx
import pytest
from azure.identity import ClientSecretCredential
from conftest import Program
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph_core import GraphClientFactory
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    program = Program("mock-tenant", "--ca-dir", tmp_path_factory.mktemp("tenant"))
    yield program
    program.stop()


@pytest.fixture
def graph(tenant):
    """A function that runs one coroutine with a fresh client and its adapter, over a tenant that was reset."""
    tenant.control("POST", "/reset")
    authority = urllib.parse.urlsplit(tenant.authority_url)

    def run(work):
        async def with_client():
            credential = ClientSecretCredential(
                tenant.tenant_id, tenant.client_id, tenant.client_secret, authority=f"https://{authority.netloc}",
                disable_instance_discovery=True, connection_verify=tenant.ca_file)
            trust = ssl.create_default_context(cafile=tenant.ca_file)
            http = GraphClientFactory.create_with_default_middleware(client=httpx.AsyncClient(verify=trust))
            adapter = GraphRequestAdapter(AzureIdentityAuthenticationProvider(credential), client=http)
            adapter.base_url = tenant.graph_url
            return await work(GraphServiceClient(request_adapter=adapter), adapter)

        return asyncio.run(with_client())

    return run


def person(name):
    return User(
        account_enabled=True, display_name=name.title(), mail_nickname=name, user_principal_name=f"{name}@corp.example.test",
        password_profile=PasswordProfile(password="Not-kept-1", force_change_password_next_sign_in=False))


def test_a_user_is_made_changed_deleted_and_brought_back(graph):
    async def script(client, _):
        made = await client.users.post(person("ana"))
        await client.users.by_user_id(made.id).patch(User(job_title="Chief", department="Mail"))
        assert (await client.users.by_user_id("ana@corp.example.test").get()).job_title == "Chief"
        with pytest.raises(ODataError) as twice:
            await client.users.post(person("ana"))
        assert twice.value.error.code == "Request_BadRequest" and "userPrincipalName" in twice.value.error.message
        await client.users.by_user_id(made.id).delete()
        with pytest.raises(ODataError) as gone:
            await client.users.by_user_id(made.id).get()
        assert gone.value.response_status_code == 404
        binned = await client.directory.deleted_items.graph_user.get()
        assert [user.id for user in binned.value] == [made.id]
        await client.directory.deleted_items.by_directory_object_id(made.id).restore.post()
        assert (await client.users.by_user_id(made.id).get()).display_name == "Ana"

    graph(script)


def test_a_group_gets_and_loses_members(graph, tenant):
    async def script(client, _):
        ana, ben = [await client.users.post(person(name)) for name in ("ana", "ben")]
        staff = await client.groups.post(Group(display_name="Staff", mail_nickname="staff", mail_enabled=False, security_enabled=True))
        members = client.groups.by_group_id(staff.id).members
        for user in (ana, ben):
            await members.ref.post(ReferenceCreate(odata_id=f"{tenant.graph_url}/directoryObjects/{user.id}"))
        assert {user.id for user in (await members.get()).value} == {ana.id, ben.id}
        assert [group.id for group in (await client.users.by_user_id(ana.id).member_of.get()).value] == [staff.id]
        await members.by_directory_object_id(ana.id).ref.delete()
        assert [user.id for user in (await members.get()).value] == [ben.id]
        await client.users.by_user_id(ana.id).manager.ref.put(
            ReferenceCreate(odata_id=f"{tenant.graph_url}/users/{ben.id}"))
        assert (await client.users.by_user_id(ana.id).manager.get()).id == ben.id

    graph(script)


def test_changes_are_followed_and_a_lost_place_is_told(graph, tenant):
    async def script(client, _):
        ana = await client.users.post(person("ana"))
        first = await client.users.delta.get()
        assert [user.id for user in first.value] == [ana.id] and first.odata_delta_link
        ben = await client.users.post(person("ben"))
        await client.users.by_user_id(ana.id).delete()
        changed = await client.users.delta.with_url(first.odata_delta_link).get()
        removed = {user.id: user.additional_data.get("@removed") for user in changed.value}
        assert removed == {ben.id: None, ana.id: {"reason": "changed"}}
        calm = await client.users.delta.with_url(changed.odata_delta_link).get()
        assert calm.value == []
        replayed = await client.users.delta.with_url(first.odata_delta_link).get()
        assert {user.id for user in replayed.value} == set(removed)
        tenant.control("POST", "/reset")
        with pytest.raises(ODataError) as lost:
            await client.users.delta.with_url(calm.odata_delta_link).get()
        assert lost.value.response_status_code == 410, lost.value
        assert (await client.users.delta.get()).value == []

    graph(script)


def test_a_batch_gives_each_part_its_own_answer(graph):
    """msgraph-core writes whole addresses, and "depends_on", which is no member of a batch: the parts run on their own."""
    async def script(client, adapter):
        made = await client.users.post(person("ana"))
        def part(url, id, after=()):
            info = RequestInformation(Method.GET, url, {})
            item = BatchRequestItem(request_information=info, id=id)
            item.set_depends_on(after)
            return item

        base = adapter.base_url
        batch = BatchRequestContent({
            item.id: item for item in (part(f"{base}/users/{made.id}", "1"), part(f"{base}/users/nobody@corp.example.test", "2", ["1"]),
                                       part(f"{base}/users", "3", ["2"]))})
        answer = await BatchRequestBuilder(adapter).post(batch)
        return {id: answer.get_response_by_id(id).status for id in ("1", "2", "3")}

    assert graph(script) == {"1": 200, "2": 404, "3": 200}


def test_an_advanced_query_needs_its_header(graph):
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder

    async def script(client, _):
        for name in ("ana", "ben", "bea"):
            await client.users.post(person(name))
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            filter="startsWith(displayName,'b') and not(displayName eq 'Ben')", count=True)
        plain = RequestConfiguration(query_parameters=query)
        with pytest.raises(ODataError) as refused:
            await client.users.get(plain)
        assert refused.value.error.code == "Request_UnsupportedQuery"
        plain.headers.add("ConsistencyLevel", "eventual")
        found = await client.users.get(plain)
        assert [user.display_name for user in found.value] == ["Bea"] and found.odata_count == 1

    graph(script)
