//! Exchange Online over the tenant: recipients, the address book as a mail client sees it, cmdlets. No sockets.

pub mod address_book;
pub mod certificates;
pub mod cmdlet;
pub mod ews_policy;
pub mod recipient;
pub mod sst;
