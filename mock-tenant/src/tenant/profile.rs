//! The service as it was, is and will be: what Microsoft changed in the chain, with the day and the source of each change.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// The service on and after a day. Later ones have all that earlier ones have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Profile {
    /// Before all changes of this table.
    #[serde(rename = "2025")]
    Y2025,
    /// Since 2026-07-01.
    #[serde(rename = "2026-07")]
    Y2026M07,
    /// Since 2026-10-01.
    #[serde(rename = "2026-10")]
    Y2026M10,
    /// Since 2027-04-01.
    #[serde(rename = "2027-04")]
    Y2027M04,
}

/// One thing that the service does differently since a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceChange {
    /// A hard match is refused onto users with a privileged role, or with another `onPremisesObjectIdentifier`.
    HardMatchHardening,
    /// The source of authority is a switch of each object: `onPremisesSyncBehavior.isCloudManaged`, and in Exchange
    /// `IsExchangeCloudManaged`.
    SourceOfAuthorityPerObject,
    /// Sync clients that sign in with a user name and a password are refused: Entra Connect signs in as an application.
    ConnectSignsInAsApplication,
    /// EWS is off unless `EwsEnabled` is set, and then open to the applications of `EwsAllowedAppIDs` only.
    EwsOffByDefault,
    /// EWS is gone, whatever the tenant has set.
    EwsGone,
}

/// A row of the table of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What changed.
    pub change: ServiceChange,
    /// The first profile that has it.
    pub profile: Profile,
    /// The day of the change, UTC. A change within the time of a profile comes with that profile.
    pub since: Date,
    /// Where it is said.
    pub source: &'static str,
}

/// Every change, oldest first.
pub const CHANGES: &[Row] = &[
    Row {
        change: ServiceChange::SourceOfAuthorityPerObject,
        profile: Profile::Y2026M07,
        since: date(2026, 7, 1),
        source: "microsoft-graph-docs, resources/onpremisessyncbehavior; the day is that of the profile",
    },
    Row {
        change: ServiceChange::HardMatchHardening,
        profile: Profile::Y2026M07,
        since: date(2026, 7, 1),
        source: "entra docs, how-to-connect-install-existing-tenant (2026-07-01), \"Hard match security protections\"",
    },
    Row {
        change: ServiceChange::ConnectSignsInAsApplication,
        profile: Profile::Y2026M10,
        since: date(2026, 10, 1),
        source: "entra docs, authenticate-application-id: older versions stop after 2026-09-30",
    },
    Row {
        change: ServiceChange::EwsOffByDefault,
        profile: Profile::Y2026M10,
        since: date(2026, 10, 1),
        source: "techcommunity, \"Exchange Online EWS, Your Time is Almost Up\" (4492361)",
    },
    Row {
        change: ServiceChange::EwsGone,
        profile: Profile::Y2027M04,
        since: date(2027, 4, 1),
        source: "techcommunity, \"Exchange Online EWS, Your Time is Almost Up\" (4492361)",
    },
];

/// A text that names no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a profile of the service: 2025, 2026-07, 2026-10 or 2027-04")]
pub struct UnknownProfile;

impl Profile {
    /// All of them, oldest first.
    pub const ALL: [Self; 4] = [Self::Y2025, Self::Y2026M07, Self::Y2026M10, Self::Y2027M04];

    /// Its name on the command line and in a world.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Y2025 => "2025",
            Self::Y2026M07 => "2026-07",
            Self::Y2026M10 => "2026-10",
            Self::Y2027M04 => "2027-04",
        }
    }

    /// The first day of the profile, UTC.
    #[must_use]
    pub const fn since(self) -> Date {
        match self {
            Self::Y2025 => date(2025, 1, 1),
            Self::Y2026M07 => date(2026, 7, 1),
            Self::Y2026M10 => date(2026, 10, 1),
            Self::Y2027M04 => date(2027, 4, 1),
        }
    }

    /// The profile of that time; before all of them the first one.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let today = Offset::UTC.to_datetime(now).date();
        Self::ALL.into_iter().rev().find(|profile| profile.since() <= today).unwrap_or(Self::Y2025)
    }

    /// Whether the service has made that change.
    #[must_use]
    pub fn has(self, change: ServiceChange) -> bool {
        CHANGES.iter().any(|row| row.change == change && row.profile <= self)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.name() == text).ok_or(UnknownProfile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_names_the_profile() {
        for (now, name) in [
            ("2019-01-01T00:00:00Z", "2025"),
            ("2026-06-30T23:59:59Z", "2025"),
            ("2026-07-01T00:00:00Z", "2026-07"),
            ("2026-10-01T00:00:00Z", "2026-10"),
            ("2027-03-31T23:59:59Z", "2026-10"),
            ("2030-01-01T00:00:00Z", "2027-04"),
        ] {
            assert_eq!(Profile::at(now.parse().unwrap()).name(), name, "{now}");
        }
    }

    #[test]
    fn names_are_read_back_and_others_are_refused() {
        for profile in Profile::ALL {
            assert_eq!(profile.to_string().parse(), Ok(profile));
            let json = serde_json::to_string(&profile).unwrap();
            assert_eq!(json, format!("\"{profile}\""));
        }
        assert_eq!("2026".parse::<Profile>(), Err(UnknownProfile));
    }

    #[test]
    fn each_change_belongs_to_the_profile_of_its_day() {
        for row in CHANGES {
            assert!(row.profile.since() <= row.since, "{row:?}");
            let next = Profile::ALL.into_iter().find(|profile| *profile > row.profile);
            assert!(next.is_none_or(|next| row.since < next.since()), "{row:?}");
            assert!(row.profile.has(row.change) && !Profile::Y2025.has(row.change), "{row:?}");
        }
    }
}
