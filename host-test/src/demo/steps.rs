//! The steps of the demo. Each answers with a note on what came of it, or why it failed.

use super::org::{Org, check, describe, made};
use serde_json::{Value, json};

type Outcome = Result<String, String>;

/// Paging goes through these rows. An order makes the pages the same each time.
const SOQL: &str = "SELECT Id, Name FROM Account ORDER BY Name";

/// A login with user name and password.
pub(super) async fn login(org: &mut Org) -> Outcome {
    let grant = match org.instance.login().await {
        Ok(Ok(grant)) => grant,
        Ok(Err(failure)) => return Err(describe(&failure)),
        Err(error) => return Err(error.to_string()),
    };
    made(&org.latest(), &[("POST", "/services/oauth2/token", 200)])?;
    let has = |name: &str| grant.settings.iter().any(|(setting, _)| setting == name);
    check(
        has("SALESFORCE_ACCESS_TOKEN") && has("SALESFORCE_INSTANCE_URL"),
        || "the session should have a token and an instance URL".to_owned(),
    )?;
    Ok("a session".to_owned())
}

/// A record is created.
pub(super) async fn create(org: &mut Org) -> Outcome {
    let before = org.fake.record_count("Account");
    let fields = json!({"Name": "Acme, Ltd.", "Industry": "Technology"});
    let input = json!({"SObjectName": "Account", "salesforcePayload": fields});
    let done = org.run("CREATE", &input).await?;
    made(&done.requests, &[("POST", "/sobjects/Account/", 201)])?;
    done.status("201")?;
    check(org.fake.record_count("Account") == before + 1, || {
        "there should be one account more".to_owned()
    })?;
    let result = done.result()?;
    let id = result.get("id").and_then(Value::as_str);
    org.id = id.ok_or_else(|| format!("no id in {result}"))?.to_owned();
    Ok(format!("id {}", org.id))
}

/// Some fields of it are read.
pub(super) async fn get(org: &mut Org) -> Outcome {
    let fields = ["Id", "Name", "Industry"];
    let input = json!({"SObjectName": "Account", "SObjectId": org.id, "fields": fields});
    let done = org.run("GET", &input).await?;
    made(
        &done.requests,
        &[("GET", &format!("/sobjects/Account/{}", org.id), 200)],
    )?;
    done.status("200")?;
    expect(&done.result()?, "Name", "Acme, Ltd.")?;
    expect(&done.result()?, "Industry", "Technology")
}

/// One is changed.
pub(super) async fn update(org: &mut Org) -> Outcome {
    let record = json!({"SObjectName": "Account", "SObjectId": org.id});
    let mut input = record.clone();
    if let Some(input) = input.as_object_mut() {
        input.insert(
            "salesforcePayload".to_owned(),
            json!({"Industry": "Energy"}),
        );
    }
    let done = org.run("UPDATE", &input).await?;
    made(
        &done.requests,
        &[("PATCH", &format!("/sobjects/Account/{}", org.id), 204)],
    )?;
    done.status("204")?;
    let done = org.run("GET", &record).await?;
    expect(&done.result()?, "Industry", "Energy")
}

/// All accounts, page by page, as a workflow would read them.
pub(super) async fn query(org: &mut Org) -> Outcome {
    let mut done = org.run("QUERY", &json!({"salesforceQuery": SOQL})).await?;
    made(&done.requests, &[("GET", "/query", 200)])?;
    let (mut rows, mut pages) = (0, 1);
    loop {
        let page = done.result()?;
        rows += length(&page);
        let Some(locator) = done.locator().map(str::to_owned) else {
            check(page.get("done") == Some(&Value::Bool(true)), || {
                "the page without a locator should be the last".to_owned()
            })?;
            break;
        };
        check(pages < 100, || {
            "the result should come to an end".to_owned()
        })?;
        done = org.run("QUERY_MORE", &json!({"locator": locator})).await?;
        made(&done.requests, &[("GET", &locator, 200)])?;
        pages += 1;
    }
    all_accounts(org, rows)?;
    check(pages > 1, || "there should be several pages".to_owned())?;
    Ok(format!("{rows} rows in {pages} pages"))
}

/// The same in one call.
pub(super) async fn query_pages(org: &mut Org) -> Outcome {
    let done = org
        .run("QUERY_PAGES", &json!({"salesforceQuery": SOQL}))
        .await?;
    done.status("200")?;
    let result = done.result()?;
    let rows = length(&result);
    all_accounts(org, rows)?;
    check(
        result.get("done") == Some(&Value::Bool(true)) && done.locator().is_none(),
        || "the result should be complete".to_owned(),
    )?;
    check(
        done.requests.len() == rows.div_ceil(super::PAGE_SIZE),
        || "there should be one request for each page".to_owned(),
    )?;
    Ok(format!("{rows} rows"))
}

/// The record goes.
pub(super) async fn delete(org: &mut Org) -> Outcome {
    let before = org.fake.record_count("Account");
    let input = json!({"SObjectName": "Account", "SObjectId": org.id});
    let done = org.run("DELETE", &input).await?;
    made(
        &done.requests,
        &[("DELETE", &format!("/sobjects/Account/{}", org.id), 204)],
    )?;
    done.status("204")?;
    check(org.fake.record_count("Account") + 1 == before, || {
        "there should be one account less".to_owned()
    })?;
    Ok("gone".to_owned())
}

/// The connector itself says no.
pub(super) async fn missing_input(org: &mut Org) -> Outcome {
    let input = json!({"salesforcePayload": {"Name": "Nameless"}});
    let refused = org.refuse("CREATE", &input).await?;
    made(&refused.requests, &[])?;
    refused.code("MISSING_INPUT")?;
    let names_it = refused.detail.message.contains("SObjectName");
    check(names_it, || {
        "the message should name SObjectName".to_owned()
    })?;
    Ok(format!("MISSING_INPUT: {}", refused.detail.message))
}

/// Salesforce says no.
pub(super) async fn unknown_field(org: &mut Org) -> Outcome {
    let fields = json!({"Name": "Acme", "NoSuchField__c": 1});
    let input = json!({"SObjectName": "Account", "salesforcePayload": fields});
    let refused = org.refuse("CREATE", &input).await?;
    made(&refused.requests, &[("POST", "/sobjects/Account/", 400)])?;
    refused.code("INVALID_FIELD")?;
    check(refused.detail.status == Some(400), || {
        format!(
            "the status should be 400, and is {:?}",
            refused.detail.status
        )
    })?;
    Ok("INVALID_FIELD".to_owned())
}

/// A session that expired is renewed on the way, and the caller does not notice.
pub(super) async fn expired_session(org: &mut Org) -> Outcome {
    let query = json!({"salesforceQuery": "SELECT Id FROM Account LIMIT 1"});
    let done = org.run("QUERY", &query).await?;
    let result = done.result()?;
    let id = result.pointer("/records/0/Id").and_then(Value::as_str);
    let id = id.ok_or("there should be an account")?;
    org.fake.expire_sessions();
    let input = json!({"SObjectName": "Account", "SObjectId": id, "fields": ["Id"]});
    let done = org.run("GET", &input).await?;
    let path = format!("/sobjects/Account/{id}");
    let wanted = [
        ("GET", path.as_str(), 401),
        ("POST", "/services/oauth2/token", 200),
        ("GET", path.as_str(), 200),
    ];
    made(&done.requests, &wanted)?;
    done.status("200")?;
    Ok("renewed".to_owned())
}

/// Checks a field of a record.
fn expect(record: &Value, field: &str, value: &str) -> Outcome {
    let found = record.get(field).and_then(Value::as_str);
    check(found == Some(value), || {
        format!("{field} should be {value} in {record}")
    })?;
    Ok(format!("{field}: {value}"))
}

/// Checks that a result has a row for each account.
fn all_accounts(org: &Org, rows: usize) -> Result<(), String> {
    let accounts = org.fake.record_count("Account");
    check(rows == accounts, || {
        format!("there are {accounts} accounts, and the result has {rows}")
    })
}

/// The rows of a query result.
fn length(result: &Value) -> usize {
    result
        .get("records")
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}
