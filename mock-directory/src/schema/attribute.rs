//! One attribute of the schema.

use super::syntax::Syntax;

/// An attribute as a number: its place in the schema's table. Only comparable within one schema profile, except the
/// attributes in [`super::known`], which have the same number in every profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttrId(pub(crate) u16);

impl AttrId {
    /// Place in [`super::Schema::attributes`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// searchFlags bits (MS-ADTS 2.2.9).
pub struct SearchFlags;

impl SearchFlags {
    /// fATTINDEX: equality look-ups are indexed.
    pub const INDEXED: u32 = 0x1;
    /// fANR: takes part in ambiguous name resolution.
    pub const ANR: u32 = 0x4;
    /// fPRESERVEONDELETE: kept on tombstones.
    pub const PRESERVE_ON_DELETE: u32 = 0x8;
    /// fCONFIDENTIAL: reading needs CONTROL_ACCESS.
    pub const CONFIDENTIAL: u32 = 0x80;
}

/// systemFlags bits of an attributeSchema object (MS-ADTS 2.2.10).
pub struct SystemFlags;

impl SystemFlags {
    /// FLAG_ATTR_NOT_REPLICATED: never in DirSync.
    pub const NOT_REPLICATED: u32 = 0x1;
    /// FLAG_ATTR_IS_CONSTRUCTED: computed when asked for by name.
    pub const CONSTRUCTED: u32 = 0x4;
}

/// One attributeSchema row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDef {
    /// lDAPDisplayName.
    pub name: Box<str>,
    /// attributeID.
    pub oid: Box<str>,
    /// attributeSyntax and oMSyntax taken together.
    pub syntax: Syntax,
    /// isSingleValued.
    pub single_valued: bool,
    /// rangeLower: smallest length or number.
    pub range_lower: Option<i64>,
    /// rangeUpper: greatest length or number.
    pub range_upper: Option<i64>,
    /// searchFlags, see [`SearchFlags`].
    pub search_flags: u32,
    /// systemFlags, see [`SystemFlags`].
    pub system_flags: u32,
    /// systemOnly: clients can't write it.
    pub system_only: bool,
    /// linkID: even = forward link, odd = the back-link of the number below.
    pub link_id: Option<u32>,
    /// isMemberOfPartialAttributeSet: in the global catalog.
    pub global_catalog: bool,
    /// schemaIDGUID as text.
    pub guid: Box<str>,
    /// mAPIID, if it has one.
    pub mapi_id: Option<u32>,
}

impl AttributeDef {
    /// Equality look-ups are indexed.
    #[must_use]
    pub const fn indexed(&self) -> bool {
        self.search_flags & SearchFlags::INDEXED != 0 && !self.constructed()
    }

    /// Takes part in ambiguous name resolution.
    #[must_use]
    pub const fn anr(&self) -> bool {
        self.search_flags & SearchFlags::ANR != 0
    }

    /// Computed, never stored.
    #[must_use]
    pub const fn constructed(&self) -> bool {
        self.system_flags & SystemFlags::CONSTRUCTED != 0
    }

    /// Replicated, so DirSync reports it.
    #[must_use]
    pub const fn replicated(&self) -> bool {
        self.system_flags & (SystemFlags::NOT_REPLICATED | SystemFlags::CONSTRUCTED) == 0
            && !self.is_back_link()
    }

    /// A forward link whose values are plain DNs. Links with data (DN-Binary) are kept as values.
    #[must_use]
    pub fn is_forward_link(&self) -> bool {
        self.syntax == Syntax::Dn && self.link_id.is_some_and(|id| id % 2 == 0)
    }

    /// A back-link: computed from the forward link, never written.
    #[must_use]
    pub const fn is_back_link(&self) -> bool {
        matches!(self.link_id, Some(id) if id % 2 == 1)
    }
}
