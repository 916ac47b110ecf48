//! Custom objects: the interface `custom-objects`.

use super::{Answer, Instance, explain};
use crate::error::Error;
use crate::wit::Response;
use tokio::time::timeout;

impl Instance {
    /// `custom-objects.create-object`: creates objects with their fields.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn create_object(
        &mut self,
        payload: &str,
        update: bool,
        permission_set: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        let payload = payload.to_owned();
        call!(
            self,
            connector_salesforce_custom_objects.call_create_object(
                &payload,
                update,
                permission_set,
                options.as_ref()
            )
        )
    }

    /// `custom-objects.create-fields`: adds fields to an object.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn create_fields(
        &mut self,
        sobject: &str,
        payload: &str,
        update: bool,
        permission_set: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        let payload = payload.to_owned();
        call!(
            self,
            connector_salesforce_custom_objects.call_create_fields(
                sobject,
                &payload,
                update,
                permission_set,
                options.as_ref()
            )
        )
    }

    /// `custom-objects.read-object`: reads the definition of an object.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn read_object(&mut self, sobject: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_custom_objects.call_read_object(sobject, options.as_ref())
        )
    }

    /// `custom-objects.delete-object`: deletes an object with its records.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn delete_object(
        &mut self,
        sobject: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_custom_objects.call_delete_object(sobject, options.as_ref())
        )
    }
}
