//! `/services/oauth2/userinfo`: who a session belongs to.

use serde_json::{Map, Value, json};

use super::{Asked, ORG, ORG_ID, Sessions, bearer};
use crate::fake::reply::Reply;

/// The resources whose addresses it tells, with the version left to the caller.
const URLS: [(&str, &str); 7] = [
    ("enterprise", "Soap/c/{version}/"),
    ("metadata", "Soap/m/{version}/"),
    ("partner", "Soap/u/{version}/"),
    ("rest", "data/v{version}/"),
    ("sobjects", "data/v{version}/sobjects/"),
    ("query", "data/v{version}/query/"),
    ("recent", "data/v{version}/recent/"),
];

/// Answers who the caller is. A bad token is no JSON here, and not 401.
pub fn userinfo(sessions: &Sessions, asked: &Asked) -> Reply {
    if !bearer(asked.headers).is_some_and(|token| sessions.knows(token)) {
        return Reply::html(403, "Bad_OAuth_Token");
    }
    let (url, store) = (asked.url, asked.store);
    let user = store.object("User");
    let user = user.and_then(|object| Some((object, store.table(object).find(asked.user())?)));
    let text = |field| user.map_or("", |user| store.text(user, field));
    let urls: Map<String, Value> = URLS
        .into_iter()
        .map(|(name, path)| {
            let org = if path.starts_with("Soap") { ORG } else { "" };
            (
                name.to_owned(),
                json!(format!("{url}/services/{path}{org}")),
            )
        })
        .collect();
    Reply::json(
        200,
        json!({
            "sub": format!("{url}/id/{ORG_ID}/{}", asked.user()),
            "user_id": asked.user(),
            "organization_id": ORG_ID,
            "preferred_username": text("Username"),
            "nickname": text("Alias"),
            "name": text("Name"),
            "email": text("Email"),
            "email_verified": true,
            "given_name": text("FirstName"),
            "family_name": text("LastName"),
            "urls": urls,
            "active": true,
            "user_type": "STANDARD",
            "language": "en_US",
            "locale": "en_US",
        }),
    )
}
