//! The actions of the interface `records`.

use super::parameter::{Kind, Parameter};
use super::{Action, Answers, Effect};
use crate::actions::records::{self, parameter};

const SOBJECT_NAME: Parameter = Parameter {
    name: parameter::SOBJECT_NAME,
    title: "Object",
    description: "The API name of the object, such as Account or Invoice__c.",
    kind: Kind::SObjectName,
    required: true,
};

const SOBJECT_ID: Parameter = Parameter {
    name: parameter::SOBJECT_ID,
    title: "Record id",
    description: "The id of the record, with 15 or 18 characters.",
    kind: Kind::Id,
    required: true,
};

const PAYLOAD: Parameter = Parameter {
    name: parameter::PAYLOAD,
    title: "Fields",
    description: "The fields and their values, as a JSON object or a string that holds one. \
                  It travels unchanged.",
    kind: Kind::Payload,
    required: true,
};

const FIELDS: Parameter = Parameter {
    name: parameter::FIELDS,
    title: "Fields to read",
    description: "The API names of the fields to read; all that the user may see where none \
                  are given.",
    kind: Kind::Fields,
    required: false,
};

/// CREATE, GET, UPDATE, DELETE.
pub static ACTIONS: [Action; 4] = [
    Action {
        name: "CREATE",
        title: "Create a record",
        summary: "Creates a record of an object and answers its id. A second call creates a \
                  second record, unless options.externalId or options.idempotencyKey says that \
                  it is the same.",
        group: "Records",
        function: "records.create",
        effect: Effect::Write,
        repeatable: false,
        requests: "1",
        parameters: &[SOBJECT_NAME, PAYLOAD],
        keyed: true,
        one_of: &[],
        answers: Answers::BodyIfChanged,
        example: r#"{"SObjectName":"Account","salesforcePayload":{"Name":"Acme"}}"#,
        run: |c, inputs, options| {
            let payload = inputs.object(parameter::PAYLOAD)?;
            records::create(c, &inputs.text(parameter::SOBJECT_NAME)?, &payload, options)
        },
    },
    Action {
        name: "GET",
        title: "Get a record",
        summary: "Reads a record by its id: all fields that the user may see, or those named.",
        group: "Records",
        function: "records.get",
        effect: Effect::Read,
        repeatable: true,
        requests: "1",
        parameters: &[SOBJECT_NAME, SOBJECT_ID, FIELDS],
        keyed: false,
        one_of: &[],
        answers: Answers::BodyIfChanged,
        example: r#"{"SObjectName":"Account","SObjectId":"001D000000IqhSLIAZ","fields":["Name"]}"#,
        run: |c, inputs, options| {
            let sobject = inputs.text(parameter::SOBJECT_NAME)?;
            let id = inputs.text(parameter::SOBJECT_ID)?;
            records::get(
                c,
                &sobject,
                &id,
                &inputs.strings(parameter::FIELDS)?,
                options,
            )
        },
    },
    Action {
        name: "UPDATE",
        title: "Update a record",
        summary: "Sets fields of a record; null clears one. Repeating it sets the same values \
                  again.",
        group: "Records",
        function: "records.update",
        effect: Effect::Write,
        repeatable: true,
        requests: "1",
        parameters: &[SOBJECT_NAME, SOBJECT_ID, PAYLOAD],
        keyed: false,
        one_of: &[],
        answers: Answers::Nothing,
        example: r#"{"SObjectName":"Account","SObjectId":"001D000000IqhSLIAZ","salesforcePayload":{"BillingCity":"Paris"}}"#,
        run: |c, inputs, options| {
            let sobject = inputs.text(parameter::SOBJECT_NAME)?;
            let id = inputs.text(parameter::SOBJECT_ID)?;
            let payload = inputs.object(parameter::PAYLOAD)?;
            records::update(c, &sobject, &id, &payload, options)
        },
    },
    Action {
        name: "DELETE",
        title: "Delete a record",
        summary: "Moves a record to the recycle bin. A second call fails, since the record is \
                  gone.",
        group: "Records",
        function: "records.delete",
        effect: Effect::Delete,
        repeatable: true,
        requests: "1",
        parameters: &[SOBJECT_NAME, SOBJECT_ID],
        keyed: false,
        one_of: &[],
        answers: Answers::Nothing,
        example: r#"{"SObjectName":"Account","SObjectId":"001D000000IqhSLIAZ"}"#,
        run: |c, inputs, options| {
            let sobject = inputs.text(parameter::SOBJECT_NAME)?;
            records::delete(c, &sobject, &inputs.text(parameter::SOBJECT_ID)?, options)
        },
    },
];
