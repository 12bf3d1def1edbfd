//! Accounts: userAccountControl and its computed half, the types that SAM derives, account states.

use super::entry::EntryId;
use super::forest::Forest;
use crate::schema::known;

/// userAccountControl bits (MS-ADTS 2.2.16).
pub(crate) mod uac {
    pub(crate) const DISABLED: i64 = 0x2;
    pub(crate) const LOCKOUT: i64 = 0x10;
    pub(crate) const PASSWORD_NOT_REQUIRED: i64 = 0x20;
    pub(crate) const NORMAL: i64 = 0x200;
    pub(crate) const INTERDOMAIN_TRUST: i64 = 0x800;
    pub(crate) const WORKSTATION: i64 = 0x1000;
    pub(crate) const SERVER: i64 = 0x2000;
    pub(crate) const PASSWORD_NEVER_EXPIRES: i64 = 0x1_0000;
    pub(crate) const PASSWORD_EXPIRED: i64 = 0x80_0000;
    /// Bits that only the computed attribute shows.
    pub(crate) const COMPUTED: i64 = LOCKOUT | PASSWORD_EXPIRED;
}

/// accountExpires that means never.
pub(crate) const NEVER: i64 = i64::MAX;

/// sAMAccountType of an account (MS-ADTS 3.1.1.8.1.4).
pub(crate) const fn account_type(control: i64) -> i64 {
    if control & (uac::WORKSTATION | uac::SERVER) != 0 {
        0x3000_0001
    } else if control & uac::INTERDOMAIN_TRUST != 0 {
        0x3000_0002
    } else {
        0x3000_0000
    }
}

/// sAMAccountType of a group: security or distribution, domain-local (alias) or not.
pub(crate) const fn group_type(group_type: i64) -> i64 {
    let security = group_type < 0;
    let alias = group_type & 0x4 != 0;
    match (alias, security) {
        (false, true) => 0x1000_0000,
        (false, false) => 0x1000_0001,
        (true, true) => 0x2000_0000,
        (true, false) => 0x2000_0001,
    }
}

/// primaryGroupID that goes with userAccountControl: Domain Users, Domain Computers, Domain Controllers.
pub(crate) const fn primary_group(control: i64) -> u32 {
    if control & uac::SERVER != 0 {
        516
    } else if control & uac::WORKSTATION != 0 {
        515
    } else {
        513
    }
}

/// msDS-User-Account-Control-Computed: lockout and expired password (MS-ADTS 3.1.1.4.5.17). `now` as FILETIME.
pub(crate) fn computed_control(forest: &Forest, id: EntryId, now: i64) -> u32 {
    let mut bits = 0;
    if locked(forest, id, now) {
        bits |= uac::LOCKOUT;
    }
    if password_expired(forest, id, now) {
        bits |= uac::PASSWORD_EXPIRED;
    }
    u32::try_from(bits).unwrap_or(0)
}

/// lockoutTime is set and lockoutDuration has not passed since.
pub(crate) fn locked(forest: &Forest, id: EntryId, now: i64) -> bool {
    let since = forest.entry(id).number(known::LOCKOUT_TIME).unwrap_or(0);
    let duration = domain_number(forest, known::LOCKOUT_DURATION, -18_000_000_000);
    since != 0 && (duration == i64::MIN || duration == 0 || now < since.saturating_sub(duration))
}

/// pwdLastSet 0, or older than maxPwdAge.
pub(crate) fn password_expired(forest: &Forest, id: EntryId, now: i64) -> bool {
    let control = forest.entry(id).number(known::USER_ACCOUNT_CONTROL).unwrap_or(0);
    let exempt = uac::PASSWORD_NEVER_EXPIRES | uac::WORKSTATION | uac::SERVER | uac::INTERDOMAIN_TRUST;
    control & exempt == 0 && password_expiry(forest, id) < now
}

/// msDS-UserPasswordExpiryTimeComputed.
pub(crate) fn password_expiry(forest: &Forest, id: EntryId) -> i64 {
    let entry = forest.entry(id);
    let control = entry.number(known::USER_ACCOUNT_CONTROL).unwrap_or(0);
    let age = domain_number(forest, known::MAX_PWD_AGE, -36_288_000_000_000);
    let set = entry.number(known::PWD_LAST_SET).unwrap_or(0);
    if control & uac::PASSWORD_NEVER_EXPIRES != 0 || (set != 0 && (age == 0 || age == i64::MIN)) {
        NEVER
    } else if set == 0 {
        0
    } else {
        set.saturating_sub(age)
    }
}

/// accountExpires has passed; 0 and the greatest number mean never.
pub(crate) fn expired(forest: &Forest, id: EntryId, now: i64) -> bool {
    let at = forest.entry(id).number(known::ACCOUNT_EXPIRES).unwrap_or(0);
    at != 0 && at != NEVER && at <= now
}

/// A number on the domain head.
pub(crate) fn domain_number(forest: &Forest, attr: crate::schema::AttrId, default: i64) -> i64 {
    forest.entry(forest.domain().head).number(attr).unwrap_or(default)
}
