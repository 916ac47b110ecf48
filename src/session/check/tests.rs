use super::*;
use crate::failure::Applied;
use crate::testing::Script;
use serde_json::{Value, json as value};

const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
];
const VERSIONS: &str = r#"[{"label":"Winter '14","url":"/services/data/v31.0","version":"31.0"},
    {"label":"Spring '26","url":"/services/data/v66.0","version":"66.0"},
    {"label":"Summer '26","url":"/services/data/v67.0","version":"67.0"}]"#;
const USER: &str = r#"{"user_id":"005","name":"Ada L","preferred_username":"ada@example.com","email":"a@b.c","active":true}"#;

fn answers(org: Value, access: Value) -> String {
    let part = |name: &str, body: Value| {
        let status = if body.is_array() { 400 } else { 200 };
        value!({"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": name})
    };
    value!({"compositeResponse": [part("org", org), part("access", access)]}).to_string()
}

fn page(record: Value) -> Value {
    value!({"totalSize": 1, "done": true, "records": [record]})
}

fn org() -> Value {
    page(value!({
        "attributes": {"type": "Organization"}, "Id": "00D", "Name": "Acme",
        "OrganizationType": "Developer Edition", "IsSandbox": false, "InstanceName": "NA1",
    }))
}

fn access() -> Value {
    page(value!({
        "PermissionsApiEnabled": true, "PermissionsManageUsers": false,
        "PermissionsCustomizeApplication": true, "PermissionsModifyMetadata": true,
        "PermissionsManageRoles": false,
    }))
}

fn checked(script: &Script) -> Value {
    let told = check(&mut script.connect(&GIVEN)).unwrap();
    serde_json::from_str(&told).unwrap()
}

#[test]
fn user_org_version_and_permissions_are_told_in_three_requests() {
    let script = Script::default();
    script.answer(200, VERSIONS);
    let usage = [("sforce-limit-info", "api-usage=18/5000")];
    script.answer_with(200, &usage, &answers(org(), access()));
    script.answer(200, USER);
    let told = checked(&script);
    assert_eq!(
        script.lines(),
        [
            "GET https://acme.my.salesforce.com/services/data/",
            "POST https://acme.my.salesforce.com/services/data/v66.0/composite",
            "GET https://acme.my.salesforce.com/services/oauth2/userinfo",
        ]
    );
    let body: Value = serde_json::from_str(&script.sent()[1].body).unwrap();
    let query = "/services/data/v66.0/query?q=SELECT%20";
    assert_eq!(
        body,
        value!({"compositeRequest": [
            {"method": "GET", "referenceId": "org", "url": format!(
                "{query}Id%2C%20Name%2C%20OrganizationType%2C%20IsSandbox%2C%20InstanceName%20FROM%20Organization")},
            {"method": "GET", "referenceId": "access", "url": format!(
                "{query}PermissionsApiEnabled%2C%20PermissionsManageUsers%2C%20\
                 PermissionsCustomizeApplication%2C%20PermissionsModifyMetadata%2C%20\
                 PermissionsManageRoles%20FROM%20UserPermissionAccess")},
        ]})
    );
    assert_eq!(
        told["user"],
        value!({"id": "005", "name": "Ada L", "username": "ada@example.com", "email": "a@b.c"})
    );
    assert_eq!(
        told["org"],
        value!({"url": "https://acme.my.salesforce.com", "id": "00D", "name": "Acme",
            "edition": "Developer Edition", "sandbox": false, "instance": "NA1"})
    );
    assert_eq!(told["version"], value!({"inUse": "66.0", "newest": "67.0"}));
    assert_eq!(told["apiUsage"], value!({"used": 18, "limit": 5000}));
    assert_eq!(told["flow"], "bearer");
    assert_eq!(told["attempts"], 3);
    assert_eq!(told["warnings"], value!([]));
    let missing = value!(["Manage Users", "Manage Roles and Role Hierarchy"]);
    assert_eq!(told["missingPermissions"], missing);
    let permissions = told["permissions"].as_array().unwrap();
    assert_eq!(permissions[0]["held"], true);
    assert_eq!(permissions[1]["held"], false);
    assert_eq!(permissions[5]["name"], "Manage Groups");
    assert!(permissions[5].get("held").is_none());
}

#[test]
fn what_may_not_be_read_is_unknown_and_warned_of() {
    let script = Script::default();
    let refusal = |said: &str| value!([{"errorCode": "INVALID_TYPE", "message": said}]);
    script.answer(200, VERSIONS);
    let warning = [("warning", "299 - \"This API is deprecated\"")];
    let body = answers(refusal("no org"), refusal("no access"));
    script.answer_with(200, &warning, &body);
    script.answer_with(403, &[("content-type", "text/html")], "Bad_OAuth_Token");
    let told = checked(&script);
    assert_eq!(told["user"], value!({}));
    assert_eq!(
        told["org"],
        value!({"url": "https://acme.my.salesforce.com"})
    );
    assert_eq!(told["missingPermissions"], value!([]));
    let permissions = told["permissions"].as_array().unwrap();
    assert!(permissions.iter().all(|entry| entry.get("held").is_none()));
    let warnings: Vec<_> = told["warnings"].as_array().unwrap().iter().collect();
    let warnings: Vec<_> = warnings.iter().map(|w| w.as_str().unwrap()).collect();
    assert_eq!(
        &warnings[1..],
        [
            "the org could not be read: no org",
            "the permissions could not be read: no access",
            "This API is deprecated",
        ]
    );
    assert!(
        warnings[0].starts_with("the user could not be read: "),
        "{warnings:?}"
    );
}

#[test]
fn a_version_that_is_not_served_names_the_newest() {
    let script = Script::default();
    script.answer(200, VERSIONS);
    let settings = [GIVEN[0], GIVEN[1], ("SALESFORCE_VERSION", "29.0")];
    let failure = check(&mut script.connect(&settings)).unwrap_err();
    assert_eq!(failure.detail.code, "INVALID_INPUT");
    assert_eq!(
        failure.detail.more.get("setting"),
        Some("\"SALESFORCE_VERSION\"")
    );
    assert!(
        failure.detail.message.contains("the newest is 67.0"),
        "{failure:?}"
    );
    assert_eq!(script.lines().len(), 1);

    let script = Script::default();
    script.answer(200, "{}");
    let failure = check(&mut script.connect(&GIVEN)).unwrap_err();
    assert_eq!(failure.detail.code, "UNKNOWN_ERROR");
}

#[test]
fn a_connection_that_does_not_work_fails() {
    let disabled = r#"[{"errorCode":"API_DISABLED_FOR_ORG","message":"API is not enabled"}]"#;
    let script = Script::default();
    script.answer(200, VERSIONS).answer(403, disabled);
    let failure = check(&mut script.connect(&GIVEN)).unwrap_err();
    assert_eq!(
        (failure.detail.code.as_ref(), failure.detail.applied),
        ("API_DISABLED_FOR_ORG", Applied::No)
    );

    // A check tries a login again that was refused.
    let script = Script::default();
    let refused = r#"{"error":"invalid_grant","error_description":"authentication failure"}"#;
    script.answer(400, refused).answer(400, refused);
    let app = [
        ("SALESFORCE_DOMAIN", "acme.my.salesforce.com"),
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_CLIENT_SECRET", "hush-secret"),
    ];
    let mut connection = script.connect(&app);
    for _ in 0..2 {
        assert_eq!(
            check(&mut connection).unwrap_err().detail.code,
            "MISSING_TOKEN"
        );
    }
    assert_eq!(script.lines().len(), 2);
}
