//! A customer is taken into an org: an account, a contact, an approval. Each call of the connector
//! is an activity, whose result the engine keeps. When the engine dies, it runs this function again
//! from the start, hands it the results that it has, and makes the call that has none, perhaps for
//! the second time. So each call here may be made twice: the key makes a create an upsert, and a
//! record that is submitted already counts as submitted.

wit_bindgen::generate!({
    path: ["../../../wit", "wit"],
    world: "example:onboarding/workflow",
    generate_all,
});

use connector::salesforce::types::{Applied, Detail, Failure, Response};
use connector::salesforce::{approvals, query, records};
use exports::example::onboarding::onboarding::{Customer, Guest, Onboarded};
use serde_json::{Value, json};

/// A text field of accounts and contacts, external id and unique.
const KEY: &str = "External_Key__c";

struct Workflow;

impl Guest for Workflow {
    fn onboard(customer: Customer) -> Result<Onboarded, Failure> {
        let name = customer.company.replace('\\', r"\\").replace('\'', r"\'");
        let soql = format!("SELECT Id FROM Account WHERE Name = '{name}' AND {KEY} = null");
        if let Some(id) = text(&query::query(&soql, false, None)?, "/records/0/Id") {
            return Err(refused(format!(
                "{id} is an account of this name without a key"
            )));
        }

        let account = json!({"Name": customer.company});
        let account = create("Account", &account, &customer.key)?;
        let contact = json!({"LastName": customer.contact, "AccountId": account});
        let contact = create("Contact", &contact, &customer.key)?;
        let request = json!({"contextId": account, "comments": "A new customer"});
        let submitted = approvals::submit(&request.to_string(), None)?;
        let approval = text(&submitted, "/0/instanceId").ok_or_else(|| no("instanceId"))?;
        Ok(Onboarded {
            account,
            contact,
            approval,
        })
    }
}

/// The id of the record with this key, which is made where it is not there.
fn create(object: &str, fields: &Value, key: &str) -> Result<String, Failure> {
    let options = json!({"externalId": {"field": KEY, "value": key}}).to_string();
    let created = records::create(object, &fields.to_string(), Some(&options))?;
    text(&created, "/id").ok_or_else(|| no("id"))
}

/// A text in the body of an answer, by its JSON pointer.
fn text(response: &Response, pointer: &str) -> Option<String> {
    let body: Value = serde_json::from_str(response.body.as_deref()?).ok()?;
    body.pointer(pointer)?.as_str().map(str::to_owned)
}

fn no(name: &str) -> Failure {
    refused(format!("Salesforce answered without {name}"))
}

fn refused(message: String) -> Failure {
    Failure::Permanent(Detail {
        code: "ONBOARDING".to_owned(),
        message,
        status: None,
        applied: Applied::No,
        retry_after_ms: None,
        body: None,
        more: "{}".to_owned(),
    })
}

export!(Workflow);
