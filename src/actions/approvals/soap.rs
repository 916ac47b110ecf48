//! Decisions in SOAP.

use super::Action;
use crate::json::Json;
use crate::salesforce::soap::{self, Answer};
use crate::salesforce::xml::{self, Shape};

/// Results in the shape of REST.
const SHAPE: Shape = Shape {
    value: |name, text| match name {
        "success" => (text == "true").into(),
        _ => text.into(),
    },
    lists: &["actorIds", "errors", "fields", "newWorkitemIds"],
};

/// The operation that recalls a submission; none where XML cannot hold the comments.
pub fn recall(work_item: &str, comments: Option<&str>) -> Option<String> {
    let mut out = String::from("<process><actions xsi:type=\"ProcessWorkitemRequest\">");
    if let Some(comments) = comments {
        xml::write(&mut out, "", "comments", comments).ok()?;
    }
    xml::write_safe(&mut out, "action", Action::Recall.name());
    xml::write(&mut out, "", "workitemId", work_item).ok()?;
    Some(out + "</actions></process>")
}

/// The one result of an operation.
pub fn result(body: &str) -> Option<Json> {
    match soap::read(body) {
        Ok(Answer::Response(response)) => Some(response.child("result")?.json(SHAPE)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::actions::approvals::recall;
    use crate::actions::options::Options;
    use crate::actions::{Outcome, Response};
    use crate::failure::{Applied, Failure, Kind};
    use crate::http::Trouble;
    use crate::testing::Script;

    const ONE: &str = "001D000000IqhSLIAZ";
    const REST: &str = "POST https://acme.my.salesforce.com/services/data/v66.0/process/approvals/";
    const SOAP: &str = "POST https://acme.my.salesforce.com/services/Soap/u/66.0";
    const WAITS: &str = r#"{"totalSize":1,"done":true,"records":[{"Id":"04iD0000000Cw6SIAS"}]}"#;
    const UNKNOWN: &str =
        r#"[{"message":"Unrecognized actionType","errorCode":"JSON_PARSER_ERROR"}]"#;

    fn envelope(content: &str) -> String {
        format!("<e:Envelope xmlns:e='u'><e:Body>{content}</e:Body></e:Envelope>")
    }

    fn answered(content: &str) -> String {
        envelope(&format!(
            "<processResponse><result>{content}</result></processResponse>"
        ))
    }

    /// Recalls with a token, after a work item was found and REST answered this.
    fn recalled(script: &Script, token: &str, comments: Option<&str>) -> Outcome {
        let settings = [
            ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
            ("SALESFORCE_ACCESS_TOKEN", token),
        ];
        let mut c = script.connect(&settings);
        recall(&mut c, ONE, comments, Options::default())
    }

    fn refused_by_rest() -> Script {
        let script = Script::default();
        script.answer(200, WAITS).answer(400, UNKNOWN);
        script
    }

    fn outline(failure: &Failure) -> (Kind, &str, Applied) {
        let detail = &failure.detail;
        (failure.kind, &detail.code, detail.applied)
    }

    #[test]
    fn an_org_that_does_not_recall_by_rest_is_asked_by_soap() {
        let script = refused_by_rest();
        script.answer(
            200,
            &answered(&format!(
                "<entityId>{ONE}</entityId><instanceId>04g</instanceId>\
                 <instanceStatus>Removed</instanceStatus><success>true</success>"
            )),
        );
        let response: Response = recalled(&script, "hush-given", Some("a<b")).unwrap();
        let expected = format!(
            r#"[{{"entityId":"{ONE}","instanceId":"04g","instanceStatus":"Removed","success":true}}]"#
        );
        assert_eq!(response.body.as_deref(), Some(expected.as_str()));
        assert_eq!(response.more.get("attempts"), Some("3"));
        assert_eq!(script.lines()[1..], [REST, SOAP]);
        let sent = &script.sent()[2];
        let operation = "<soapenv:Body xmlns=\"urn:partner.soap.sforce.com\"><process>\
                         <actions xsi:type=\"ProcessWorkitemRequest\">\
                         <comments>a&lt;b</comments><action>Removed</action>\
                         <workitemId>04iD0000000Cw6SIAS</workitemId></actions></process>";
        assert!(sent.body.contains(operation), "{}", sent.body);
        assert!(sent.body.contains("<sessionId>hush-given</sessionId>"));
        assert_eq!(sent.header("Authorization"), None);
    }

    #[test]
    fn what_rest_said_stands_where_soap_knows_no_better() {
        let fault = envelope(
            "<e:Fault><faultcode>sf:INSUFFICIENT_ACCESS</faultcode>\
             <faultstring>no</faultstring></e:Fault>",
        );
        let error = answered(
            "<errors><message>no</message><statusCode>ENTITY_IS_LOCKED</statusCode></errors>\
             <success>false</success>",
        );
        for (status, body) in [(500, fault), (200, error)] {
            let script = refused_by_rest();
            script.answer(status, &body);
            let failure = recalled(&script, "hush-given", None).unwrap_err();
            let expected = (Kind::Permanent, "JSON_PARSER_ERROR", Applied::No);
            assert_eq!(outline(&failure), expected);
        }
        // SOAP does not take such a session, and XML no such comments.
        for (token, comments) in [("a.b.c", None), ("hush-given", Some("a\u{1}"))] {
            let script = refused_by_rest();
            let failure = recalled(&script, token, comments).unwrap_err();
            assert_eq!(failure.detail.code, "JSON_PARSER_ERROR");
            assert_eq!(script.lines().len(), 2);
        }
    }

    #[test]
    fn what_soap_may_have_done_is_told() {
        let script = refused_by_rest();
        script.fail(Trouble::Timeout, true, None);
        let failure = recalled(&script, "hush-given", None).unwrap_err();
        let expected = (Kind::Permanent, "REQUEST_TIMEOUT", Applied::Maybe);
        assert_eq!(outline(&failure), expected);
        let script = refused_by_rest();
        script.answer(200, &envelope("<processResponse/>"));
        let failure = recalled(&script, "hush-given", None).unwrap_err();
        let expected = (Kind::Permanent, "UNKNOWN_ERROR", Applied::Maybe);
        assert_eq!(outline(&failure), expected);
    }

    #[test]
    fn a_refusal_that_is_not_of_the_action_stands() {
        let error = |code: &str| format!(r#"[{{"message":"m","errorCode":"{code}"}}]"#);
        let table = [
            (403, error("INSUFFICIENT_ACCESS"), "INSUFFICIENT_ACCESS"),
            (404, error("NOT_FOUND"), "NOT_FOUND"),
            (500, error("UNKNOWN_EXCEPTION"), "UNKNOWN_EXCEPTION"),
        ];
        for (status, body, code) in table {
            let script = Script::default();
            script.answer(200, WAITS).answer(status, &body);
            let failure = recalled(&script, "hush-given", None).unwrap_err();
            assert_eq!(failure.detail.code, code);
            assert_eq!(script.lines().len(), 2, "{code}");
        }
        let script = Script::default();
        script.answer(200, WAITS);
        script.fail(Trouble::Timeout, true, None);
        recalled(&script, "hush-given", None).unwrap_err();
        assert_eq!(script.lines().len(), 2);
    }
}
