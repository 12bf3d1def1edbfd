//! A carrier that writes a little wrong.

use std::time::Duration;

use futures_util::future::BoxFuture;
use syncer::{
    connect::tenant::{CompanyConfiguration, TenantBatch, TenantCarrier},
    engine::protocol::{ConnectorError, TenantRead},
    model::{ExportAction, ExportOp, ExportResult, TenantValue},
};

/// What goes wrong between the engine and the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// One write for each property instead of one for the object.
    AttributeByAttribute,
    /// Every batch is sent twice.
    Twice,
    /// Deletes are acknowledged and never sent.
    NeverDeletes,
    /// Retry-After is not waited for.
    IgnoresRetryAfter,
    /// A throttled batch counts as done.
    ThrottledIsDone,
    /// One refused object fails the batch as a whole.
    OneFailsAll,
    /// What the tenant confirms is forgotten: everything is written again in every cycle.
    ForgetsConfirmations,
    /// Clearing an attribute is left out of the write.
    NeverClears,
    /// The read-back is thrown away.
    ReadsNothingBack,
}

/// The wrapper.
pub(crate) struct WrongTenant {
    inner: Box<dyn TenantCarrier>,
    wrong: Wrong,
}

impl WrongTenant {
    pub(crate) fn new(inner: Box<dyn TenantCarrier>, wrong: Wrong) -> Self {
        Self { inner, wrong }
    }

    fn bend(&self, ops: &[ExportOp]) -> Vec<ExportOp> {
        let mut ops = ops.to_vec();
        match self.wrong {
            Wrong::NeverDeletes => ops.retain(|op| op.action != ExportAction::Delete),
            Wrong::NeverClears => {
                ops.iter_mut().for_each(|op| op.properties.retain(|_, value| !clears(value)));
            }
            _ => {}
        }
        ops
    }

    async fn send(&mut self, ops: &[ExportOp]) -> Result<Vec<ExportResult>, ConnectorError> {
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        match self.inner.export(ops).await {
            Err(ConnectorError::Throttled { .. }) if self.wrong == Wrong::ThrottledIsDone => {
                Ok(ops.iter().map(done).collect())
            }
            Err(ConnectorError::Throttled { .. }) if self.wrong == Wrong::IgnoresRetryAfter => {
                Err(ConnectorError::Throttled { retry_after: Some(Duration::ZERO) })
            }
            Ok(results)
                if self.wrong == Wrong::OneFailsAll
                    && results.iter().any(|result| result.error.is_some()) =>
            {
                Err(ConnectorError::Fatal("an object was refused".to_owned()))
            }
            answer => answer,
        }
    }

    async fn export_wrong(&mut self, ops: &[ExportOp]) -> Result<Vec<ExportResult>, ConnectorError> {
        let bent = self.bend(ops);
        let mut results = if self.wrong == Wrong::AttributeByAttribute {
            let mut results = Vec::new();
            for op in &bent {
                results.extend(self.one_by_one(op).await?);
            }
            results
        } else {
            self.send(&bent).await?
        };
        if self.wrong == Wrong::Twice {
            results = self.send(&bent).await?;
        }
        let unsent = ops.iter().filter(|op| !bent.iter().any(|sent| sent.source_anchor == op.source_anchor));
        results.extend(unsent.map(done));
        Ok(results)
    }

    /// The certificates follow in writes of their own.
    async fn one_by_one(&mut self, op: &ExportOp) -> Result<Vec<ExportResult>, ConnectorError> {
        let (certificates, rest) = op
            .properties
            .clone()
            .into_iter()
            .partition::<indexmap::IndexMap<_, _>, _>(|(name, _)| name.contains("Certificate"));
        let mut results = self.send(&[ExportOp { properties: rest, ..op.clone() }]).await?;
        for property in certificates {
            let one = ExportOp {
                action: ExportAction::Set,
                properties: [property].into_iter().collect(),
                ..op.clone()
            };
            results = self.send(&[one]).await?;
        }
        Ok(results)
    }
}

fn clears(value: &TenantValue) -> bool {
    match value {
        TenantValue::Null => true,
        TenantValue::TextList(values) => values.is_empty(),
        TenantValue::BinaryList(values) => values.is_empty(),
        _ => false,
    }
}

fn done(op: &ExportOp) -> ExportResult {
    ExportResult {
        source_anchor: op.source_anchor.clone(),
        cloud_anchor: op.cloud_anchor.clone(),
        error: None,
    }
}

impl TenantCarrier for WrongTenant {
    fn company(&mut self) -> BoxFuture<'_, Result<CompanyConfiguration, ConnectorError>> {
        self.inner.company()
    }

    fn begin(&mut self, read: TenantRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        self.inner.begin(read)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<TenantBatch, ConnectorError>> {
        Box::pin(async move {
            let batch = self.inner.next().await?;
            Ok(match (self.wrong, batch) {
                (Wrong::ReadsNothingBack, TenantBatch::Objects(_)) => TenantBatch::Objects(Vec::new()),
                (Wrong::ForgetsConfirmations, TenantBatch::Objects(mut objects)) => {
                    objects.iter_mut().for_each(|object| {
                        object.properties.retain(|name, _| !name.eq_ignore_ascii_case("userCertificate"));
                    });
                    TenantBatch::Objects(objects)
                }
                (_, batch) => batch,
            })
        })
    }

    fn export<'a>(
        &'a mut self,
        ops: &'a [ExportOp],
    ) -> BoxFuture<'a, Result<Vec<ExportResult>, ConnectorError>> {
        Box::pin(self.export_wrong(ops))
    }

    fn finish(&mut self, exported: u64, succeeded: u64) -> BoxFuture<'_, Result<(), ConnectorError>> {
        self.inner.finish(exported, succeeded)
    }
}
