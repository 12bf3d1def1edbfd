//! PKCS #7 and PKCS #12, read back by an independent parser.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::{Decode, Encode};
use indexmap::IndexMap;
use pki::{Pki, Recipe};
use serde_json::{Value, json};

fn build(recipes: Value) -> Pki {
    let recipes: IndexMap<String, Recipe> = serde_json::from_value(recipes).unwrap();
    Pki::build(7, &recipes).unwrap()
}

fn signed_data(value: &[u8]) -> SignedData {
    let info = ContentInfo::from_der(value).unwrap();
    assert_eq!(info.content_type.to_string(), "1.2.840.113549.1.7.2");
    assert_eq!(info.to_der().unwrap(), value, "it is DER");
    info.content.decode_as().unwrap()
}

#[test]
fn certs_only_has_certificates_and_no_signer() {
    let pki = build(json!({
        "root": {"ca": true, "issuer": "self"},
        "leaf": {"issuer": "root"},
        "blob": {"kind": "certs_only", "certs": ["leaf", "root"]},
    }));
    let data = signed_data(pki.get("blob").unwrap());
    let inside: Vec<_> = data.certificates.unwrap().0.iter().map(|choice| choice.to_der().unwrap()).collect();
    assert_eq!((inside.len(), data.signer_infos.0.len()), (2, 0));
    assert!(inside.iter().any(|der| der == pki.get("leaf").unwrap()));
}

#[test]
fn a_signed_blob_tells_capabilities_and_the_key_to_encrypt_to() {
    for key in ["rsa2048", "p256", "ed25519"] {
        let pki = build(json!({
            "sign": {"key": key, "key_usage": ["digitalSignature"]},
            "encrypt": {},
            "blob": {"kind": "signed", "signer": "sign", "certs": ["sign", "encrypt"], "encrypt_to": "encrypt"},
        }));
        let data = signed_data(pki.get("blob").unwrap());
        let signer = data.signer_infos.0.get(0).unwrap();
        let attributes: Vec<String> =
            signer.signed_attrs.as_ref().unwrap().iter().map(|a| a.oid.to_string()).collect();
        for oid in ["1.2.840.113549.1.9.15", "1.2.840.113549.1.9.16.2.11", "1.2.840.113549.1.9.4"] {
            assert!(attributes.iter().any(|attribute| attribute == oid), "{key}: {oid}");
        }
    }
}

#[test]
fn a_big_blob_in_indefinite_length() {
    let pki = build(json!({
        "a": {"pad_to": 30_000},
        "blob": {"kind": "certs_only", "certs": ["a"], "indefinite": true},
        "der": {"kind": "certs_only", "certs": ["a"]},
    }));
    let (ber, der) = (pki.get("blob").unwrap(), pki.get("der").unwrap());
    assert!(ber.starts_with(&[0x30, 0x80]) && der.starts_with(&[0x30, 0x82]));
    assert!(ContentInfo::from_der(ber).is_err());
    assert!(
        ber.windows(30_000).any(|window| window == pki.get("a").unwrap()),
        "the certificate is untouched"
    );
}

#[test]
fn a_pfx_has_version_3_and_does_not_show_its_key() {
    let pki =
        build(json!({"a": {}, "ca": {"ca": true}, "p": {"kind": "pkcs12", "of": "a", "certs": ["ca"]}}));
    let pfx = pki.get("p").unwrap();
    let private = pki.private_key("a").unwrap();
    assert_eq!(pfx[4..7], [2, 1, 3]);
    // the private exponent, not the modulus that the certificate shows too
    assert!(!pfx.windows(64).any(|window| window == &private[400..464]), "the key is encrypted");
    for name in ["a", "ca"] {
        let certificate = pki.get(name).unwrap();
        assert!(pfx.windows(certificate.len()).any(|window| window == certificate), "{name}");
    }
}
