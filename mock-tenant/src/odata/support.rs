//! What queries may do with a property, and what the query must be for it.
//! Source: learn.microsoft.com/graph/aad-advanced-queries (legend of the tables).

/// In which queries an operator is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Support {
    /// In none.
    #[default]
    Never,
    /// In plain queries only: with the advanced query parameters it is refused.
    Default,
    /// With `ConsistencyLevel: eventual` and `$count=true` only.
    Advanced,
    /// In both.
    Always,
}

impl Support {
    /// Whether it is open in a plain (`false`) or an advanced (`true`) query.
    #[must_use]
    pub const fn is_open(self, advanced: bool) -> bool {
        match self {
            Self::Never => false,
            Self::Default => !advanced,
            Self::Advanced => advanced,
            Self::Always => true,
        }
    }

    /// What negations have: all that supports an operator supports its negation, in advanced queries.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::Never | Self::Default => Self::Never,
            Self::Advanced | Self::Always => Self::Advanced,
        }
    }
}

/// Support for each operator on one property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ops {
    /// `eq` with a value, and `in`; `ne` and `not` follow from it.
    pub eq: Support,
    /// `startsWith`
    pub starts: Support,
    /// `endsWith`
    pub ends: Support,
    /// `ge`, `le`, `gt`, `lt`
    pub range: Support,
    /// `eq null`
    pub null: Support,
    /// `/$count eq 0`
    pub count: Support,
    /// `$orderby`
    pub order: Support,
}

impl Ops {
    /// No query may name the property.
    pub const NONE: Self = Self {
        eq: Support::Never,
        starts: Support::Never,
        ends: Support::Never,
        range: Support::Never,
        null: Support::Never,
        count: Support::Never,
        order: Support::Never,
    };
}
