//! LDIF: what reads is loaded, and nothing that is loaded breaks what is written.

use jiff::Timestamp;
use mock_directory::directory::{Directory, Settings, Snapshot};

use crate::target::Target;

struct Ldif {
    directory: Directory,
    beginning: Snapshot,
}

/// A file to load.
pub(super) fn ldif() -> Box<dyn Target> {
    let directory = Directory::new(Settings::default(), Timestamp::UNIX_EPOCH);
    let beginning = directory.snapshot();
    Box::new(Ldif { directory, beginning })
}

const SEEDS: [&str; 3] = [
    "dn: CN=Ana,CN=Users,DC=corp,DC=example,DC=test\nchangetype: add\nobjectClass: user\nsAMAccountName: ana\nuserCertificate:: MAA=\n",
    "version: 1\n\ndn: CN=Administrator,CN=Users,DC=corp,DC=example,DC=test\nchangetype: modify\nreplace: description\ndescription: a\n long one\n-\ndelete: mail\n-\n",
    "# a comment\ndn:: Q049QWRtaW5pc3RyYXRvcixDTj1Vc2VycyxEQz1jb3JwLERDPWV4YW1wbGUsREM9dGVzdA==\nchangetype: modrdn\nnewrdn: CN=Chef\ndeleteoldrdn: 1\nnewsuperior: CN=Users,DC=corp,DC=example,DC=test\n",
];

impl Target for Ldif {
    fn seeds(&self) -> Vec<Vec<u8>> {
        SEEDS.map(|text| text.as_bytes().to_vec()).to_vec()
    }

    fn words(&self) -> &'static [&'static str] {
        &[
            "dn: ",
            "changetype: ",
            "delete",
            "\n-\n",
            "\n ",
            "objectClass: ",
            "member: ",
            "::",
            ":<",
            "CN=x\\0ADEL:",
            "\\C3\\A9",
        ]
    }

    fn take(&mut self, input: &[u8]) -> Result<String, String> {
        let text = String::from_utf8_lossy(input);
        match self.directory.apply_ldif("input", &text, Timestamp::UNIX_EPOCH) {
            Ok(_) => Ok(format!("{}", self.directory.export_ldif().len() / 100_000)),
            Err(error) => Ok(format!("{error}")),
        }
    }

    fn reset(&mut self) {
        self.directory.restore(&self.beginning);
    }
}
