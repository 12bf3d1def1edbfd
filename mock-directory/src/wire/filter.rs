//! Filters on the wire (RFC 4511 §4.5.1.7).

use super::ber::{BerError, Element, Reader};
use super::decode::OpError;
use super::message::{ExtensibleFilter, Filter, SubstringFilter};

/// Filters nested deeper than this are refused; evaluating one recurses as deep.
pub const MAX_DEPTH: usize = 100;

/// Decodes one filter.
pub(super) fn filter(element: Element) -> Result<Filter, OpError> {
    nested(element, MAX_DEPTH)
}

fn nested(element: Element, depth: usize) -> Result<Filter, OpError> {
    let Some(below) = depth.checked_sub(1) else {
        return Err(OpError::protocol(format!("a filter of more than {MAX_DEPTH} levels")));
    };
    let tag = element.tag;
    let content = element.content.clone();
    let mut fields = element.into_reader();
    Ok(match tag {
        0xa0 => Filter::And(list(fields, below)?),
        0xa1 => Filter::Or(list(fields, below)?),
        0xa2 => Filter::Not(Box::new(only(fields, below)?)),
        0xa3 => Filter::Equal(fields.text("attributeDesc")?, fields.octets("assertionValue")?),
        0xa4 => Filter::Substring(substring(fields)?),
        0xa5 => Filter::GreaterOrEqual(fields.text("attributeDesc")?, fields.octets("assertionValue")?),
        0xa6 => Filter::LessOrEqual(fields.text("attributeDesc")?, fields.octets("assertionValue")?),
        0x87 => Filter::Present(String::from_utf8_lossy(&content).into_owned()),
        0xa8 => Filter::Approx(fields.text("attributeDesc")?, fields.octets("assertionValue")?),
        0xa9 => Filter::Extensible(extensible(fields)?),
        other => return Err(OpError::protocol(format!("filter choice {other:#04x}"))),
    })
}

fn list(mut fields: Reader, depth: usize) -> Result<Vec<Filter>, OpError> {
    let mut parts = Vec::new();
    while !fields.is_empty() {
        parts.push(nested(fields.element()?, depth)?);
    }
    Ok(parts)
}

fn only(mut fields: Reader, depth: usize) -> Result<Filter, OpError> {
    let part = nested(fields.element()?, depth)?;
    fields.end()?;
    Ok(part)
}

/// `initial` may only come first and `final` only last (RFC 4511 §4.5.1.7.2). No part at all is let through, as Samba does.
fn substring(mut fields: Reader) -> Result<SubstringFilter, BerError> {
    let mut filter =
        SubstringFilter { attr: fields.text("type")?, initial: None, any: Vec::new(), last: None };
    let mut parts = fields.sequence("substrings")?;
    while !parts.is_empty() {
        let part = parts.element()?;
        let first = filter.initial.is_none() && filter.any.is_empty();
        match part.tag {
            _ if filter.last.is_some() => return Err(BerError::Value("a substring after final")),
            0x80 if first => filter.initial = Some(part.content),
            0x81 => filter.any.push(part.content),
            0x82 => filter.last = Some(part.content),
            found => return Err(BerError::Unexpected { expected: "initial, any or final", found }),
        }
    }
    Ok(filter)
}

fn extensible(mut fields: Reader) -> Result<ExtensibleFilter, BerError> {
    let text = |part: Element| String::from_utf8_lossy(&part.content).into_owned();
    Ok(ExtensibleFilter {
        rule: fields.optional(0x81)?.map(text),
        attr: fields.optional(0x82)?.map(text),
        value: fields.expect(0x83, "matchValue")?.content,
        dn_attrs: fields.optional(0x84)?.map_or(Ok(false), |flag| flag.boolean())?,
    })
}
