//! The objects that show approvals to queries. Only approvals change their records.

use crate::fake::objects::text;
use crate::fake::schema::{ANY, Field, Kind, ObjectType, OnDelete};

/// All of them.
pub fn objects() -> Vec<ObjectType> {
    let states = [
        "Approved",
        "Fault",
        "Held",
        "NoResponse",
        "Pending",
        "Reassigned",
        "Rejected",
        "Removed",
        "Started",
    ];
    let definition = vec![
        text("Name", 255),
        text("DeveloperName", 80),
        Field::new("Type", Kind::picklist(&["Approval"])).or("Approval"),
        text("Description", 255),
        text("TableEnumOrId", 40),
        Field::new("LockType", Kind::picklist(&["Total", "Admin"])).or("Total"),
        Field::new("State", Kind::picklist(&["Active", "Inactive"])).or("Active"),
    ];
    let mut instance = vec![
        Field::new(
            "ProcessDefinitionId",
            Kind::reference("ProcessDefinition", "ProcessDefinition"),
        ),
        Field::new(
            "TargetObjectId",
            Kind::child(ANY, "TargetObject", "ProcessInstances", OnDelete::Clear),
        ),
        Field::new("Status", Kind::picklist(&states)),
        Field::new("CompletedDate", Kind::DateTime),
        Field::new("LastActorId", Kind::reference("User", "LastActor")),
        Field::new("SubmittedById", Kind::reference("User", "SubmittedBy")),
    ];
    instance.extend(elapsed());
    let mut item = of_instance("Workitems");
    item.extend(elapsed());
    let mut step = of_instance("Steps");
    step.push(Field::new("StepStatus", Kind::picklist(&states)));
    step.push(Field::new("Comments", Kind::LongText(Some(4000))));
    step.extend(elapsed());
    [
        ("ProcessDefinition", "04a", definition),
        ("ProcessInstance", "04g", instance),
        ("ProcessInstanceWorkitem", "04i", item),
        ("ProcessInstanceStep", "04h", step),
    ]
    .map(|(name, prefix, fields)| ObjectType::new(name, prefix, fields).read_only())
    .into()
}

/// Actors may be queues as well, so that they show like everything that is not of one object.
fn of_instance(children: &str) -> Vec<Field> {
    let parent = Kind::child(
        "ProcessInstance",
        "ProcessInstance",
        children,
        OnDelete::Cascade,
    );
    vec![
        Field::new("ProcessInstanceId", parent),
        Field::new("OriginalActorId", Kind::reference(ANY, "OriginalActor")),
        Field::new("ActorId", Kind::reference(ANY, "Actor")),
    ]
}

/// Set when something ends; until then the fake does not let time pass.
fn elapsed() -> [Field; 3] {
    ["Days", "Hours", "Minutes"]
        .map(|unit| Field::new(&format!("ElapsedTimeIn{unit}"), Kind::Double).or(0.0))
}
