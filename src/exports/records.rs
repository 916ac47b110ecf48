//! Single records: the interface `records`.

use super::bindings::exports::connector::salesforce::records as wit_interface;
use super::{Component, run, run_with, wit};
use crate::actions::options::Options;
use crate::actions::records;

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
        fields: Vec<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            records::get(c, &sobject, &id, &fields, options)
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
