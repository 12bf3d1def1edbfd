//! What the recipes make, read back by an independent parser.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use indexmap::IndexMap;
use pki::{Pki, Recipe};
use serde_json::{Value, json};
use x509_parser::prelude::*;

fn try_build(recipes: Value) -> Result<Pki, String> {
    let recipes: IndexMap<String, Recipe> =
        serde_json::from_value(recipes).map_err(|error| error.to_string())?;
    Pki::build(7, &recipes).map_err(|error| error.to_string())
}

fn build(recipes: Value) -> Pki {
    try_build(recipes).unwrap()
}

/// One certificate from one recipe.
#[expect(clippy::needless_pass_by_value, reason = "callers write json!({…})")]
fn one(recipe: Value) -> Vec<u8> {
    build(json!({ "x": recipe })).get("x").unwrap().to_vec()
}

fn parse(der: &[u8]) -> X509Certificate<'_> {
    let (rest, certificate) = X509Certificate::from_der(der).unwrap();
    assert!(rest.is_empty());
    certificate
}

fn is_signed_by(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let algorithm: &dyn VerificationAlgorithm =
        match certificate.signature_algorithm.algorithm.to_id_string().as_str() {
            "1.2.840.113549.1.1.11" => &signature::RSA_PKCS1_2048_8192_SHA256,
            "1.2.840.113549.1.1.10" => &signature::RSA_PSS_2048_8192_SHA256,
            "1.2.840.10045.4.3.2" => &signature::ECDSA_P256_SHA256_ASN1,
            "1.2.840.10045.4.3.3" => &signature::ECDSA_P384_SHA384_ASN1,
            "1.2.840.10045.4.3.4" => &signature::ECDSA_P521_SHA512_ASN1,
            "1.3.101.112" => &signature::ED25519,
            other => panic!("{other}"),
        };
    let key = UnparsedPublicKey::new(algorithm, &issuer.public_key().subject_public_key.data);
    key.verify(certificate.tbs_certificate.as_ref(), &certificate.signature_value.data).is_ok()
}

#[test]
fn an_empty_recipe_is_a_usable_certificate() {
    let pki = build(json!({"alice": {"email": "alice@corp.example.test"}}));
    let certificate = parse(pki.get("alice").unwrap());
    assert_eq!(certificate.subject().to_string(), "CN=alice");
    assert_eq!(certificate.issuer().to_string(), "O=Test Bench, CN=Test Bench Issuing CA");
    assert!(certificate.validity().is_valid_at(ASN1Time::from_timestamp(1_788_220_800).unwrap()));
    let eku = certificate.extended_key_usage().unwrap().unwrap().value;
    assert!(eku.email_protection && !eku.client_auth && !eku.any);
    let usage = certificate.key_usage().unwrap().unwrap().value;
    assert!(usage.digital_signature() && usage.key_encipherment() && !usage.key_agreement());
    let san = &certificate.subject_alternative_name().unwrap().unwrap().value.general_names;
    assert_eq!(*san, [GeneralName::RFC822Name("alice@corp.example.test")]);
    let issuer = parse(pki.default_issuer().unwrap());
    assert!(issuer.is_ca() && !certificate.is_ca());
    assert!(is_signed_by(&certificate, &issuer));
}

#[test]
fn a_chain_verifies_with_every_kind_of_key() {
    for (key, usage) in [
        ("rsa2048", "keyEncipherment"),
        ("p256", "keyAgreement"),
        ("p384", "keyAgreement"),
        ("p521", "keyAgreement"),
        ("ed25519", ""),
    ] {
        let pki = build(json!({
            "root": {"ca": true, "issuer": "self", "key": key},
            "leaf": {"issuer": "root", "key": key},
        }));
        let (root, leaf) = (parse(pki.get("root").unwrap()), parse(pki.get("leaf").unwrap()));
        assert!(is_signed_by(&root, &root) && is_signed_by(&leaf, &root), "{key}");
        assert!(!is_signed_by(&root, &leaf), "{key}");
        assert_eq!(leaf.issuer(), root.subject());
        let flags = leaf.key_usage().unwrap().unwrap().value;
        assert_eq!(
            (flags.key_encipherment(), flags.key_agreement()),
            (usage == "keyEncipherment", usage == "keyAgreement")
        );
        assert!(pki.private_key("leaf").is_some());
    }
}

#[test]
fn other_signatures_name_their_algorithms() {
    let pki = build(json!({"x": {"signature": "pss"}}));
    assert!(is_signed_by(&parse(pki.get("x").unwrap()), &parse(pki.default_issuer().unwrap())));
    let der = one(json!({"signature": "sha1"}));
    assert_eq!(parse(&der).signature_algorithm.algorithm.to_id_string(), "1.2.840.113549.1.1.5");
    let der = one(json!({"key": "unknown", "signature": "unknown"}));
    let certificate = parse(&der);
    assert_eq!(certificate.signature_algorithm.algorithm.to_id_string(), "1.3.6.1.4.1.32473.1");
    assert_eq!(certificate.public_key().algorithm.algorithm.to_id_string(), "1.3.6.1.4.1.32473.1");
}

#[test]
fn the_same_seed_gives_the_same_octets() {
    let recipes = || {
        json!({
            "a": {"email": "a@x.test"},
            "e": {"key": "ed25519", "issuer": "self"},
            "ec": {"key": "p256"},
            "s": {"kind": "signed", "signer": "a"},
            "p": {"kind": "pkcs12", "of": "a"},
            "r": {"kind": "random", "size": 100},
        })
    };
    assert_eq!(build(recipes()).into_values(), build(recipes()).into_values());
    let first = build(recipes());
    let other = Pki::build(8, &serde_json::from_value(recipes()).unwrap()).unwrap();
    for (name, value) in first.iter() {
        assert_ne!(other.get(name).unwrap(), value, "{name}");
    }
    let fewer = build(json!({"a": {"email": "a@x.test"}}));
    assert_eq!(fewer.get("a"), first.get("a"), "a recipe doesn't depend on its neighbours");
}

#[test]
fn serial_numbers_stand_as_they_are_given() {
    for (serial, octets) in [
        (json!(-5), vec![0xfb]),
        (json!(0), vec![0]),
        (json!("00ff"), vec![0, 0xff]),
        (json!("7f".repeat(32)), vec![0x7f; 32]),
    ] {
        let der = one(json!({ "serial": serial }));
        assert_eq!(parse(&der).raw_serial(), octets, "{serial}");
    }
}

#[test]
fn version_1_has_no_extensions() {
    let der = one(json!({"version": 1}));
    let certificate = parse(&der);
    assert_eq!((certificate.version(), certificate.extensions().len()), (X509Version::V1, 0));
}

#[test]
fn times_at_the_edges() {
    let der = one(json!({"not_before": "1950-01-01", "not_after": "9999-12-31T23:59:59Z"}));
    let certificate = parse(&der);
    assert_eq!(certificate.validity().not_before.to_datetime().year(), 1950);
    assert_eq!(certificate.validity().not_after.to_datetime().year(), 9999);
    let der = one(json!({"not_after": "2049-12-31T23:59:59Z"}));
    assert_eq!(parse(&der).validity().not_after.to_datetime().year(), 2049);
    assert!(der.windows(13).any(|window| window == b"491231235959Z"));
}

#[test]
fn usages_may_be_odd_or_absent() {
    let der =
        one(json!({"eku": ["any", "clientAuth", "1.3.6.1.4.1.32473.9"], "key_usage": ["digitalSignature"]}));
    let certificate = parse(&der);
    let eku = certificate.extended_key_usage().unwrap().unwrap().value;
    assert!(eku.any && eku.client_auth && eku.other.len() == 1);
    assert_eq!(certificate.key_usage().unwrap().unwrap().value.flags, 1);
    let der = one(json!({"eku": [], "key_usage": []}));
    let certificate = parse(&der);
    assert!(
        certificate.extended_key_usage().unwrap().is_none() && certificate.key_usage().unwrap().is_none()
    );
}

#[test]
fn other_names_and_addresses() {
    let der = one(
        json!({"upn": "a@corp.example.test", "smtp_utf8": "jürgen@bücher.test", "email": ["a@x.test", "b@x.test"]}),
    );
    let certificate = parse(&der);
    let san = &certificate.subject_alternative_name().unwrap().unwrap().value.general_names;
    let others: Vec<_> = san
        .iter()
        .filter_map(|name| match name {
            GeneralName::OtherName(oid, value) => {
                Some((oid.to_id_string(), String::from_utf8_lossy(value).into_owned()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(san.len(), 4);
    assert_eq!(others[0].0, "1.3.6.1.4.1.311.20.2.3");
    assert!(others[0].1.ends_with("a@corp.example.test"));
    assert_eq!(others[1].0, "1.3.6.1.5.5.7.8.9");
    assert!(others[1].1.ends_with("jürgen@bücher.test"));
}

#[test]
fn subjects_in_every_string_form() {
    for (form, tag) in [("utf8", 0x0c), ("bmp", 0x1e), ("teletex", 0x14), ("printable", 0x13)] {
        let der = one(json!({"subject": "CN=Jürgen,C=DE", "subject_form": form}));
        let certificate = parse(&der);
        let name = certificate.subject().iter_common_name().next().unwrap();
        assert_eq!(name.attr_value().tag().0, tag, "{form}");
        assert_eq!(certificate.subject().iter_country().next().unwrap().as_str().unwrap(), "DE");
    }
}

#[test]
fn padding_meets_the_size_exactly() {
    for (size, key) in [(2_000, "rsa2048"), (32_768, "rsa2048"), (32_768, "p256"), (66_000, "ed25519")] {
        let der = one(json!({"issuer": "self", "key": key, "pad_to": size}));
        assert_eq!(der.len(), size);
        parse(&der);
    }
    let error = try_build(json!({"x": {"pad_to": 100}})).unwrap_err();
    assert!(error.starts_with("recipe `x`: pad_to: it has "), "{error}");
}

#[test]
fn damage_is_damage() {
    let whole = one(json!({}));
    let cut = one(json!({"truncate": 100}));
    assert_eq!(cut, whole[..100]);
    assert!(X509Certificate::from_der(&cut).is_err());
    let longer = one(json!({"trailing": 9}));
    assert_eq!((&longer[..whole.len()], longer.len()), (&whole[..], whole.len() + 9));
    let ber = one(json!({"indefinite": true}));
    assert_eq!(ber[..2], [0x30, 0x80]);
    assert_eq!(ber[ber.len() - 2..], [0, 0]);
    assert!(X509Certificate::from_der(&ber).is_err());
    let error = try_build(json!({"x": {"truncate": 100_000}})).unwrap_err();
    assert!(error.contains("truncate: there are only"), "{error}");
}

#[test]
fn texts_of_values() {
    let pki = build(
        json!({"a": {}, "b": {"kind": "base64_text", "of": "a"}, "p": {"kind": "pem_text", "of": "a"}}),
    );
    let text = std::str::from_utf8(pki.get("b").unwrap()).unwrap();
    assert!(text.starts_with("MII"));
    let (_, pem) = x509_parser::pem::parse_x509_pem(pki.get("p").unwrap()).unwrap();
    assert_eq!(pem.contents, pki.get("a").unwrap());
    assert_eq!(pki.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "b", "p"]);
}

#[test]
fn what_cannot_be_made_is_named() {
    for (recipes, message) in [
        (json!({"a": {"issuer": "b"}}), "recipe `a`: there is no recipe `b`"),
        (json!({"a": {"issuer": "b"}, "b": {"issuer": "a"}}), "recipe `a`: needs itself: a → b → a"),
        (
            json!({"a": {"kind": "random", "size": 1}, "b": {"issuer": "a"}}),
            "recipe `b`: `a` is not a certificate",
        ),
        (json!({"a": {"eku": ["mail"]}}), "recipe `a`: eku: \"mail\" is no OID and none of serverAuth"),
        (json!({"a": {"key_usage": ["all"]}}), "recipe `a`: key_usage: \"all\" is none of digitalSignature"),
        (json!({"a": {"version": 2}}), "recipe `a`: version: 2 is neither 1 nor 3"),
        (json!({"a": {"serial": "xyz"}}), "recipe `a`: serial \"xyz\": "),
        (
            json!({"a": {"key": "unknown", "issuer": "self"}}),
            "recipe `a`: a key of an unknown algorithm can't sign",
        ),
        (
            json!({"a": {"key": "unknown", "signature": "unknown"}, "p": {"kind": "pkcs12", "of": "a"}}),
            "recipe `p`: a key of",
        ),
    ] {
        let error = try_build(recipes).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
}
