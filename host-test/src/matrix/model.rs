//! What a caller must believe after what it was told, held against the org.

use super::judge::Outcome;
use super::rows::DATA;
use crate::fake::Fake;
use crate::wit::Applied;
use serde_json::Value;

/// Whether something is so, as far as a caller knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Yes,
    No,
    Open,
}

impl Known {
    fn allows(self, so: bool) -> bool {
        match self {
            Known::Yes => so,
            Known::No => !so,
            Known::Open => true,
        }
    }

    /// After a call that makes it so.
    fn after(self, outcome: &Outcome) -> Known {
        match applied(outcome) {
            Applied::Yes => Known::Yes,
            Applied::No => self,
            Applied::Maybe | Applied::Partly if self == Known::Yes => Known::Yes,
            Applied::Maybe | Applied::Partly => Known::Open,
        }
    }
}

/// A record that a caller has tried to make, and what it was told of it.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// No other has it.
    pub(super) name: String,
    /// Where the caller was told of it.
    pub(super) id: Option<String>,
    /// Whether it was made.
    pub(super) made: Known,
    /// Whether it was deleted.
    pub(super) deleted: Known,
    /// Whether it was submitted for approval.
    pub(super) submitted: Known,
    /// The values that its telephone number may have; the first was there from the start.
    pub(super) phones: Vec<String>,
}

impl Record {
    /// A record that is not there yet.
    pub(super) fn new(name: String) -> Record {
        Record {
            name,
            id: None,
            made: Known::No,
            deleted: Known::No,
            submitted: Known::No,
            phones: vec![String::new()],
        }
    }

    /// After a call that makes it.
    pub(super) fn create(&mut self, outcome: &Outcome) {
        self.made = self.made.after(outcome);
    }

    /// After a call that deletes it.
    pub(super) fn delete(&mut self, outcome: &Outcome) {
        self.deleted = self.deleted.after(outcome);
    }

    /// After a call that submits it.
    pub(super) fn submit(&mut self, outcome: &Outcome) {
        self.submitted = self.submitted.after(outcome);
    }

    /// After a call that gives it this telephone number.
    pub(super) fn update(&mut self, phone: &str, outcome: &Outcome) {
        match applied(outcome) {
            Applied::Yes => self.phones = vec![phone.to_owned()],
            Applied::No => {}
            Applied::Maybe | Applied::Partly => self.phones.push(phone.to_owned()),
        }
    }

    /// What is not as the caller was told.
    pub(super) fn breaches(&self, fake: &Fake) -> Vec<String> {
        let name = &self.name;
        let soql = format!("SELECT Id, IsDeleted, Phone FROM Account WHERE Name = '{name}'");
        let found = rows(fake, &soql);
        let mut wrong = Vec::new();
        if found.len() > 1 {
            wrong.push(format!("{name} is there {} times", found.len()));
        }
        if !self.made.allows(!found.is_empty()) {
            wrong.push(format!("{name}: made: {:?}, and it is not so", self.made));
        }
        let Some(row) = found.first() else {
            return wrong;
        };
        let deleted = row.get("IsDeleted") == Some(&Value::Bool(true));
        if !self.deleted.allows(deleted) {
            wrong.push(format!(
                "{name}: deleted: {:?}, and it is not so",
                self.deleted
            ));
        }
        let phone = row.get("Phone").and_then(Value::as_str).unwrap_or_default();
        if !self.phones.iter().any(|known| known == phone) {
            wrong.push(format!(
                "{name}: the phone is {phone}, not one of {:?}",
                self.phones
            ));
        }
        let id = row.get("Id").and_then(Value::as_str).unwrap_or_default();
        let soql = format!("SELECT Id FROM ProcessInstance WHERE TargetObjectId = '{id}'");
        let submitted = rows(fake, &soql).len();
        if submitted > 1 || !self.submitted.allows(submitted == 1) {
            let told = self.submitted;
            wrong.push(format!(
                "{name}: submitted: {told:?}, and {submitted} times in truth"
            ));
        }
        wrong
    }
}

/// What was done, as the caller was told.
fn applied(outcome: &Outcome) -> Applied {
    match outcome {
        Outcome::Done => Applied::Yes,
        Outcome::Failed(_, detail) => detail.applied,
        Outcome::Lost(_) => Applied::Maybe,
    }
}

/// The rows of a query, with deleted ones.
fn rows(fake: &Fake, soql: &str) -> Vec<Value> {
    let query: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    let (_, page) = fake.call("GET", &format!("{DATA}/queryAll?q={query}"), None);
    match page.get("records") {
        Some(Value::Array(rows)) => rows.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::FakeConfig;
    use serde_json::json;

    #[tokio::test]
    async fn what_is_told_wrong_is_found() {
        let fake = Fake::start(FakeConfig::default()).await.unwrap();
        let path = format!("{DATA}/sobjects/Account/");
        let make = || fake.call("POST", &path, Some(json!({"Name": "A", "Phone": "1"})));
        let mut record = Record::new("A".to_owned());
        record.update("1", &Outcome::Done);
        assert_eq!(record.breaches(&fake), Vec::<String>::new());
        make();
        assert_eq!(record.breaches(&fake), ["A: made: No, and it is not so"]);
        record.create(&Outcome::Done);
        assert_eq!(record.breaches(&fake), Vec::<String>::new());
        record.update("2", &Outcome::Done);
        record.delete(&Outcome::Done);
        record.submit(&Outcome::Done);
        assert_eq!(
            record.breaches(&fake),
            [
                "A: deleted: Yes, and it is not so",
                "A: the phone is 1, not one of [\"2\"]",
                "A: submitted: Yes, and 0 times in truth",
            ]
        );
        make();
        assert_eq!(record.breaches(&fake)[0], "A is there 2 times");
    }
}
