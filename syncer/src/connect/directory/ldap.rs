//! Imports: the full read by paged search, the delta by DirSync.
//!
//! A full read takes its DirSync cookie *before* it reads (with a filter that matches nothing, so the cookie comes alone):
//! what changes while the pages come is told again by the first delta, and applying it twice does no harm. Reading all
//! through DirSync itself would also work, but it can't be restricted to a part of the tree nor to object classes, never
//! tells naming and constructed attributes, and needs the right that a fallback must do without.

use std::collections::VecDeque;

use futures_util::future::BoxFuture;
use ldap3::{LdapResult, Scope};

use super::{
    DirectoryBatch, DirectorySource, LdapConfig, dirsync,
    dn::Dn,
    entry::Entry,
    errors::{code, refused},
    session::{Place, Running, Session, guid_base, next_entry, paged, requested},
};
use crate::{
    engine::protocol::{ConnectorError, DirectoryRead},
    model::{Attributes, Cursor, DirectoryChange, Guid},
};

/// Sees tombstones too, which have neither objectCategory nor most attributes.
const EVERYTHING: &str = "(objectClass=*)";

/// No object has the zero GUID.
const NOTHING: &str = "(objectGUID=\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00)";

/// Active Directory as a source.
pub struct LdapDirectory {
    config: LdapConfig,
    read: Option<Read>,
}

struct Read {
    session: Session,
    place: Place,
    attributes: Vec<String>,
    step: Step,
    cookie: Option<Vec<u8>>,
    /// Renamed or moved objects, to be read again with everything below them.
    moved: VecDeque<Guid>,
}

enum Step {
    /// The next page of the subtree at a base.
    Page { base: String, cookie: Vec<u8>, after: After },
    /// DirSync is to be asked with the cookie.
    Round,
    /// DirSync is answering.
    Answer(Box<Running>),
    /// Moved objects are to be read, then the end.
    Moved,
}

#[derive(Clone, Copy)]
enum After {
    End,
    Moved,
}

impl LdapDirectory {
    /// A directory by its configuration; nothing is connected yet.
    pub fn new(config: LdapConfig) -> Self {
        Self { config, read: None }
    }

    async fn start(&mut self, read: DirectoryRead) -> Result<(), ConnectorError> {
        self.read = None;
        let mut session = Session::open(&self.config).await?;
        let place = session.locate(&self.config.base_dn).await?;
        let attributes = requested(&read.attributes);
        let mut started =
            Read { session, place, attributes, step: Step::Round, cookie: None, moved: VecDeque::new() };
        match read.since {
            None => started.prepare_full(&self.config).await?,
            Some(cursor) => started.prepare_delta(cursor)?,
        }
        self.read = Some(started);
        Ok(())
    }

    async fn step(&mut self) -> Result<DirectoryBatch, ConnectorError> {
        let Some(mut read) = self.read.take() else {
            return Err(ConnectorError::Fatal("no read of the directory is under way".into()));
        };
        let batch = read.advance(&self.config).await?;
        if matches!(batch, DirectoryBatch::Objects(_)) {
            self.read = Some(read);
        }
        Ok(batch)
    }
}

impl DirectorySource for LdapDirectory {
    fn begin(&mut self, read: DirectoryRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        Box::pin(self.start(read))
    }

    fn next(&mut self) -> BoxFuture<'_, Result<DirectoryBatch, ConnectorError>> {
        Box::pin(self.step())
    }
}

impl Read {
    async fn prepare_full(&mut self, config: &LdapConfig) -> Result<(), ConnectorError> {
        self.cookie = self.cookie_alone(config).await?;
        self.step = Step::Page { base: self.place.base.clone(), cookie: Vec::new(), after: After::End };
        Ok(())
    }

    /// A cookie goes to whatever server answers (MS-ADTS lets it), but not to a database that was set back: its
    /// update sequence numbers would be counted twice.
    fn prepare_delta(&mut self, cursor: Cursor) -> Result<(), ConnectorError> {
        let same_server = cursor.server.is_some() && cursor.server == self.place.server;
        let (then, now) = (cursor.invocation_id, self.place.invocation_id);
        if same_server && then.is_some() && now.is_some() && then != now {
            let server = cursor.server.unwrap_or_default();
            return Err(ConnectorError::CursorExpired(format!(
                "the database of {server} was restored since"
            )));
        }
        self.cookie = Some(cursor.cookie);
        Ok(())
    }

    /// A cookie for "now", without objects. `None`: DirSync is not to be had here, and the log says what to do.
    async fn cookie_alone(&mut self, config: &LdapConfig) -> Result<Option<Vec<u8>>, ConnectorError> {
        let mut cookie = Vec::new();
        loop {
            let control = Some(dirsync::request(&cookie));
            let names = vec!["name".to_owned()];
            let mut running =
                self.session.search(&self.place.context, Scope::Subtree, NOTHING, names, control).await?;
            while next_entry(&mut running, &self.place.context).await?.is_some() {}
            let result = running.finish().await;
            if is_dirsync_refusal(&result) {
                tracing::warn!("{}; every import will be a full one", self.dirsync_refused(config, &result));
                return Ok(None);
            }
            let round = self.round(&result, &cookie, true)?;
            cookie = round.cookie;
            if !round.more {
                return Ok(Some(cookie));
            }
        }
    }

    async fn advance(&mut self, config: &LdapConfig) -> Result<DirectoryBatch, ConnectorError> {
        loop {
            match std::mem::replace(&mut self.step, Step::Moved) {
                Step::Page { base, cookie, after } => return self.page(config, base, &cookie, after).await,
                Step::Round => self.ask().await?,
                Step::Answer(running) => return self.answer(config, running).await,
                Step::Moved => match self.moved.pop_front() {
                    None => return Ok(DirectoryBatch::End { cursor: self.cursor() }),
                    Some(guid) => {
                        self.step =
                            Step::Page { base: guid_base(&guid), cookie: Vec::new(), after: After::Moved };
                    }
                },
            }
        }
    }

    fn cursor(&mut self) -> Option<Cursor> {
        let cookie = self.cookie.take()?;
        Some(Cursor { cookie, server: self.place.server.clone(), invocation_id: self.place.invocation_id })
    }

    async fn page(
        &mut self,
        config: &LdapConfig,
        base: String,
        cookie: &[u8],
        after: After,
    ) -> Result<DirectoryBatch, ConnectorError> {
        let filter = if matches!(after, After::End) { &config.filter } else { EVERYTHING };
        let page = match self
            .session
            .page(&base, filter, self.attributes.clone(), paged(config.page_size, cookie))
            .await?
        {
            Ok(page) => page,
            // moved and then deleted: the deletion is told by itself
            Err(result) if matches!(after, After::Moved) && result.rc == code::NO_SUCH_OBJECT => {
                return Ok(DirectoryBatch::Objects(Vec::new()));
            }
            Err(result) => return Err(refused(&format!("search {base}"), &result)),
        };
        match (page.next, after) {
            (Some(cookie), _) => self.step = Step::Page { base, cookie, after },
            (None, After::End) => self.moved.clear(),
            (None, After::Moved) => {}
        }
        let changes = page.entries.into_iter().filter_map(Entry::into_whole);
        Ok(DirectoryBatch::Objects(changes.map(|change| self.visible(change)).collect()))
    }

    /// Asks for the next round of changes. Flags, base and criticality: MS-ADTS 3.1.1.3.4.1.3.
    async fn ask(&mut self) -> Result<(), ConnectorError> {
        let control = dirsync::request(self.cookie.as_deref().unwrap_or_default());
        let running = self
            .session
            .search(&self.place.context, Scope::Subtree, EVERYTHING, self.attributes.clone(), Some(control))
            .await?;
        self.step = Step::Answer(Box::new(running));
        Ok(())
    }

    async fn answer(
        &mut self,
        config: &LdapConfig,
        mut running: Box<Running>,
    ) -> Result<DirectoryBatch, ConnectorError> {
        let mut changes = Vec::new();
        while let Some(entry) = next_entry(&mut running, &self.place.context).await? {
            changes.extend(self.change(entry));
            if changes.len() >= config.page_size.max(1) as usize {
                self.step = Step::Answer(running);
                return Ok(DirectoryBatch::Objects(changes));
            }
        }
        let result = running.finish().await;
        if is_dirsync_refusal(&result) {
            return Err(ConnectorError::CursorExpired(self.dirsync_refused(config, &result)));
        }
        let sent = self.cookie.take().unwrap_or_default();
        let round = self.round(&result, &sent, changes.is_empty())?;
        self.cookie = Some(round.cookie);
        self.step = if round.more { Step::Round } else { Step::Moved };
        Ok(DirectoryBatch::Objects(changes))
    }

    /// An entry of DirSync. Children of a renamed or moved object are not told by DirSync, and of the object itself only
    /// the name: so it is read again, with all below it, once the rounds are through.
    fn change(&mut self, entry: Entry) -> Option<DirectoryChange> {
        let renamed = entry.mentions("name") || entry.mentions("parentguid");
        if renamed && !entry.mentions("objectclass") && !entry.is_deleted() {
            self.moved.extend(entry.guid());
        }
        let change = entry.into_partial()?;
        Some(self.visible(change))
    }

    /// What lies outside of the base is not there, as far as the import is concerned.
    fn visible(&self, change: DirectoryChange) -> DirectoryChange {
        if change.deleted
            || change.dn.is_empty()
            || Dn::parse(&change.dn).is_within(&Dn::parse(&self.place.base))
        {
            return change;
        }
        DirectoryChange { deleted: true, attributes: Attributes::new(), ..change }
    }

    fn round(&self, result: &LdapResult, sent: &[u8], empty: bool) -> Result<dirsync::Round, ConnectorError> {
        let what = format!("DirSync at {}", self.place.context);
        if result.rc != 0 {
            return Err(refused(&what, result));
        }
        match dirsync::answer(&result.ctrls) {
            None => Err(ConnectorError::Transient(format!("{what}: the answer has no DirSync control"))),
            Some(round) if round.more && empty && round.cookie == sent => Err(ConnectorError::Fatal(
                format!("{what}: more results are announced, but the cookie stands still"),
            )),
            Some(round) => Ok(round),
        }
    }

    fn dirsync_refused(&self, config: &LdapConfig, result: &LdapResult) -> String {
        format!(
            "DirSync at {} was refused (LDAP result {}: {}); if the cookie is not at fault, {} needs the right \
             \"Replicating Directory Changes\" (DS-Replication-Get-Changes) on {}",
            self.place.context,
            result.rc,
            result.text.trim_matches(['\0', '\n', ' ']),
            config.bind_dn,
            self.place.context
        )
    }
}

/// 12: the control or the cookie isn't taken; 50 without the right; 53 where object security would be needed.
fn is_dirsync_refusal(result: &LdapResult) -> bool {
    matches!(result.rc, code::UNAVAILABLE_CRITICAL_EXTENSION | code::INSUFFICIENT_RIGHTS | code::UNWILLING)
}
