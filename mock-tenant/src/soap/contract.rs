//! Names as WCF judges them. A data contract has its members in a fixed order, in its namespace, in its letter case; what
//! does not fit is skipped as unknown (`XmlObjectSerializerReadContext.GetMemberIndex`), and so are the arguments of an
//! operation (`DataContractSerializerOperationFormatter`).

use super::infoset::Element;

/// How names are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// As WCF does.
    Strict,
    /// By local name, whatever its letter case, order and namespace.
    Lenient,
}

impl Naming {
    pub(super) const fn of(strict: bool) -> Self {
        if strict { Self::Strict } else { Self::Lenient }
    }

    /// The members of these names, which are in the contract's order.
    pub(super) fn members<'a, const N: usize>(
        self,
        contract: &'a Element,
        namespace: &str,
        names: [&str; N],
    ) -> [Option<&'a Element>; N] {
        let mut found = [None; N];
        let mut next = 0;
        for element in contract.elements() {
            let from = if self == Self::Strict { next } else { 0 };
            let mut row = found.iter_mut().zip(names).enumerate().skip(from);
            let fitting = row.find(|(_, (_, name))| self.is(element, namespace, name));
            let Some((at, (place, _))) = fitting else { continue };
            // a lenient reader keeps the first
            *place = place.or(Some(element));
            next = at + 1;
        }
        found
    }

    /// The member of that name.
    pub(super) fn member<'a>(
        self,
        contract: &'a Element,
        namespace: &str,
        name: &str,
    ) -> Option<&'a Element> {
        let [found] = self.members(contract, namespace, [name]);
        found
    }

    /// The items of a collection.
    pub(super) fn items<'a>(
        self,
        collection: &'a Element,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        collection.elements().filter(move |element| self.is(element, namespace, name))
    }

    fn is(self, element: &Element, namespace: &str, name: &str) -> bool {
        match self {
            Self::Strict => element.is(namespace, name),
            Self::Lenient => element.name.eq_ignore_ascii_case(name),
        }
    }
}

/// The characters of a member, without white space around; `None` if it is missing, nil or empty.
pub(super) fn told(member: Option<&Element>) -> Option<String> {
    let member = member.filter(|member| !member.is_nil())?;
    Some(member.content().trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::text;

    #[test]
    fn members_are_taken_in_order_and_in_their_namespace() {
        for (inside, strict, lenient) in [
            ("<A>1</A><B>2</B>", ["1", "2"], ["1", "2"]),
            ("<X/><A>1</A><X/><B>2</B>", ["1", "2"], ["1", "2"]),
            ("<B>2</B><A>1</A>", ["-", "2"], ["1", "2"]),
            ("<a>1</a><B>2</B>", ["-", "2"], ["1", "2"]),
            ("<A xmlns='urn:y'>1</A><B>2</B>", ["-", "2"], ["1", "2"]),
            ("<A>1</A><A>3</A><B>2</B>", ["1", "2"], ["1", "2"]),
            ("", ["-", "-"], ["-", "-"]),
        ] {
            let element = text::parse(format!("<r xmlns='urn:x'>{inside}</r>").as_bytes()).unwrap();
            for (naming, expected) in [(Naming::Strict, strict), (Naming::Lenient, lenient)] {
                let found = naming.members(&element, "urn:x", ["A", "B"]);
                let found = found.map(|member| told(member).unwrap_or_else(|| "-".to_owned()));
                assert_eq!(found, expected, "{naming:?} {inside}");
            }
        }
    }
}
