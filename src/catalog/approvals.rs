//! The actions of the interface `approvals`.

use super::parameter::{Kind, Parameter};
use super::{APPROVALS, Action, Answers, Effect};
use crate::actions::approvals::{self, parameter};

const REQUESTS: Parameter = Parameter {
    name: parameter::PAYLOAD,
    title: "Requests",
    description: "An approval request, a list of them, or {\"requests\": […]}, as JSON or a string \
                  that holds it. A request has contextId and, where they apply, comments, \
                  nextApproverIds, processDefinitionNameOrId, skipEntryCriteria and contextActorId; \
                  actionType is filled in.",
    kind: Kind::Requests,
    required: true,
    example: r#"{"contextId":"001D000000IqhSLIAZ","comments":"Please check"}"#,
};

const RECORD: Parameter = Parameter {
    name: parameter::SOBJECT_ID,
    title: "Record id",
    description: "The id of the record, with 15 or 18 characters.",
    kind: Kind::Id,
    required: true,
    example: r#""001D000000IqhSLIAZ""#,
};

const COMMENTS: Parameter = Parameter {
    name: parameter::COMMENTS,
    title: "Comments",
    description: "What the person says; it is kept in the history.",
    kind: Kind::Text,
    required: false,
    example: r#""Please check""#,
};

const ACTOR: Parameter = Parameter {
    name: parameter::ACTOR_ID,
    title: "Approver",
    description: "The id of the user or queue that is to decide.",
    kind: Kind::Id,
    required: false,
    example: r#""005D00000015rY9IAI""#,
};

const NEXT: Parameter = Parameter {
    name: parameter::NEXT_APPROVER_IDS,
    title: "Next approvers",
    description: "The ids of those who decide next, where the process asks for them.",
    kind: Kind::Ids,
    required: false,
    example: r#"["005D00000015rY9IAI"]"#,
};

/// Answers to a decision.
const APPROVED: &str = r#"[{"entityId":"001D000000IqhSLIAZ","errors":null,"instanceStatus":"Approved","success":true}]"#;
const REJECTED: &str = r#"[{"entityId":"001D000000IqhSLIAZ","errors":null,"instanceStatus":"Rejected","success":true}]"#;

/// What most of these actions have in common.
const READ: Action = Action {
    name: "",
    title: "",
    summary: "",
    group: &APPROVALS,
    function: "",
    effect: Effect::Read,
    repeatable: true,
    requests: "1",
    parameters: &[],
    keyed: false,
    one_of: &[],
    answers: Answers::Body,
    example: "{}",
    example_answer: (200, ""),
    run: |c, _, options| approvals::definitions(c, options),
};

/// A decision; a second one finds the first and counts as it.
const DECISION: Action = Action {
    effect: Effect::Write,
    requests: "2",
    ..READ
};

/// The APPROVAL actions.
pub static ACTIONS: [Action; 9] = [
    Action {
        name: "APPROVAL_SUBMIT",
        title: "Submit for approval",
        summary: "Submits records for approval, in one request. A record that this user has \
                  submitted already counts as submitted.",
        function: "approvals.submit",
        requests: "1",
        parameters: &[REQUESTS],
        example: r#"{"salesforcePayload":{"contextId":"001D000000IqhSLIAZ","comments":"Please check"}}"#,
        example_answer: (
            200,
            r#"[{"actorIds":["005D00000015rY9IAI"],"entityId":"001D000000IqhSLIAZ","errors":null,"instanceId":"04gD0000000Cvm5IAC","instanceStatus":"Pending","newWorkitemIds":["04iD0000000Cw6SIAS"],"success":true}]"#,
        ),
        run: |c, inputs, options| {
            approvals::submit(c, &inputs.object(parameter::PAYLOAD)?, options)
        },
        ..DECISION
    },
    Action {
        name: "APPROVAL_LIST",
        title: "List approval processes",
        summary: "Answers the definitions of the org's approval processes. What waits for \
                  approval is APPROVAL_INBOX.",
        function: "approvals.definitions",
        example_answer: (
            200,
            r#"{"approvals":{"Account":[{"id":"04aD00000008Py9","name":"Big deals","object":"Account","description":null,"sortOrder":1}]}}"#,
        ),
        ..READ
    },
    Action {
        name: "APPROVAL_APPROVE",
        title: "Approve",
        summary: "Approves work items by their ids, which APPROVAL_INBOX answers. By the id of \
                  the record it is APPROVAL_APPROVE_RECORD.",
        function: "approvals.approve",
        requests: "1 a work item",
        parameters: &[REQUESTS],
        example: r#"{"salesforcePayload":{"contextId":"04iD0000000Cw6SIAS","comments":"Fine"}}"#,
        example_answer: (200, APPROVED),
        run: |c, inputs, options| {
            approvals::approve(c, &inputs.object(parameter::PAYLOAD)?, options)
        },
        ..DECISION
    },
    Action {
        name: "APPROVAL_REJECT",
        title: "Reject",
        summary: "Rejects work items by their ids, which APPROVAL_INBOX answers. By the id of \
                  the record it is APPROVAL_REJECT_RECORD.",
        function: "approvals.reject",
        requests: "1 a work item",
        parameters: &[REQUESTS],
        example: r#"{"salesforcePayload":{"contextId":"04iD0000000Cw6SIAS","comments":"Too dear"}}"#,
        example_answer: (200, REJECTED),
        run: |c, inputs, options| {
            approvals::reject(c, &inputs.object(parameter::PAYLOAD)?, options)
        },
        ..DECISION
    },
    Action {
        name: "APPROVAL_INBOX",
        title: "What waits for approval",
        summary: "Answers the records that await approval: all, or those of a person or a \
                  record. The definitions of processes are APPROVAL_LIST.",
        function: "approvals.inbox",
        parameters: &[ACTOR, RECORD.optional()],
        answers: Answers::Page,
        example: r#"{"actorId":"005D00000015rY9IAI"}"#,
        example_answer: (
            200,
            r#"{"totalSize":1,"done":true,"records":[{"Id":"04iD0000000Cw6SIAS","ActorId":"005D00000015rY9IAI"}]}"#,
        ),
        run: |c, inputs, options| {
            let actor = inputs.maybe_text(parameter::ACTOR_ID)?;
            let record = inputs.maybe_text(parameter::SOBJECT_ID)?;
            approvals::inbox(c, actor.as_deref(), record.as_deref(), options)
        },
        ..READ
    },
    Action {
        name: "APPROVAL_HISTORY",
        title: "History of approvals",
        summary: "Answers the approval steps of a record, oldest first.",
        function: "approvals.history",
        parameters: &[RECORD],
        answers: Answers::Page,
        example: r#"{"SObjectId":"001D000000IqhSLIAZ"}"#,
        example_answer: (
            200,
            r#"{"totalSize":1,"done":true,"records":[{"StepStatus":"Started","ActorId":"005D00000015rY9IAI"}]}"#,
        ),
        run: |c, inputs, options| {
            approvals::history(c, &inputs.text(parameter::SOBJECT_ID)?, options)
        },
        ..READ
    },
    Action {
        name: "APPROVAL_APPROVE_RECORD",
        title: "Approve a record",
        summary: "Finds the work item of a record and approves it. None or several are a \
                  failure that lists them.",
        function: "approvals.approve-record",
        parameters: &[RECORD, COMMENTS, ACTOR, NEXT],
        example: r#"{"SObjectId":"001D000000IqhSLIAZ","comments":"Fine"}"#,
        example_answer: (200, APPROVED),
        run: |c, inputs, options| {
            let record = inputs.text(parameter::SOBJECT_ID)?;
            let comments = inputs.maybe_text(parameter::COMMENTS)?;
            let actor = inputs.maybe_text(parameter::ACTOR_ID)?;
            let next = inputs.strings(parameter::NEXT_APPROVER_IDS)?;
            let (comments, actor) = (comments.as_deref(), actor.as_deref());
            approvals::approve_record(c, &record, comments, actor, &next, options)
        },
        ..DECISION
    },
    Action {
        name: "APPROVAL_REJECT_RECORD",
        title: "Reject a record",
        summary: "Finds the work item of a record and rejects it. None or several are a failure \
                  that lists them.",
        function: "approvals.reject-record",
        parameters: &[RECORD, COMMENTS, ACTOR],
        example: r#"{"SObjectId":"001D000000IqhSLIAZ","comments":"Too dear"}"#,
        example_answer: (200, REJECTED),
        run: |c, inputs, options| {
            let record = inputs.text(parameter::SOBJECT_ID)?;
            let comments = inputs.maybe_text(parameter::COMMENTS)?;
            let actor = inputs.maybe_text(parameter::ACTOR_ID)?;
            approvals::reject_record(c, &record, comments.as_deref(), actor.as_deref(), options)
        },
        ..DECISION
    },
    Action {
        name: "APPROVAL_RECALL",
        title: "Recall a submission",
        summary: "Takes a record back that waits for approval.",
        function: "approvals.recall",
        requests: "2, or 3 where the org recalls by SOAP alone",
        parameters: &[RECORD, COMMENTS],
        example: r#"{"SObjectId":"001D000000IqhSLIAZ","comments":"By mistake"}"#,
        example_answer: (
            200,
            r#"[{"entityId":"001D000000IqhSLIAZ","errors":null,"instanceStatus":"Removed","success":true}]"#,
        ),
        run: |c, inputs, options| {
            let record = inputs.text(parameter::SOBJECT_ID)?;
            let comments = inputs.maybe_text(parameter::COMMENTS)?;
            approvals::recall(c, &record, comments.as_deref(), options)
        },
        ..DECISION
    },
];
