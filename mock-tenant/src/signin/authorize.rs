//! `/{tenant}/oauth2/v2.0/authorize`: a person signs in at a page, an application gets a code.
//! Source: entra docs, "v2-oauth2-auth-code-flow", "v2-protocols-oidc"; OAuth 2.0 Form Post Response Mode.

use uuid::Uuid;

use super::code::Challenge;
use super::desk::Desk;
use super::door::Reply;
use super::grant::{client_of, short_id, sign_in};
use super::people::Person;
use super::scope::Wanted;
use super::state::{Consent, SignIn};
use super::{AppRegistration, StsCode, StsError, TokenVersion, answer, page};

/// The request's fields, of the query and of the form.
pub(super) struct Asked<'a> {
    pub(super) tenant: &'a str,
    pub(super) version: TokenVersion,
    pub(super) fields: &'a [(String, String)],
    pub(super) path: &'a str,
    pub(super) uti: Uuid,
}

impl Asked<'_> {
    fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<&str, StsCode> {
        self.field(name).ok_or(StsCode::MissingParameter(name))
    }
}

/// How the answer goes back to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Query,
    Fragment,
    FormPost,
}

/// A request whose application and address are known: from here on errors go to the application.
struct Request<'a> {
    asked: &'a Asked<'a>,
    app: &'a AppRegistration,
    redirect_uri: &'a str,
    mode: Mode,
}

/// Answers the request; what is wrong before the address is known is told to the person.
pub(super) fn authorize(desk: &Desk<'_>, state: &mut SignIn, asked: &Asked<'_>) -> Result<Reply, StsCode> {
    let app = client_of(desk.authority, asked.tenant, asked.required("client_id")?, false)?;
    let uris = &app.redirect_uris;
    let redirect_uri = asked.field("redirect_uri").or_else(|| uris.first().map(String::as_str));
    let redirect_uri = redirect_uri.ok_or(StsCode::MissingParameter("redirect_uri"))?;
    if !app.redirects_to(redirect_uri) {
        return Err(StsCode::UnknownRedirect { uri: redirect_uri.to_owned(), client: app.client_id });
    }
    let request = Request { asked, app, redirect_uri, mode: mode(asked) };
    Ok(request.answer(desk, state).unwrap_or_else(|code| request.refuse(desk, code)))
}

fn mode(asked: &Asked<'_>) -> Mode {
    match asked.field("response_mode") {
        Some("fragment") => Mode::Fragment,
        Some("form_post") => Mode::FormPost,
        Some("query") => Mode::Query,
        _ if asked.field("response_type").is_some_and(|kind| kind != "code") => Mode::Fragment,
        _ => Mode::Query,
    }
}

impl Request<'_> {
    fn answer(&self, desk: &Desk<'_>, state: &mut SignIn) -> Result<Reply, StsCode> {
        let kinds: Vec<&str> = self.asked.required("response_type")?.split(' ').collect();
        if kinds.iter().any(|kind| !matches!(*kind, "code" | "id_token")) {
            return Err(StsCode::ResponseType(kinds.join(" ")));
        }
        let wanted = Wanted::of(self.asked.version, self.asked.field("scope"), self.asked.field("resource"))?;
        wanted.granted(self.app)?;
        let challenge = self.challenge()?;
        if self.asked.field("prompt") == Some("none") {
            return Err(StsCode::NotSignedIn);
        }
        let (Some(login), Some(passwd)) = (self.asked.field("login"), self.asked.field("passwd")) else {
            return Ok(self.page(None));
        };
        let person = match sign_in(desk, state, login, passwd) {
            Ok(person) => person,
            Err(problem) => return Ok(self.page(Some(&problem.to_string()))),
        };
        Ok(self.signed_in(desk, state, &person, wanted, challenge, &kinds))
    }

    fn challenge(&self) -> Result<Option<Challenge>, StsCode> {
        Challenge::read(self.asked.field("code_challenge"), self.asked.field("code_challenge_method"))
    }

    fn page(&self, problem: Option<&str>) -> Reply {
        let shown = |(name, _): &&(String, String)| name != "login" && name != "passwd";
        let hidden: Vec<(&str, &str)> = self
            .asked
            .fields
            .iter()
            .filter(shown)
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let hint = self.asked.field("login").or_else(|| self.asked.field("login_hint")).unwrap_or_default();
        let title = format!("Sign in to {}", self.app.display_name);
        Reply::page(page::sign_in(&title, self.asked.path, &hidden, hint, problem))
    }

    fn signed_in(
        &self,
        desk: &Desk<'_>,
        state: &mut SignIn,
        person: &Person,
        wanted: Wanted,
        challenge: Option<Challenge>,
        kinds: &[&str],
    ) -> Reply {
        let nonce = self.asked.field("nonce").map(str::to_owned);
        let mut fields = Vec::new();
        if kinds.contains(&"id_token") {
            let uti = short_id(self.asked.uti);
            fields.push(("id_token", answer::id_token(desk, self.app, person, nonce.as_deref(), &uti)));
        }
        if kinds.contains(&"code") {
            let consent = Consent { client: self.app.client_id, person: person.id, wanted, nonce };
            let uri = self.redirect_uri.to_owned();
            fields.push(("code", state.give_code(consent, uri, challenge, desk.request.now)));
        }
        if self.asked.field("client_info") == Some("1") {
            fields.push(("client_info", answer::client_info(person, desk.authority.tenant_id)));
        }
        fields.push(("session_state", desk.request.trace_id.to_string()));
        self.send(fields)
    }

    fn refuse(&self, desk: &Desk<'_>, code: StsCode) -> Reply {
        let error = StsError { code, request: desk.request };
        let body = error.body();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        self.send(vec![("error", text("error")), ("error_description", text("error_description"))])
    }

    /// Back to the application, with its `state`.
    fn send(&self, mut fields: Vec<(&'static str, String)>) -> Reply {
        if let Some(state) = self.asked.field("state") {
            fields.push(("state", state.to_owned()));
        }
        if self.mode == Mode::FormPost {
            return Reply::page(page::form_post(self.redirect_uri, &fields));
        }
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let sign = match self.mode {
            Mode::Fragment => '#',
            _ if self.redirect_uri.contains('?') => '&',
            _ => '?',
        };
        Reply::redirect(format!("{}{sign}{encoded}", self.redirect_uri))
    }
}
