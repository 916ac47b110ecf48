//! What an object is: its fields and the rules for their values. The objects that the org starts
//! with are in `objects.rs`; more can be added while it runs.

use serde_json::Value;

/// An object such as Account.
#[derive(Debug, Clone)]
pub struct ObjectType {
    /// The API name.
    pub name: String,
    /// The first three characters of its ids.
    pub prefix: String,
    /// Whether callers can make records; those of approvals come from the approvals alone.
    pub createable: bool,
    /// Whether records can be deleted; users cannot.
    pub deletable: bool,
    /// The fields, the system fields first, in the order of `SYSTEM`.
    pub fields: Vec<Field>,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// The API name.
    pub name: String,
    /// The type with its rules.
    pub kind: Kind,
    /// Whether a record must have a value.
    pub required: bool,
    /// Whether a caller may set it.
    pub writable: bool,
    /// Whether records can be found by it in a path.
    pub external_id: bool,
    /// Whether two records may not have the same value.
    pub unique: bool,
    /// The value of a new record that does not bring one.
    pub default: Value,
    /// How the value follows from others.
    pub formula: Option<Formula>,
    /// What the user of the API may do with it.
    pub access: Access,
    /// Whether permissions decide about that, as they do for fields that metadata made.
    pub governed: bool,
}

/// What a user may do with a field. One that may not be read does not exist for that user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    None,
    /// Read it.
    Read,
    /// Read and write it.
    Edit,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The id of the record itself.
    Id,
    /// A text of at most so many characters.
    Text(usize),
    /// A text that queries cannot filter or sort by, with or without a limit.
    LongText(Option<usize>),
    /// An e-mail address.
    Email,
    /// One of these values; others too where it is not restricted.
    Picklist {
        /// The values.
        values: Vec<String>,
        /// Whether other values are refused.
        restricted: bool,
    },
    /// True or false, never null.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Double,
    /// `2026-01-31`.
    Date,
    /// A time in UTC.
    DateTime,
    /// The id of another record.
    Reference {
        /// The object it points to.
        to: String,
        /// The name of the relationship, such as `Owner` for `OwnerId`.
        relationship: String,
        /// The name of the way back, such as `Contacts`.
        children: Option<String>,
        /// What happens to this record when the other is deleted.
        on_delete: OnDelete,
    },
}

/// What happens to a record when the one it points to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// The reference becomes null.
    Clear,
    /// It is deleted too.
    Cascade,
    /// The other cannot be deleted.
    Restrict,
}

/// How a value follows from others.
#[derive(Debug, Clone)]
pub enum Formula {
    /// First and last name.
    FullName,
    /// A number that counts up.
    AutoNumber(NumberFormat),
    /// Whether a field has one of these values.
    OneOf(String, Vec<String>),
}

/// How an auto number looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    /// What stands before the digits.
    pub before: String,
    /// How many digits there are at least.
    pub digits: usize,
    /// What stands behind them.
    pub after: String,
    /// The number of the first record.
    pub first: usize,
}

/// The object in place of all others behind a reference that may point to any of them. It has no
/// records of its own: [`Store::resolve`](super::store::Store::resolve) makes them up.
pub const ANY: &str = "Name";

/// Where the system fields are, in every object.
pub mod system {
    /// `Id`.
    pub const ID: usize = 0;
    /// `IsDeleted`.
    pub const IS_DELETED: usize = 1;
    /// `CreatedDate`.
    pub const CREATED: usize = 2;
    /// `CreatedById`.
    pub const CREATED_BY: usize = 3;
    /// `LastModifiedDate`.
    pub const MODIFIED: usize = 4;
    /// `LastModifiedById`.
    pub const MODIFIED_BY: usize = 5;
    /// `SystemModstamp`.
    pub const MODSTAMP: usize = 6;
}

impl ObjectType {
    /// An object with these fields beside the system fields.
    pub fn new(name: &str, prefix: &str, fields: Vec<Field>) -> ObjectType {
        let user = |name, relationship| {
            Field::new(name, Kind::reference("User", relationship)).read_only()
        };
        let mut all = vec![
            Field::new("Id", Kind::Id).read_only(),
            Field::new("IsDeleted", Kind::Boolean).read_only(),
            Field::new("CreatedDate", Kind::DateTime).read_only(),
            user("CreatedById", "CreatedBy"),
            Field::new("LastModifiedDate", Kind::DateTime).read_only(),
            user("LastModifiedById", "LastModifiedBy"),
            Field::new("SystemModstamp", Kind::DateTime).read_only(),
        ];
        all.extend(fields);
        ObjectType {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            createable: true,
            deletable: true,
            fields: all,
        }
    }

    /// The same with records and fields that callers can only read.
    pub fn read_only(self) -> ObjectType {
        ObjectType {
            createable: false,
            deletable: false,
            fields: self.fields.into_iter().map(Field::read_only).collect(),
            ..self
        }
    }

    /// The place of a field that may be read; names do not tell upper from lower case.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.position(name).filter(|at| self.visible(*at))
    }

    /// The place of a field, whoever may read it.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields
            .iter()
            .position(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Whether a field may be read.
    pub fn visible(&self, at: usize) -> bool {
        let field = self.fields.get(at);
        field.is_some_and(|field| field.access > Access::None)
    }

    /// The reference field behind a relationship name, and the object it points to.
    pub fn relationship(&self, name: &str) -> Option<(usize, &str, &str)> {
        self.fields
            .iter()
            .enumerate()
            .find_map(|(at, field)| match &field.kind {
                Kind::Reference {
                    to, relationship, ..
                } if relationship.eq_ignore_ascii_case(name) && self.visible(at) => {
                    Some((at, relationship.as_str(), to.as_str()))
                }
                _ => None,
            })
    }

    /// The fields in the order in which a record shows them.
    pub fn shown(&self) -> impl Iterator<Item = usize> {
        let (own, end) = (system::MODSTAMP + 1, self.fields.len());
        [system::ID, system::IS_DELETED]
            .into_iter()
            .chain(own..end)
            .chain(system::CREATED..own)
            .filter(|at| self.visible(*at))
    }
}

impl Field {
    /// A field that may be set and may be empty.
    pub fn new(name: &str, kind: Kind) -> Field {
        let default = if kind == Kind::Boolean {
            Value::Bool(false)
        } else {
            Value::Null
        };
        Field {
            name: name.to_owned(),
            kind,
            required: false,
            writable: true,
            external_id: false,
            unique: false,
            default,
            formula: None,
            access: Access::Edit,
            governed: false,
        }
    }

    /// The name as an error message has it: `Account` for `AccountId`.
    pub fn label(&self) -> &str {
        self.name.strip_suffix("Id").unwrap_or(&self.name)
    }

    /// The same, required.
    pub fn required(self) -> Field {
        Field {
            required: true,
            ..self
        }
    }

    /// The same, only to be read.
    pub fn read_only(self) -> Field {
        Field {
            writable: false,
            ..self
        }
    }

    /// The same, to find records by.
    pub fn external_id(self) -> Field {
        Field {
            external_id: true,
            ..self
        }
    }

    /// The same, with values that do not repeat.
    pub fn unique(self) -> Field {
        Field {
            unique: true,
            ..self
        }
    }

    /// The same with a value for new records.
    pub fn or(self, default: impl Into<Value>) -> Field {
        Field {
            default: default.into(),
            ..self
        }
    }

    /// The same, computed.
    pub fn computed(self, formula: Formula) -> Field {
        Field {
            formula: Some(formula),
            ..self.read_only()
        }
    }
}

impl NumberFormat {
    /// The number of a record by its place.
    pub fn show(&self, row: usize) -> String {
        let number = self.first + row;
        format!(
            "{}{number:0digits$}{}",
            self.before,
            self.after,
            digits = self.digits
        )
    }
}

impl Kind {
    /// A reference that becomes null when its record goes.
    pub fn reference(to: &str, relationship: &str) -> Kind {
        Kind::Reference {
            to: to.to_owned(),
            relationship: relationship.to_owned(),
            children: None,
            on_delete: OnDelete::Clear,
        }
    }

    /// A reference that can be followed from the other side.
    pub fn child(to: &str, relationship: &str, children: &str, on_delete: OnDelete) -> Kind {
        Kind::Reference {
            to: to.to_owned(),
            relationship: relationship.to_owned(),
            children: Some(children.to_owned()),
            on_delete,
        }
    }

    /// A picklist that takes other values too, as the standard ones do.
    pub fn picklist(values: &[&str]) -> Kind {
        Kind::Picklist {
            values: owned(values),
            restricted: false,
        }
    }

    /// A picklist that takes no other values.
    pub fn restricted(values: &[&str]) -> Kind {
        Kind::Picklist {
            values: owned(values),
            restricted: true,
        }
    }
}

/// Owned copies of texts.
pub fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}
