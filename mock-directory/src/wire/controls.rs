//! The controls that AD serves, as typed values, and the response controls that go with them.
//!
//! `session` decodes the raw controls of a request once into one [`Controls`] and hands that to the directory; what the
//! directory answers with a control goes through the encoders below. A control with a malformed value is refused with
//! unavailableCriticalExtension when it is critical and ignored when it is not (observed on a Samba AD DC 4.17).

use bytes::{Bytes, BytesMut};

use super::ber::{self, BerError, Reader};
use super::message::Control;
use super::oid;

/// Everything the controls of one request ask for. The default is a request without controls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controls {
    /// Simple paged results (RFC 2696).
    pub paged: Option<Paged>,
    /// DirSync or its extended form.
    pub dirsync: Option<DirSync>,
    /// Server-side sorting (RFC 2891).
    pub sort: Option<Sort>,
    /// Virtual list view.
    pub vlv: Option<Vlv>,
    /// Attribute-scoped query.
    pub asq: Option<Asq>,
    /// SHOW_DELETED: tombstones and deleted objects take part.
    pub show_deleted: bool,
    /// SHOW_RECYCLED: recycled objects take part as well.
    pub show_recycled: bool,
    /// SHOW_DEACTIVATED_LINK: links of deleted objects are listed.
    pub show_deactivated_links: bool,
    /// SD_FLAGS: the parts of nTSecurityDescriptor that are asked for (1 owner, 2 group, 4 DACL, 8 SACL).
    pub sd_flags: Option<u32>,
    /// EXTENDED_DN and the form it asks for.
    pub extended_dn: Option<ExtendedDn>,
    /// DOMAIN_SCOPE, or SEARCH_OPTIONS with flag 1: no references to other naming contexts.
    pub domain_scope: bool,
    /// SEARCH_OPTIONS with flag 2: search every naming context below the base (`""` = all).
    pub phantom_root: bool,
    /// PERMISSIVE_MODIFY: adding what is there and deleting what is not succeed.
    pub permissive_modify: bool,
    /// TREE_DELETE: a delete takes everything below along.
    pub tree_delete: bool,
    /// RANGE_RETRIEVAL_NOERR: a range past the end is empty and no error.
    pub range_no_error: bool,
}

/// Simple paged results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged {
    /// Entries a page; 0 gives the result set up; negative numbers occur in the wild.
    pub size: i64,
    /// The cookie of the page before, empty for the first page.
    pub cookie: Bytes,
    /// Criticality.
    pub critical: bool,
}

/// DirSync request value (MS-ADTS 3.1.1.3.4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirSync {
    /// Flags that are honoured, see `dirsync_flags`.
    pub flags: u32,
    /// Octets after which the server may end the answer early; negative and zero = its own choice.
    pub max_bytes: i64,
    /// The cookie of the last answer, empty for a full read.
    pub cookie: Bytes,
    /// Criticality; AD refuses a DirSync that is not critical.
    pub critical: bool,
    /// DIRSYNC_EX was used.
    pub extended: bool,
}

impl DirSync {
    /// LDAP_DIRSYNC_OBJECT_SECURITY: only what the caller may read, no replication right needed.
    pub const OBJECT_SECURITY: u32 = 0x0000_0001;
    /// LDAP_DIRSYNC_ANCESTORS_FIRST_ORDER.
    pub const ANCESTORS_FIRST: u32 = 0x0000_0800;
    /// LDAP_DIRSYNC_PUBLIC_DATA_ONLY.
    pub const PUBLIC_DATA_ONLY: u32 = 0x0000_2000;
    /// LDAP_DIRSYNC_INCREMENTAL_VALUES.
    pub const INCREMENTAL_VALUES: u32 = 0x8000_0000;

    /// True if every bit of `flag` is set.
    #[must_use]
    pub const fn has(&self, flag: u32) -> bool {
        self.flags & flag == flag
    }
}

/// Server-side sort request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// Keys, most significant first. AD takes one.
    pub keys: Vec<SortKey>,
    /// Criticality.
    pub critical: bool,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// Attribute description.
    pub attr: String,
    /// Ordering rule OID, if one was named.
    pub rule: Option<String>,
    /// reverseOrder.
    pub reverse: bool,
}

/// Virtual list view request (draft-ietf-ldapext-ldapv3-vlv-09).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vlv {
    /// Entries wanted before the target.
    pub before: i64,
    /// Entries wanted after it.
    pub after: i64,
    /// The target.
    pub target: VlvTarget,
    /// contextID of an earlier answer.
    pub context: Option<Bytes>,
    /// Criticality.
    pub critical: bool,
}

/// Where a virtual list view looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VlvTarget {
    /// byOffset: position in a list that the client believes to have `count` entries.
    Offset {
        /// 1 = the first entry.
        offset: i64,
        /// The client's estimate, 0 = none.
        count: i64,
    },
    /// greaterThanOrEqual: the first entry whose sort key is not below the value.
    AtLeast(Bytes),
}

/// Attribute-scoped query: the search runs over the objects that this attribute of the base names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asq {
    /// The DN-valued attribute.
    pub attr: String,
    /// Criticality.
    pub critical: bool,
}

/// How EXTENDED_DN writes GUID and SID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtendedDn {
    /// 0, and the default: hexadecimal octets.
    Hex,
    /// 1: the usual text forms.
    Text,
}

/// What the double's policies say about decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodePolicy {
    /// Policy `StrictDirSyncFlags`: take DirSync flags as Windows does, see `dirsync_flags`.
    pub strict_dirsync_flags: bool,
}

impl Default for DecodePolicy {
    fn default() -> Self {
        Self { strict_dirsync_flags: true }
    }
}

/// The request asks for something in a critical control that can't be had: unavailableCriticalExtension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// Nobody here knows this OID.
    #[error("critical control {0} is not supported")]
    Unknown(String),
    /// Its value is not what its specification says.
    #[error("value of critical control {oid} is malformed: {why}")]
    Malformed {
        /// Dotted OID.
        oid: String,
        /// What is wrong.
        why: BerError,
    },
}

impl Controls {
    /// Decodes the controls of a request. Of a control that comes twice the last one counts.
    ///
    /// # Errors
    /// The first critical control that is unknown or malformed.
    pub fn decode(raw: &[Control], policy: DecodePolicy) -> Result<Self, ControlError> {
        let mut controls = Self::default();
        for control in raw {
            match controls.take(control, policy) {
                Err(_) if !control.critical => {}
                taken => taken?,
            }
        }
        Ok(controls)
    }

    fn take(&mut self, control: &Control, policy: DecodePolicy) -> Result<(), ControlError> {
        let malformed = |why| ControlError::Malformed { oid: control.oid.clone(), why };
        if let Some(flag) = self.flag(&control.oid) {
            no_value(control).map_err(malformed)?;
            *flag = true;
            return Ok(());
        }
        if IGNORED.contains(&control.oid.as_str()) {
            return Ok(());
        }
        self.take_value(control, policy)
            .map_err(malformed)?
            .ok_or_else(|| ControlError::Unknown(control.oid.clone()))
    }

    /// The field of a control that has no value.
    fn flag(&mut self, oid: &str) -> Option<&mut bool> {
        Some(match oid {
            oid::SHOW_DELETED => &mut self.show_deleted,
            oid::SHOW_RECYCLED => &mut self.show_recycled,
            oid::SHOW_DEACTIVATED_LINK => &mut self.show_deactivated_links,
            oid::DOMAIN_SCOPE => &mut self.domain_scope,
            oid::PERMISSIVE_MODIFY => &mut self.permissive_modify,
            oid::TREE_DELETE => &mut self.tree_delete,
            oid::RANGE_RETRIEVAL_NOERR => &mut self.range_no_error,
            _ => return None,
        })
    }

    /// A control with a value; `None` = not one of ours.
    fn take_value(&mut self, control: &Control, policy: DecodePolicy) -> Result<Option<()>, BerError> {
        match control.oid.as_str() {
            oid::PAGED => self.paged = Some(paged(control)?),
            oid::DIRSYNC | oid::DIRSYNC_EX => self.dirsync = Some(dirsync(control, policy)?),
            oid::SORT_REQUEST => self.sort = Some(sort(control)?),
            oid::VLV_REQUEST => self.vlv = Some(vlv(control)?),
            oid::ASQ => self.asq = Some(asq(control)?),
            oid::SD_FLAGS => self.sd_flags = Some(sd_flags(control)?),
            oid::EXTENDED_DN => self.extended_dn = Some(extended_dn(control)?),
            oid::SEARCH_OPTIONS => self.search_options(single_number(control)?),
            _ => return Ok(None),
        }
        Ok(Some(()))
    }

    /// MS-ADTS 3.1.1.3.4.1.12: 1 SERVER_SEARCH_FLAG_DOMAIN_SCOPE, 2 SERVER_SEARCH_FLAG_PHANTOM_ROOT.
    const fn search_options(&mut self, flags: i64) {
        self.domain_scope |= flags & 1 != 0;
        self.phantom_root |= flags & 2 != 0;
    }
}

/// Controls that change nothing a client of a double could see: they are taken and have no effect.
const IGNORED: &[&str] = &[oid::VERIFY_NAME, oid::LAZY_COMMIT];

/// The OIDs that the rootDSE lists in supportedControl: what [`Controls::decode`] takes, and nothing else.
pub const SUPPORTED: &[&str] = &[
    oid::PAGED,
    oid::SHOW_DELETED,
    oid::SORT_REQUEST,
    oid::SORT_RESPONSE,
    oid::EXTENDED_DN,
    oid::LAZY_COMMIT,
    oid::SD_FLAGS,
    oid::TREE_DELETE,
    oid::DIRSYNC,
    oid::VERIFY_NAME,
    oid::DOMAIN_SCOPE,
    oid::SEARCH_OPTIONS,
    oid::PERMISSIVE_MODIFY,
    oid::ASQ,
    oid::RANGE_RETRIEVAL_NOERR,
    oid::SHOW_RECYCLED,
    oid::SHOW_DEACTIVATED_LINK,
    oid::DIRSYNC_EX,
    oid::VLV_REQUEST,
    oid::VLV_RESPONSE,
];

/// The value of a control that must have one, opened as the SEQUENCE that all of AD's values are.
fn value(control: &Control) -> Result<Reader, BerError> {
    let value = control.value.clone().ok_or(BerError::Truncated)?;
    let mut outer = Reader::new(value);
    let inner = outer.sequence("controlValue")?;
    outer.end()?;
    Ok(inner)
}

fn no_value(control: &Control) -> Result<(), BerError> {
    match &control.value {
        Some(value) if !value.is_empty() => Err(BerError::Trailing),
        _ => Ok(()),
    }
}

fn paged(control: &Control) -> Result<Paged, BerError> {
    let mut fields = value(control)?;
    let paged =
        Paged { size: fields.integer("size")?, cookie: fields.octets("cookie")?, critical: control.critical };
    fields.end()?;
    Ok(paged)
}

fn dirsync(control: &Control, policy: DecodePolicy) -> Result<DirSync, BerError> {
    let mut fields = value(control)?;
    let flags = dirsync_flags(fields.integer("flags")?, policy);
    let dirsync = DirSync {
        flags,
        max_bytes: fields.integer("maxBytes")?,
        cookie: fields.octets("cookie")?,
        critical: control.critical,
        extended: control.oid == oid::DIRSYNC_EX,
    };
    fields.end()?;
    Ok(dirsync)
}

/// DirSync flags as the server honours them. Windows reads a signed 32-bit number, so INCREMENTAL_VALUES has to be sent
/// as `02 04 80 00 00 00` (-2^31); sent as the positive number `02 05 00 80 00 00 00` it has no effect
/// (cannatag/ldap3 issues 642 and 329). Samba takes both, and so does the policy `StrictDirSyncFlags=0`.
fn dirsync_flags(sent: i64, policy: DecodePolicy) -> u32 {
    // the low 32 bits are the flags in either reading
    let bits = (sent & 0xffff_ffff) as u32;
    if policy.strict_dirsync_flags && i32::try_from(sent).is_err() {
        bits & !DirSync::INCREMENTAL_VALUES
    } else {
        bits
    }
}

fn sort(control: &Control) -> Result<Sort, BerError> {
    let mut list = value(control)?;
    let mut keys = Vec::new();
    while !list.is_empty() {
        keys.push(sort_key(list.sequence("SortKey")?)?);
    }
    if keys.is_empty() {
        return Err(BerError::Value("SortKeyList"));
    }
    Ok(Sort { keys, critical: control.critical })
}

fn sort_key(mut fields: Reader) -> Result<SortKey, BerError> {
    let attr = fields.text("attributeType")?;
    let rule = fields.optional(0x80)?.map(|rule| String::from_utf8_lossy(&rule.content).into_owned());
    let reverse = fields.optional(0x81)?.map_or(Ok(false), |reverse| reverse.boolean())?;
    fields.end()?;
    Ok(SortKey { attr, rule, reverse })
}

fn vlv(control: &Control) -> Result<Vlv, BerError> {
    let mut fields = value(control)?;
    let before = fields.integer("beforeCount")?;
    let after = fields.integer("afterCount")?;
    let target = vlv_target(&mut fields)?;
    let context = fields.optional(ber::OCTETS)?.map(|context| context.content);
    fields.end()?;
    Ok(Vlv { before, after, target, context, critical: control.critical })
}

fn vlv_target(fields: &mut Reader) -> Result<VlvTarget, BerError> {
    let target = fields.element()?;
    match target.tag {
        0xa0 => {
            let mut by_offset = target.into_reader();
            let found = VlvTarget::Offset {
                offset: by_offset.integer("offset")?,
                count: by_offset.integer("contentCount")?,
            };
            by_offset.end()?;
            Ok(found)
        }
        0x81 => Ok(VlvTarget::AtLeast(target.content)),
        found => Err(BerError::Unexpected { expected: "byOffset or greaterThanOrEqual", found }),
    }
}

fn asq(control: &Control) -> Result<Asq, BerError> {
    let mut fields = value(control)?;
    let attr = fields.text("sourceAttribute")?;
    fields.end()?;
    Ok(Asq { attr, critical: control.critical })
}

fn single_number(control: &Control) -> Result<i64, BerError> {
    let mut fields = value(control)?;
    let number = fields.integer("flags")?;
    fields.end()?;
    Ok(number)
}

fn sd_flags(control: &Control) -> Result<u32, BerError> {
    u32::try_from(single_number(control)?).map_err(|_| BerError::Value("SD flags"))
}

/// Without a value, or with an empty one, the hexadecimal form (observed on Samba; MS-ADTS 3.1.1.3.4.1.5).
fn extended_dn(control: &Control) -> Result<ExtendedDn, BerError> {
    if no_value(control).is_ok() {
        return Ok(ExtendedDn::Hex);
    }
    match single_number(control)? {
        0 => Ok(ExtendedDn::Hex),
        1 => Ok(ExtendedDn::Text),
        _ => Err(BerError::Value("extended DN option")),
    }
}

/// A control of an answer. AD marks none of them critical but DirSync's.
fn response(oid: &str, critical: bool, fill: impl FnOnce(&mut BytesMut)) -> Control {
    let mut value = BytesMut::new();
    ber::put_constructed(&mut value, ber::SEQUENCE, fill);
    Control { oid: oid.to_owned(), critical, value: Some(value.freeze()) }
}

/// Paged results answer: `size` is an estimate (AD sends 0), an empty cookie ends the result.
#[must_use]
pub fn paged_response(size: i64, cookie: &[u8]) -> Control {
    response(oid::PAGED, false, |out| {
        ber::put_integer(out, ber::INTEGER, size);
        ber::put_octets(out, ber::OCTETS, cookie);
    })
}

/// DirSync answer (MS-ADTS 3.1.1.3.4.1.3); `more` = ask again at once with this cookie.
#[must_use]
pub fn dirsync_response(more: bool, cookie: &[u8]) -> Control {
    response(oid::DIRSYNC, true, |out| {
        ber::put_integer(out, ber::INTEGER, i64::from(more));
        ber::put_integer(out, ber::INTEGER, 0);
        ber::put_octets(out, ber::OCTETS, cookie);
    })
}

/// Sort answer (RFC 2891 §1.2): result code, and the attribute at fault.
#[must_use]
pub fn sort_response(code: u32, attr: Option<&str>) -> Control {
    response(oid::SORT_RESPONSE, false, |out| {
        ber::put_integer(out, ber::ENUMERATED, i64::from(code));
        if let Some(attr) = attr {
            ber::put_octets(out, 0x80, attr.as_bytes());
        }
    })
}

/// Virtual list view answer: position of the target, size of the list, result code, contextID.
#[must_use]
pub fn vlv_response(position: i64, count: i64, code: u32, context: Option<&[u8]>) -> Control {
    response(oid::VLV_RESPONSE, false, |out| {
        ber::put_integer(out, ber::INTEGER, position);
        ber::put_integer(out, ber::INTEGER, count);
        ber::put_integer(out, ber::ENUMERATED, i64::from(code));
        if let Some(context) = context {
            ber::put_octets(out, ber::OCTETS, context);
        }
    })
}

/// Attribute-scoped query answer (MS-ADTS 3.1.1.3.4.1.18): result code of the query.
#[must_use]
pub fn asq_response(code: u32) -> Control {
    response(oid::ASQ, false, |out| ber::put_integer(out, ber::ENUMERATED, i64::from(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENIENT: DecodePolicy = DecodePolicy { strict_dirsync_flags: false };
    const STRICT: DecodePolicy = DecodePolicy { strict_dirsync_flags: true };

    fn control(oid: &str, critical: bool, value: &[u8]) -> Control {
        Control { oid: oid.to_owned(), critical, value: Some(Bytes::copy_from_slice(value)) }
    }

    #[test]
    fn incremental_values_wants_a_signed_32_bit_number() {
        let flags = |value: &[u8], policy| {
            let controls = Controls::decode(&[control(oid::DIRSYNC, true, value)], policy).unwrap();
            controls.dirsync.unwrap().flags
        };
        let four_octets = [0x30, 11, 2, 4, 0x80, 0, 0, 1, 2, 1, 0, 4, 0];
        let positive = [0x30, 12, 2, 5, 0, 0x80, 0, 0, 1, 2, 1, 0, 4, 0];
        let padded = [0x30, 12, 2, 5, 0xff, 0x80, 0, 0, 1, 2, 1, 0, 4, 0];
        assert_eq!(flags(&four_octets, STRICT), 0x8000_0001);
        assert_eq!(flags(&padded, STRICT), 0x8000_0001);
        assert_eq!(flags(&positive, STRICT), 1, "Windows loses the flag");
        assert_eq!(flags(&positive, LENIENT), 0x8000_0001);
    }

    #[test]
    fn criticality_decides_what_a_bad_control_does() {
        for (oid, value) in [("1.2.3", &b""[..]), (oid::PAGED, b"junk"), (oid::SHOW_DELETED, b"abc")] {
            assert!(Controls::decode(&[control(oid, true, value)], STRICT).is_err(), "{oid}");
            assert_eq!(Controls::decode(&[control(oid, false, value)], STRICT), Ok(Controls::default()));
        }
        let absent = Control { oid: oid::PAGED.to_owned(), critical: true, value: None };
        assert!(Controls::decode(&[absent], STRICT).is_err());
    }

    #[test]
    fn everything_listed_as_supported_is_taken() {
        let responses = [oid::SORT_RESPONSE, oid::VLV_RESPONSE];
        for oid in SUPPORTED.iter().filter(|oid| !responses.contains(oid)) {
            let bare = Control { oid: (*oid).to_owned(), critical: true, value: None };
            let taken = Controls::decode(&[bare], STRICT);
            assert!(!matches!(taken, Err(ControlError::Unknown(_))), "{oid}");
        }
    }

    #[test]
    fn sort_and_vlv_values_of_a_recorded_client() {
        let sort = hex::decode("30153013040e73414d4163636f756e744e616d658101ff").unwrap();
        let vlv = [0x30, 14, 2, 1, 0, 2, 1, 3, 0xa0, 6, 2, 1, 1, 2, 1, 0];
        let raw = [control(oid::SORT_REQUEST, true, &sort), control(oid::VLV_REQUEST, true, &vlv)];
        let controls = Controls::decode(&raw, STRICT).unwrap();
        let key = SortKey { attr: "sAMAccountName".into(), rule: None, reverse: true };
        assert_eq!(controls.sort.unwrap().keys, [key]);
        let view = controls.vlv.unwrap();
        assert_eq!((view.before, view.after, view.target), (0, 3, VlvTarget::Offset { offset: 1, count: 0 }));
    }

    #[test]
    fn answers_as_a_real_server_encodes_them() {
        assert_eq!(paged_response(7, &[0x32, 0]).value.unwrap().as_ref(), [0x30, 7, 2, 1, 7, 4, 2, 0x32, 0]);
        assert_eq!(
            dirsync_response(false, b"c").value.unwrap().as_ref(),
            [0x30, 9, 2, 1, 0, 2, 1, 0, 4, 1, b'c']
        );
        assert_eq!(asq_response(33).value.unwrap().as_ref(), [0x30, 3, 10, 1, 33]);
        let vlv = vlv_response(1, 7, 0, Some(&[1, 0, 0, 0])).value.unwrap();
        assert_eq!(vlv.as_ref(), [0x30, 15, 2, 1, 1, 2, 1, 7, 10, 1, 0, 4, 4, 1, 0, 0, 0]);
    }
}
