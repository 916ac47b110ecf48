//! The approval processes of the org.

use serde_json::json;

use crate::fake::clock;
use crate::fake::store::{Record, Store};

/// All processes, those of one object in the order in which they are tried.
#[derive(Debug, Clone, Default)]
pub struct Processes {
    all: Vec<Process>,
}

/// The way of a record through the hands of approvers.
#[derive(Debug, Clone)]
pub struct Process {
    /// The id of its `ProcessDefinition`.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The name for programs.
    pub developer_name: String,
    /// What it is for.
    pub description: Option<&'static str>,
    /// The object whose records it takes.
    pub object: String,
    /// Which records it takes; all where it does not say.
    pub entry: Option<Entry>,
    /// Who decides, one after the other. Every step lets the caller choose somebody else with
    /// `nextApproverIds`.
    pub steps: Vec<Approver>,
}

/// Who decides where the caller does not choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approver {
    /// The user of the API.
    User,
    /// The manager of who submitted the record.
    Manager,
}

/// The records that a process takes.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// Where this boolean field is false.
    Not(&'static str),
    /// None that are not sent to it by name.
    ByNameAlone,
}

/// Object, developer name, description, entry criteria, steps.
type Row = (
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<Entry>,
    &'static [Approver],
);

const PROCESSES: [Row; 3] = [
    (
        "Account",
        "Account_Review",
        Some("Two people look at an account"),
        None,
        &[Approver::User, Approver::User],
    ),
    (
        "Opportunity",
        "Discount_Approval",
        None,
        Some(Entry::Not("IsClosed")),
        &[Approver::User],
    ),
    (
        "Opportunity",
        "Manager_Review",
        Some("The manager of the submitter decides"),
        Some(Entry::ByNameAlone),
        &[Approver::Manager],
    ),
];

impl Processes {
    /// What the org starts with.
    pub fn seeded(store: &mut Store) -> Processes {
        let mut processes = Processes::default();
        for (object, developer_name, description, entry, steps) in PROCESSES {
            let process = Process {
                id: String::new(),
                name: developer_name.replace('_', " "),
                developer_name: developer_name.to_owned(),
                description,
                object: object.to_owned(),
                entry,
                steps: steps.to_vec(),
            };
            processes.add(store, process);
        }
        processes
    }

    /// All of them.
    pub fn all(&self) -> &[Process] {
        &self.all
    }

    /// The process with this id.
    pub fn by_id(&self, id: &str) -> Option<&Process> {
        self.all.iter().find(|process| process.id == id)
    }

    /// One step for all records of a new object, decided by the user of the API.
    pub fn add_for(&mut self, store: &mut Store, object: &str) {
        let base = object.strip_suffix("__c").unwrap_or(object);
        let process = Process {
            id: String::new(),
            name: format!("{} Approval", base.replace('_', " ")),
            developer_name: format!("{base}_Approval"),
            description: None,
            object: object.to_owned(),
            entry: None,
            steps: vec![Approver::User],
        };
        self.add(store, process);
    }

    /// Forgets the processes of an object.
    pub fn remove(&mut self, object: &str) {
        self.all.retain(|process| process.object != object);
    }

    fn add(&mut self, store: &mut Store, mut process: Process) {
        let Some(object) = store.object("ProcessDefinition") else {
            return;
        };
        let fields = [
            ("Name", json!(process.name)),
            ("DeveloperName", json!(process.developer_name)),
            ("Description", json!(process.description)),
            ("TableEnumOrId", json!(process.object)),
        ];
        let fields = store.places(object, &fields);
        process.id = store.insert(object, fields, clock::now());
        self.all.push(process);
    }
}

impl Entry {
    /// Whether a record may enter a process of its object, which the caller may have named.
    pub fn accepts(self, store: &Store, object: &str, record: &Record, named: bool) -> bool {
        match self {
            Entry::Not(field) => {
                let object = store.object(object);
                let at = object.and_then(|object| store.table(object).schema.find(field));
                at.is_some_and(|at| record.get(at).as_bool() == Some(false))
            }
            Entry::ByNameAlone => named,
        }
    }
}
