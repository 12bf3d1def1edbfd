//! A directory connector that tells what it reads a little wrong.

use futures_util::future::BoxFuture;
use syncer::{
    connect::directory::{DirectoryBatch, DirectorySource},
    engine::protocol::{ConnectorError, DirectoryRead},
    model::DirectoryChange,
};

/// What goes wrong on the way from the directory to the engine.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wrong {
    /// Each object passes through this; `None`: it is lost.
    Object(fn(DirectoryChange) -> Option<DirectoryChange>),
    /// The import ends, as if well, after its first page.
    FirstPageOnly,
    /// A broken import ends as if well.
    BrokenIsDone,
}

/// The wrapper.
pub(crate) struct WrongDirectory {
    inner: Box<dyn DirectorySource>,
    wrong: Wrong,
    pages: usize,
}

impl WrongDirectory {
    pub(crate) fn new(inner: Box<dyn DirectorySource>, wrong: Wrong) -> Self {
        Self { inner, wrong, pages: 0 }
    }

    fn bend(&self, batch: DirectoryBatch) -> DirectoryBatch {
        match (self.wrong, batch) {
            (Wrong::Object(bend), DirectoryBatch::Objects(objects)) => {
                DirectoryBatch::Objects(objects.into_iter().filter_map(bend).collect())
            }
            (_, batch) => batch,
        }
    }
}

impl DirectorySource for WrongDirectory {
    fn begin(&mut self, read: DirectoryRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        self.pages = 0;
        self.inner.begin(read)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<DirectoryBatch, ConnectorError>> {
        Box::pin(async move {
            self.pages += 1;
            if matches!(self.wrong, Wrong::FirstPageOnly) && self.pages > 1 {
                return Ok(DirectoryBatch::End { cursor: None });
            }
            match self.inner.next().await {
                Ok(batch) => Ok(self.bend(batch)),
                Err(_) if matches!(self.wrong, Wrong::BrokenIsDone) => {
                    Ok(DirectoryBatch::End { cursor: None })
                }
                Err(error) => Err(error),
            }
        })
    }
}

const CERTIFICATES: [&str; 2] = ["usercertificate", "usersmimecertificate"];

fn certificates(mut object: DirectoryChange, bend: impl Fn(&mut Vec<Vec<u8>>)) -> Option<DirectoryChange> {
    for name in CERTIFICATES {
        if let Some(values) = object.attributes.get_mut(name) {
            bend(values);
        }
    }
    Some(object)
}

pub(crate) fn keeps_the_first_value(object: DirectoryChange) -> Option<DirectoryChange> {
    certificates(object, |values| values.truncate(1))
}

pub(crate) fn trims_to_fifteen(object: DirectoryChange) -> Option<DirectoryChange> {
    certificates(object, |values| values.truncate(15))
}

/// What a client does that decodes every value as text (seen in the wild with UTF-8 strings for octet strings).
pub(crate) fn reads_octets_as_text(object: DirectoryChange) -> Option<DirectoryChange> {
    certificates(object, |values| {
        values.iter_mut().for_each(|value| *value = String::from_utf8_lossy(value).into_owned().into_bytes());
    })
}

/// What a client does that parses each certificate and writes its own encoding: what follows the DER is gone.
pub(crate) fn cuts_after_the_certificate(object: DirectoryChange) -> Option<DirectoryChange> {
    certificates(object, |values| {
        for value in values {
            if let [0x30, 0x82, high, low, ..] = value[..] {
                value.truncate(4 + (usize::from(high) << 8) + usize::from(low));
            }
        }
    })
}

pub(crate) fn drops_what_is_no_certificate(object: DirectoryChange) -> Option<DirectoryChange> {
    certificates(object, |values| values.retain(|value| value.first() == Some(&0x30) && value.len() > 64))
}

/// A value told twice by overlapping ranges stays twice, and the order follows the server's mood.
pub(crate) fn mixes_the_two_attributes(mut object: DirectoryChange) -> Option<DirectoryChange> {
    if let Some(values) = object.attributes.shift_remove(CERTIFICATES[1]) {
        object.attributes.entry(CERTIFICATES[0].to_owned()).or_default().extend(values);
    }
    Some(object)
}

pub(crate) fn does_not_read_smime(mut object: DirectoryChange) -> Option<DirectoryChange> {
    object.attributes.shift_remove(CERTIFICATES[1]);
    Some(object)
}

pub(crate) fn ignores_tombstones(object: DirectoryChange) -> Option<DirectoryChange> {
    (!object.deleted).then_some(object)
}

pub(crate) fn ignores_cleared_attributes(mut object: DirectoryChange) -> Option<DirectoryChange> {
    object.attributes.retain(|_, values| !values.is_empty());
    Some(object)
}

/// Goes on from what an object was before it was deleted, as if being back were being whole.
pub(crate) fn merges_what_came_back(mut object: DirectoryChange) -> Option<DirectoryChange> {
    if object.attributes.get("isdeleted").is_some_and(Vec::is_empty) {
        object.attributes.retain(|_, values| !values.is_empty());
    }
    object.partial = true;
    Some(object)
}

/// Takes what a DirSync answer doesn't name, because it did not change, for gone.
pub(crate) fn takes_a_part_for_the_whole(mut object: DirectoryChange) -> Option<DirectoryChange> {
    if object.partial {
        for name in CERTIFICATES {
            object.attributes.entry(name.to_owned()).or_default();
        }
    }
    Some(object)
}

pub(crate) fn ignores_contacts(object: DirectoryChange) -> Option<DirectoryChange> {
    let contact = object
        .attributes
        .get("objectclass")
        .is_some_and(|classes| classes.iter().any(|class| class == b"contact"));
    (!contact).then_some(object)
}

/// Anchors by a GUID of which a zero octet ended the string.
pub(crate) fn cuts_guids_at_zero(mut object: DirectoryChange) -> Option<DirectoryChange> {
    if let Some(end) = object.guid.iter().position(|octet| *octet == 0) {
        object.guid[end..].fill(0);
    }
    Some(object)
}
