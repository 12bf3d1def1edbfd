//! The state in one SQLite file.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::{StreamExt as _, future::BoxFuture};
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous},
};

use super::{
    Store, StoreError,
    lock::Lock,
    rows::{self, Reason},
};
use crate::engine::state::{Change, State, StateChange};

static MIGRATIONS: Migrator = sqlx::migrate!();

const TABLES: [&str; 3] = ["directory_object", "tenant_record", "setting"];

/// `state.db` in a folder, held by one process at a time.
pub struct SqliteStore {
    connection: SqliteConnection,
    path: PathBuf,
    _lock: Lock,
}

impl SqliteStore {
    /// Opens the store of a folder, making both if need be; migrates it and checks that it is whole and can be written.
    ///
    /// # Errors
    /// [`StoreError`]: in use, unreadable, damaged, not writable, or written by a later version.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let lock = Lock::take(&folder.join("lock"))?;
        let path = folder.join("state.db");
        let connection = connect(&path).await.map_err(|e| unusable(&path, &e))?;
        let mut store = Self { connection, path, _lock: lock };
        store.check().await?;
        store.migrate().await?;
        store.prove_writable().await?;
        Ok(store)
    }

    /// Folder and file, for messages.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Version of the schema in the file.
    #[must_use]
    pub fn schema(&self) -> i64 {
        known_schema()
    }

    async fn check(&mut self) -> Result<(), StoreError> {
        let told: Result<String, _> =
            sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut self.connection).await;
        match told {
            Ok(text) if text == "ok" => Ok(()),
            Ok(text) => Err(self.damaged(text)),
            Err(sqlx::Error::Database(e)) => Err(self.damaged(e.to_string())),
            Err(e) => Err(unusable(&self.path, &e)),
        }
    }

    async fn migrate(&mut self) -> Result<(), StoreError> {
        let path = self.path.clone();
        MIGRATIONS.run_direct(None, &mut self.connection, false).await.map_err(|error| match error {
            MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _) => {
                StoreError::Newer { path, found, known: known_schema() }
            }
            other => StoreError::Unusable { path, reason: other.to_string() },
        })
    }

    /// A read-only or full disk has to show before anything is exported.
    async fn prove_writable(&mut self) -> Result<(), StoreError> {
        let pid = rows::json(&std::process::id());
        let write = put_setting(&mut self.connection, "opened_by", &pid).await;
        write.map_err(|e| unusable(&self.path, &e))
    }

    fn damaged(&self, reason: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), reason: reason.into() }
    }

    async fn read_all(&mut self) -> Result<State, StoreError> {
        let mut state = State::default();
        self.each("SELECT guid, dn, parent, attributes, error FROM directory_object", |row| {
            let (guid, object) = rows::object(row)?;
            state.directory.insert(guid, object);
            Ok(())
        })
        .await?;
        self.each("SELECT anchor, guid, detail, confirmed, pending FROM tenant_record", |row| {
            let (anchor, record) = rows::record(row)?;
            state.tenant.insert(anchor, record);
            Ok(())
        })
        .await?;
        state.directory_cursor = self.setting::<Option<_>>("directory_cursor").await?.flatten();
        state.tenant_cursor = self.setting::<Option<_>>("tenant_cursor").await?.flatten();
        state.rules_fingerprint = self.setting("rules_fingerprint").await?;
        state.runs = self.setting("runs").await?.unwrap_or_default();
        Ok(state)
    }

    async fn each(
        &mut self,
        query: &'static str,
        mut take: impl FnMut(&SqliteRow) -> Result<(), Reason>,
    ) -> Result<(), StoreError> {
        let path = &self.path;
        let mut found = sqlx::query(query).fetch(&mut self.connection);
        while let Some(row) = found.next().await {
            let row = row.map_err(|e| unusable(path, &e))?;
            take(&row).map_err(|reason| StoreError::Damaged { path: path.clone(), reason })?;
        }
        Ok(())
    }

    async fn setting<T: for<'de> serde::Deserialize<'de>>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?").bind(name);
        let text: Option<String> =
            query.fetch_optional(&mut self.connection).await.map_err(|e| unusable(&self.path, &e))?;
        let parsed = text.map(|text| rows::parse(&text)).transpose();
        parsed.map_err(|reason| self.damaged(format!("setting {name}: {reason}")))
    }

    async fn write(&mut self, change: &StateChange) -> Result<(), sqlx::Error> {
        let mut transaction = self.connection.begin().await?;
        for change in &change.0 {
            apply(&mut transaction, change).await?;
        }
        transaction.commit().await
    }

    async fn empty(&mut self) -> Result<(), sqlx::Error> {
        let mut transaction = self.connection.begin().await?;
        for table in TABLES {
            let delete = sqlx::AssertSqlSafe(format!("DELETE FROM {table}"));
            sqlx::query(delete).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }
}

impl Store for SqliteStore {
    fn load(&mut self) -> BoxFuture<'_, Result<State, StoreError>> {
        Box::pin(self.read_all())
    }

    fn commit<'a>(&'a mut self, change: &'a StateChange) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let written = self.write(change).await;
            written.map_err(|e| unusable(&self.path, &e))
        })
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let emptied = self.empty().await;
            emptied.map_err(|e| unusable(&self.path, &e))
        })
    }
}

async fn apply(connection: &mut SqliteConnection, change: &Change) -> Result<(), sqlx::Error> {
    match change {
        Change::PutObject { guid, object } => put_object(connection, guid, object).await,
        Change::DropObject { guid } => {
            let query = sqlx::query("DELETE FROM directory_object WHERE guid = ?").bind(&guid[..]);
            query.execute(connection).await.map(drop)
        }
        Change::PutRecord { anchor, record } => put_record(connection, anchor, record).await,
        Change::DropRecord { anchor } => {
            let query = sqlx::query("DELETE FROM tenant_record WHERE anchor = ?").bind(&**anchor);
            query.execute(connection).await.map(drop)
        }
        Change::DirectoryCursor(cursor) => {
            put_setting(connection, "directory_cursor", &rows::json(cursor)).await
        }
        Change::TenantCursor(cursor) => put_setting(connection, "tenant_cursor", &rows::json(cursor)).await,
        Change::RulesFingerprint(print) => {
            put_setting(connection, "rules_fingerprint", &rows::json(print)).await
        }
        Change::Runs(runs) => put_setting(connection, "runs", &rows::json(runs)).await,
    }
}

async fn put_object(
    connection: &mut SqliteConnection,
    guid: &[u8],
    object: &crate::engine::state::StagedObject,
) -> Result<(), sqlx::Error> {
    let row = rows::object_row(object);
    let query = "INSERT OR REPLACE INTO directory_object (guid, dn, parent, attributes, error) VALUES (?, ?, ?, ?, ?)";
    let query =
        sqlx::query(query).bind(guid).bind(row.dn).bind(row.parent).bind(row.attributes).bind(row.error);
    query.execute(connection).await.map(drop)
}

async fn put_record(
    connection: &mut SqliteConnection,
    anchor: &str,
    record: &crate::engine::state::TenantRecord,
) -> Result<(), sqlx::Error> {
    let row = rows::record_row(record);
    let query = "INSERT OR REPLACE INTO tenant_record (anchor, guid, detail, confirmed, pending) VALUES (?, ?, ?, ?, ?)";
    let query =
        sqlx::query(query).bind(anchor).bind(row.guid).bind(row.detail).bind(row.confirmed).bind(row.pending);
    query.execute(connection).await.map(drop)
}

async fn put_setting(connection: &mut SqliteConnection, name: &str, value: &str) -> Result<(), sqlx::Error> {
    let query =
        sqlx::query("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)").bind(name).bind(value);
    query.execute(connection).await.map(drop)
}

async fn connect(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging()
        .connect()
        .await
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt as _;
    // the state holds personal data: nobody else needs to look
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|e| StoreError::Unusable { path: folder.to_owned(), reason: e.to_string() })
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let made = std::fs::create_dir_all(folder);
    made.map_err(|e| StoreError::Unusable { path: folder.to_owned(), reason: e.to_string() })
}

fn known_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

fn unusable(path: &Path, error: &sqlx::Error) -> StoreError {
    StoreError::Unusable { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::suite;

    async fn refused(folder: &Path) -> StoreError {
        match SqliteStore::open(folder).await {
            Ok(_) => panic!("the store opened"),
            Err(error) => error,
        }
    }

    #[tokio::test]
    async fn keeps_the_contract() {
        let dir = tempfile::tempdir().unwrap();
        let mut opened = 0;
        suite::run(async || {
            opened += 1;
            SqliteStore::open(dir.path()).await.unwrap()
        })
        .await;
        assert!(opened > 1, "the suite reopened the store");
    }

    #[tokio::test]
    async fn a_second_instance_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = SqliteStore::open(dir.path()).await.unwrap();
        let error = refused(dir.path()).await;
        assert!(
            matches!(error, StoreError::Locked { pid: Some(pid), .. } if pid == std::process::id()),
            "{error}"
        );
        drop(first);
        SqliteStore::open(dir.path()).await.unwrap();
    }

    #[tokio::test]
    async fn a_later_schema_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open(dir.path()).await.unwrap();
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99, 'x', TRUE, x'00', 0)";
        sqlx::query(later).execute(&mut store.connection).await.unwrap();
        drop(store);
        let error = refused(dir.path()).await;
        assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    }

    #[tokio::test]
    async fn garbage_is_called_damaged() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("state.db"), vec![b'x'; 8192]).unwrap();
        let error = refused(dir.path()).await.to_string();
        assert!(error.contains("state.db"), "{error}");
        assert!(error.contains("not a database"), "{error}");
    }

    #[tokio::test]
    async fn a_broken_row_names_its_object() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open(dir.path()).await.unwrap();
        let row = "INSERT INTO directory_object (guid, dn, attributes) VALUES (x'00', 'CN=Ana', x'')";
        sqlx::query(row).execute(&mut store.connection).await.unwrap();
        let error = store.load().await.unwrap_err().to_string();
        assert!(error.contains("a GUID of 1 octets"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_folder_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("state");
        SqliteStore::open(&folder).await.unwrap();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = refused(&file.join("state")).await.to_string();
        assert!(error.contains("file/state"), "{error}");
    }
}
