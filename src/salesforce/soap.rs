//! SOAP: envelopes, answers and faults.

use super::xml::{self, Element};

/// The namespace of the Metadata API.
const METADATA: &str = "http://soap.sforce.com/2006/04/metadata";

/// The path of the Metadata API, for a version such as `v66.0`.
pub fn metadata_path(version: &str) -> String {
    format!("/services/Soap/m/{}", version.trim_start_matches('v'))
}

/// The namespace of the SOAP API for all orgs.
const PARTNER: &str = "urn:partner.soap.sforce.com";

/// The path of the SOAP API for all orgs, for a version such as `v66.0`.
pub fn partner_path(version: &str) -> String {
    format!("{PARTNER_PATH}{}", version.trim_start_matches('v'))
}

/// Where that path begins.
const PARTNER_PATH: &str = "/services/Soap/u/";

/// An envelope around an operation of the API at this path, with the session in its header: SOAP
/// reads it there, and not in a header of HTTP.
pub fn envelope(path: &str, token: &str, operation: &str) -> String {
    let namespace = match path.starts_with(PARTNER_PATH) {
        true => PARTNER,
        false => METADATA,
    };
    let mut session = String::new();
    xml::write_safe(&mut session, "sessionId", token);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <soapenv:Header xmlns=\"{namespace}\"><SessionHeader>{session}</SessionHeader>\
         </soapenv:Header><soapenv:Body xmlns=\"{namespace}\">{operation}</soapenv:Body>\
         </soapenv:Envelope>"
    )
}

/// The path of a login, where none is given: the last version that has it.
pub const LOGIN_PATH: &str = "/services/Soap/u/64.0";
/// The last version that has logins.
const LAST_LOGIN: u32 = 64;

/// Checks the path of a login. The error says what was expected.
pub fn check_login_path(path: &str) -> Result<(), &'static str> {
    let expected = "the URL of a login, such as https://login.salesforce.com/services/Soap/u/64.0";
    let rest = path.strip_prefix("/services/Soap/").ok_or(expected)?;
    let (api, rest) = rest.split_once('/').ok_or(expected)?;
    let version = rest.split_once('/').map_or(rest, |(version, _)| version);
    let major = version.split_once('.').map_or(version, |(major, _)| major);
    match (api, major.parse::<u32>()) {
        ("u" | "c", Ok(..=LAST_LOGIN)) => Ok(()),
        ("u" | "c", Ok(_)) => {
            Err("a URL that ends in version 64.0 or earlier: later ones have no login in SOAP")
        }
        _ => Err(expected),
    }
}

/// The envelope of a login at this path, which says whose namespace counts.
pub fn login(path: &str, username: &str, password: &str) -> String {
    let namespace = match path.starts_with("/services/Soap/c/") {
        true => "urn:enterprise.soap.sforce.com",
        false => PARTNER,
    };
    let mut credentials = String::new();
    xml::write_safe(&mut credentials, "username", username);
    xml::write_safe(&mut credentials, "password", password);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soapenv:Body><login xmlns=\"{namespace}\">{credentials}</login></soapenv:Body>\
         </soapenv:Envelope>"
    )
}

/// Whether a token is a JSON Web Token, which SOAP takes for an expired session. Other tokens
/// may have dots too, behind the `!` that ends the id of the org.
pub fn is_jwt(token: &str) -> bool {
    token.bytes().filter(|b| *b == b'.').count() == 2 && !token.contains('!')
}

/// What SOAP says when it says no.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The code, without a prefix.
    pub code: String,
    /// The message, without the code before it.
    pub message: String,
    /// The fault as it came.
    pub element: Element,
}

/// What the body of an envelope holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// The answer to the operation.
    Response(Element),
    /// A refusal.
    Fault(Box<Fault>),
}

/// Reads an answer. The error says what is wrong with it.
pub fn read(text: &str) -> Result<Answer, &'static str> {
    let envelope = Element::read(text)?;
    let body = match envelope.name.as_str() {
        "Envelope" => envelope.children.into_iter().find(|e| e.name == "Body"),
        _ => None,
    };
    let content = body.and_then(|body| body.children.into_iter().next());
    let content = content.ok_or("is no envelope with a body")?;
    match content.name.as_str() {
        "Fault" => Ok(Answer::Fault(Box::new(fault(content)))),
        _ => Ok(Answer::Response(content)),
    }
}

fn fault(element: Element) -> Fault {
    let detail = element
        .child("detail")
        .and_then(|d| d.find("exceptionCode"));
    let code = match detail {
        Some(code) => code.text.trim(),
        None => element.text_of("faultcode"),
    };
    let code = code.rsplit_once(':').map_or(code, |(_, code)| code).trim();
    let said = element.text_of("faultstring");
    let message = match said.strip_prefix(code).and_then(|m| m.strip_prefix(':')) {
        Some(message) => message.trim(),
        None => said,
    };
    Fault {
        code: code.to_owned(),
        message: message.to_owned(),
        element,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faulted(fault: &str) -> (String, String) {
        let text = format!(
            "<e:Envelope xmlns:e='u'><e:Body><e:Fault>{fault}</e:Fault></e:Body></e:Envelope>"
        );
        match read(&text) {
            Ok(Answer::Fault(fault)) => (fault.code, fault.message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_session_stays_text_in_its_envelope() {
        assert_eq!(
            envelope("/services/Soap/m/66.0", "00D!a<b&c", "<x/>"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
             xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Header \
             xmlns=\"http://soap.sforce.com/2006/04/metadata\"><SessionHeader><sessionId>\
             00D!a&lt;b&amp;c</sessionId></SessionHeader></soapenv:Header><soapenv:Body \
             xmlns=\"http://soap.sforce.com/2006/04/metadata\"><x/></soapenv:Body>\
             </soapenv:Envelope>"
        );
        assert_eq!(metadata_path("v66.0"), "/services/Soap/m/66.0");
        let path = partner_path("v66.0");
        assert_eq!(path, "/services/Soap/u/66.0");
        let partner = envelope(&path, "t", "<x/>");
        assert_eq!(
            partner
                .matches("xmlns=\"urn:partner.soap.sforce.com\"")
                .count(),
            2
        );
        assert!(is_jwt("a.b.c") && !is_jwt("00D!a.b.c") && !is_jwt("a.b.c.d"));
    }

    #[test]
    fn faults_have_a_code_with_and_without_prefix() {
        let expected = ("INVALID_LOGIN".to_owned(), "no".to_owned());
        for fault in [
            "<faultcode>sf:INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: no</faultstring>",
            "<faultcode>INVALID_LOGIN</faultcode><faultstring>no</faultstring>",
            "<faultcode>soapenv:Server</faultcode><faultstring>no</faultstring><detail><sf:LoginFault><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode></sf:LoginFault></detail>",
        ] {
            assert_eq!(faulted(fault), expected, "{fault}");
        }
        assert_eq!(faulted(""), (String::new(), String::new()));
    }

    #[test]
    fn logins_are_for_versions_that_have_them() {
        let good = [
            "/services/Soap/u/64.0",
            "/services/Soap/c/45.0",
            "/services/Soap/u/9/00D",
        ];
        for path in good {
            assert_eq!(check_login_path(path), Ok(()), "{path}");
        }
        let wrong = [
            "/services/Soap/u/65.0",
            "/services/Soap/c/100.0/00D",
            "/services/Soap/m/64.0",
            "/services/Soap/u/",
            "/services/Soap/u/x",
            "/services/Soap/u/-1",
            "/services/oauth2/token",
        ];
        for path in wrong {
            assert!(check_login_path(path).is_err(), "{path}");
        }
        assert!(check_login_path(wrong[0]).unwrap_err().contains("no login"));
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        for text in [
            "<html><Body><x/></Body></html>",
            "<Envelope/>",
            "<Envelope><Header/></Envelope>",
            "<Envelope><Body/></Envelope>",
            "<Envelope><Body>x</Body></Envelope>",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
