//! Changes of names and addresses that come through Graph and Exchange.
//! Source: Graph's user resource type: a change of mail also updates proxyAddresses to include the value; that the old address
//! stays as a secondary one was told by an MVP at learn.microsoft.com/answers/questions/873307.

use super::super::shadow::Shadow;
use super::address::smtp;

impl Shadow {
    /// Makes an address the primary one; the one before stays as a secondary. `None` takes the primary one away.
    pub(in crate::tenant) fn set_mail(&mut self, mail: Option<&str>, before: Option<&str>) {
        let gone = |address: &String| {
            smtp(address).is_some_and(|address| {
                [mail, before].into_iter().flatten().any(|known| known.eq_ignore_ascii_case(address))
            })
        };
        self.proxy_addresses.retain(|address| !gone(address));
        if let Some(mail) = mail {
            self.proxy_addresses.insert(0, format!("SMTP:{mail}"));
            self.keep_address(before.filter(|before| !before.eq_ignore_ascii_case(mail)));
        }
        self.mail = mail.map(str::to_owned);
    }

    /// Keeps an address that was primary as a secondary one.
    pub(in crate::tenant) fn keep_address(&mut self, before: Option<&str>) {
        let Some(before) = before else { return };
        let known = |address: &String| smtp(address).is_some_and(|held| held.eq_ignore_ascii_case(before));
        if !self.proxy_addresses.iter().any(known) {
            self.proxy_addresses.push(format!("smtp:{before}"));
        }
    }
}
