//! The pages that a person sees.

use maud::{DOCTYPE, Markup, html};

/// A page in the double's own dress: it never passes for Microsoft's.
fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · mock-tenant" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    };
    page.into_string()
}

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f4f4f5;color:#18181b}\
main{max-width:24rem;margin:10vh auto;padding:2rem;background:#fff;border:1px solid #d4d4d8;border-radius:.5rem}\
h1{font-size:1.25rem;margin:0 0 1rem}label{display:block;margin:.75rem 0}input{display:block;width:100%;box-sizing:border-box;\
font:inherit;padding:.4rem;border:1px solid #71717a;border-radius:.25rem}button{font:inherit;padding:.4rem 1rem;margin:.75rem .5rem 0 0}\
.bad{color:#b91c1c}@media(prefers-color-scheme:dark){body{background:#18181b;color:#f4f4f5}main{background:#27272a}input{background:#18181b;color:inherit}.bad{color:#fca5a5}}";

/// A form for name and password that sends these fields along.
pub(super) fn sign_in(
    title: &str,
    action: &str,
    hidden: &[(&str, &str)],
    hint: &str,
    problem: Option<&str>,
) -> String {
    page(
        title,
        &html! {
            @if let Some(problem) = problem { p.bad role="alert" { (problem) } }
            form method="post" action=(action) {
                @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
                label { "Sign-in name" input name="login" autocomplete="username" value=(hint) required; }
                label { "Password" input name="passwd" type="password" autocomplete="current-password" required; }
                button { "Sign in" }
            }
        },
    )
}

/// A form for the code of a device.
pub(super) fn user_code(action: &str, problem: Option<&str>) -> String {
    page(
        "Enter code",
        &html! {
            @if let Some(problem) = problem { p.bad role="alert" { (problem) } }
            form method="post" action=(action) {
                label { "Code displayed on your app or device" input name="otc" autocomplete="off" required; }
                label { "Sign-in name" input name="login" autocomplete="username" required; }
                label { "Password" input name="passwd" type="password" autocomplete="current-password" required; }
                button { "Sign in" }
                button name="decline" value="1" formnovalidate { "Decline" }
            }
        },
    )
}

/// Words for a person.
pub(super) fn message(title: &str, text: &str) -> String {
    page(title, &html! { p { (text) } })
}

/// A refusal, for a person.
#[must_use]
pub fn error_page(text: &str) -> String {
    message("Sign-in is not possible", text)
}

/// `response_mode=form_post`: the browser sends the fields on to the application.
pub(super) fn form_post(action: &str, fields: &[(&str, String)]) -> String {
    page(
        "Working…",
        &html! {
            form method="post" action=(action) {
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                noscript { button { "Continue" } }
            }
            script { (maud::PreEscaped("document.forms[0].submit()")) }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_sends_is_text_and_never_markup() {
        let evil = "\"><script>alert(1)</script>";
        for page in [
            sign_in("Sign in", evil, &[("state", evil)], evil, Some(evil)),
            form_post(evil, &[("state", evil.to_owned())]),
            message("Sign-in", evil),
        ] {
            assert!(!page.contains("<script>alert"), "{page}");
        }
    }
}
