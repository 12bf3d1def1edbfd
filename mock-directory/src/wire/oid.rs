//! Object identifiers of controls and extended operations (MS-ADTS 3.1.1.3.4, RFC 4511, 2696, 2891, 4532).

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $oid:literal;)*) => { $($(#[$doc])* pub const $name: &str = $oid;)* };
}

oids! {
    /// Simple paged results.
    PAGED = "1.2.840.113556.1.4.319";
    /// Show deleted objects.
    SHOW_DELETED = "1.2.840.113556.1.4.417";
    /// Server-side sort, request.
    SORT_REQUEST = "1.2.840.113556.1.4.473";
    /// Server-side sort, answer.
    SORT_RESPONSE = "1.2.840.113556.1.4.474";
    /// Extended DN.
    EXTENDED_DN = "1.2.840.113556.1.4.529";
    /// Commit without waiting for the disk.
    LAZY_COMMIT = "1.2.840.113556.1.4.619";
    /// Parts of the security descriptor.
    SD_FLAGS = "1.2.840.113556.1.4.801";
    /// Delete a subtree.
    TREE_DELETE = "1.2.840.113556.1.4.805";
    /// DirSync.
    DIRSYNC = "1.2.840.113556.1.4.841";
    /// Server that verifies names of other domains.
    VERIFY_NAME = "1.2.840.113556.1.4.1338";
    /// No references.
    DOMAIN_SCOPE = "1.2.840.113556.1.4.1339";
    /// Search options.
    SEARCH_OPTIONS = "1.2.840.113556.1.4.1340";
    /// Permissive modify.
    PERMISSIVE_MODIFY = "1.2.840.113556.1.4.1413";
    /// Attribute-scoped query.
    ASQ = "1.2.840.113556.1.4.1504";
    /// No error for a range past the end.
    RANGE_RETRIEVAL_NOERR = "1.2.840.113556.1.4.1948";
    /// Show recycled objects.
    SHOW_RECYCLED = "1.2.840.113556.1.4.2064";
    /// Show links of deleted objects.
    SHOW_DEACTIVATED_LINK = "1.2.840.113556.1.4.2065";
    /// DirSync, extended.
    DIRSYNC_EX = "1.2.840.113556.1.4.2090";
    /// Virtual list view, request.
    VLV_REQUEST = "2.16.840.1.113730.3.4.9";
    /// Virtual list view, answer.
    VLV_RESPONSE = "2.16.840.1.113730.3.4.10";

    /// Extended operation StartTLS.
    START_TLS = "1.3.6.1.4.1.1466.20037";
    /// Unsolicited notice of disconnection.
    NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036";
    /// Extended operation Who am I?
    WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3";
}
