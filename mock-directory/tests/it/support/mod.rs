//! What the tests of this crate share.

pub(crate) mod client;
pub(crate) mod request;

/// LDIF of an OU with so many users.
pub(crate) fn people(count: usize) -> String {
    let base = "DC=corp,DC=example,DC=test";
    let mut ldif = format!("version: 1\n\ndn: OU=People,{base}\nobjectClass: organizationalUnit\n");
    for number in 1..=count {
        ldif += &format!(
            "\ndn: CN=Person {number},OU=People,{base}\nobjectClass: user\nsAMAccountName: person{number}\nmail: person{number}@corp.example.test\n"
        );
    }
    ldif
}
