//! The settings of a login in SOAP.

use super::{Flow, Login, PASSWORD, SECURITY_TOKEN, SOAP_URL_LOGIN, USERNAME, Values};
use crate::failure::Failure;
use crate::salesforce::hosts::{Endpoint, Origin};
use crate::salesforce::{soap, xml};
use crate::secret::Secret;

impl Values<'_> {
    /// A login in SOAP. It goes to `host`, unless a setting says otherwise.
    pub(super) fn soap_login(&self, host: &Origin) -> Result<Login, Failure> {
        let reason = "a login in SOAP needs user name and password";
        let username = self.require(USERNAME, reason)?.to_owned();
        let mut password = self.require(PASSWORD, reason)?.to_owned();
        password.push_str(self.get(SECURITY_TOKEN).unwrap_or_default());
        for (name, text) in [(USERNAME, &username), (PASSWORD, &password)] {
            if !text.chars().all(xml::is_writable) {
                let expected = "a text without control characters, which XML cannot hold";
                return Err(Failure::invalid_setting(name, expected));
            }
        }
        let named = self.get(SOAP_URL_LOGIN);
        let named = named.map(|text| Endpoint::parse(text, soap::LOGIN_PATH));
        let named = named.transpose().and_then(|endpoint| {
            let path = endpoint.as_ref().map(|endpoint| endpoint.path.as_str());
            soap::check_login_path(path.unwrap_or(soap::LOGIN_PATH))?;
            Ok(endpoint)
        });
        let named = named.map_err(|expected| Failure::invalid_setting(SOAP_URL_LOGIN, expected))?;
        Ok(Login {
            endpoint: named.unwrap_or(Endpoint {
                origin: host.clone(),
                path: soap::LOGIN_PATH.to_owned(),
            }),
            client_id: String::new(),
            client_secret: None,
            flow: Flow::Soap {
                username,
                password: Secret::new(password),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        ACCESS_TOKEN, AUTH, CLIENT_ID, CLIENT_SECRET, DOMAIN, INSTANCE_URL, SANDBOX, Settings,
        URL_LOGIN,
    };
    use super::*;

    const USER: [(&str, &str); 2] = [(USERNAME, "u"), (PASSWORD, "p")];

    fn read(more: &[(&str, &str)]) -> Result<Settings, Failure> {
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let settings: Vec<_> = USER.iter().chain(more).map(owned).collect();
        Settings::read(&settings)
    }

    fn place(more: &[(&str, &str)]) -> String {
        let login = read(more).unwrap().login.unwrap();
        assert!(matches!(login.flow, Flow::Soap { .. }), "{more:?}");
        format!("{}{}", login.endpoint.origin, login.endpoint.path)
    }

    #[test]
    fn a_user_without_an_app_logs_in_with_soap() {
        let usual = |host: &str| format!("https://{host}/services/Soap/u/64.0");
        assert_eq!(place(&[]), usual("login.salesforce.com"));
        assert_eq!(place(&[(SANDBOX, "true")]), usual("test.salesforce.com"));
        let org = "acme.my.salesforce.com";
        assert_eq!(place(&[(DOMAIN, "acme.lightning.force.com")]), usual(org));
        assert_eq!(place(&[(INSTANCE_URL, org)]), usual(org));
        assert_eq!(
            place(&[(SOAP_URL_LOGIN, org), (DOMAIN, "b.my.salesforce.com")]),
            usual(org)
        );
        let url = "https://login.salesforce.com/services/Soap/c/45.0";
        assert_eq!(place(&[(SOAP_URL_LOGIN, url)]), url);
        assert_eq!(
            place(&[(AUTH, "soap"), (CLIENT_ID, "key")]),
            usual("login.salesforce.com")
        );
        let token = [(ACCESS_TOKEN, "t"), (INSTANCE_URL, org)];
        assert!(read(&token).unwrap().given.is_some());

        let login = read(&[(SECURITY_TOKEN, "t")]).unwrap().login.unwrap();
        match login.flow {
            Flow::Soap { password, .. } => assert_eq!(password.reveal(), "pt"),
            flow => panic!("{flow:?}"),
        }
    }

    #[test]
    fn what_a_login_in_soap_lacks_is_named() {
        let refusal = |settings: &[(&str, &str)]| {
            let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
            let settings: Vec<_> = settings.iter().map(owned).collect();
            let failure = Settings::read(&settings).unwrap_err();
            let setting = failure.detail.more.get("setting").unwrap_or_default();
            (failure.detail.message, setting.trim_matches('"').to_owned())
        };
        assert_eq!(refusal(&USER[..1]).1, PASSWORD);
        assert_eq!(refusal(&USER[1..]).1, USERNAME);
        assert_eq!(refusal(&[(AUTH, "soap")]).1, USERNAME);
        assert_eq!(refusal(&[USER[0], (PASSWORD, "a\u{1}b")]).1, PASSWORD);
        let late = "https://login.salesforce.com/services/Soap/u/65.0";
        let (message, setting) = refusal(&[USER[0], USER[1], (SOAP_URL_LOGIN, late)]);
        assert_eq!(setting, SOAP_URL_LOGIN);
        assert!(message.contains("64.0 or earlier"), "{message}");
        let other = "https://login.salesforce.com/services/oauth2/token";
        assert_eq!(
            refusal(&[USER[0], USER[1], (SOAP_URL_LOGIN, other)]).1,
            SOAP_URL_LOGIN
        );
        // With an app it is not used.
        let app = [
            (CLIENT_ID, "key"),
            (CLIENT_SECRET, "s"),
            (SOAP_URL_LOGIN, late),
        ];
        assert!(read(&app).is_ok());
        assert!(read(&[app[0], app[1], (URL_LOGIN, other)]).is_ok());
    }
}
