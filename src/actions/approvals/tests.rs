use super::*;
use crate::failure::{Applied, Failure, Kind};
use crate::testing::Script;

const SETTINGS: [(&str, &str); 3] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
    ("SALESFORCE_MAX_ATTEMPTS", "1"),
];
const POST: &str = "POST https://acme.my.salesforce.com/services/data/v66.0/process/approvals/";
const ONE: &str = "001D000000I8mIm";
const TWO: &str = "001D000000I8dIC";
const ITEM: &str = "04iD0000000Cw6SIAS";
const ME: &str = "005D00000015rY9IAI";

type Call = fn(&mut Connection, &str, Options) -> Outcome;

fn run(script: &Script, call: Call, payload: &str) -> Outcome {
    call(&mut script.connect(&SETTINGS), payload, Options::default())
}

fn done(record: &str) -> String {
    format!(
        r#"{{"actorIds":["{ME}"],"entityId":"{record}IAJ","errors":null,"instanceId":"04gD0000000Cvm5IAC","instanceStatus":"Pending","newWorkitemIds":["{ITEM}"],"success":true}}"#
    )
}

fn refused(record: &str, code: &str) -> String {
    format!(
        r#"{{"actorIds":null,"entityId":"{record}IAJ","errors":[{{"statusCode":"{code}","message":"m","fields":[]}}],"success":false}}"#
    )
}

fn rejection(code: &str) -> String {
    format!(r#"[{{"message":"m","errorCode":"{code}"}}]"#)
}

fn query_result(rows: &str) -> String {
    format!(r#"{{"totalSize":1,"done":true,"records":[{rows}]}}"#)
}

fn step(status: &str, actor: &str) -> String {
    query_result(&format!(
        r#"{{"Id":"04h1","StepStatus":"{status}","ActorId":"{actor}","ProcessInstanceId":"04gD0000000Cvm5IAC","ProcessInstance":{{"Status":"Approved","TargetObjectId":"{ONE}IAJ"}}}}"#
    ))
}

fn outline(failure: &Failure) -> (Kind, &str, Applied) {
    (failure.kind, &failure.detail.code, failure.detail.applied)
}

#[test]
fn a_payload_has_three_forms_and_its_action_filled_in() {
    let request =
        format!(r#"{{"contextId":"{ONE}","comments":"a \"b\"","skipEntryCriteria":"true"}}"#);
    let forms = [
        request.clone(),
        format!("[{request}]"),
        format!(r#"{{"requests":[{request}]}}"#),
        format!(
            r#"{{"actionType":"submit",{}"#,
            request.trim_start_matches('{')
        ),
    ];
    for form in forms {
        let script = Script::default();
        script.answer(200, &format!("[{}]", done(ONE)));
        let response = run(&script, submit, &form).unwrap();
        assert_eq!(response.body.unwrap(), format!("[{}]", done(ONE)));
        assert_eq!(script.lines(), [POST]);
        let rest = request.trim_start_matches('{');
        let body = format!(r#"{{"requests":[{{"actionType":"Submit",{rest}]}}"#);
        assert_eq!(script.sent()[0].body, body, "{form}");
    }
}

#[test]
fn a_wrong_payload_is_named_and_nothing_is_sent() {
    let table = [
        ("", "MISSING_INPUT", "salesforcePayload"),
        ("7", "INVALID_INPUT", "salesforcePayload"),
        ("{", "INVALID_INPUT", "salesforcePayload"),
        ("[]", "MISSING_INPUT", "salesforcePayload"),
        ("[7]", "INVALID_INPUT", "salesforcePayload[0]"),
        ("{}", "MISSING_INPUT", "salesforcePayload.contextId"),
        (
            r#"{"contextId":7}"#,
            "INVALID_INPUT",
            "salesforcePayload.contextId",
        ),
        (
            r#"{"contextId":"../x"}"#,
            "INVALID_INPUT",
            "salesforcePayload.contextId",
        ),
        (
            r#"{"requests":{}}"#,
            "INVALID_INPUT",
            "salesforcePayload.requests",
        ),
        (
            r#"{"requests":[]}"#,
            "MISSING_INPUT",
            "salesforcePayload.requests",
        ),
        (
            r#"{"requests":[{"contextId":"001D000000I8mIm"},{}]}"#,
            "MISSING_INPUT",
            "salesforcePayload.requests[1].contextId",
        ),
        (
            r#"{"contextId":"001D000000I8mIm","actionType":"Approve"}"#,
            "INVALID_INPUT",
            "salesforcePayload.actionType",
        ),
    ];
    for (payload, code, parameter) in table {
        let script = Script::default();
        let failure = run(&script, submit, payload).unwrap_err();
        let found = failure.detail.more.get("parameter").unwrap_or_default();
        assert_eq!(
            (failure.detail.code.as_ref(), found.trim_matches('"')),
            (code, parameter),
            "{payload}"
        );
        assert!(script.lines().is_empty());
    }
}

#[test]
fn submissions_are_matched_by_record() {
    let script = Script::default();
    script.answer(200, &format!("[{},{}]", done(TWO), done(ONE)));
    let payload = format!(r#"[{{"contextId":"{ONE}"}},{{"contextId":"{TWO}"}}]"#);
    let response = run(&script, submit, &payload).unwrap();
    assert_eq!(
        response.body.unwrap(),
        format!("[{},{}]", done(ONE), done(TWO))
    );
    assert_eq!(script.lines(), [POST]);
}

#[test]
fn a_partial_failure_says_which() {
    let script = Script::default();
    let answer = format!("[{},{}]", refused(TWO, "NO_APPLICABLE_PROCESS"), done(ONE));
    script.answer(200, &answer);
    let payload = format!(r#"[{{"contextId":"{ONE}"}},{{"contextId":"{TWO}"}}]"#);
    let failure = run(&script, submit, &payload).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "NO_APPLICABLE_PROCESS", Applied::Partly)
    );
    let results = failure.detail.more.get("results").unwrap();
    let first = format!(
        r#"[{{"contextId":"{ONE}","success":true,"result":{}}}"#,
        done(ONE)
    );
    assert!(results.starts_with(&first), "{results}");
    let second = format!(
        r#"{{"contextId":"{TWO}","success":false,"code":"NO_APPLICABLE_PROCESS","message":"m"}}]"#
    );
    assert!(results.ends_with(&second), "{results}");
}

#[test]
fn failed_results_may_name_no_record() {
    let script = Script::default();
    let unnamed = r#"{"entityId":null,"errors":[{"statusCode":"NO_APPLICABLE_PROCESS","message":"m"}],"success":false}"#;
    script.answer(200, &format!("[{unnamed},{}]", done(ONE)));
    let payload = format!(r#"[{{"contextId":"{ONE}"}},{{"contextId":"{TWO}"}}]"#);
    let failure = run(&script, submit, &payload).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "NO_APPLICABLE_PROCESS", Applied::Partly)
    );
    let results = failure.detail.more.get("results").unwrap();
    let told = format!(r#"{{"contextId":"{TWO}","success":false,"code":"NO_APPLICABLE_PROCESS""#);
    assert!(results.contains(&told), "{results}");
}

#[test]
fn a_single_refusal_is_a_failure_in_both_shapes() {
    let payload = format!(r#"{{"contextId":"{ONE}"}}"#);
    let script = Script::default();
    let whole = format!("[{}]", refused(ONE, "MANAGER_NOT_DEFINED"));
    script
        .answer(200, &whole)
        .answer(400, &rejection("MANAGER_NOT_DEFINED"));
    for _ in 0..2 {
        let failure = run(&script, submit, &payload).unwrap_err();
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, "MANAGER_NOT_DEFINED", Applied::No)
        );
        assert!(failure.detail.more.has("errors"));
    }
}

#[test]
fn an_answer_without_a_record_leaves_it_open() {
    let script = Script::default();
    script.answer(200, &format!("[{}]", done(ONE)));
    let payload = format!(r#"[{{"contextId":"{ONE}"}},{{"contextId":"{TWO}"}}]"#);
    let failure = run(&script, submit, &payload).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "UNKNOWN_ERROR", Applied::Partly)
    );
    let script = Script::default();
    script.answer(200, "{}");
    let failure = run(&script, submit, &payload).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "UNKNOWN_ERROR", Applied::Maybe)
    );
}

#[test]
fn several_decisions_go_one_by_one_up_to_the_first_failure() {
    let other = "04iD0000000Cw6TIAS";
    let payload =
        format!(r#"[{{"contextId":"{ITEM}"}},{{"contextId":"{other}"}},{{"contextId":"{ITEM}"}}]"#);
    let script = Script::default();
    let denied = rejection("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY");
    script
        .answer(200, &format!("[{}]", done(ONE)))
        .answer(400, &denied);
    let failure = run(&script, approve, &payload).unwrap_err();
    let code = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY";
    assert_eq!(outline(&failure), (Kind::Permanent, code, Applied::Partly));
    assert_eq!(script.lines(), [POST, POST]);
    assert_eq!(
        script.sent()[1].body,
        format!(r#"{{"requests":[{{"actionType":"Approve","contextId":"{other}"}}]}}"#)
    );

    let script = Script::default();
    script
        .answer(200, &format!("[{}]", done(ONE)))
        .answer(200, &format!("[{}]", done(TWO)));
    let payload = format!(r#"[{{"contextId":"{ITEM}"}},{{"contextId":"{other}"}}]"#);
    let response = run(&script, reject, &payload).unwrap();
    assert_eq!(
        response.body.unwrap(),
        format!("[{},{}]", done(ONE), done(TWO))
    );
    assert!(script.sent()[0].body.contains(r#""actionType":"Reject""#));
}

#[test]
fn a_lost_answer_among_several_tells_what_was_done_before() {
    let payload = format!(r#"[{{"contextId":"{ITEM}"}},{{"contextId":"{ITEM}"}}]"#);
    let script = Script::default();
    script.answer(200, &format!("[{}]", done(ONE)));
    script.fail(crate::http::Trouble::Connection, true, None);
    let failure = run(&script, approve, &payload).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "CONNECTION_ERROR", Applied::Partly)
    );
}

fn pending(submitter: &str) -> String {
    query_result(&format!(
        r#"{{"Id":"{ITEM}","ActorId":"{ME}","ProcessInstanceId":"04gD0000000Cvm5IAC","ProcessInstance":{{"Status":"Pending","TargetObjectId":"{ONE}IAJ","SubmittedById":"{submitter}"}}}}"#
    ))
}

#[test]
fn a_repeated_submission_counts_where_it_was_this_users() {
    let payload = format!(r#"{{"contextId":"{ONE}"}}"#);
    let user = format!(r#"{{"user_id":"{ME}"}}"#);
    let already = rejection("ALREADY_IN_PROCESS");
    let script = Script::default();
    script
        .answer(400, &already)
        .answer(200, &pending("005D00000015rY9"))
        .answer(200, &user);
    let response = run(&script, submit, &payload).unwrap();
    assert_eq!(response.more.get("repeated"), Some("true"));
    let body = response.body.unwrap();
    let status = r#""instanceStatus":"Pending""#;
    assert!(
        body.contains(&format!(r#""newWorkitemIds":["{ITEM}"]"#)) && body.contains(status),
        "{body}"
    );
    let lines = script.lines();
    assert!(
        lines[1]
            .contains("FROM%20ProcessInstanceWorkitem%20WHERE%20ProcessInstance.TargetObjectId")
    );
    assert_eq!(
        lines[2],
        "GET https://acme.my.salesforce.com/services/oauth2/userinfo"
    );

    // Somebody else's, nobody's, or not to be found out.
    let other = pending("005D00000015rY1IAI");
    let empty = query_result("");
    for (rows, asked) in [(other.as_str(), true), (&empty, false), ("<html>", false)] {
        let script = Script::default();
        script.answer(400, &already).answer(200, rows);
        if asked || rows == empty {
            script.answer(200, &user);
        }
        let failure = run(&script, submit, &payload).unwrap_err();
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, "ALREADY_IN_PROCESS", Applied::No),
            "{rows}"
        );
    }
}

#[test]
fn a_repeated_approval_counts_where_it_was_this_users_last_step() {
    let payload = format!(r#"{{"contextId":"{ITEM}"}}"#);
    let gone = rejection("INVALID_CROSS_REFERENCE_KEY");
    let user = format!(r#"{{"user_id":"{ME}"}}"#);
    let item = query_result(&format!(
        r#"{{"Id":"{ITEM}","ProcessInstance":{{"TargetObjectId":"{ONE}IAJ"}}}}"#
    ));
    // the last step, and whether it counts
    let table = [
        (step("Approved", ME), true),
        (step("Rejected", ME), false),
        (step("Approved", "005D00000015rY1IAI"), false),
    ];
    for (last, counts) in table {
        let script = Script::default();
        script
            .answer(400, &gone)
            .answer(200, &item)
            .answer(200, &last)
            .answer(200, &user);
        let outcome = run(&script, approve, &payload);
        match counts {
            true => {
                let response = outcome.unwrap();
                assert_eq!(response.more.get("repeated"), Some("true"));
                assert!(
                    response
                        .body
                        .unwrap()
                        .contains(r#""instanceStatus":"Approved""#)
                );
            }
            false => {
                let failure = outcome.unwrap_err();
                let code = "INVALID_CROSS_REFERENCE_KEY";
                assert_eq!(
                    outline(&failure),
                    (Kind::Permanent, code, Applied::No),
                    "{last}"
                );
            }
        }
        assert!(script.lines()[1].contains("/queryAll?q="));
    }
}

fn work_item(id: &str) -> String {
    format!(r#"{{"Id":"{id}","ActorId":"{ME}"}}"#)
}

#[test]
fn a_record_is_decided_by_its_work_item() {
    let script = Script::default();
    script
        .answer(200, &query_result(&work_item(ITEM)))
        .answer(200, &format!("[{}]", done(ONE)));
    let mut c = script.connect(&SETTINGS);
    let next = [ME.to_owned()];
    approve_record(
        &mut c,
        ONE,
        Some("fine"),
        Some(ME),
        &next,
        Options::default(),
    )
    .unwrap();
    let body = format!(
        r#"{{"requests":[{{"actionType":"Approve","contextId":"{ITEM}","comments":"fine","nextApproverIds":["{ME}"]}}]}}"#
    );
    assert_eq!(script.sent()[1].body, body);
    let line = &script.lines()[0];
    let condition = format!(
        "WHERE%20ActorId%20%3D%20%27{ME}%27%20AND%20ProcessInstance.TargetObjectId%20%3D%20%27{ONE}%27"
    );
    assert!(line.contains(&condition), "{line}");

    let several = query_result(&format!(
        "{},{}",
        work_item(ITEM),
        work_item("04iD0000000Cw6TIAS")
    ));
    script.answer(200, &several);
    let failure = reject_record(&mut c, ONE, None, None, Options::default()).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "INVALID_INPUT", Applied::No)
    );
    assert!(failure.detail.message.contains("2 wait"), "{failure:?}");
    assert!(
        failure
            .detail
            .more
            .get("workItems")
            .unwrap()
            .contains("04iD0000000Cw6TIAS")
    );

    // Any one of several recalls all.
    script
        .answer(200, &several)
        .answer(200, &format!("[{}]", done(ONE)));
    recall(&mut c, ONE, None, Options::default()).unwrap();
    assert!(script.sent()[4].body.contains(r#""actionType":"Removed""#));
}

#[test]
fn a_record_that_does_not_wait_is_a_failure_unless_it_was_decided_so() {
    let nothing = query_result("");
    let user = format!(r#"{{"user_id":"{ME}"}}"#);
    let script = Script::default();
    script
        .answer(200, &nothing)
        .answer(200, &step("Approved", ME))
        .answer(200, &user);
    let mut c = script.connect(&SETTINGS);
    let response = approve_record(&mut c, ONE, None, None, &[], Options::default()).unwrap();
    assert_eq!(response.more.get("repeated"), Some("true"));
    script
        .answer(200, &nothing)
        .answer(200, &step("Approved", ME));
    let failure = reject_record(&mut c, ONE, None, None, Options::default()).unwrap_err();
    assert_eq!(failure.detail.code, "INVALID_INPUT");
    assert_eq!(failure.detail.more.get("workItems"), Some("[]"));
}

#[test]
fn inbox_and_history_are_queries() {
    let script = Script::default();
    let empty = query_result("");
    script
        .answer(200, &empty)
        .answer(200, &empty)
        .answer(200, &empty);
    let mut c = script.connect(&SETTINGS);
    inbox(&mut c, None, None, Options::default()).unwrap();
    inbox(&mut c, Some(ME), None, Options::default()).unwrap();
    history(&mut c, ONE, Options::default()).unwrap();
    let lines = script.lines();
    assert!(
        lines[0].ends_with("FROM%20ProcessInstanceWorkitem%20ORDER%20BY%20Id"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].contains(&format!("WHERE%20ActorId%20%3D%20%27{ME}%27%20ORDER")),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].contains("FROM%20ProcessInstanceStep%20WHERE"),
        "{}",
        lines[2]
    );
    for wrong in [
        inbox(&mut c, Some("x"), None, Options::default()),
        history(&mut c, "", Options::default()),
    ] {
        assert_eq!(wrong.unwrap_err().detail.applied, Applied::No);
    }
    assert_eq!(script.lines().len(), 3);
}
