//! The messages that `session` and `directory` exchange: RFC 4511 with octets kept as octets.
//!
//! They are ours and not `ldap3_proto`'s because that crate holds assertion values as UTF-8 strings, forgets the
//! criticality of the controls it models and drops the connection on a value it can't read.

use bytes::Bytes;

/// One request as a client sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// messageID, 1 ..= 2^31-1.
    pub id: i32,
    /// The operation.
    pub op: Op,
    /// Controls in the order in which they came, values undecoded.
    pub controls: Vec<Control>,
}

/// A control of a request or an answer, its value as raw octets (`None`: the value is absent, not empty).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Dotted OID.
    pub oid: String,
    /// The criticality that was sent (default false).
    pub critical: bool,
    /// controlValue.
    pub value: Option<Bytes>,
}

/// protocolOp of a request (RFC 4511 §4.2 - §4.14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// AbandonRequest: the messageID to give up.
    Abandon(i32),
    /// AddRequest.
    Add(AddRequest),
    /// BindRequest.
    Bind(BindRequest),
    /// CompareRequest.
    Compare(CompareRequest),
    /// DelRequest: the DN text.
    Delete(String),
    /// ExtendedRequest.
    Extended(ExtendedRequest),
    /// ModifyRequest.
    Modify(ModifyRequest),
    /// ModifyDNRequest.
    ModifyDn(ModifyDnRequest),
    /// SearchRequest.
    Search(SearchRequest),
    /// UnbindRequest.
    Unbind,
}

/// BindRequest; the name is text as AD accepts it (DN, UPN, DOMAIN\user …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindRequest {
    /// Protocol version, 2 or 3.
    pub version: i64,
    /// Name.
    pub name: String,
    /// Authentication choice.
    pub auth: BindAuth,
}

/// AuthenticationChoice.
#[derive(Clone, PartialEq, Eq)]
pub enum BindAuth {
    /// `[0] simple`.
    Simple(Vec<u8>),
    /// `[3] sasl`.
    Sasl {
        /// Mechanism name.
        mechanism: String,
        /// Credentials, if sent.
        credentials: Option<Vec<u8>>,
    },
    /// Number of any other context tag (Sicily `[9]`, `[10]`, `[11]`, …).
    Other(u64),
}

impl std::fmt::Debug for BindAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Simple(_) => f.write_str("Simple(hidden)"),
            Self::Sasl { mechanism, .. } => write!(f, "Sasl({mechanism:?}, hidden)"),
            Self::Other(tag) => write!(f, "Other({tag})"),
        }
    }
}

/// SearchRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// baseObject as text: a DN, `<GUID=…>`, `<SID=…>`, `<WKGUID=…>` or empty.
    pub base: String,
    /// scope.
    pub scope: Scope,
    /// derefAliases, 0 ..= 3; AD has no aliases.
    pub deref: i64,
    /// sizeLimit, 0 = none.
    pub size_limit: u32,
    /// timeLimit in seconds, 0 = none.
    pub time_limit: u32,
    /// typesOnly.
    pub types_only: bool,
    /// filter.
    pub filter: Filter,
    /// Requested attribute descriptions as sent, options included.
    pub attrs: Vec<String>,
}

/// Search scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The object itself.
    Base,
    /// Its children.
    OneLevel,
    /// It and everything below.
    Subtree,
}

/// A search filter; attribute descriptions as sent, assertion values as octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// `(&…)`; empty = absolute true (RFC 4526).
    And(Vec<Self>),
    /// `(|…)`; empty = absolute false.
    Or(Vec<Self>),
    /// `(!…)`.
    Not(Box<Self>),
    /// `(a=v)`.
    Equal(String, Bytes),
    /// `(a=i*m*…*f)`.
    Substring(SubstringFilter),
    /// `(a>=v)`.
    GreaterOrEqual(String, Bytes),
    /// `(a<=v)`.
    LessOrEqual(String, Bytes),
    /// `(a=*)`.
    Present(String),
    /// `(a~=v)`.
    Approx(String, Bytes),
    /// `(a:dn:rule:=v)`.
    Extensible(ExtensibleFilter),
}

/// The parts of a substring filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubstringFilter {
    /// Attribute description.
    pub attr: String,
    /// `initial`.
    pub initial: Option<Bytes>,
    /// `any`, in order.
    pub any: Vec<Bytes>,
    /// `final`.
    pub last: Option<Bytes>,
}

/// MatchingRuleAssertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensibleFilter {
    /// matchingRule OID or name.
    pub rule: Option<String>,
    /// type.
    pub attr: Option<String>,
    /// matchValue.
    pub value: Bytes,
    /// dnAttributes.
    pub dn_attrs: bool,
}

/// An attribute with its values, in a request or an answer. An empty list of values is meaningful (DirSync: removed).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Attribute description as sent or as to be sent.
    pub name: String,
    /// Values.
    pub values: Vec<Bytes>,
}

/// AddRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddRequest {
    /// entry.
    pub dn: String,
    /// attributes.
    pub attributes: Vec<Attribute>,
}

/// ModifyRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModifyRequest {
    /// object.
    pub dn: String,
    /// changes in order.
    pub changes: Vec<Change>,
}

/// One change of a modify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// operation.
    pub kind: ChangeKind,
    /// modification.
    pub attribute: Attribute,
}

/// operation of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// 0
    Add,
    /// 1
    Delete,
    /// 2
    Replace,
    /// 3, RFC 4525: AD answers protocolError.
    Increment,
}

/// ModifyDNRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModifyDnRequest {
    /// entry.
    pub dn: String,
    /// newrdn.
    pub new_rdn: String,
    /// deleteoldrdn.
    pub delete_old_rdn: bool,
    /// newSuperior.
    pub new_superior: Option<String>,
}

/// CompareRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareRequest {
    /// entry.
    pub dn: String,
    /// attributeDesc.
    pub attr: String,
    /// assertionValue.
    pub value: Bytes,
}

/// ExtendedRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedRequest {
    /// requestName OID.
    pub name: String,
    /// requestValue.
    pub value: Option<Bytes>,
}

/// One answer PDU without its messageID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// SearchResultEntry.
    Entry(EntryResponse),
    /// SearchResultReference: LDAP URLs.
    Reference(Vec<String>),
    /// Any final result; `kind` picks the protocolOp.
    Done(Done),
}

/// SearchResultEntry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryResponse {
    /// objectName.
    pub dn: String,
    /// attributes.
    pub attributes: Vec<Attribute>,
    /// Controls on the entry (almost always none).
    pub controls: Vec<Control>,
}

/// A final result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Which response.
    pub kind: DoneKind,
    /// LDAPResult.
    pub result: LdapResult,
    /// Response controls.
    pub controls: Vec<Control>,
}

/// Which protocolOp a final result is, with what only that one carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoneKind {
    /// AddResponse.
    Add,
    /// BindResponse with serverSaslCreds.
    Bind(Option<Bytes>),
    /// CompareResponse.
    Compare,
    /// DelResponse.
    Delete,
    /// ExtendedResponse with responseName and responseValue.
    Extended {
        /// responseName.
        name: Option<String>,
        /// responseValue.
        value: Option<Bytes>,
    },
    /// ModifyResponse.
    Modify,
    /// ModifyDNResponse.
    ModifyDn,
    /// SearchResultDone.
    Search,
}

/// LDAPResult.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapResult {
    /// resultCode as a number (AD's are all of RFC 4511's, and more).
    pub code: u32,
    /// matchedDN.
    pub matched_dn: String,
    /// diagnosticMessage.
    pub message: String,
    /// referral URLs (code 10).
    pub referral: Vec<String>,
}
