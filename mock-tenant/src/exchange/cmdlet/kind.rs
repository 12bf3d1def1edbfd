//! Types of parameters.

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `String` and the like, of at most so many characters.
    Text(usize),
    /// `Boolean`, `SwitchParameter`.
    Flag,
    /// `UInt32`.
    Number,
    /// `Byte[]`.
    Binary,
    /// `MultiValuedProperty` of texts.
    Texts,
    /// `MultiValuedProperty` of `Byte[]`.
    Binaries,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `Unlimited`, or a number.
    ResultSize,
}

impl Type {
    /// The name of the type in an error message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text(_) => "System.String",
            Self::Flag => "System.Boolean",
            Self::Number => "System.UInt32",
            Self::Binary => "System.Byte[]",
            Self::Texts | Self::Binaries => "Microsoft.Exchange.Data.MultiValuedProperty`1",
            Self::Choice(_) => "System.Enum",
            Self::ResultSize => "Microsoft.Exchange.Data.Unlimited`1",
        }
    }
}
