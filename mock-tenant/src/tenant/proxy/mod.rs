//! Proxy calculation: how mail, mailNickname and proxyAddresses follow from what the directory wrote.
//! Source: support article "How the proxyAddresses attribute is populated in Microsoft Entra ID" (KB 3190357).

pub(super) mod address;
mod calculate;
mod change;
mod settle;
#[cfg(test)]
mod tests;

use calculate::{Calculation, Outcome, Source};
pub(super) use settle::OnConflict;
