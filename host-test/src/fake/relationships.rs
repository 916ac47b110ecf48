//! `/sobjects/{SObject}/{id}/{relationship}`: from a record to its parent or its children.

use super::call::Call;
use super::errors::ApiError;
use super::query::Cursors;
use super::records;
use super::reply::Reply;
use super::schema::{ANY, Kind};
use super::soql::Plan;
use super::store::{ObjectRef, Store};

/// Follows the names from a record, over parents to a parent or to children.
pub fn follow(
    store: &mut Store,
    cursors: &mut Cursors,
    (object, row): (ObjectRef, usize),
    names: &[&str],
    call: &mut Call,
) -> Result<Reply, ApiError> {
    let [name, rest @ ..] = names else {
        return records::row(store, object, row, call);
    };
    let table = store.table(object);
    let record = table.record(row).ok_or_else(ApiError::not_found)?;
    if let Some((reference, _, target)) = table.schema.relationship(name) {
        let target = store.object(target).ok_or_else(ApiError::not_found)?;
        let parent = store
            .locate(target, record.text(reference))
            .ok_or_else(ApiError::not_found)?;
        return follow(store, cursors, parent, rest, call);
    }
    let (child, field) = children(store, object, name)
        .filter(|_| rest.is_empty())
        .ok_or_else(ApiError::not_found)?;
    if call.method != "GET" {
        return Err(ApiError::method(&call.method, "GET"));
    }
    let id = record.id().to_owned();
    let plan = Plan::children(child, field, id, records::columns(store, child, call)?);
    cursors.first_page(store, plan, false, call)
}

fn children(store: &Store, object: ObjectRef, name: &str) -> Option<(ObjectRef, usize)> {
    let own = &store.table(object).schema.name;
    store.objects().find_map(|child| {
        let points_here = |kind: &Kind| match kind {
            Kind::Reference {
                to,
                children: Some(children),
                ..
            } => (to == own || to == ANY) && children.eq_ignore_ascii_case(name),
            _ => false,
        };
        let schema = &store.table(child).schema;
        let mut fields = schema.fields.iter().enumerate();
        let (field, _) =
            fields.find(|(at, field)| schema.visible(*at) && points_here(&field.kind))?;
        Some((child, field))
    })
}
