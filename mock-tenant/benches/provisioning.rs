//! How fast the provisioning service takes users in: 10,000 of them with two certificates each, in batches of 30, from
//! the octets of the request to the octets of the answer; and what a read-back and a look-up then cost.

use std::hint::black_box;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use kit::Ids;
use kit::faults::Effect;
use kit::journal::Event;
use mock_tenant::observe::Observer;
use mock_tenant::tenant::{Company, Settings, Tenant};
use mock_tenant::xml::{nbfx, text};
use mock_tenant::{ews, soap};
use uuid::Uuid;

const USERS: usize = 10_000;
const BATCH: usize = 30;
const CERTIFICATE: usize = 1_200;
const SERVICE: &str = "http://schemas.microsoft.com/online/aws/change/2010/01";

struct Nobody;

impl Observer for Nobody {
    fn decide(&mut self, _op: &str, _target: &str) -> Vec<Effect> {
        Vec::new()
    }

    fn record(&mut self, _event: Event) {}
}

fn tenant() -> Tenant {
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    Tenant::new(Settings::new(Uuid::nil(), "corp.onmicrosoft.test"), company, Ids::new(1))
}

fn message(command: &str, arguments: &str) -> Vec<u8> {
    format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'>\
         <s:Header><a:Action xmlns:a='http://www.w3.org/2005/08/addressing'>{SERVICE}/IProvisioningWebService/{command}</a:Action></s:Header><s:Body>\
         <{command} xmlns='http://schemas.microsoft.com/online/aws/change/2010/01' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>\
         {arguments}</{command}></s:Body></s:Envelope>"
    )
    .into_bytes()
}

fn user(n: usize) -> String {
    let text = |name: &str, value: &str| {
        format!(
            "<c:KeyValueOfstringanyType><c:Key>{name}</c:Key><c:Value i:type='d:string'>{value}</c:Value></c:KeyValueOfstringanyType>"
        )
    };
    let list = |name: &str, kind: &str, values: String| {
        format!(
            "<c:KeyValueOfstringanyType><c:Key>{name}</c:Key><c:Value i:type='c:ArrayOf{kind}'>{values}</c:Value></c:KeyValueOfstringanyType>"
        )
    };
    let certificate = |seed: usize| {
        let octets: Vec<u8> = (0..CERTIFICATE).map(|at| (at * 31 + seed).to_le_bytes()[0]).collect();
        format!("<c:base64Binary>{}</c:base64Binary>", STANDARD.encode(octets))
    };
    let name = format!("user{n}@corp.example.test");
    let properties = [
        text("SourceAnchor", &STANDARD.encode(format!("{n:016}"))),
        text("userPrincipalName", &name),
        text("displayName", &format!("User {n}")),
        text("mail", &name),
        text("mailNickname", &format!("user{n}")),
        list("proxyAddresses", "string", format!("<c:string>SMTP:{name}</c:string>")),
        list("userCertificate", "base64Binary", certificate(n) + &certificate(n + 7)),
    ];
    format!(
        "<b:AzureADSyncObject><b:PropertyValues>{}</b:PropertyValues><b:SyncObjectType>User</b:SyncObjectType><b:SyncOperation>Add</b:SyncOperation></b:AzureADSyncObject>",
        properties.concat()
    )
}

fn batches() -> Vec<Vec<u8>> {
    let users: Vec<String> = (0..USERS).map(user).collect();
    let batches = users.chunks(BATCH).map(|users| {
        let request = format!("<syncRequest xmlns:b='http://schemas.microsoft.com/online/aws/change/2014/06' xmlns:c='http://schemas.microsoft.com/2003/10/Serialization/Arrays' \
            xmlns:d='http://www.w3.org/2001/XMLSchema'><b:SyncObjects>{}</b:SyncObjects></syncRequest>", users.concat());
        message("ProvisionAzureADSyncObjects", &request)
    });
    batches.collect()
}

fn send(tenant: &mut Tenant, body: &[u8]) -> usize {
    send_as(tenant, body, "application/soap+xml")
}

fn send_as(tenant: &mut Tenant, body: &[u8], media: &str) -> usize {
    let reply = match soap::read(body, media) {
        Ok(request) => request.answer(tenant, Timestamp::UNIX_EPOCH, &mut Nobody),
        Err(fault) => *fault,
    };
    assert_eq!(reply.status, 200, "a fault is fast, but not what is measured: {:?}", reply.message);
    reply.body().len()
}

fn provisioning(criterion: &mut Criterion) {
    let batches = batches();
    let mut filled = tenant();
    for batch in &batches {
        send(&mut filled, batch);
    }

    let mut group = criterion.benchmark_group("provisioning");
    group.sample_size(10).throughput(Throughput::Elements(USERS as u64));
    group.bench_function("add 10,000 users", |bencher| {
        bencher.iter_batched_ref(
            tenant,
            |tenant| batches.iter().map(|batch| send(tenant, batch)).sum::<usize>(),
            BatchSize::PerIteration,
        );
    });
    let binary: Vec<Vec<u8>> =
        batches.iter().filter_map(|batch| Some(nbfx::encode(&text::parse(batch).ok()?))).collect();
    group.bench_function("add 10,000 users in .NET binary XML", |bencher| {
        bencher.iter_batched_ref(
            tenant,
            |tenant| {
                binary.iter().map(|batch| send_as(tenant, batch, "application/soap+msbin1")).sum::<usize>()
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();

    let page =
        message("ReadBackAzureADSyncObjects2", "<inputCookie i:nil='true'/><isFullSync>true</isFullSync>");
    criterion.bench_function("read back a page of 500", |bencher| {
        bencher.iter(|| black_box(send(&mut filled, &page)));
    });
    let look_up = b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages'>\
        <s:Body><m:ResolveNames ReturnFullContactData='true' ContactDataShape='AllProperties'><m:UnresolvedEntry>user5000@corp.example.test\
        </m:UnresolvedEntry></m:ResolveNames></s:Body></s:Envelope>";
    criterion.bench_function("look up one of 10,000", |bencher| {
        bencher.iter(|| {
            black_box(ews::handle(
                look_up,
                &ews::Caller::default(),
                &filled,
                Timestamp::UNIX_EPOCH,
                &mut Nobody,
            ))
        });
    });
    criterion.bench_function("snapshot of 10,000 users", |bencher| {
        bencher.iter(|| black_box(filled.clone()));
    });
}

criterion_group!(benches, provisioning);
criterion_main!(benches);
