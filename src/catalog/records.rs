//! The actions of the interface `records`.

use super::parameter::{Kind, Parameter};
use super::{Action, Answers, Effect, RECORDS};
use crate::actions::records::{self, Wanted, parameter};

const SOBJECT_NAME: Parameter = Parameter {
    name: parameter::SOBJECT_NAME,
    title: "Object",
    description: "The API name of the object, such as Account or Invoice__c.",
    kind: Kind::SObjectName,
    required: true,
    example: r#""Account""#,
};

const SOBJECT_ID: Parameter = Parameter {
    name: parameter::SOBJECT_ID,
    title: "Record id",
    description: "The id of the record, with 15 or 18 characters.",
    kind: Kind::Id,
    required: true,
    example: r#""001D000000IqhSLIAZ""#,
};

const PAYLOAD: Parameter = Parameter {
    name: parameter::PAYLOAD,
    title: "Fields",
    description: "The fields and their values, as a JSON object or a string that holds one. \
                  It travels unchanged.",
    kind: Kind::Payload,
    required: true,
    example: r#"{"Name":"Acme"}"#,
};

const FIELDS: Parameter = Parameter {
    name: parameter::FIELDS,
    title: "Fields to read",
    description: "The API names of the fields to read; all that the user may see where none \
                  are given.",
    kind: Kind::Fields,
    required: false,
    example: r#"["AccountNumber","BillingPostalCode"]"#,
};

const RELATIONSHIP: Parameter = Parameter {
    name: parameter::RELATIONSHIP,
    title: "Relationship",
    description: "The name of the relationship to follow, such as Opportunities, or up to five \
                  with slashes, such as Owner/Manager; the record itself is read where none is \
                  given.",
    kind: Kind::Relationship,
    required: false,
    example: r#""Opportunities""#,
};

const QUERY_PARAMETERS: Parameter = Parameter {
    name: parameter::QUERY_PARAMETERS,
    title: "Query parameters",
    description: "Further parameters of the request, as a JSON object. The fields may stand \
                  here as a text with commas, instead of in the parameter fields.",
    kind: Kind::QueryParameters,
    required: false,
    example: r#"{"fields":"AccountNumber,BillingPostalCode"}"#,
};

/// CREATE, GET, UPDATE, DELETE.
pub static ACTIONS: [Action; 4] = [
    Action {
        name: "CREATE",
        title: "Create a record",
        summary: "Creates a record of an object and answers its id. A second call creates a \
                  second record, unless options.externalId or options.idempotencyKey says that \
                  it is the same.",
        group: &RECORDS,
        function: "records.create",
        effect: Effect::Write,
        repeatable: false,
        requests: "1",
        parameters: &[SOBJECT_NAME, PAYLOAD],
        keyed: true,
        one_of: &[],
        answers: Answers::BodyIfChanged,
        example: r#"{"SObjectName":"Account","salesforcePayload":{"Name":"Acme"}}"#,
        example_answer: (
            201,
            r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[]}"#,
        ),
        run: |c, inputs, options| {
            let payload = inputs.object(parameter::PAYLOAD)?;
            records::create(c, &inputs.text(parameter::SOBJECT_NAME)?, &payload, options)
        },
    },
    Action {
        name: "GET",
        title: "Get a record",
        summary: "Reads a record by its id, or what a relationship of it leads to: all fields \
                  that the user may see, or those named. After a relationship, `related` says \
                  whether that is one record, many (a page of them), or none.",
        group: &RECORDS,
        function: "records.get",
        effect: Effect::Read,
        repeatable: true,
        requests: "1, or 2 where a relationship answers 404",
        parameters: &[
            SOBJECT_NAME,
            SOBJECT_ID,
            RELATIONSHIP,
            FIELDS,
            QUERY_PARAMETERS,
        ],
        keyed: false,
        one_of: &[],
        answers: Answers::Related,
        example: r#"{"SObjectName":"Account","SObjectId":"001D000000IqhSLIAZ","fields":["Name"]}"#,
        example_answer: (
            200,
            r#"{"attributes":{"type":"Account"},"Name":"Acme","Id":"001D000000IqhSLIAZ"}"#,
        ),
        run: |c, inputs, options| {
            let sobject = inputs.text(parameter::SOBJECT_NAME)?;
            let id = inputs.text(parameter::SOBJECT_ID)?;
            let relationship = inputs.maybe_text(parameter::RELATIONSHIP)?;
            let query = inputs.object(parameter::QUERY_PARAMETERS)?;
            let wanted = Wanted {
                relationship: relationship.as_deref(),
                fields: &inputs.strings(parameter::FIELDS)?,
                query_parameters: (!query.is_empty()).then_some(&query),
            };
            records::get(c, &sobject, &id, wanted, options)
        },
    },
    Action {
        name: "UPDATE",
        title: "Update a record",
        summary: "Sets fields of a record; null clears one. Repeating it sets the same values \
                  again.",
        group: &RECORDS,
        function: "records.update",
        effect: Effect::Write,
        repeatable: true,
        requests: "1",
        parameters: &[SOBJECT_NAME, SOBJECT_ID, PAYLOAD],
        keyed: false,
        one_of: &[],
        answers: Answers::Nothing,
        example: r#"{"SObjectName":"Account","SObjectId":"001D000000IqhSLIAZ","salesforcePayload":{"BillingCity":"Paris"}}"#,
        example_answer: (204, ""),
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
        group: &RECORDS,
        function: "records.delete",
        effect: Effect::Delete,
        repeatable: true,
        requests: "1",
        parameters: &[SOBJECT_NAME, SOBJECT_ID],
        keyed: false,
        one_of: &[],
        answers: Answers::Nothing,
        example: r#"{"SObjectName":"Account","SObjectId":"001D000000IqhSLIAZ"}"#,
        example_answer: (204, ""),
        run: |c, inputs, options| {
            let sobject = inputs.text(parameter::SOBJECT_NAME)?;
            records::delete(c, &sobject, &inputs.text(parameter::SOBJECT_ID)?, options)
        },
    },
];
