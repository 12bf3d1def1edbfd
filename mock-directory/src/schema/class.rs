//! One object class of the schema.

use super::attribute::AttrId;

/// A class as a number: its place in the schema's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub(crate) u16);

impl ClassId {
    /// Place in [`super::Schema::classes`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// objectClassCategory (MS-ADTS 3.1.1.2.4.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassKind {
    /// 0: from X.500 (1988), behaves as structural.
    Class88,
    /// 1
    Structural,
    /// 2
    Abstract,
    /// 3
    Auxiliary,
}

impl ClassKind {
    /// True if objects of this class can exist.
    #[must_use]
    pub const fn instantiable(self) -> bool {
        matches!(self, Self::Class88 | Self::Structural)
    }
}

/// One classSchema row, with its inheritance worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassDef {
    /// lDAPDisplayName.
    pub name: Box<str>,
    /// governsID.
    pub oid: Box<str>,
    /// objectClassCategory.
    pub kind: ClassKind,
    /// subClassOf (`top` names itself).
    pub superclass: ClassId,
    /// auxiliaryClass and systemAuxiliaryClass.
    pub auxiliaries: Vec<ClassId>,
    /// possSuperiors and systemPossSuperiors of the class itself.
    pub own_superiors: Vec<ClassId>,
    /// rDNAttID.
    pub rdn: AttrId,
    /// defaultObjectCategory as an RDN below the schema naming context (`CN=Person`).
    pub category_rdn: Box<str>,
    /// schemaIDGUID as text.
    pub guid: Box<str>,
    /// mustContain of the class itself.
    pub own_must: Vec<AttrId>,
    /// mayContain of the class itself.
    pub own_may: Vec<AttrId>,
    /// From `top` down to the class itself: the order in which AD lists objectClass.
    pub chain: Vec<ClassId>,
    /// Everything mandatory: own, inherited and auxiliary. Sorted.
    pub must: Vec<AttrId>,
    /// Everything allowed, mandatory ones included. Sorted.
    pub allowed: Vec<AttrId>,
    /// Classes that may be the parent: own and inherited. Sorted.
    pub superiors: Vec<ClassId>,
}

impl ClassDef {
    /// True if an object of this class may carry the attribute.
    #[must_use]
    pub fn allows(&self, attr: AttrId) -> bool {
        self.allowed.binary_search(&attr).is_ok()
    }
}
