//! What is fuzzed.

/// Something that takes octets from strangers.
pub trait Target {
    /// Inputs to begin with.
    fn seeds(&self) -> Vec<Vec<u8>>;

    /// Words of its language, to be strewn in.
    fn words(&self) -> &'static [&'static str] {
        &[]
    }

    /// Takes one input and tells, in a few words, how it was answered; a failure of its own is an `Err`.
    ///
    /// # Errors
    /// What should not have happened, for people to read.
    fn take(&mut self, input: &[u8]) -> Result<String, String>;

    /// Back to the beginning: what former inputs changed is gone.
    fn reset(&mut self) {}
}

/// A target by name.
pub struct Row {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Sets it up.
    pub make: fn() -> Box<dyn Target>,
}

pub use crate::targets::TARGETS;

/// The target of that name.
pub fn find(name: &str) -> Option<&'static Row> {
    TARGETS.iter().find(|row| row.name == name)
}
