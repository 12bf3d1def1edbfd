//! Operations of sign-in. Nobody needs a role to sign in.

use super::Op;

pub(super) const OPS: &[Op] = &[
    Op::read("oauth.token"),
    Op::read("oauth.device_code"),
    Op::read("oauth.device_auth"),
    Op::read("oauth.authorize"),
    Op::read("oauth.managed_identity"),
    Op::read("oauth.discovery"),
    Op::read("oauth.keys"),
    Op::read("oauth.instance"),
    Op::read("oauth.user_realm"),
    Op::read("oauth.unserved"),
];
