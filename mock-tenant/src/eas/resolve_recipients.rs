//! What a `ResolveRecipients` request asks ([MS-ASCMD] 2.2.1.15).

use super::book::AddressBook;
use super::response;
use crate::xml::Element;

/// Namespace of the command.
pub(super) const NAMESPACE: &str = "ResolveRecipients";
/// Most names of one request. Source: [MS-ASCMD] 2.2.3.183, which leaves open what a server does with more.
const NAMES_MAX: usize = 1000;
/// Longest name, in characters. Source: [MS-ASCMD] 2.2.3.183.
const NAME_MAX: usize = 256;
/// Range of the limits that a client may set. Source: [MS-ASCMD] 2.2.3.100 and 2.2.3.101.
const LIMIT_MAX: usize = 9999;

/// Which certificates are wanted. Source: [MS-ASCMD] 2.2.3.22.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retrieval {
    /// None (1, and the default).
    None,
    /// The full certificate (2).
    Full,
    /// The mini certificate (3).
    Mini,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveRecipients {
    /// Names and addresses to look up.
    pub names: Vec<String>,
    pub(super) retrieval: Retrieval,
    /// Most certificates of the whole answer.
    pub(super) certificates_max: usize,
    /// Most suggestions for one name.
    pub(super) suggestions_max: usize,
    /// Free/busy data is asked for.
    pub(super) availability: bool,
    /// Pictures are asked for.
    pub(super) picture: bool,
}

impl ResolveRecipients {
    /// Reads a request; `None`: a protocol error.
    #[must_use]
    pub fn read(root: &Element) -> Option<Self> {
        let is_one = root.is(NAMESPACE, NAMESPACE);
        let names = root.elements().filter(|element| element.is(NAMESPACE, "To"));
        let names: Vec<String> = names.map(|name| name.content().trim().to_owned()).collect();
        let good = |name: &String| !name.is_empty() && name.chars().count() <= NAME_MAX;
        if !is_one || !(1..=NAMES_MAX).contains(&names.len()) || !names.iter().all(good) {
            return None;
        }
        let options = root.named_in(NAMESPACE, "Options");
        let option = |name: &str| options.and_then(|options| options.named_in(NAMESPACE, name));
        Some(Self {
            names,
            retrieval: retrieval(option("CertificateRetrieval"))?,
            certificates_max: limit(option("MaxCertificates"))?,
            suggestions_max: limit(option("MaxAmbiguousRecipients"))?,
            availability: option("Availability").is_some(),
            picture: option("Picture").is_some(),
        })
    }

    /// The real service answers with mini certificates, whose form is not public; this double doesn't.
    #[must_use]
    pub fn wants_mini_certificates(&self) -> bool {
        self.retrieval == Retrieval::Mini
    }

    /// Looks the names up.
    #[must_use]
    pub fn answer(&self, book: &dyn AddressBook) -> Element {
        response::of(self, book)
    }

    /// The answer to a request that can't be read.
    #[must_use]
    pub fn protocol_error() -> Element {
        response::failed("5")
    }
}

fn retrieval(option: Option<&Element>) -> Option<Retrieval> {
    match option.map(Element::content).as_deref().map(str::trim) {
        None | Some("1") => Some(Retrieval::None),
        Some("2") => Some(Retrieval::Full),
        Some("3") => Some(Retrieval::Mini),
        Some(_) => None,
    }
}

/// A limit that was set, or the greatest.
fn limit(option: Option<&Element>) -> Option<usize> {
    let Some(option) = option else { return Some(LIMIT_MAX) };
    option.content().trim().parse().ok().filter(|limit| *limit <= LIMIT_MAX)
}
