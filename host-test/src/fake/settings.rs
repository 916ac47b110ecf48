//! The settings of a connector that talks to a fake.

use super::service::Service;
use super::{Fake, Flow, KeyForm};

/// The settings of a flow, without the version.
pub fn of(service: &Service, flow: Flow) -> Vec<(&'static str, String)> {
    let (config, url) = (&service.config, &service.url);
    let app = [
        ("SALESFORCE_CLIENT_ID", config.client_id.clone()),
        ("SALESFORCE_CLIENT_SECRET", config.client_secret.clone()),
    ];
    let user = [
        ("SALESFORCE_USERNAME", config.username.clone()),
        ("SALESFORCE_PASSWORD", config.password.clone()),
        ("SALESFORCE_SECURITY_TOKEN", config.security_token.clone()),
    ];
    let domain = ("SALESFORCE_DOMAIN", url.clone());
    let login = (
        "SALESFORCE_URL_LOGIN",
        format!("{url}/services/oauth2/token"),
    );
    match flow {
        Flow::Bearer => {
            let state = &mut *service.state();
            let user = &state.data.store.user;
            let token = state.sessions.open(config, url, user);
            vec![
                ("SALESFORCE_ACCESS_TOKEN", token),
                ("SALESFORCE_INSTANCE_URL", url.clone()),
            ]
        }
        Flow::ClientCredentials => app.into_iter().chain([domain]).collect(),
        Flow::UsernamePassword => app.into_iter().chain(user).chain([login]).collect(),
        Flow::Jwt => {
            let [id, _] = app;
            let [username, ..] = user;
            let key = Fake::private_key_pem(KeyForm::Pkcs8).to_owned();
            vec![id, ("SALESFORCE_PRIVATE_KEY", key), username, login]
        }
        Flow::RefreshToken => {
            let token = service.state().sessions.open_refresh();
            let token = ("SALESFORCE_REFRESH_TOKEN", token);
            app.into_iter().chain([token, domain]).collect()
        }
        Flow::Soap => {
            let login = format!("{url}/services/Soap/u/64.0");
            let login = ("SALESFORCE_SOAP_URL_LOGIN", login);
            user.into_iter().chain([login]).collect()
        }
    }
}
