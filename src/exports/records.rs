//! Single records: the interface `records`.

use super::bindings::exports::connector::salesforce::records as wit_interface;
use super::{Component, run, run_with, wit};
use crate::actions::options::Options;
use crate::actions::records::{self, Wanted};

impl wit_interface::Guest for Component {
    fn create(
        sobject: String,
        payload: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::with_key(options.as_deref())?;
        run_with(options, &mut |c, options| {
            records::create(c, &sobject, &payload, options)
        })
    }

    fn get(
        sobject: String,
        id: String,
        relationship: Option<String>,
        fields: Vec<String>,
        query_parameters: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let wanted = Wanted {
            relationship: relationship.as_deref(),
            fields: &fields,
            query_parameters: query_parameters.as_deref(),
        };
        run(options, &mut |c, options| {
            records::get(c, &sobject, &id, wanted, options)
        })
    }

    fn update(
        sobject: String,
        id: String,
        payload: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            records::update(c, &sobject, &id, &payload, options)
        })
    }

    fn delete(
        sobject: String,
        id: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            records::delete(c, &sobject, &id, options)
        })
    }
}
