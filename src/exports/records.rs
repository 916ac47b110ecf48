//! Single records: the interface `records`.

use super::bindings::exports::connector::salesforce::records as wit_interface;
use super::{Component, run, wit};
use crate::actions::options::Options;
use crate::actions::records::{self, Wanted};

impl wit_interface::Guest for Component {
    fn create(
        sobject: String,
        payload: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| records::create(c, &sobject, &payload, options))
    }

    fn get(
        sobject: String,
        id: String,
        relationship: Option<String>,
        fields: Vec<String>,
        query_parameters: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        let wanted = Wanted {
            relationship: relationship.as_deref(),
            fields: &fields,
            query_parameters: query_parameters.as_deref(),
        };
        run(|c| records::get(c, &sobject, &id, wanted, options))
    }

    fn update(
        sobject: String,
        id: String,
        payload: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| records::update(c, &sobject, &id, &payload, options))
    }

    fn delete(
        sobject: String,
        id: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| records::delete(c, &sobject, &id, options))
    }
}
