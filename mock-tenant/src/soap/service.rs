//! One call, from its action to its answer.

use jiff::Timestamp;
use kit::faults::Effect;
use kit::journal::Event;

use super::commands::{COMMANDS, Call, Command, Run, Work};
use super::contract::Naming;
use super::fault::{Refusal, SoapReply, envelope};
use super::infoset::{Element, SERVICE};
use super::provision;
use super::request::{ACTION, Request};
use crate::observe::Observer;
use crate::ops::{self, Op};
use crate::tenant::Tenant;

/// What a command answers with.
pub(super) struct Outcome {
    /// Inside of `<Command>Response`.
    pub(super) result: Element,
    /// What the transport shall do with the answer.
    pub(super) transport: Vec<Effect>,
}

/// A refusal, and what the transport shall do with it.
pub(super) type Refused = (Refusal, Vec<Effect>);

impl Request {
    /// The operation that the journal knows the command by.
    #[must_use]
    pub fn op(&self) -> Option<&'static Op> {
        ops::find(COMMANDS.iter().find(|known| known.name == self.command())?.op)
    }

    /// Carries the call out. The token has been checked.
    pub fn answer(&self, tenant: &mut Tenant, now: Timestamp, observer: &mut dyn Observer) -> SoapReply {
        tenant.tick(now);
        let reply = match self.dispatch(tenant, now, observer) {
            Ok(outcome) => self.reply(outcome),
            Err((refusal, transport)) => SoapReply { transport, ..refusal.reply() },
        };
        reply.encoded(self.encoding())
    }

    fn dispatch(
        &self,
        tenant: &mut Tenant,
        now: Timestamp,
        observer: &mut dyn Observer,
    ) -> Result<Outcome, Refused> {
        let naming = Naming::of(tenant.settings().strict);
        let command = match self.judge(naming) {
            Ok(command) => command,
            Err(refusal) => {
                let event = Event::new("provisioning.unknown").target(self.action()).outcome(refusal.code());
                observer.record(event);
                return Err((refusal, Vec::new()));
            }
        };
        match command.work {
            Work::Batch => provision::provision(self, naming, tenant, now, observer),
            Work::Single(run) => self.single(command.op, run, naming, tenant, now, observer),
        }
    }

    /// The command that is called, if the message is one that WCF dispatches.
    fn judge(&self, naming: Naming) -> Result<&'static Command, Refusal> {
        if naming == Naming::Strict {
            if let Some((name, namespace)) = self.not_understood() {
                return Err(Refusal::NotUnderstood {
                    name: name.to_owned(),
                    namespace: namespace.to_owned(),
                });
            }
            if &*self.body.namespace != SERVICE {
                return Err(Refusal::Malformed(format!(
                    "'Element' '{}' from namespace '{}' is not expected, expecting '{}' from namespace '{SERVICE}'",
                    self.body.name,
                    self.body.namespace,
                    self.command()
                )));
            }
        }
        let known = COMMANDS.iter().find(|known| known.name == self.command());
        let known = known.filter(|known| self.is_call_of(known.name, naming == Naming::Strict));
        known.ok_or_else(|| Refusal::ActionNotSupported(self.action().to_owned()))
    }

    fn single(
        &self,
        op: &'static str,
        run: Run,
        naming: Naming,
        tenant: &mut Tenant,
        now: Timestamp,
        observer: &mut dyn Observer,
    ) -> Result<Outcome, Refused> {
        let effects = observer.decide(op, "");
        let event = Event::new(op).fault(Effect::names(&effects));
        let (transport, meaning): (Vec<_>, Vec<_>) = effects.into_iter().partition(Effect::is_transport);
        if let Some(refusal) = meaning.iter().find_map(refusal_of) {
            observer.record(event.outcome(refusal.code()));
            return Err((refusal, transport));
        }
        if transport.contains(&Effect::CloseBefore {}) {
            observer.record(event.outcome("closed"));
            return Ok(Outcome { result: Element::new("Closed"), transport });
        }
        let call = Call { request: self, naming, now, effects: &meaning };
        match run(&call, tenant) {
            Ok((result, detail)) => {
                observer.record(Event { detail, ..event });
                Ok(Outcome { result, transport })
            }
            Err(refusal) => {
                observer.record(event.outcome(refusal.code()));
                Err((refusal, transport))
            }
        }
    }

    pub(super) fn reply(&self, outcome: Outcome) -> SoapReply {
        let response = Element::named("", format!("{}Response", self.body.name).into())
            .declare("", SERVICE)
            .child(outcome.result);
        let action = format!("{ACTION}/{}Response", self.body.name);
        SoapReply { transport: outcome.transport, ..envelope(&action, self.message_id(), response) }
    }
}

/// What a meaningful fault makes of a whole call.
pub(super) fn refusal_of(effect: &Effect) -> Option<Refusal> {
    Some(match effect {
        Effect::Throttle { retry_after_s } => Refusal::Throttled { retry_after: *retry_after_s },
        Effect::Busy {} => Refusal::Busy,
        Effect::Unavailable {} => Refusal::Unavailable,
        Effect::AuthExpired {} => {
            Refusal::Authentication("The security token has expired (ExpiredToken).".to_owned())
        }
        Effect::Forbidden {} => {
            Refusal::Forbidden("the account may not synchronize this company.".to_owned())
        }
        Effect::CursorExpired {} => Refusal::CookieExpired,
        Effect::Referral { urls } => Refusal::Redirect(urls.first()?.clone()),
        _ => return None,
    })
}
