//! Simple binds: which account a name means, and whether it may log on (MS-ADTS 5.1.1.1.1).

use jiff::Timestamp;

use super::account::{self, uac};
use super::api::{self, BindRefusal, Caller};
use super::entry::{EntryId, Life};
use super::forest::Forest;
use super::time::filetime;
use crate::dn::Base;
use crate::schema::{AttrId, Syntax, known, parse_guid_text, parse_sid_text};

/// Builtin\Administrators.
const ADMINISTRATORS: &str = "S-1-5-32-544";

pub(crate) fn authenticate(
    forest: &mut Forest,
    name: &str,
    password: &[u8],
    now: Timestamp,
) -> Result<Caller, BindRefusal> {
    let id = account_of(forest, name)?;
    let time = filetime(now);
    if account::locked(forest, id, time) {
        return Err(BindRefusal::Locked);
    }
    if !forest.secrets.get(&id).is_some_and(|secret| secret.matches(password)) {
        note_failure(forest, id, time);
        return Err(BindRefusal::BadCredentials);
    }
    may_log_on(forest, id, now)?;
    note_success(forest, id, time);
    Ok(caller(forest, id))
}

/// The forms are tried in AD's order. A DN that names something else than an account is told apart (observed).
fn account_of(forest: &Forest, name: &str) -> Result<EntryId, BindRefusal> {
    if let Some(id) = by_distinguished_name(forest, name) {
        return if forest.is_a(id, "user") { Ok(id) } else { Err(BindRefusal::NoAccount) };
    }
    let forms: [fn(&Forest, &str) -> Option<EntryId>; 6] =
        [by_principal_name, by_domain_name, by_canonical_name, by_guid, by_sid, by_display_name];
    forms
        .iter()
        .find_map(|form| form(forest, name))
        .filter(|id| forest.entry(*id).life == Life::Live && forest.is_a(*id, "user"))
        .ok_or(BindRefusal::BadCredentials)
}

fn by_distinguished_name(forest: &Forest, name: &str) -> Option<EntryId> {
    let base = Base::parse(name).ok().filter(|base| !matches!(base, Base::Dn(dn) if dn.is_root()))?;
    forest.resolve(&base).ok().filter(|id| forest.entry(*id).life == Life::Live)
}

/// The only live object with this value.
fn only(forest: &Forest, attr: AttrId, text: &str) -> Option<EntryId> {
    let wanted = Syntax::Unicode.normalise(text.as_bytes())?;
    let same = |id: &EntryId| {
        let entry = forest.entry(*id);
        let values = entry.stored(attr).iter().filter_map(|v| Syntax::Unicode.normalise(v));
        entry.life == Life::Live && values.into_iter().any(|value| value == wanted)
    };
    let mut found = forest.index.equal(attr, &wanted).iter().copied().filter(|id| same(id));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// userPrincipalName, or sAMAccountName@domain (NetBIOS or DNS name).
fn by_principal_name(forest: &Forest, name: &str) -> Option<EntryId> {
    let (user, domain) = name.rsplit_once('@')?;
    only(forest, known::USER_PRINCIPAL_NAME, name).or_else(|| {
        let ours = domain.eq_ignore_ascii_case(&forest.identity.dns)
            || domain.eq_ignore_ascii_case(&forest.identity.netbios);
        if ours { only(forest, known::SAM_ACCOUNT_NAME, user) } else { None }
    })
}

fn by_domain_name(forest: &Forest, name: &str) -> Option<EntryId> {
    let (domain, user) = name.split_once('\\')?;
    if domain.eq_ignore_ascii_case(&forest.identity.netbios) {
        only(forest, known::SAM_ACCOUNT_NAME, user)
    } else {
        None
    }
}

/// `corp.example.test/Users/Administrator`
fn by_canonical_name(forest: &Forest, name: &str) -> Option<EntryId> {
    let (domain, path) = name.split_once('/')?;
    if !domain.eq_ignore_ascii_case(&forest.identity.dns) {
        return None;
    }
    let step = |at: EntryId, part: &str| {
        let wanted = crate::schema::fold_name(part);
        let children = forest.entry(at).children.iter().copied();
        children.into_iter().find(|id| crate::schema::fold_name(&forest.entry(*id).rdn) == wanted)
    };
    path.split('/').try_fold(forest.domain().head, step)
}

/// `{f7772ca1-…}`
fn by_guid(forest: &Forest, name: &str) -> Option<EntryId> {
    forest.by_guid(&parse_guid_text(name.starts_with('{').then_some(name)?)?)
}

fn by_sid(forest: &Forest, name: &str) -> Option<EntryId> {
    forest.by_sid(&parse_sid_text(name)?)
}

fn by_display_name(forest: &Forest, name: &str) -> Option<EntryId> {
    only(forest, known::DISPLAY_NAME, name).or_else(|| by_service_name(forest, name))
}

fn by_service_name(forest: &Forest, name: &str) -> Option<EntryId> {
    name.contains('/').then(|| only(forest, known::SERVICE_PRINCIPAL_NAME, name)).flatten()
}

/// The password was right: may the account log on now?
fn may_log_on(forest: &Forest, id: EntryId, now: Timestamp) -> Result<(), BindRefusal> {
    let time = filetime(now);
    let entry = forest.entry(id);
    let control = entry.number(known::USER_ACCOUNT_CONTROL).unwrap_or(0);
    if control & uac::DISABLED != 0 {
        return Err(BindRefusal::Disabled);
    }
    if account::expired(forest, id, time) {
        return Err(BindRefusal::AccountExpired);
    }
    if entry.stored(known::LOGON_HOURS).first().is_some_and(|hours| !hour_allowed(hours, now)) {
        return Err(BindRefusal::Hours);
    }
    let never = control & uac::PASSWORD_NEVER_EXPIRES != 0;
    if entry.number(known::PWD_LAST_SET) == Some(0) && !never {
        return Err(BindRefusal::MustChange);
    }
    if account::password_expired(forest, id, time) {
        return Err(BindRefusal::PasswordExpired);
    }
    Ok(())
}

/// One bit an hour from Sunday 00:00 UTC, lowest bit first (MS-ADA1 logonHours). Other lengths allow everything.
fn hour_allowed(hours: &[u8], now: Timestamp) -> bool {
    let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
    let day = i64::from(zoned.weekday().to_sunday_zero_offset());
    let hour = usize::try_from(day * 24 + i64::from(zoned.hour())).unwrap_or(0);
    hours.len() != 21 || hours[hour / 8] >> (hour % 8) & 1 == 1
}

/// badPwdCount and badPasswordTime don't replicate, so no USN is spent; lockoutTime does.
fn note_failure(forest: &mut Forest, id: EntryId, time: i64) {
    let mut entry = forest.entry(id).clone();
    let count = entry.number(known::BAD_PWD_COUNT).unwrap_or(0) + 1;
    entry.put_text(known::BAD_PWD_COUNT, count.to_string());
    entry.put_text(known::BAD_PASSWORD_TIME, time.to_string());
    let threshold = account::domain_number(forest, known::LOCKOUT_THRESHOLD, 0);
    if threshold > 0 && count >= threshold {
        entry.put_text(known::LOCKOUT_TIME, time.to_string());
        let usn = forest.next_usn();
        entry.touch(known::LOCKOUT_TIME, usn, entry.changed);
        entry.usn_changed = usn;
    }
    forest.replace(id, entry);
}

fn note_success(forest: &mut Forest, id: EntryId, time: i64) {
    let mut entry = forest.entry(id).clone();
    let count = entry.number(known::LOGON_COUNT).unwrap_or(0) + 1;
    entry.put_text(known::LOGON_COUNT, count.to_string());
    entry.put_text(known::LAST_LOGON, time.to_string());
    entry.put_text(known::BAD_PWD_COUNT, "0");
    forest.replace(id, entry);
}

/// What an account may do.
pub(crate) fn caller(forest: &Forest, id: EntryId) -> Caller {
    let entry = forest.entry(id);
    let groups = forest.group_closure(id);
    let administrators = parse_sid_text(ADMINISTRATORS).and_then(|sid| forest.by_sid(&sid));
    let administrator = administrators.is_some_and(|group| groups.contains(&group));
    let replicator =
        forest.replicators.contains(&id) || groups.iter().any(|group| forest.replicators.contains(group));
    let name = entry.text(known::SAM_ACCOUNT_NAME).unwrap_or_default();
    let sid = entry.stored(known::OBJECT_SID).first().cloned().unwrap_or_default();
    let identity = api::Identity { entry: id, sid, administrator, replicator };
    Caller::account(format!("{}\\{name}", forest.identity.netbios), identity)
}

/// The double itself: what it does for a shell needs no account.
pub(crate) fn system() -> Caller {
    let sid = bytes::Bytes::from_static(&[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]);
    let identity = api::Identity { entry: EntryId(0), sid, administrator: true, replicator: true };
    Caller::account("NT AUTHORITY\\SYSTEM".to_owned(), identity)
}
