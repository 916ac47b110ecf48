//! SOAP: envelopes, answers and faults.

use super::xml::{self, Element};

/// Where an envelope has what the session and the operation are made of.
const METADATA: &str = "http://soap.sforce.com/2006/04/metadata";

/// The path of the Metadata API, for a version such as `v66.0`.
pub fn metadata_path(version: &str) -> String {
    format!("/services/Soap/m/{}", version.trim_start_matches('v'))
}

/// An envelope of the Metadata API around an operation, with the session in its header: SOAP
/// reads it there, and not in a header of HTTP.
pub fn envelope(token: &str, operation: &str) -> String {
    let mut session = String::new();
    xml::write_safe(&mut session, "sessionId", token);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <soapenv:Header xmlns=\"{METADATA}\"><SessionHeader>{session}</SessionHeader>\
         </soapenv:Header><soapenv:Body xmlns=\"{METADATA}\">{operation}</soapenv:Body>\
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
            envelope("00D!a<b&c", "<x/>"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
             xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Header \
             xmlns=\"http://soap.sforce.com/2006/04/metadata\"><SessionHeader><sessionId>\
             00D!a&lt;b&amp;c</sessionId></SessionHeader></soapenv:Header><soapenv:Body \
             xmlns=\"http://soap.sforce.com/2006/04/metadata\"><x/></soapenv:Body>\
             </soapenv:Envelope>"
        );
        assert_eq!(metadata_path("v66.0"), "/services/Soap/m/66.0");
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
