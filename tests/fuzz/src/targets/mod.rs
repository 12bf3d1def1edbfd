//! The targets, as a table.

mod directory;
mod ldif;
mod tenant;
mod xml;

use crate::target::Row;

/// Every target.
pub const TARGETS: &[Row] = &[
    Row {
        name: "ldap-pdu",
        about: "a PDU from a bound client, decoded and carried out",
        make: directory::pdu,
    },
    Row { name: "ldap-filter", about: "a filter as text, searched for", make: directory::filter },
    Row { name: "ldif", about: "an LDIF file", make: ldif::ldif },
    Row { name: "odata-filter", about: "$filter of a list of users", make: tenant::filter },
    Row { name: "odata-search", about: "$search of a list of users", make: tenant::search },
    Row { name: "odata-orderby", about: "$orderby of a list of users", make: tenant::orderby },
    Row { name: "odata-select", about: "$select of a list of users", make: tenant::select },
    Row { name: "graph-path", about: "path and query of a GET", make: tenant::path },
    Row { name: "graph-post", about: "the body of POST /users", make: tenant::post },
    Row { name: "graph-patch", about: "the body of PATCH /users/{id}", make: tenant::patch },
    Row { name: "graph-batch", about: "the body of POST /$batch", make: tenant::batch },
    Row { name: "jwt", about: "a bearer token", make: tenant::token },
    Row { name: "sign-in", about: "the form of a token request", make: tenant::sign_in },
    Row { name: "soap", about: "an envelope of the provisioning service as text", make: tenant::soap },
    Row { name: "soap-binary", about: "the same in .NET binary XML", make: tenant::soap_binary },
    Row { name: "ews", about: "an EWS envelope", make: tenant::ews },
    Row { name: "control-world", about: "a world for the tenant's control API", make: tenant::world },
    Row { name: "control-state", about: "a state for the tenant's control API", make: tenant::state },
    Row { name: "control-faults", about: "a fault plan for the control API", make: tenant::faults },
    Row { name: "nbfx", about: "the decoder of .NET binary XML, and back", make: xml::nbfx },
    Row { name: "xml", about: "the reader of XML text, and back", make: xml::text },
];
