//! Certificates, with the semantics of .NET's X509Certificate2 that the functions reference builds on.
//!
//! Every function takes DER, Base64 or PEM, as the documentation says; PKCS#7 with a signer yields the signer's
//! certificate, as .NET does.

use base64::{Engine, engine::general_purpose::STANDARD};
use cms::{
    cert::CertificateChoices,
    content_info::ContentInfo,
    signed_data::{SignedData, SignerIdentifier},
};
use der::{Decode, Encode};
use sha1::{Digest, Sha1};
use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, ParsedExtension},
    prelude::FromDer,
    time::ASN1Time,
    x509::X509Name,
};

use super::{Function, functions, text_of};
use crate::rules::lang::value::Value;

pub(super) const TABLE: &[Function] = functions! {
    "CertExtensionOids" 1 1, Each(|_, a| each(&a[0], critical_oids)), "CertExtensionOids(bin)", "OIDs of the critical extensions.";
    "CertFormat" 1 1, Each(|_, a| each(&a[0], |_| Value::str("X509"))), "CertFormat(bin)", "The format: X509.";
    "CertFriendlyName" 1 1, Each(|_, a| each(&a[0], |_| Value::str(""))), "CertFriendlyName(bin)", "The store's alias; none in a bare certificate.";
    "CertHashString" 1 1, Each(|_, a| thumbprint(&a[0])), "CertHashString(bin)", "SHA-1 as hex.";
    "CertIssuer" 1 1, Each(|_, a| each(&a[0], |c| name(c.issuer()))), "CertIssuer(bin)", "Issuer's name.";
    "CertIssuerDN" 1 1, Each(|_, a| each(&a[0], |c| name(c.issuer()))), "CertIssuerDN(bin)", "Issuer's name.";
    "CertIssuerOid" 1 1, Each(|_, a| each(&a[0], |_| Value::str(""))), "CertIssuerOid(bin)", "OID of the issuer's name; .NET has none.";
    "CertKeyAlgorithm" 1 1, Each(|_, a| each(&a[0], |c| Value::str(c.public_key().algorithm.algorithm.to_id_string()))), "CertKeyAlgorithm(bin)", "OID of the key's algorithm.";
    "CertKeyAlgorithmParams" 1 1, Each(|_, a| each(&a[0], key_parameters)), "CertKeyAlgorithmParams(bin)", "The key algorithm's parameters as hex.";
    "CertNameInfo" 3 3, Each(|_, a| name_info(a)), "CertNameInfo(bin, str kind, bool issuer)", "A name out of subject or issuer.";
    "CertNotAfter" 1 1, Each(|_, a| each(&a[0], |c| date(c.validity().not_after))), "CertNotAfter(bin)", "When it expires, UTC.";
    "CertNotBefore" 1 1, Each(|_, a| each(&a[0], |c| date(c.validity().not_before))), "CertNotBefore(bin)", "When it begins, UTC.";
    "CertPublicKeyOid" 1 1, Each(|_, a| each(&a[0], |c| Value::str(c.public_key().algorithm.algorithm.to_id_string()))), "CertPublicKeyOid(bin)", "OID of the public key.";
    "CertPublicKeyParametersOid" 1 1, Each(|_, a| each(&a[0], |c| Value::str(c.public_key().algorithm.algorithm.to_id_string()))), "CertPublicKeyParametersOid(bin)", "OID of the public key's parameters.";
    "CertSerialNumber" 1 1, Each(|_, a| each(&a[0], |c| Value::str(hex::encode_upper(c.raw_serial())))), "CertSerialNumber(bin)", "Serial number as hex.";
    "CertSignatureAlgorithmOid" 1 1, Each(|_, a| each(&a[0], |c| Value::str(c.signature_algorithm.algorithm.to_id_string()))), "CertSignatureAlgorithmOid(bin)", "OID of the signature's algorithm.";
    "CertSubject" 1 1, Each(|_, a| each(&a[0], |c| name(c.subject()))), "CertSubject(bin)", "Subject's name.";
    "CertSubjectNameDN" 1 1, Each(|_, a| each(&a[0], |c| name(c.subject()))), "CertSubjectNameDN(bin)", "Subject's name.";
    "CertSubjectNameOid" 1 1, Each(|_, a| each(&a[0], |_| Value::str(""))), "CertSubjectNameOid(bin)", "OID of the subject's name; .NET has none.";
    "CertThumbprint" 1 1, Each(|_, a| thumbprint(&a[0])), "CertThumbprint(bin)", "SHA-1 as hex.";
    "CertVersion" 1 1, Each(|_, a| each(&a[0], |c| Value::Num(i64::from(c.version().0) + 1))), "CertVersion(bin)", "Version, from 1.";
    "IsCert" 1 1, Each(|_, a| Ok(Value::Bool(octets(&a[0]).is_some_and(|raw| load(&raw).is_some())))), "IsCert(bin)", "Whether it can be read as a certificate.";
    "Thumbprint" 1 1, Each(|_, a| thumbprint(&a[0])), "Thumbprint(bin)", "SHA-1 as hex.";
};

fn octets(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Bin(octets) => Some(octets.to_vec()),
        Value::Str(text) => Some(text.as_bytes().to_vec()),
        _ => None,
    }
}

/// The DER of the certificate that .NET would load from these octets.
fn load(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.first() == Some(&0x30) {
        return certificate(raw).or_else(|| signer(raw));
    }
    let text = std::str::from_utf8(raw).ok()?;
    let body: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    let decoded = STANDARD.decode(body).ok()?;
    certificate(&decoded).or_else(|| signer(&decoded))
}

fn certificate(raw: &[u8]) -> Option<Vec<u8>> {
    let (rest, _) = X509Certificate::from_der(raw).ok()?;
    Some(raw[..raw.len() - rest.len()].to_vec())
}

/// The certificate of the first signer of a PKCS#7 SignedData; certs-only blobs have none.
fn signer(raw: &[u8]) -> Option<Vec<u8>> {
    let signed: SignedData = ContentInfo::from_der(raw).ok()?.content.decode_as().ok()?;
    let first = signed.signer_infos.0.iter().next()?;
    let certificates = signed.certificates.as_ref()?;
    certificates.0.iter().find_map(|choice| {
        let CertificateChoices::Certificate(certificate) = choice else { return None };
        let tbs = &certificate.tbs_certificate;
        let found = match &first.sid {
            SignerIdentifier::IssuerAndSerialNumber(id) => {
                tbs.issuer == id.issuer && tbs.serial_number == id.serial_number
            }
            SignerIdentifier::SubjectKeyIdentifier(_) => certificates.0.len() == 1,
        };
        found.then(|| certificate.to_der().ok()).flatten()
    })
}

fn each(value: &Value, read: impl Fn(&X509Certificate<'_>) -> Value) -> Result<Value, String> {
    let Some(raw) = octets(value) else {
        return if value.is_null() {
            Ok(Value::Null)
        } else {
            Err(format!("expected bin, found {}", value.type_name()))
        };
    };
    let der = load(&raw).ok_or_else(|| format!("{} octets are no certificate", raw.len()))?;
    let (_, certificate) =
        X509Certificate::from_der(&der).map_err(|error| format!("no certificate: {error}"))?;
    Ok(read(&certificate))
}

fn thumbprint(value: &Value) -> Result<Value, String> {
    let Some(raw) = octets(value) else { return Ok(Value::Null) };
    let der = load(&raw).ok_or_else(|| format!("{} octets are no certificate", raw.len()))?;
    Ok(Value::str(hex::encode_upper(Sha1::digest(der))))
}

fn critical_oids(certificate: &X509Certificate<'_>) -> Value {
    let critical = certificate.extensions().iter().filter(|extension| extension.critical);
    Value::list(critical.map(|extension| Value::str(extension.oid.to_id_string())))
}

fn key_parameters(certificate: &X509Certificate<'_>) -> Value {
    match &certificate.public_key().algorithm.parameters {
        Some(parameters) => {
            use x509_parser::asn1_rs::ToDer;
            Value::str(parameters.to_der_vec().map(hex::encode_upper).unwrap_or_default())
        }
        None => Value::str(""),
    }
}

fn date(time: ASN1Time) -> Value {
    let at = jiff::Timestamp::from_second(time.timestamp()).ok();
    at.map_or(Value::Null, |at| Value::Date(jiff::tz::Offset::UTC.to_datetime(at)))
}

/// .NET's text of a name: the last RDN first, comma and space between, values quoted where they must be.
fn name(name: &X509Name<'_>) -> Value {
    let mut rdns: Vec<String> = name
        .iter_rdn()
        .map(|rdn| {
            let parts = rdn.iter().map(|part| {
                format!("{}={}", key(&part.attr_type().to_id_string()), quoted(&string(part.attr_value())))
            });
            parts.collect::<Vec<_>>().join(" + ")
        })
        .collect();
    rdns.reverse();
    Value::str(rdns.join(", "))
}

fn key(oid: &str) -> String {
    let known = match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "SERIALNUMBER",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "S",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "T",
        "2.5.4.42" => "G",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "E",
        other => return format!("OID.{other}"),
    };
    known.to_owned()
}

fn quoted(value: &str) -> String {
    let special = value.contains([',', '+', '"', '=', '<', '>', '#', ';', '\n']);
    let edges = value.is_empty() || value.starts_with(' ') || value.ends_with(' ');
    if special || edges { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.to_owned() }
}

/// The characters of a directory string of any kind; what has no characters is shown as hex.
fn string(value: &x509_parser::der_parser::asn1_rs::Any<'_>) -> String {
    let data = value.data;
    match value.tag().0 {
        12 | 19 | 22 | 18 => String::from_utf8_lossy(data).into_owned(),
        20 => data.iter().map(|octet| char::from(*octet)).collect(),
        30 => String::from_utf16_lossy(
            &data
                .chunks(2)
                .map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]))
                .collect::<Vec<_>>(),
        ),
        28 => data
            .chunks(4)
            .map(|c| {
                <[u8; 4]>::try_from(c)
                    .ok()
                    .and_then(|c| char::from_u32(u32::from_be_bytes(c)))
                    .unwrap_or('\u{fffd}')
            })
            .collect(),
        _ => format!("#{}", hex::encode_upper(data)),
    }
}

const UPN: &str = "1.3.6.1.4.1.311.20.2.3";

fn name_info(arguments: &[Value]) -> Result<Value, String> {
    let kind = text_of(&arguments[1])?.unwrap_or_default().to_owned();
    let issuer = crate::rules::lang::eval::truth(&arguments[2]);
    let found = each(&arguments[0], |certificate| {
        let name = if issuer { certificate.issuer() } else { certificate.subject() };
        let alternatives = alternatives(certificate, issuer);
        let alternative = |wanted: Kind| {
            alternatives.iter().find(|(kind, _)| *kind == wanted).map(|(_, text)| text.clone())
        };
        let rdn = |oid: &str| {
            let parts = name.iter_attributes().filter(|part| part.attr_type().to_id_string() == oid);
            parts.last().map(|part| string(part.attr_value()))
        };
        let text = match kind.as_str() {
            "SimpleName" => ["2.5.4.3", "2.5.4.11", "2.5.4.10", "1.2.840.113549.1.9.1"]
                .into_iter()
                .find_map(rdn)
                .or_else(|| name.iter_attributes().next().map(|part| string(part.attr_value())))
                .or_else(|| alternative(Kind::Email)),
            "EmailName" => alternative(Kind::Email).or_else(|| rdn("1.2.840.113549.1.9.1")),
            "UpnName" => alternative(Kind::Upn),
            "DnsName" => alternative(Kind::Dns).or_else(|| rdn("2.5.4.3")),
            "DnsFromAlternativeName" => alternative(Kind::Dns),
            "UrlName" => alternative(Kind::Url),
            _ => return Value::Null,
        };
        Value::str(text.unwrap_or_default())
    })?;
    const KINDS: [&str; 6] =
        ["SimpleName", "EmailName", "UpnName", "DnsName", "DnsFromAlternativeName", "UrlName"];
    if KINDS.contains(&kind.as_str()) {
        Ok(found)
    } else {
        Err(format!("`{kind}` is none of {}", KINDS.join(", ")))
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    Dns,
    Email,
    Upn,
    Url,
}

fn alternatives(certificate: &X509Certificate<'_>, issuer: bool) -> Vec<(Kind, String)> {
    let names = certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectAlternativeName(names) if !issuer => Some(&names.general_names),
        ParsedExtension::IssuerAlternativeName(names) if issuer => Some(&names.general_names),
        _ => None,
    });
    names.into_iter().flatten().filter_map(alternative).collect()
}

fn alternative(name: &GeneralName<'_>) -> Option<(Kind, String)> {
    match name {
        GeneralName::RFC822Name(text) => Some((Kind::Email, (*text).to_owned())),
        GeneralName::DNSName(text) => Some((Kind::Dns, (*text).to_owned())),
        GeneralName::URI(text) => Some((Kind::Url, (*text).to_owned())),
        GeneralName::OtherName(oid, value) if oid.to_id_string() == UPN => {
            // [0] EXPLICIT UTF8String
            let (_, outer) = x509_parser::der_parser::asn1_rs::Any::from_der(value).ok()?;
            let (_, inner) = x509_parser::der_parser::asn1_rs::Any::from_der(outer.data).ok()?;
            Some((Kind::Upn, string(&inner)))
        }
        _ => None,
    }
}
