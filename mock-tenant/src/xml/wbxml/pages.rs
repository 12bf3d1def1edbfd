//! Code pages ([MS-ASWBXML] 2.1.2.1).

/// A code page: its number, its namespace, and the names of its tags from 0x05 on.
pub(super) struct Page {
    pub(super) number: u8,
    pub(super) namespace: &'static str,
    names: &'static [&'static str],
}

/// The first number of a tag.
const FIRST: u8 = 0x05;

const PAGES: [Page; 2] = [
    Page {
        number: 10,
        namespace: "ResolveRecipients",
        names: &[
            "ResolveRecipients",
            "Response",
            "Status",
            "Type",
            "Recipient",
            "DisplayName",
            "EmailAddress",
            "Certificates",
            "Certificate",
            "MiniCertificate",
            "Options",
            "To",
            "CertificateRetrieval",
            "RecipientCount",
            "MaxCertificates",
            "MaxAmbiguousRecipients",
            "CertificateCount",
            "Availability",
            "StartTime",
            "EndTime",
            "MergedFreeBusy",
            "Picture",
            "MaxSize",
            "Data",
            "MaxPictures",
        ],
    },
    Page {
        number: 11,
        namespace: "ValidateCert",
        names: &["ValidateCert", "Certificates", "Certificate", "CertificateChain", "CheckCRL", "Status"],
    },
];

/// The page of that number.
pub(super) fn page(number: u8) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.number == number)
}

/// The page of that namespace.
pub(super) fn of_namespace(namespace: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.namespace == namespace)
}

impl Page {
    /// The name of a tag.
    pub(super) fn name(&self, tag: u8) -> Option<&'static str> {
        self.names.get(usize::from(tag.checked_sub(FIRST)?)).copied()
    }

    /// The tag of a name.
    pub(super) fn tag(&self, name: &str) -> Option<u8> {
        let at = self.names.iter().position(|known| *known == name)?;
        u8::try_from(at).ok()?.checked_add(FIRST)
    }
}
