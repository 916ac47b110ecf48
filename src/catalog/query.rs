//! The actions of the interface `query`.

use super::parameter::{Kind, Parameter};
use super::{Action, Answers, Effect, QUERIES};
use crate::actions::query::{self, BYTES, Most, ROWS, Start, parameter};

const QUERY: Parameter = Parameter {
    name: parameter::QUERY,
    title: "SOQL query",
    description: "The query, such as SELECT Id, Name FROM Account. At most 100,000 characters.",
    kind: Kind::Soql,
    required: true,
    example: r#""SELECT Id, Name FROM Account LIMIT 10""#,
};

const LOCATOR: Parameter = Parameter {
    name: parameter::LOCATOR,
    title: "Locator",
    description: "Where a result goes on: the locator that an earlier call answered. It lives \
                  two days.",
    kind: Kind::Locator,
    required: true,
    example: r#""/services/data/v66.0/query/01gRO0000016PIAYA2-2000""#,
};

const INCLUDE_DELETED: Parameter = Parameter {
    name: parameter::INCLUDE_DELETED,
    title: "Include deleted rows",
    description: "Whether rows in the recycle bin and archived activities count too.",
    kind: Kind::Flag,
    required: false,
    example: "true",
};

/// QUERY, QUERY_MORE, QUERY_PAGES.
pub static ACTIONS: [Action; 3] = [
    Action {
        name: "QUERY",
        title: "Query records",
        summary: "Runs a SOQL query and answers its first page, of at most 2,000 rows. Where \
                  there are more, `locator` says where QUERY_MORE goes on.",
        group: &QUERIES,
        function: "query.query",
        effect: Effect::Read,
        repeatable: true,
        requests: "1",
        parameters: &[QUERY, INCLUDE_DELETED],
        keyed: false,
        one_of: &[],
        answers: Answers::Page,
        example: r#"{"salesforceQuery":"SELECT Id, Name FROM Account LIMIT 10"}"#,
        example_answer: (
            200,
            r#"{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Account"},"Id":"001D000000IqhSLIAZ","Name":"Acme"}]}"#,
        ),
        run: |c, inputs, options| {
            let soql = inputs.text(parameter::QUERY)?;
            query::query(c, &soql, inputs.flag(parameter::INCLUDE_DELETED)?, options)
        },
    },
    Action {
        name: "QUERY_MORE",
        title: "Query the next page",
        summary: "Answers the next page of a query result, from the locator of the page before.",
        group: &QUERIES,
        function: "query.query-more",
        effect: Effect::Read,
        repeatable: true,
        requests: "1",
        parameters: &[LOCATOR],
        keyed: false,
        one_of: &[],
        answers: Answers::Page,
        example: r#"{"locator":"/services/data/v66.0/query/01gRO0000016PIAYA2-2000"}"#,
        example_answer: (
            200,
            r#"{"totalSize":2001,"done":true,"records":[{"attributes":{"type":"Account"},"Name":"Acme"}]}"#,
        ),
        run: |c, inputs, options| query::query_more(c, &inputs.text(parameter::LOCATOR)?, options),
    },
    Action {
        name: "QUERY_PAGES",
        title: "Query all pages",
        summary: "Gathers the pages of a query result into one, from its first row or from a \
                  locator, up to a limit of rows and of bytes. Where a limit or a failure on a \
                  later page cuts it short, `cut` says so and `locator` says where to go on.",
        group: &QUERIES,
        function: "query.query-pages",
        effect: Effect::Read,
        repeatable: true,
        requests: "1 a page",
        parameters: &[
            QUERY.optional(),
            LOCATOR.optional(),
            Parameter {
                name: parameter::MAX_ROWS,
                title: "Most rows",
                description: "The most rows to answer; 10,000 where none is given. Pages are \
                              taken whole, so at least 2,000: use LIMIT in the query for less.",
                kind: Kind::Number(ROWS),
                required: false,
                example: "50000",
            },
            Parameter {
                name: parameter::MAX_BYTES,
                title: "Most bytes",
                description: "The most bytes of the result; 16,777,216 where none is given.",
                kind: Kind::Number(BYTES),
                required: false,
                example: "1000000",
            },
            INCLUDE_DELETED,
        ],
        keyed: false,
        one_of: &[parameter::QUERY, parameter::LOCATOR],
        answers: Answers::Pages,
        example: r#"{"salesforceQuery":"SELECT Id, Name FROM Account","maxRows":50000}"#,
        example_answer: (
            200,
            r#"{"records":[{"attributes":{"type":"Account"},"Name":"Acme"}],"totalSize":1,"done":true}"#,
        ),
        run: |c, inputs, options| {
            let soql = inputs.maybe_text(parameter::QUERY)?;
            let locator = inputs.maybe_text(parameter::LOCATOR)?;
            let start = match (&soql, &locator) {
                (_, Some(locator)) => Start::Locator(locator),
                (soql, None) => Start::Soql(soql.as_deref().unwrap_or_default()),
            };
            let most = Most {
                rows: inputs.number(parameter::MAX_ROWS, &ROWS)?,
                bytes: inputs.number(parameter::MAX_BYTES, &BYTES)?,
            };
            query::query_pages(
                c,
                start,
                most,
                inputs.flag(parameter::INCLUDE_DELETED)?,
                options,
            )
        },
    },
];
