use super::*;

const PAYLOAD: &str = r#"{"fullName":"A__c","label":"A","fields":[
    {"fullName":"B__c","label":"B","type":"Date"},
    {"fullName":"C__c","label":"C","type":"Date","required":true},
    {"fullName":"D__c","label":"D","type":"AutoNumber","displayFormat":"{0}"},
    {"fullName":"E__c","label":"E","type":"Date"}]}"#;
const SET: Way<'_> = Way {
    update: false,
    permission_set: Some("Sales"),
};
const NONE: &str = r#"{"totalSize":0,"done":true,"records":[]}"#;
const FOUND: &str = r#"{"totalSize":1,"done":true,"records":[{"Id":"0PS000000000001AAA"}]}"#;
const DATA: &str = "https://acme.my.salesforce.com/services/data/v66.0";

#[test]
fn what_is_not_granted_yet_is() {
    let script = Script::default();
    script.answer(200, FOUND);
    xml(&script, 200, &answered(&made("A__c")));
    let there = r#"{"totalSize":1,"done":true,"records":[{"Field":"a__c.e__c"}]}"#;
    script.answer(200, NONE).answer(200, there);
    script.answer(200, r#"{"compositeResponse":[{"body":{},"httpStatusCode":201},{"body":{},"httpStatusCode":201},{"body":{},"httpStatusCode":201}]}"#);
    let response = run(&script, PAYLOAD, SET).unwrap();
    assert_eq!(
        response.body.unwrap(),
        r#"{"result":[{"fullName":"A__c","success":true,"errors":[]}],"granted":{"permissionSet":"0PS000000000001AAA","objects":["A__c"],"fields":["A__c.B__c","A__c.D__c","A__c.E__c"]}}"#
    );
    let lines = script.lines();
    let query = |soql: &str| format!("GET {DATA}/query?q={soql}");
    assert_eq!(
        lines,
        [
            query(
                "SELECT%20Id%20FROM%20PermissionSet%20WHERE%20Name%20%3D%20%27Sales%27%20LIMIT%201"
            ),
            SOAP.to_owned(),
            query(
                "SELECT%20SobjectType%20FROM%20ObjectPermissions%20WHERE%20ParentId%20%3D%20%270PS000000000001AAA%27%20AND%20SobjectType%20IN%20%28%27A__c%27%29"
            ),
            query(
                "SELECT%20Field%20FROM%20FieldPermissions%20WHERE%20ParentId%20%3D%20%270PS000000000001AAA%27%20AND%20SobjectType%20IN%20%28%27A__c%27%29"
            ),
            format!("POST {DATA}/composite"),
        ]
    );
    assert_eq!(
        script.sent()[4].body,
        r#"{"allOrNone":true,"compositeRequest":[{"method":"POST","url":"/services/data/v66.0/sobjects/ObjectPermissions/","referenceId":"grant0","body":{"ParentId":"0PS000000000001AAA","SobjectType":"A__c","PermissionsRead":true,"PermissionsCreate":true,"PermissionsEdit":true,"PermissionsDelete":true}},{"method":"POST","url":"/services/data/v66.0/sobjects/FieldPermissions/","referenceId":"grant1","body":{"ParentId":"0PS000000000001AAA","SobjectType":"A__c","Field":"A__c.B__c","PermissionsRead":true,"PermissionsEdit":true}},{"method":"POST","url":"/services/data/v66.0/sobjects/FieldPermissions/","referenceId":"grant2","body":{"ParentId":"0PS000000000001AAA","SobjectType":"A__c","Field":"A__c.D__c","PermissionsRead":true,"PermissionsEdit":false}}]}"#
    );
}

#[test]
fn an_unknown_permission_set_is_told_before_anything_is_made() {
    let script = Script::default();
    script.answer(200, NONE);
    let failure = run(&script, PAYLOAD, SET).unwrap_err();
    assert_eq!(parameter(&failure), "permissionSet");
    assert_eq!(failure.detail.code, "INVALID_INPUT");
    assert_eq!(script.lines().len(), 1);
    for set in ["", "a'b", "a b", "x\u{0}"] {
        let script = Script::default();
        let way = Way {
            update: false,
            permission_set: Some(set),
        };
        let failure = run(&script, PAYLOAD, way).unwrap_err();
        assert_eq!(parameter(&failure), "permissionSet", "{set}");
        assert!(script.lines().is_empty());
    }
}

#[test]
fn a_grant_that_is_refused_leaves_a_part_done() {
    let script = Script::default();
    script.answer(200, FOUND);
    xml(&script, 200, &answered(&made("A__c")));
    script.answer(200, NONE).answer(200, NONE);
    script.answer(200, r#"{"compositeResponse":[{"body":[{"errorCode":"PROCESSING_HALTED","message":"x"}],"httpStatusCode":400},{"body":[{"errorCode":"FIELD_INTEGRITY_EXCEPTION","message":"no"}],"httpStatusCode":400}]}"#);
    let failure = run(&script, PAYLOAD, SET).unwrap_err();
    let detail = &failure.detail;
    assert_eq!(
        (
            detail.code.as_ref(),
            detail.message.as_str(),
            detail.applied
        ),
        ("FIELD_INTEGRITY_EXCEPTION", "no", Applied::Partly)
    );
    assert!(detail.more.get("results").unwrap().contains("A__c"));
    assert!(
        detail
            .more
            .get("errors")
            .unwrap()
            .contains("FIELD_INTEGRITY")
    );
}
