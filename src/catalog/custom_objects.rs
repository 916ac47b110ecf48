//! The actions of the interface `custom-objects`.

use super::invoke::Inputs;
use super::parameter::{Kind, Parameter};
use super::{Action, Answers, CUSTOM_OBJECTS, Effect};
use crate::actions::Outcome;
use crate::actions::custom_objects::{self, Way, parameter};
use crate::actions::options::Options;
use crate::session::connection::Connection;

const SOBJECT_NAME: Parameter = Parameter {
    name: parameter::SOBJECT_NAME,
    title: "Object",
    description: "The API name of the object, such as Account or Invoice__c.",
    kind: Kind::SObjectName,
    required: true,
    example: r#""Invoice__c""#,
};

const OBJECT: Parameter = Parameter {
    name: parameter::PAYLOAD,
    title: "Description",
    description: "The object with its fields, as JSON: fullName (ends in __c), label, fields. A \
                  list of them, or what createMetadata takes, is taken too.",
    kind: Kind::Description,
    required: true,
    example: r#"{"fullName":"Invoice__c","label":"Invoice","sharingModel":"ReadWrite"}"#,
};

const FIELDS: Parameter = Parameter {
    name: parameter::PAYLOAD,
    title: "Fields",
    description: "A field, or a list of them, as JSON: fullName (ends in __c), label, type, and \
                  what the type requires.",
    kind: Kind::Description,
    required: true,
    example: r#"{"fullName":"Due__c","label":"Due","type":"Date"}"#,
};

const UPDATE: Parameter = Parameter {
    name: parameter::UPDATE,
    title: "Update",
    description: "Whether what is there already is changed, so that the call may be repeated. \
                  Otherwise it is refused.",
    kind: Kind::Flag,
    required: false,
    example: "true",
};

const PERMISSION_SET: Parameter = Parameter {
    name: parameter::PERMISSION_SET,
    title: "Permission set",
    description: "The id or API name of a permission set that gets access to what is made. \
                  Nobody sees it otherwise.",
    kind: Kind::PermissionSet,
    required: false,
    example: r#""Sales""#,
};

/// How many requests creating makes.
const REQUESTS: &str = "1 for 10 components; with permissionSet 3 more and 1 for 25 grants";

/// CUSTOM_OBJECT_CREATE, CUSTOM_FIELD_CREATE, CUSTOM_OBJECT_READ, CUSTOM_OBJECT_DELETE.
pub static ACTIONS: [Action; 4] = [
    Action {
        name: "CUSTOM_OBJECT_CREATE",
        title: "Create a custom object",
        summary: "Creates an object with its fields, and grants access to it where a permission \
                  set is given. A second call is refused, or with update changes the object.",
        group: &CUSTOM_OBJECTS,
        function: "custom-objects.create-object",
        effect: Effect::Write,
        repeatable: false,
        requests: REQUESTS,
        parameters: &[OBJECT, UPDATE, PERMISSION_SET],
        keyed: false,
        one_of: &[],
        answers: Answers::Body,
        example: r#"{"salesforcePayload":{"fullName":"Invoice__c","label":"Invoice","pluralLabel":"Invoices","sharingModel":"ReadWrite","fields":[{"fullName":"Amount__c","label":"Amount","type":"Currency","precision":18,"scale":2}]}}"#,
        example_answer: (
            200,
            r#"{"result":[{"fullName":"Invoice__c","success":true,"errors":[]}]}"#,
        ),
        run: |c, inputs, options| {
            let payload = inputs.object(parameter::PAYLOAD)?;
            with_way(c, inputs, options, |c, way, options| {
                custom_objects::create_object(c, &payload, way, options)
            })
        },
    },
    Action {
        name: "CUSTOM_FIELD_CREATE",
        title: "Add fields to an object",
        summary: "Adds fields to an object, standard or custom, and grants access to them where \
                  a permission set is given. A second call is refused, or with update changes \
                  the fields.",
        group: &CUSTOM_OBJECTS,
        function: "custom-objects.create-fields",
        effect: Effect::Write,
        repeatable: false,
        requests: REQUESTS,
        parameters: &[SOBJECT_NAME, FIELDS, UPDATE, PERMISSION_SET],
        keyed: false,
        one_of: &[],
        answers: Answers::Body,
        example: r#"{"SObjectName":"Account","salesforcePayload":{"fullName":"Rating__c","label":"Rating","type":"Picklist","values":["Hot","Cold"]}}"#,
        example_answer: (
            200,
            r#"{"result":[{"fullName":"Account.Rating__c","success":true,"errors":[]}]}"#,
        ),
        run: |c, inputs, options| {
            let sobject = inputs.text(parameter::SOBJECT_NAME)?;
            let payload = inputs.object(parameter::PAYLOAD)?;
            with_way(c, inputs, options, |c, way, options| {
                custom_objects::create_fields(c, &sobject, &payload, way, options)
            })
        },
    },
    Action {
        name: "CUSTOM_OBJECT_READ",
        title: "Read the definition of an object",
        summary: "Reads how an object and its fields are defined, in the form that \
                  CUSTOM_OBJECT_CREATE takes.",
        group: &CUSTOM_OBJECTS,
        function: "custom-objects.read-object",
        effect: Effect::Read,
        repeatable: true,
        requests: "1",
        parameters: &[SOBJECT_NAME],
        keyed: false,
        one_of: &[],
        answers: Answers::Body,
        example: r#"{"SObjectName":"Invoice__c"}"#,
        example_answer: (
            200,
            r#"{"fullName":"Invoice__c","label":"Invoice","fields":[]}"#,
        ),
        run: |c, inputs, options| {
            custom_objects::read_object(c, &inputs.text(parameter::SOBJECT_NAME)?, options)
        },
    },
    Action {
        name: "CUSTOM_OBJECT_DELETE",
        title: "Delete a custom object",
        summary: "Deletes a custom object with all of its records. A second call fails, since \
                  the object is gone.",
        group: &CUSTOM_OBJECTS,
        function: "custom-objects.delete-object",
        effect: Effect::Delete,
        repeatable: true,
        requests: "1",
        parameters: &[SOBJECT_NAME],
        keyed: false,
        one_of: &[],
        answers: Answers::Body,
        example: r#"{"SObjectName":"Invoice__c"}"#,
        example_answer: (
            200,
            r#"{"result":[{"fullName":"Invoice__c","success":true,"errors":[]}]}"#,
        ),
        run: |c, inputs, options| {
            custom_objects::delete_object(c, &inputs.text(parameter::SOBJECT_NAME)?, options)
        },
    },
];

/// Runs what takes `update` and `permissionSet`.
fn with_way(
    c: &mut Connection,
    inputs: &Inputs<'_>,
    options: Options,
    run: impl FnOnce(&mut Connection, Way<'_>, Options) -> Outcome,
) -> Outcome {
    let set = inputs.maybe_text(parameter::PERMISSION_SET)?;
    let way = Way {
        update: inputs.flag(parameter::UPDATE)?,
        permission_set: set.as_deref(),
    };
    run(c, way, options)
}
