//! Requests to octets: the other direction of `wire::decode`, for tests only.

use bytes::{Bytes, BytesMut};
use mock_directory::wire::ber::{self, put_constructed, put_integer, put_octets};
use mock_directory::wire::message::{
    Attribute, BindAuth, BindRequest, Control, ExtensibleFilter, Filter, Op, Request, Scope, SearchRequest,
    SubstringFilter,
};

/// One whole LDAPMessage.
pub(crate) fn encode(request: &Request) -> Bytes {
    envelope(request.id, &op(&request.op), &request.controls)
}

/// A message around a protocolOp that is octets already.
pub(crate) fn envelope(id: i32, op: &[u8], controls: &[Control]) -> Bytes {
    let mut out = BytesMut::new();
    put_constructed(&mut out, ber::SEQUENCE, |out| {
        put_integer(out, ber::INTEGER, i64::from(id));
        out.extend_from_slice(op);
        if !controls.is_empty() {
            put_constructed(out, 0xa0, |out| controls.iter().for_each(|c| control(out, c)));
        }
    });
    out.freeze()
}

fn control(out: &mut BytesMut, control: &Control) {
    put_constructed(out, ber::SEQUENCE, |out| {
        put_octets(out, ber::OCTETS, control.oid.as_bytes());
        if control.critical {
            put_octets(out, ber::BOOLEAN, &[0xff]);
        }
        if let Some(value) = &control.value {
            put_octets(out, ber::OCTETS, value);
        }
    });
}

fn op(op: &Op) -> Bytes {
    let mut out = BytesMut::new();
    match op {
        Op::Abandon(id) => put_integer(&mut out, 0x50, i64::from(*id)),
        Op::Unbind => put_octets(&mut out, 0x42, &[]),
        Op::Delete(dn) => put_octets(&mut out, 0x4a, dn.as_bytes()),
        Op::Bind(bind) => put_constructed(&mut out, 0x60, |out| self::bind(out, bind)),
        Op::Search(search) => {
            return self::search(search, i64::from(scope(search.scope)), &filter(&search.filter));
        }
        Op::Add(add) => put_constructed(&mut out, 0x68, |out| {
            text(out, &add.dn);
            put_constructed(out, ber::SEQUENCE, |out| add.attributes.iter().for_each(|a| attribute(out, a)));
        }),
        Op::Modify(modify) => put_constructed(&mut out, 0x66, |out| {
            text(out, &modify.dn);
            put_constructed(out, ber::SEQUENCE, |out| {
                for change in &modify.changes {
                    put_constructed(out, ber::SEQUENCE, |out| {
                        put_integer(out, ber::ENUMERATED, change.kind as i64);
                        attribute(out, &change.attribute);
                    });
                }
            });
        }),
        Op::ModifyDn(modify) => put_constructed(&mut out, 0x6c, |out| {
            text(out, &modify.dn);
            text(out, &modify.new_rdn);
            boolean(out, ber::BOOLEAN, modify.delete_old_rdn);
            if let Some(superior) = &modify.new_superior {
                put_octets(out, 0x80, superior.as_bytes());
            }
        }),
        Op::Compare(compare) => put_constructed(&mut out, 0x6e, |out| {
            text(out, &compare.dn);
            put_constructed(out, ber::SEQUENCE, |out| assertion(out, &compare.attr, &compare.value));
        }),
        Op::Extended(extended) => put_constructed(&mut out, 0x77, |out| {
            put_octets(out, 0x80, extended.name.as_bytes());
            if let Some(value) = &extended.value {
                put_octets(out, 0x81, value);
            }
        }),
    }
    out.freeze()
}

fn scope(scope: Scope) -> u8 {
    match scope {
        Scope::Base => 0,
        Scope::OneLevel => 1,
        Scope::Subtree => 2,
    }
}

/// A search whose scope and filter may be ones that [`SearchRequest`] can't hold.
pub(crate) fn search(search: &SearchRequest, scope: i64, filter: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    put_constructed(&mut out, 0x63, |out| {
        text(out, &search.base);
        put_integer(out, ber::ENUMERATED, scope);
        put_integer(out, ber::ENUMERATED, search.deref);
        put_integer(out, ber::INTEGER, i64::from(search.size_limit));
        put_integer(out, ber::INTEGER, i64::from(search.time_limit));
        boolean(out, ber::BOOLEAN, search.types_only);
        out.extend_from_slice(filter);
        put_constructed(out, ber::SEQUENCE, |out| search.attrs.iter().for_each(|name| text(out, name)));
    });
    out.freeze()
}

fn text(out: &mut BytesMut, text: &str) {
    put_octets(out, ber::OCTETS, text.as_bytes());
}

fn boolean(out: &mut BytesMut, tag: u8, value: bool) {
    put_octets(out, tag, &[if value { 0xff } else { 0 }]);
}

fn assertion(out: &mut BytesMut, attr: &str, value: &[u8]) {
    text(out, attr);
    put_octets(out, ber::OCTETS, value);
}

fn bind(out: &mut BytesMut, bind: &BindRequest) {
    put_integer(out, ber::INTEGER, bind.version);
    text(out, &bind.name);
    match &bind.auth {
        BindAuth::Simple(password) => put_octets(out, 0x80, password),
        BindAuth::Other(tag) => put_octets(out, 0x80 | (*tag as u8), &[]),
        BindAuth::Sasl { mechanism, credentials } => put_constructed(out, 0xa3, |out| {
            text(out, mechanism);
            if let Some(credentials) = credentials {
                put_octets(out, ber::OCTETS, credentials);
            }
        }),
    }
}

fn attribute(out: &mut BytesMut, attribute: &Attribute) {
    put_constructed(out, ber::SEQUENCE, |out| {
        text(out, &attribute.name);
        put_constructed(out, ber::SET, |out| {
            attribute.values.iter().for_each(|v| put_octets(out, ber::OCTETS, v));
        });
    });
}

/// One filter.
pub(crate) fn filter(filter: &Filter) -> Bytes {
    let mut out = BytesMut::new();
    put_filter(&mut out, filter);
    out.freeze()
}

fn put_filter(out: &mut BytesMut, filter: &Filter) {
    let ava = |out: &mut BytesMut, tag, attr: &str, value: &[u8]| {
        put_constructed(out, tag, |out| assertion(out, attr, value));
    };
    match filter {
        Filter::And(parts) => {
            put_constructed(out, 0xa0, |out| parts.iter().for_each(|part| put_filter(out, part)));
        }
        Filter::Or(parts) => {
            put_constructed(out, 0xa1, |out| parts.iter().for_each(|part| put_filter(out, part)));
        }
        Filter::Not(part) => put_constructed(out, 0xa2, |out| put_filter(out, part)),
        Filter::Equal(attr, value) => ava(out, 0xa3, attr, value),
        Filter::GreaterOrEqual(attr, value) => ava(out, 0xa5, attr, value),
        Filter::LessOrEqual(attr, value) => ava(out, 0xa6, attr, value),
        Filter::Approx(attr, value) => ava(out, 0xa8, attr, value),
        Filter::Present(attr) => put_octets(out, 0x87, attr.as_bytes()),
        Filter::Substring(filter) => put_constructed(out, 0xa4, |out| substring(out, filter)),
        Filter::Extensible(filter) => put_constructed(out, 0xa9, |out| extensible(out, filter)),
    }
}

fn substring(out: &mut BytesMut, filter: &SubstringFilter) {
    text(out, &filter.attr);
    put_constructed(out, ber::SEQUENCE, |out| {
        filter.initial.iter().for_each(|part| put_octets(out, 0x80, part));
        filter.any.iter().for_each(|part| put_octets(out, 0x81, part));
        filter.last.iter().for_each(|part| put_octets(out, 0x82, part));
    });
}

fn extensible(out: &mut BytesMut, filter: &ExtensibleFilter) {
    filter.rule.iter().for_each(|rule| put_octets(out, 0x81, rule.as_bytes()));
    filter.attr.iter().for_each(|attr| put_octets(out, 0x82, attr.as_bytes()));
    put_octets(out, 0x83, &filter.value);
    if filter.dn_attrs {
        boolean(out, 0x84, true);
    }
}
