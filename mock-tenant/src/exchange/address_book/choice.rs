//! Which certificate a client would encrypt to.
//!
//! Sources: "Outlook S/MIME certificate selection" (userSMIMECertificate first, there the default one, else the first
//! valid one; userCertificate only if the former stores no certificates), KB 2840546 (Outlook and Outlook on the web),
//! KB 283206 (a bad value in the former hides good ones in the latter), "Configure S/MIME in Exchange Online" and
//! Set-SmimeConfig (trust store, addresses).

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::entry::{Attribute, Entry};
use crate::exchange::certificates::{
    Demand, Flaw, Found, TrustStore, flaws, in_smime_certificate, in_user_certificate,
};
use crate::exchange::recipient::Recipient;
use crate::tenant::{DirectoryObject, Tenant};

/// The sender's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Outlook for Windows: it validates by the machine's own store, which isn't known here, and takes the address book's
    /// word for whose certificate it is.
    Outlook,
    /// Outlook on the web, new Outlook, and phones over ActiveSync: the server validates by the tenant's trust store, and
    /// the certificate must name an address of the recipient.
    Web,
}

impl Client {
    /// Its name in the control API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outlook => "outlook",
            Self::Web => "web",
        }
    }

    /// The client of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Outlook, Self::Web].into_iter().find(|client| client.name() == name)
    }
}

/// What a client makes of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// All certificates in the order in which they are looked at.
    pub entries: Vec<Entry>,
}

impl Look {
    /// The certificate that the client encrypts to; `None`: it can't.
    #[must_use]
    pub fn chosen(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.is_valid())
    }

    /// As the control API tells it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "chosen": self.chosen().map(Entry::sha256),
            "certificates": self.entries.iter().map(Entry::to_json).collect::<Vec<_>>(),
        })
    }
}

/// What a client makes of a recipient at that time.
#[must_use]
pub fn look(tenant: &Tenant, recipient: &Recipient<'_>, client: Client, now: Timestamp) -> Look {
    let smime = &tenant.exchange().smime;
    let trust = smime.issuing_ca.as_ref().and_then(|store| TrustStore::from_sst(store).ok());
    let mut addresses = recipient.smtp_addresses();
    if !smime.uses_secondary_proxies() {
        addresses.truncate(1);
    }
    let demand = match client {
        Client::Outlook => Demand::default(),
        Client::Web => {
            Demand { addresses: Some(&addresses), trust: Some(trust.as_ref()), explicit_usage: false }
        }
    };
    let mut entries = entries(&recipient.object);
    judge(&mut entries, &demand, now);
    Look { entries }
}

/// The certificates of a recipient that the server gives to phones: valid now, by the tenant's trust store.
/// Source: MS-ASCMD 2.2.3.20 (ResolveRecipients returns the valid certificates of a recipient).
#[must_use]
pub fn valid_certificates(tenant: &Tenant, recipient: &Recipient<'_>, now: Timestamp) -> Vec<Bytes> {
    let look = look(tenant, recipient, Client::Web, now);
    look.entries.into_iter().filter(Entry::is_valid).map(|entry| entry.certificate).collect()
}

fn entries(object: &DirectoryObject) -> Vec<Entry> {
    let smime = object.user_smime_certificate.iter().enumerate().flat_map(|(at, value)| {
        let found = in_smime_certificate(value);
        entries_of(Attribute::UserSmimeCertificate, at, value, found)
    });
    let user = object.user_certificate.iter().enumerate().flat_map(|(at, value)| {
        entries_of(Attribute::UserCertificate, at, value, Some(in_user_certificate(value)))
    });
    smime.chain(user).collect()
}

/// A value that can't be read is an entry too: it is looked at, and hides others.
fn entries_of(attribute: Attribute, at: usize, value: &Bytes, found: Option<Vec<Found>>) -> Vec<Entry> {
    let entry = |certificate: Bytes, is_default, flaws| Entry {
        attribute,
        value: at,
        certificate,
        is_default,
        flaws,
    };
    match found {
        None => vec![entry(value.clone(), false, vec![Flaw::NotReadable])],
        Some(found) => {
            found.into_iter().map(|found| entry(found.certificate, found.is_default, Vec::new())).collect()
        }
    }
}

fn judge(entries: &mut [Entry], demand: &Demand<'_>, now: Timestamp) {
    let smime = |entry: &Entry| entry.attribute == Attribute::UserSmimeCertificate;
    let masked = entries.iter().any(smime);
    let default = entries.iter().any(|entry| entry.is_default);
    for entry in entries {
        if entry.is_valid() {
            let explicit_usage = demand.explicit_usage || !smime(entry);
            entry.flaws = flaws(&entry.certificate, &Demand { explicit_usage, ..*demand }, now);
        }
        if masked && !smime(entry) {
            entry.flaws.push(Flaw::Masked);
        } else if default && !entry.is_default {
            entry.flaws.push(Flaw::NotDefault);
        }
    }
}
