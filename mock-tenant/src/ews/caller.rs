//! Who asks.

/// What a look-up needs to know of its caller.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller {
    /// A token of an application's own (`true`) must come with an ExchangeImpersonation header, one of a user (`false`)
    /// without; `None`: nobody minds, which is how a lenient tenant is.
    pub must_impersonate: Option<bool>,
}
