//! `login()`: a user name, and a password with the security token behind it.

use super::envelope::{Fault, Request};
use super::{Api, Desk};
use crate::fake::auth::{ORG, ORG_ID};
use crate::fake::metadata::element::escape;

/// The last version that has it.
pub const LAST_VERSION: u16 = 64;

/// Answers a session, which works as a token of REST as well.
pub fn login(desk: &mut Desk, api: Api, version: &str, request: &Request) -> Result<String, Fault> {
    let given = |name: &str| {
        let mut all = request.parameters.iter();
        all.find(|parameter| parameter.name == name)
            .map_or("", |parameter| parameter.text.as_str())
    };
    let config = desk.config;
    let (user, password) = (given("username"), given("password"));
    let with_token = format!("{}{}", config.password, config.security_token);
    if user != config.username || (password != with_token && password != config.password) {
        let message = "Invalid username, password, security token; or user locked out.";
        return Err(Fault::detailed("INVALID_LOGIN", message));
    }
    if password != with_token {
        let message = "Invalid username, password, security token; or user locked out. Are you at a new location? \
                       When accessing Salesforce--either via a desktop client or the API--from outside of your \
                       company's trusted networks, you must add a security token to your password to log in.";
        return Err(Fault::detailed("LOGIN_MUST_USE_SECURITY_TOKEN", message));
    }
    let expired = config.password_expired;
    let session = desk.sessions.open_opaque(expired);
    let store = &*desk.org.store;
    let id = &store.user;
    let users = store.object("User");
    let place = users.and_then(|users| Some((users, store.table(users).find(id)?)));
    let text = |field| escape(place.map_or("", |place| store.text(place, field)));
    let url = desk.url;
    let service = |letter| format!("{url}/services/Soap/{letter}/{version}/{ORG}");
    let (metadata, server) = (service(Api::Metadata.letter()), service(api.letter()));
    let (name, email, login, profile) = (
        text("Name"),
        text("Email"),
        text("Username"),
        text("ProfileId"),
    );
    let info = format!(
        "<accessibilityMode>false</accessibilityMode><currencySymbol>$</currencySymbol>\
         <orgDefaultCurrencyIsoCode>USD</orgDefaultCurrencyIsoCode><organizationId>{ORG_ID}</organizationId>\
         <organizationMultiCurrency>false</organizationMultiCurrency><organizationName>Fake Org</organizationName>\
         <profileId>{profile}</profileId><roleId xsi:nil=\"true\"/><sessionSecondsValid>7200</sessionSecondsValid>\
         <userDefaultCurrencyIsoCode xsi:nil=\"true\"/><userEmail>{email}</userEmail>\
         <userFullName>{name}</userFullName><userId>{id}</userId><userLanguage>en_US</userLanguage>\
         <userLocale>en_US</userLocale><userName>{login}</userName><userTimeZone>Europe/Berlin</userTimeZone>\
         <userType>Standard</userType>"
    );
    Ok(format!(
        "<loginResponse><result><metadataServerUrl>{metadata}</metadataServerUrl>\
         <passwordExpired>{expired}</passwordExpired><sandbox>false</sandbox><serverUrl>{server}</serverUrl>\
         <sessionId>{session}</sessionId><userId>{id}</userId><userInfo>{info}</userInfo></result></loginResponse>"
    ))
}
