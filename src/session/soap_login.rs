//! Logging in with SOAP: `login()`, for a user without an app.

use super::login::{self, Session};
use super::settings::{Login, Settings};
use crate::failure::{Failure, HINT};
use crate::http::{Answer, Header};
use crate::json::{Json, More};
use crate::salesforce::soap;
use crate::salesforce::xml::Element;
use crate::secret::Secret;

/// The headers of a login.
pub fn headers() -> Vec<Header> {
    vec![
        ("Accept".into(), "text/xml".into()),
        ("Content-Type".into(), "text/xml; charset=UTF-8".into()),
        ("SOAPAction".into(), "login".into()),
    ]
}

/// Reads the answer to a login. A failure never holds its body, which may hold a session.
pub fn read(login: &Login, settings: &Settings, answer: &Answer) -> Result<Session, Failure> {
    let refused = |said: &str| login::no_token(login, answer.status, said);
    let response = match soap::read(answer.text()) {
        Ok(soap::Answer::Response(response)) if answer.status == 200 => response,
        Ok(soap::Answer::Fault(fault)) if !fault.code.is_empty() => {
            return Err(fault_of(login, answer.status, &fault));
        }
        Err(why) if !(300..400).contains(&answer.status) => {
            let said = format!("answered {} and a text that {why}", answer.status);
            return Err(refused(&said));
        }
        _ => return Err(login::not_understood(login, answer)),
    };
    let result = response.child("result");
    let text = |name| result.map(|r| r.text_of(name)).unwrap_or_default();
    if text("passwordExpired") == "true" {
        let failure = refused("answered that the password has expired");
        let hint = "Set a new password in the browser first. A password that never expires suits \
                    a user for integrations.";
        return Err(failure.with(HINT, hint));
    }
    let token = text("sessionId");
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(refused("answered without a session"));
    }
    let origin = login::follow(login, settings, text("serverUrl"))?;
    let mut session = Session::given(Secret::new(token), origin);
    session.more = told(result, text("userId"));
    if let Some(warning) = login.flow.warning() {
        session.more.set("warnings", &[Json::from(warning)][..]);
    }
    Ok(session)
}

/// What a login says beside its session.
fn told(result: Option<&Element>, user: &str) -> More {
    let info = result.and_then(|result| result.child("userInfo"));
    let text = |name| info.map(|info| info.text_of(name)).unwrap_or_default();
    let mut more = More::default().with("flow", "soap");
    let facts = [
        ("userId", user),
        ("organizationId", text("organizationId")),
        ("secondsValid", text("sessionSecondsValid")),
    ];
    for (name, value) in facts {
        if !value.is_empty() {
            more.set(name, value);
        }
    }
    more
}

fn fault_of(login: &Login, status: u16, fault: &soap::Fault) -> Failure {
    let said = format!("refused: {} ({})", fault.code, fault.message);
    let failure = login::no_token(login, status, &said);
    let failure = match hint(&fault.code) {
        Some(hint) => failure.with(HINT, hint),
        None => failure,
    };
    let said = More::default()
        .with("code", fault.code.as_str())
        .with("message", fault.message.as_str());
    failure.with("soap", &said)
}

fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "INVALID_LOGIN" => {
            "User name, password or security token is wrong, or the user is locked, or the host \
             is that of another kind of org. Do not repeat it unchanged: Salesforce locks users \
             out."
        }
        "LOGIN_MUST_USE_SECURITY_TOKEN" => {
            "Set SALESFORCE_SECURITY_TOKEN, or let an administrator trust this network."
        }
        "PASSWORD_LOCKOUT" => "An administrator has to unlock the user, or time has to pass.",
        "LOGIN_DURING_RESTRICTED_DOMAIN" | "LOGIN_DURING_RESTRICTED_TIME" => {
            "The user's profile does not allow logins from this network, or at this time."
        }
        "INVALID_OPERATION" | "FUNCTIONALITY_NOT_ENABLED" | "UNSUPPORTED_API_VERSION" => {
            "SOAP login is off in new orgs, and Salesforce is taking it away: use client \
             credentials."
        }
        "API_CURRENTLY_DISABLED" => "The user lacks the permission API Enabled.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::failure::{Applied, Failure, Kind};
    use crate::http::Method;
    use crate::http::retry::Class;
    use crate::session::connection::{Ask, Connection};
    use crate::testing::Script;

    const USER: [(&str, &str); 3] = [
        ("SALESFORCE_USERNAME", "ada&<b>@example.com"),
        ("SALESFORCE_PASSWORD", "hush-pass\"'>"),
        ("SALESFORCE_SECURITY_TOKEN", "hush-token"),
    ];
    const LOGIN: &str = "POST https://login.salesforce.com/services/Soap/u/64.0";
    const READ: &str = "GET https://acme.my.salesforce.com/x";

    fn envelope(content: &str) -> String {
        format!("<e:Envelope xmlns:e=\"u\"><e:Body>{content}</e:Body></e:Envelope>")
    }

    fn granted(host: &str, expired: bool, session: &str) -> String {
        envelope(&format!(
            "<loginResponse><result><metadataServerUrl>https://x</metadataServerUrl>\
             <passwordExpired>{expired}</passwordExpired><serverUrl>https://{host}/services/Soap/u/\
             64.0/00D</serverUrl><sessionId>{session}</sessionId><userId>005</userId><userInfo>\
             <organizationId>00D</organizationId><sessionSecondsValid>7200</sessionSecondsValid>\
             </userInfo></result></loginResponse>"
        ))
    }

    fn read(connection: &mut Connection) -> Result<(), Failure> {
        let mut call = connection.begin(Vec::new(), None);
        let ask = Ask::new(Method::Get, "/x", Class::Read);
        connection.ask(&mut call, &ask).map(|_| ())
    }

    #[test]
    fn a_session_is_had_with_user_and_password_as_text() {
        let script = Script::default();
        let session = granted("acme.my.salesforce.com", false, "00D!hush-one");
        script.answer(200, &session).answer(200, "{}");
        let mut connection = script.connect(&USER);
        read(&mut connection).unwrap();
        assert_eq!(script.lines(), [LOGIN, READ]);
        let sent = script.sent();
        assert_eq!(
            sent[0].body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
             xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><login \
             xmlns=\"urn:partner.soap.sforce.com\"><username>ada&amp;&lt;b&gt;@example.com\
             </username><password>hush-pass&quot;&apos;&gt;hush-token</password></login>\
             </soapenv:Body></soapenv:Envelope>"
        );
        assert_eq!(sent[0].header("SOAPAction"), Some("login"));
        assert_eq!(sent[1].header("Authorization"), Some("Bearer 00D!hush-one"));
        let session = connection.session().unwrap();
        let more = session.more.to_text();
        let told = r#"{"flow":"soap","userId":"005","organizationId":"00D","secondsValid":"7200","#;
        assert!(
            more.starts_with(told) && more.contains("Summer '27"),
            "{more}"
        );
    }

    #[test]
    fn the_enterprise_api_has_its_own_namespace() {
        let url = "https://acme.my.salesforce.com/services/Soap/c/45.0";
        let script = Script::default();
        let session = granted("acme.my.salesforce.com", false, "00D!hush");
        script.answer(200, &session);
        let settings = [USER[0], USER[1], ("SALESFORCE_SOAP_URL_LOGIN", url)];
        script.connect(&settings).log_in().unwrap();
        assert_eq!(script.lines(), [format!("POST {url}")]);
        let namespace = "<login xmlns=\"urn:enterprise.soap.sforce.com\">";
        assert!(script.sent()[0].body.contains(namespace));
    }

    #[test]
    fn a_login_that_gives_no_session_is_a_missing_token_and_not_repeated() {
        let fault = "<e:Fault><faultcode>sf:INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: \
                     no hush-token</faultstring><detail><sf:LoginFault xmlns:sf=\"v\">\
                     <sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode></sf:LoginFault></detail>\
                     </e:Fault>";
        let own = "acme.my.salesforce.com";
        let whole = granted(own, false, "00D!hush");
        let table = [
            (500, envelope(fault), "INVALID_LOGIN"),
            (200, granted(own, true, "00D!hush"), "expired"),
            (
                200,
                granted("evil.example", false, "00D!hush"),
                "ALLOWED_HOSTS",
            ),
            (200, granted(own, false, ""), "without a session"),
            (200, granted(own, false, "hush hush"), "without a session"),
            (
                200,
                whole.get(..whole.len() - 20).unwrap().to_owned(),
                "not well-formed",
            ),
            (200, format!("<!DOCTYPE x>{whole}"), "declares"),
            (200, "{}".to_owned(), "text that"),
            (200, String::new(), "text that"),
            (302, String::new(), "redirect"),
        ];
        for (status, body, said) in table {
            let script = Script::default();
            script.answer(status, &body);
            let failure = read(&mut script.connect(&USER)).unwrap_err();
            let detail = &failure.detail;
            assert_eq!(
                (
                    failure.kind,
                    detail.code.as_ref(),
                    detail.applied,
                    detail.status
                ),
                (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(status)),
                "{body}"
            );
            assert!(detail.message.contains(said), "{said}: {failure:?}");
            assert!(!format!("{failure:?}").contains("hush"), "{failure:?}");
            assert_eq!(script.lines(), [LOGIN], "{body}");
            if said == "INVALID_LOGIN" {
                let soap = r#"{"code":"INVALID_LOGIN","message":"no [redacted]"}"#;
                assert_eq!(detail.more.get("soap"), Some(soap));
            }
        }
    }

    #[test]
    fn a_login_that_is_down_is_repeated() {
        let script = Script::default();
        let session = granted("acme.my.salesforce.com", false, "00D!hush");
        script.answer(503, "<html>").answer(200, &session);
        script.answer(200, "{}");
        read(&mut script.connect(&USER)).unwrap();
        assert_eq!(script.lines(), [LOGIN, LOGIN, READ]);
    }
}
