//! The limits of AD's query policy (MS-ADTS 3.1.1.3.4.6) and the switches of the double, by AD's own names.

/// One policy: name, default, smallest and greatest value that can be set.
struct Definition(&'static str, i64, i64, i64);

/// lDAPAdminLimits with AD's defaults; hard maxima where Windows has one. The last rows are ours.
const DEFINITIONS: &[Definition] = &[
    Definition("MaxPoolThreads", 4, 1, i64::MAX),
    Definition("MaxPercentDirSyncRequests", 25, 1, 100),
    Definition("MaxDatagramRecv", 4096, 512, i64::MAX),
    Definition("MaxReceiveBuffer", 10_485_760, 1024, 20_971_520),
    Definition("InitRecvTimeout", 120, 1, i64::MAX),
    Definition("MaxConnections", 5000, 1, i64::MAX),
    Definition("MaxConnIdleTime", 900, 1, i64::MAX),
    Definition("MaxPageSize", 1000, 1, 20_000),
    Definition("MaxBatchReturnMessages", 1100, 1, i64::MAX),
    Definition("MaxQueryDuration", 120, 1, 1200),
    Definition("MaxDirSyncDuration", 60, 1, i64::MAX),
    Definition("MaxTempTableSize", 10_000, 1, 100_000),
    Definition("MaxResultSetSize", 262_144, 1, i64::MAX),
    Definition("MinResultSets", 3, 0, i64::MAX),
    Definition("MaxResultSetsPerConn", 10, 1, i64::MAX),
    Definition("MaxNotificationPerConn", 5, 1, i64::MAX),
    Definition("MaxValRange", 1500, 1, 5000),
    Definition("MaxValRangeTransitive", 0, 0, i64::MAX),
    // how `;binary` is taken: 0 as AD does (same attribute), 1 refused, 2 wanted, 3 a subtype of its own
    Definition("BinaryOption", 0, 0, 3),
    // DirSync flags as 32-bit numbers only, as Windows reads them
    Definition("StrictDirSyncFlags", 1, 0, 1),
    // a name with an empty password is refused instead of taken as anonymous
    Definition("DenyUnauthenticatedBind", 0, 0, 1),
    // LDAPServerIntegrity: 2 = clear-text simple binds are refused
    Definition("LDAPServerIntegrity", 1, 0, 2),
];

/// A policy that can't be set so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No such name.
    #[error("policy {0:?} is not known; known are {names}", names = names().join(", "))]
    Unknown(String),
    /// The value is no number in the range.
    #[error("policy {name}={value}: expected a number from {least} to {most}")]
    Range {
        /// The policy.
        name: &'static str,
        /// What was given.
        value: String,
        /// Smallest value.
        least: i64,
        /// Greatest value.
        most: i64,
    },
}

/// Every policy's name.
#[must_use]
pub(super) fn names() -> Vec<&'static str> {
    DEFINITIONS.iter().map(|definition| definition.0).collect()
}

/// The policies of one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies(Vec<i64>);

impl Default for Policies {
    fn default() -> Self {
        Self(DEFINITIONS.iter().map(|definition| definition.1).collect())
    }
}

impl Policies {
    /// The value of a policy, 0 for a name that is none.
    #[must_use]
    pub fn get(&self, name: &str) -> i64 {
        place(name).map_or(0, |place| self.0[place])
    }

    /// The value of a policy as a count of things.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        usize::try_from(self.get(name)).unwrap_or(usize::MAX)
    }

    /// Sets a policy; names in any case.
    ///
    /// # Errors
    /// The name is unknown, or the value is no number in the policy's range.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), PolicyError> {
        let place = place(name).ok_or_else(|| PolicyError::Unknown(name.to_owned()))?;
        let Definition(name, _, least, most) = DEFINITIONS[place];
        let refused = || PolicyError::Range { name, value: value.to_owned(), least, most };
        let number: i64 = value.trim().parse().map_err(|_| refused())?;
        if !(least..=most).contains(&number) {
            return Err(refused());
        }
        self.0[place] = number;
        Ok(())
    }

    /// AD's own limits as lDAPAdminLimits shows them (`MaxPageSize=1000`).
    pub fn admin_limits(&self) -> impl Iterator<Item = String> {
        let own = place("BinaryOption").unwrap_or(DEFINITIONS.len());
        DEFINITIONS[..own].iter().zip(&self.0).map(|(definition, value)| format!("{}={value}", definition.0))
    }
}

fn place(name: &str) -> Option<usize> {
    DEFINITIONS.iter().position(|definition| definition.0.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_set_within_their_hard_limits() {
        let mut policies = Policies::default();
        assert_eq!(policies.get("MaxPageSize"), 1000);
        policies.set("maxpagesize", "10").unwrap();
        assert_eq!(policies.count("MaxPageSize"), 10);
        let refused = policies.set("MaxPageSize", "20001").unwrap_err().to_string();
        assert_eq!(refused, "policy MaxPageSize=20001: expected a number from 1 to 20000");
        assert!(policies.set("MaxPageSizes", "1").unwrap_err().to_string().contains("MaxValRange"));
        assert!(policies.admin_limits().any(|line| line == "MaxPageSize=10"));
        assert!(!policies.admin_limits().any(|line| line.starts_with("BinaryOption")));
    }
}
