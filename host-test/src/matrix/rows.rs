//! The calls of the matrix: every action, in every way that it writes, and the logins.

use serde_json::{Value, json};

use crate::error::Error;
use crate::fake::ledger::Entry;
use crate::fake::{Fake, FakeConfig, Flow, TokenForm};
use crate::host::Host;

/// Rows of a page, few so that results have several.
const PAGE_SIZE: usize = 5;
/// The path of the data API.
pub(super) const DATA: &str = "/services/data/v66.0";

macro_rules! rows {
    ($($row:ident $action:literal $variant:literal,)+) => {
        /// A call of the matrix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Row {
            $($row,)+
        }

        impl Row {
            /// All of them.
            pub(super) const ALL: &[Row] = &[$(Row::$row,)+];

            /// The action, by its name in the catalog or, for the session, its function.
            pub(super) fn action(self) -> &'static str {
                match self {
                    $(Row::$row => $action,)+
                }
            }

            /// What is special about this call of the action.
            pub(super) fn variant(self) -> &'static str {
                match self {
                    $(Row::$row => $variant,)+
                }
            }
        }
    };
}

rows! {
    Create "CREATE" "",
    CreateExternalId "CREATE" "externalId",
    CreateIdempotencyKey "CREATE" "idempotencyKey",
    Get "GET" "",
    Update "UPDATE" "",
    Delete "DELETE" "",
    Query "QUERY" "",
    QueryLong "QUERY" "in a composite request",
    QueryMore "QUERY_MORE" "",
    QueryPages "QUERY_PAGES" "",
    Submit "APPROVAL_SUBMIT" "",
    SubmitSome "APPROVAL_SUBMIT" "two, of which one is refused",
    Definitions "APPROVAL_LIST" "",
    Approve "APPROVAL_APPROVE" "",
    ApproveTwo "APPROVAL_APPROVE" "two",
    Reject "APPROVAL_REJECT" "",
    Inbox "APPROVAL_INBOX" "",
    History "APPROVAL_HISTORY" "",
    ApproveRecord "APPROVAL_APPROVE_RECORD" "",
    RejectRecord "APPROVAL_REJECT_RECORD" "",
    Recall "APPROVAL_RECALL" "",
    ObjectCreate "CUSTOM_OBJECT_CREATE" "",
    ObjectRefused "CUSTOM_OBJECT_CREATE" "of what is there",
    ObjectUpdate "CUSTOM_OBJECT_CREATE" "update",
    ObjectGrant "CUSTOM_OBJECT_CREATE" "permissionSet",
    ObjectDeploy "CUSTOM_OBJECT_CREATE" "by a deployment",
    FieldCreate "CUSTOM_FIELD_CREATE" "",
    ObjectRead "CUSTOM_OBJECT_READ" "",
    ObjectDelete "CUSTOM_OBJECT_DELETE" "",
    ObjectUndeploy "CUSTOM_OBJECT_DELETE" "by a deployment",
    Login "session.login" "",
    LoginSoap "session.login" "soap",
    Check "session.check" "",
}

/// A change that a call is about.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// A record or component that was not there.
    Made(&'static str),
    /// A record or component that is another now.
    Changed(&'static str),
    /// A record in the recycle bin, or a component that is gone.
    Gone(&'static str),
}

impl Mark {
    fn is(self, entry: &Entry) -> bool {
        let change = &entry.change;
        let binned = |value: &Option<Value>| {
            let deleted = value.as_ref().and_then(|value| value.get("IsDeleted"));
            value.is_none() || deleted == Some(&json!(true))
        };
        match self {
            Mark::Made(object) => change.object == object && change.before.is_none(),
            Mark::Changed(object) => change.object == object && !binned(&change.after),
            Mark::Gone(object) => change.object == object && binned(&change.after),
        }
    }
}

impl Row {
    /// The changes that it makes, where nothing goes wrong: what they look like, and how many.
    fn marks(self) -> (&'static [Mark], usize) {
        match self {
            Row::Create | Row::CreateExternalId | Row::CreateIdempotencyKey => {
                (&[Mark::Made("Account")], 1)
            }
            Row::Update => (&[Mark::Changed("Account")], 1),
            Row::Delete => (&[Mark::Gone("Account")], 1),
            Row::Submit | Row::SubmitSome => (&[Mark::Made("ProcessInstance")], 1),
            Row::Approve | Row::Reject | Row::ApproveRecord | Row::RejectRecord | Row::Recall => {
                (&[Mark::Made("ProcessInstanceStep")], 1)
            }
            Row::ApproveTwo => (&[Mark::Made("ProcessInstanceStep")], 2),
            Row::ObjectCreate => (&[Mark::Made("CustomObject")], 1),
            Row::ObjectRefused => (&[Mark::Made("CustomObject")], 0),
            Row::ObjectUpdate | Row::ObjectDeploy => (&[Mark::Changed("CustomObject")], 1),
            Row::ObjectGrant => {
                let marks = &[
                    Mark::Made("CustomObject"),
                    Mark::Made("ObjectPermissions"),
                    Mark::Made("FieldPermissions"),
                ];
                (marks, 3)
            }
            Row::FieldCreate => (&[Mark::Made("CustomField")], 1),
            Row::ObjectDelete | Row::ObjectUndeploy => (&[Mark::Gone("CustomObject")], 1),
            Row::Get
            | Row::Query
            | Row::QueryLong
            | Row::QueryMore
            | Row::QueryPages
            | Row::Definitions
            | Row::Inbox
            | Row::History
            | Row::ObjectRead
            | Row::Login
            | Row::LoginSoap
            | Row::Check => (&[], 0),
        }
    }

    /// Those among these entries of the ledger that the call is about.
    pub(super) fn effects(self, ledger: &[Entry]) -> impl Iterator<Item = &Entry> {
        let (marks, _) = self.marks();
        ledger
            .iter()
            .filter(move |entry| marks.iter().any(|mark| mark.is(entry)))
    }

    /// How many such entries there are where nothing goes wrong.
    pub(super) fn intended(self) -> usize {
        self.marks().1
    }

    /// Whether it changes nothing.
    pub(super) fn reads(self) -> bool {
        self.marks().0.is_empty()
    }

    /// Whether the call succeeds where nothing goes wrong.
    pub(super) fn succeeds(self) -> bool {
        !matches!(self, Row::SubmitSome | Row::ObjectRefused)
    }

    /// Whether doing the same twice leads to the same state, so that it may be done twice.
    pub(super) fn idempotent(self) -> bool {
        matches!(
            self,
            Row::Update
                | Row::Delete
                | Row::ObjectUpdate
                | Row::ObjectDeploy
                | Row::ObjectDelete
                | Row::ObjectUndeploy
                | Row::CreateExternalId
                | Row::CreateIdempotencyKey
        )
    }

    /// Whether it removes something.
    pub(super) fn deletes(self) -> bool {
        matches!(self, Row::Delete | Row::ObjectDelete | Row::ObjectUndeploy)
    }

    /// Whether a deployment does it, which takes seconds.
    pub(super) fn deploys(self) -> bool {
        matches!(self, Row::ObjectDeploy | Row::ObjectUndeploy)
    }

    /// How the fake starts for it.
    pub(super) fn config(self, config: FakeConfig) -> FakeConfig {
        let token_form = match self {
            _ if self.deploys() => TokenForm::Jwt,
            _ => TokenForm::Opaque,
        };
        FakeConfig {
            page_size: PAGE_SIZE,
            token_form,
            ..config
        }
    }

    /// How the instance logs in.
    pub(super) fn flow(self) -> Flow {
        match self {
            Row::LoginSoap => Flow::Soap,
            _ => Flow::ClientCredentials,
        }
    }

    /// Makes what the call needs to be there, and answers its input.
    pub(super) async fn prepare(self, fake: &Fake, host: &Host) -> Result<Value, Error> {
        let account = || made(fake, "Account", json!({"Name": "There before"}));
        let of_account = |id: String| json!({"SObjectName": "Account", "SObjectId": id});
        let soql = "SELECT Id, Name FROM Account ORDER BY Name";
        Ok(match self {
            Row::Create => {
                json!({"SObjectName": "Account", "salesforcePayload": {"Name": "Made once"}})
            }
            Row::CreateExternalId => {
                let key = json!({"field": "External_Key__c", "value": "M/1 ?"});
                let options = json!({"externalId": key});
                json!({"SObjectName": "Account", "salesforcePayload": {"Name": "Made once"}, "options": options})
            }
            Row::CreateIdempotencyKey => {
                let key = "0b0b7c9e-3f2c-4c60-9a1a-0d2f5e3c7a11";
                let options = json!({"idempotencyKey": key});
                json!({"SObjectName": "Account", "salesforcePayload": {"Name": "Made once"}, "options": options})
            }
            Row::Get | Row::Delete => of_account(account()),
            Row::Update => {
                let mut input = of_account(account());
                put(&mut input, "salesforcePayload", json!({"Name": "Changed"}));
                input
            }
            Row::Query | Row::QueryPages => json!({"salesforceQuery": soql}),
            Row::QueryLong => {
                let long = "x".repeat(9_000);
                json!({"salesforceQuery": format!("SELECT Id FROM Account WHERE Name != '{long}'")})
            }
            Row::QueryMore => {
                let target = format!("{DATA}/query?q={}", soql.replace(' ', "+"));
                let (_, page) = fake.call("GET", &target, None);
                json!({"locator": text(&page, "/nextRecordsUrl")})
            }
            Row::Submit => json!({"salesforcePayload": {"contextId": account()}}),
            Row::SubmitSome => {
                // Contacts have no approval process.
                let contact = made(fake, "Contact", json!({"LastName": "Nobody"}));
                let requests = [
                    json!({"contextId": contact}),
                    json!({"contextId": account()}),
                ];
                json!({"salesforcePayload": requests})
            }
            Row::Approve | Row::Reject => {
                json!({"salesforcePayload": {"contextId": submitted(fake, &account())}})
            }
            Row::ApproveTwo => {
                let items = [account(), account()].map(|id| submitted(fake, &id));
                let requests = items.map(|item| json!({"contextId": item}));
                json!({"salesforcePayload": requests})
            }
            Row::ApproveRecord | Row::RejectRecord | Row::Recall | Row::History => {
                let account = account();
                submitted(fake, &account);
                json!({"SObjectId": account})
            }
            Row::Inbox => {
                submitted(fake, &account());
                json!({})
            }
            Row::Definitions | Row::Login | Row::LoginSoap | Row::Check => json!({}),
            Row::ObjectCreate => json!({"salesforcePayload": object("Matrix")}),
            Row::ObjectDeploy => updated(object("Matrix")),
            Row::ObjectRefused => {
                define(fake, host).await?;
                json!({"salesforcePayload": object("Matrix")})
            }
            Row::ObjectUpdate => {
                define(fake, host).await?;
                updated(object("Other"))
            }
            Row::ObjectGrant => {
                json!({"salesforcePayload": object("Matrix"), "permissionSet": "Integration_Access"})
            }
            Row::FieldCreate => {
                let field = json!({"fullName": "Due__c", "label": "Due", "type": "Date"});
                json!({"SObjectName": "Account", "salesforcePayload": field})
            }
            Row::ObjectRead | Row::ObjectDelete | Row::ObjectUndeploy => {
                define(fake, host).await?;
                json!({"SObjectName": "Matrix__c"})
            }
        })
    }
}

/// The description of an object with a field.
fn object(label: &str) -> Value {
    let fields = [json!({"fullName": "Due__c", "label": "Due", "type": "Date"})];
    json!({"fullName": "Matrix__c", "label": label, "fields": fields})
}

/// The input that makes an object or changes it to this.
fn updated(mut object: Value) -> Value {
    put(&mut object, "sharingModel", json!("ReadWrite"));
    json!({"salesforcePayload": object, "update": true})
}

/// Makes a record, and answers its id.
pub(super) fn made(fake: &Fake, sobject: &str, fields: Value) -> String {
    let (_, answer) = fake.call("POST", &format!("{DATA}/sobjects/{sobject}/"), Some(fields));
    text(&answer, "/id")
}

/// Submits a record, and answers its work item.
fn submitted(fake: &Fake, record: &str) -> String {
    let request = json!({"actionType": "Submit", "contextId": record});
    let body = json!({"requests": [request]});
    let (_, answer) = fake.call("POST", &format!("{DATA}/process/approvals/"), Some(body));
    text(&answer, "/0/newWorkitemIds/0")
}

/// Defines the object by a connection of its own.
async fn define(fake: &Fake, host: &Host) -> Result<(), Error> {
    let mut org = host.instance(fake.settings(Flow::Bearer)).await?;
    // With a token in the form of a JWT, a deployment makes it, which cannot look first whether
    // it is there.
    let input = updated(object("Matrix")).to_string();
    match org.invoke("CUSTOM_OBJECT_CREATE", &input).await? {
        Ok(_) => Ok(()),
        Err(failure) => Err(Error::Config(failure.to_string())),
    }
}

fn text(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}
