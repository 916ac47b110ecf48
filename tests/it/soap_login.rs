//! Logins in SOAP.

use crate::support::*;
use host_test::wit::Applied;
use wiremock::ResponseTemplate;

const LOGIN: &str = "/services/Soap/c/45.0";
const AT: &str = "/services/data/v66.0/sobjects/Account/001D000000IqhSLIAZ";

fn user(url: &str) -> Vec<(String, String)> {
    let login = format!("{url}{LOGIN}");
    let pairs = [
        ("SALESFORCE_USERNAME", "ada&x@example.com"),
        ("SALESFORCE_PASSWORD", "canary </password> &amp;"),
        ("SALESFORCE_SECURITY_TOKEN", "canaryTOKEN"),
        ("SALESFORCE_SOAP_URL_LOGIN", login.as_str()),
    ];
    and(Vec::new(), &pairs)
}

fn xml(status: u16, content: &str) -> ResponseTemplate {
    let body = format!("<e:Envelope xmlns:e=\"u\"><e:Body>{content}</e:Body></e:Envelope>");
    ResponseTemplate::new(status).set_body_raw(body, "text/xml; charset=utf-8")
}

fn granted(url: &str, expired: bool) -> ResponseTemplate {
    let content = format!(
        "<loginResponse><result><passwordExpired>{expired}</passwordExpired><serverUrl>{url}\
         /services/Soap/c/45.0/00D</serverUrl><sessionId>{TOKEN}</sessionId></result>\
         </loginResponse>"
    );
    xml(200, &content)
}

#[tokio::test]
async fn a_user_without_an_app_logs_in() {
    let server = server().await;
    on(&server, "POST", LOGIN, granted(&server.uri(), false)).await;
    on(&server, "GET", AT, json(200, "{}")).await;
    let mut org = instance(user(&server.uri())).await;
    org.get("Account", ID, &[], None).await.unwrap().unwrap();
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
                xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><login \
                xmlns=\"urn:enterprise.soap.sforce.com\"><username>ada&amp;x@example.com</username>\
                <password>canary &lt;/password&gt; &amp;amp;canaryTOKEN</password></login>\
                </soapenv:Body></soapenv:Envelope>";
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let login = Sent {
        line: format!("POST {LOGIN}"),
        headers: vec![
            header("accept", "text/xml"),
            header("content-length", &body.len().to_string()),
            header("content-type", "text/xml; charset=UTF-8"),
            header("soapaction", "login"),
        ],
        body: body.to_owned(),
    };
    assert_eq!(
        sent(&server).await,
        [login, authorized(&format!("GET {AT}"), "")]
    );
    let session = org.current().await.unwrap().unwrap().unwrap();
    assert_eq!(read(&session.more)["flow"], "soap");
}

#[tokio::test]
async fn a_refused_login_is_not_repeated_and_shows_no_secret() {
    let echo = "<e:Fault><faultcode>INVALID_LOGIN</faultcode><faultstring>you sent canary \
                &lt;/password> &amp;amp;canaryTOKEN</faultstring></e:Fault>";
    let expired = granted("http://127.0.0.1:1", true);
    for (status, answer) in [(500, xml(500, echo)), (200, expired)] {
        let server = server().await;
        on(&server, "POST", LOGIN, answer).await;
        let mut org = instance(user(&server.uri())).await;
        let failure = failed(org.get("Account", ID, &[], None).await);
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(status))
        );
        assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        assert_eq!(lines(&server).await.len(), 1);
    }
}

#[tokio::test]
async fn a_version_without_logins_is_refused_before_any_request() {
    let url = "https://login.salesforce.com/services/Soap/u/65.0";
    let settings = and(user("http://127.0.0.1:1"), &[]);
    let settings = settings.into_iter().map(|(name, value)| {
        let soap = name == "SALESFORCE_SOAP_URL_LOGIN";
        (name, if soap { url.to_owned() } else { value })
    });
    let mut org = instance(settings.collect()).await;
    let (_, detail) = failed(org.get("Account", ID, &[], None).await);
    assert_eq!(read(&detail.more)["setting"], "SALESFORCE_SOAP_URL_LOGIN");
    assert!(detail.message.contains("64.0"), "{}", detail.message);
}
