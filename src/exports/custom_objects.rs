//! Custom objects: the interface `custom-objects`.

use super::bindings::exports::connector::salesforce::custom_objects as wit_interface;
use super::{Component, run, wit};
use crate::actions::custom_objects::{self, Way};

impl wit_interface::Guest for Component {
    fn create_object(
        payload: String,
        update: bool,
        permission_set: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let permission_set = permission_set.as_deref();
        let way = Way {
            update,
            permission_set,
        };
        run(options, &mut |c, options| {
            custom_objects::create_object(c, &payload, way, options)
        })
    }

    fn create_fields(
        sobject: String,
        payload: String,
        update: bool,
        permission_set: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let permission_set = permission_set.as_deref();
        let way = Way {
            update,
            permission_set,
        };
        run(options, &mut |c, options| {
            custom_objects::create_fields(c, &sobject, &payload, way, options)
        })
    }

    fn read_object(
        sobject: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            custom_objects::read_object(c, &sobject, options)
        })
    }

    fn delete_object(
        sobject: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            custom_objects::delete_object(c, &sobject, options)
        })
    }
}
