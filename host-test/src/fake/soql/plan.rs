//! From names to places: what a query asks for, against the objects of the org.

use super::SoqlError;
use super::literal::{Key, Literal, Pattern, unescape};
use super::parser::{Condition, Operator, Order, Path, Query};
use crate::fake::ids;
use crate::fake::schema::Kind;
use crate::fake::store::{ObjectRef, Store};

const MORE: &str = "Please reference your WSDL or the describe call for the appropriate names.";

/// A query that can be run.
#[derive(Debug)]
pub struct Plan {
    /// The object.
    pub object: ObjectRef,
    /// What to show; `None` for `count()`.
    pub columns: Option<Vec<Column>>,
    pub(super) filter: Option<Filter>,
    pub(super) order: Vec<Sort>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

/// A field to show.
#[derive(Debug)]
pub enum Column {
    /// A field of the record.
    Field(usize),
    /// Fields of a record that it points to: the name of the relationship, the field with the id,
    /// the other object, its fields.
    Parent(String, usize, ObjectRef, Vec<Column>),
}

/// The way to a value: over references to a field.
#[derive(Debug)]
pub(super) struct Access {
    pub steps: Vec<(usize, ObjectRef)>,
    pub field: usize,
    /// Ids tell upper from lower case, other texts do not.
    pub exact: bool,
}

#[derive(Debug)]
pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Access, Operator, Key),
    Like(Access, Pattern),
    In(Access, bool, Vec<Key>),
}

#[derive(Debug)]
pub(super) struct Sort {
    pub access: Access,
    pub descending: bool,
    pub nulls_last: bool,
}

impl Plan {
    /// Finds everything that a query names.
    pub fn new(store: &Store, query: &Query) -> Result<Plan, SoqlError> {
        let object = store.object(&query.object.name).ok_or_else(|| {
            let message = format!(
                "sObject type '{}' is not supported. If you are attempting to use a custom object, be sure to append \
                 the '__c' after the entity name. {MORE}",
                query.object.name
            );
            SoqlError::new(query.object.at, "INVALID_TYPE", message)
        })?;
        let planner = Planner {
            store,
            object,
            alias: query.alias.as_deref(),
        };
        let columns = query
            .fields
            .as_ref()
            .map(|fields| planner.columns(fields))
            .transpose()?;
        let filter = query
            .condition
            .as_ref()
            .map(|condition| planner.filter(condition))
            .transpose()?;
        let order = query
            .order
            .iter()
            .map(|order| planner.sort(order))
            .collect::<Result<_, _>>()?;
        Ok(Plan {
            object,
            columns,
            filter,
            order,
            limit: query.limit,
            offset: query.offset,
        })
    }

    /// The records of an object that point to this id with a field.
    pub fn children(object: ObjectRef, field: usize, id: String, columns: Vec<Column>) -> Plan {
        let access = Access {
            steps: Vec::new(),
            field,
            exact: true,
        };
        let filter = Some(Filter::Compare(access, Operator::Equal, Key::Text(id)));
        Plan {
            object,
            columns: Some(columns),
            filter,
            order: Vec::new(),
            limit: None,
            offset: 0,
        }
    }
}

struct Planner<'a> {
    store: &'a Store,
    object: ObjectRef,
    alias: Option<&'a str>,
}

impl Planner<'_> {
    fn columns(&self, fields: &[Path]) -> Result<Vec<Column>, SoqlError> {
        let mut columns = Vec::new();
        for path in fields {
            let access = self.access(path)?;
            if !self.add_column(&mut columns, self.object, &access.steps, access.field) {
                return Err(SoqlError::malformed(
                    path.at,
                    format!("duplicate field selected: {}", path.name),
                ));
            }
        }
        Ok(columns)
    }

    /// Puts a field below its parents; false where it is there already.
    fn add_column(
        &self,
        columns: &mut Vec<Column>,
        object: ObjectRef,
        steps: &[(usize, ObjectRef)],
        field: usize,
    ) -> bool {
        let Some(((reference, target), rest)) = steps.split_first() else {
            let there = columns
                .iter()
                .any(|column| matches!(column, Column::Field(at) if *at == field));
            columns.push(Column::Field(field));
            return !there;
        };
        for column in columns.iter_mut() {
            match column {
                Column::Parent(_, at, _, inner) if at == reference => {
                    return self.add_column(inner, *target, rest, field);
                }
                _ => {}
            }
        }
        let kind = self
            .store
            .table(object)
            .schema
            .fields
            .get(*reference)
            .map(|field| &field.kind);
        let name = match kind {
            Some(Kind::Reference { relationship, .. }) => relationship.clone(),
            _ => String::new(),
        };
        let mut inner = Vec::new();
        let new = self.add_column(&mut inner, *target, rest, field);
        columns.push(Column::Parent(name, *reference, *target, inner));
        new
    }

    /// A dotted name, over any number of parents. The first part may be the alias or the name of
    /// the object itself.
    fn access(&self, path: &Path) -> Result<Access, SoqlError> {
        let mut parts: Vec<&str> = path.name.split('.').collect();
        let own = &self.store.table(self.object).schema.name;
        let is_own = |part: &str| {
            part.eq_ignore_ascii_case(self.alias.unwrap_or(own)) || part.eq_ignore_ascii_case(own)
        };
        if parts.len() > 1 && parts.first().is_some_and(|part| is_own(part)) {
            parts.remove(0);
        }
        let name = parts.pop().unwrap_or_default();
        let mut object = self.object;
        let mut steps = Vec::new();
        for part in parts {
            let schema = &self.store.table(object).schema;
            let found = schema
                .relationship(part)
                .and_then(|(at, _, to)| Some((at, self.store.object(to)?)));
            let (reference, target) = found.ok_or_else(|| {
                let message = format!(
                    "Didn't understand relationship '{part}' in field path. If you are attempting to use a custom \
                     relationship, be sure to append the '__r' after the custom relationship name. {MORE}"
                );
                SoqlError::new(path.at, "INVALID_FIELD", message)
            })?;
            steps.push((reference, target));
            object = target;
        }
        let schema = &self.store.table(object).schema;
        let field = schema.find(name).ok_or_else(|| {
            let message = format!(
                "No such column '{name}' on entity '{}'. If you are attempting to use a custom field, be sure to \
                 append the '__c' after the custom field name. {MORE}",
                schema.name
            );
            SoqlError::new(path.at, "INVALID_FIELD", message)
        })?;
        let kind = schema.fields.get(field).map(|field| &field.kind);
        let exact = !matches!(
            kind,
            Some(Kind::Text(_) | Kind::LongText(_) | Kind::Email | Kind::Picklist { .. })
        );
        Ok(Access {
            steps,
            field,
            exact,
        })
    }

    fn kind(&self, access: &Access) -> &Kind {
        let object = access
            .steps
            .last()
            .map_or(self.object, |(_, object)| *object);
        self.store
            .table(object)
            .schema
            .fields
            .get(access.field)
            .map_or(&Kind::Id, |field| &field.kind)
    }

    fn sort(&self, order: &Order) -> Result<Sort, SoqlError> {
        let access = self.access(&order.path)?;
        if let Kind::LongText(_) = self.kind(&access) {
            let message = format!(
                "field '{}' can not be sorted in a query call",
                order.path.name
            );
            return Err(SoqlError::malformed(order.path.at, message));
        }
        Ok(Sort {
            access,
            descending: order.descending,
            nulls_last: order.nulls_last,
        })
    }

    fn filter(&self, condition: &Condition) -> Result<Filter, SoqlError> {
        let all = |conditions: &[Condition]| {
            conditions
                .iter()
                .map(|condition| self.filter(condition))
                .collect::<Result<Vec<_>, _>>()
        };
        match condition {
            Condition::And(conditions) => Ok(Filter::And(all(conditions)?)),
            Condition::Or(conditions) => Ok(Filter::Or(all(conditions)?)),
            Condition::Not(condition) => Ok(Filter::Not(Box::new(self.filter(condition)?))),
            Condition::Compare(path, Operator::Like, literal) => {
                let access = self.filterable(path)?;
                let text = matches!(
                    self.kind(&access),
                    Kind::Text(_) | Kind::Email | Kind::Picklist { .. }
                );
                let pattern = match literal {
                    Literal::Text(raw) if text => Pattern::new(raw),
                    _ => None,
                };
                let message = format!(
                    "invalid operator on {} field '{}'",
                    self.type_name(&access),
                    path.name
                );
                let refused = || SoqlError::new(path.at, "INVALID_QUERY_FILTER_OPERATOR", message);
                Ok(Filter::Like(access, pattern.ok_or_else(refused)?))
            }
            Condition::Compare(path, operator, literal) => {
                let access = self.filterable(path)?;
                let key = self.key(&access, path, literal)?;
                Ok(Filter::Compare(access, *operator, key))
            }
            Condition::In(path, wanted, literals) => {
                let access = self.filterable(path)?;
                let keys = literals
                    .iter()
                    .map(|literal| self.key(&access, path, literal))
                    .collect::<Result<_, _>>()?;
                Ok(Filter::In(access, *wanted, keys))
            }
        }
    }

    fn filterable(&self, path: &Path) -> Result<Access, SoqlError> {
        let access = self.access(path)?;
        if let Kind::LongText(_) = self.kind(&access) {
            let message = format!("field '{}' can not be filtered in a query call", path.name);
            return Err(SoqlError::new(path.at, "INVALID_FIELD", message));
        }
        Ok(access)
    }

    /// A literal as the field has it; the wrong type is an error, as it is in Salesforce.
    fn key(&self, access: &Access, path: &Path, literal: &Literal) -> Result<Key, SoqlError> {
        let kind = self.kind(access);
        match (kind, literal) {
            (_, Literal::Null) => Ok(Key::Null),
            (Kind::Boolean, Literal::Bool(value)) => Ok(Key::Bool(*value)),
            (Kind::Integer | Kind::Double, Literal::Number(number)) => Ok(Key::Number(*number)),
            (Kind::Date, Literal::Date(text)) | (Kind::DateTime, Literal::DateTime(text)) => {
                Ok(Key::Text(text.clone()))
            }
            (Kind::Id | Kind::Reference { .. }, Literal::Text(raw)) if raw.is_empty() => {
                Ok(Key::Null)
            }
            (Kind::Id | Kind::Reference { .. }, Literal::Text(raw)) => {
                ids::parse(raw).map(Key::Text).ok_or_else(|| {
                    SoqlError::new(
                        path.at,
                        "INVALID_QUERY_FILTER_OPERATOR",
                        format!("invalid ID field: {raw}"),
                    )
                })
            }
            (Kind::Text(_) | Kind::Email | Kind::Picklist { .. }, Literal::Text(raw)) => {
                match unescape(raw) {
                    Some(text) if text.is_empty() => Ok(Key::Null),
                    Some(text) => Ok(Key::Text(text.to_lowercase())),
                    None => Err(SoqlError::malformed(
                        path.at,
                        "Invalid string literal: illegal \\u sequence",
                    )),
                }
            }
            _ => {
                let quotes = match kind {
                    Kind::Boolean | Kind::Integer | Kind::Double | Kind::Date | Kind::DateTime => {
                        "should not"
                    }
                    _ => "should",
                };
                let message = format!(
                    "value of filter criterion for field '{}' must be of type {} and {quotes} be enclosed in quotes",
                    path.name,
                    self.type_name(access)
                );
                Err(SoqlError::new(path.at, "INVALID_FIELD", message))
            }
        }
    }

    fn type_name(&self, access: &Access) -> &'static str {
        match self.kind(access) {
            Kind::Id => "id",
            Kind::Reference { .. } => "reference",
            Kind::Boolean => "boolean",
            Kind::Integer => "int",
            Kind::Double => "double",
            Kind::Date => "date",
            Kind::DateTime => "dateTime",
            Kind::Text(_) | Kind::LongText(_) | Kind::Email | Kind::Picklist { .. } => "string",
        }
    }
}
