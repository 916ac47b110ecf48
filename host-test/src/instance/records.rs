//! Single records: the interface `records`.

use super::{Answer, Instance, explain};
use crate::error::Error;
use crate::wit::Response;
use tokio::time::timeout;

impl Instance {
    /// `records.create`: creates a record from a JSON object of fields.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn create(
        &mut self,
        sobject: &str,
        payload: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_create(
                sobject,
                &payload.to_owned(),
                options.as_ref()
            )
        )
    }

    /// `records.get`: reads these fields of a record, or all where none are named.
    /// [`Instance::get_related`] has all of its parameters.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn get(
        &mut self,
        sobject: &str,
        id: &str,
        fields: &[String],
        options: Option<&str>,
    ) -> Answer<Response> {
        self.get_related(sobject, id, None, fields, None, options)
            .await
    }

    /// `records.get` with a relationship to follow, such as `Opportunities`, and further query
    /// parameters, a JSON object.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn get_related(
        &mut self,
        sobject: &str,
        id: &str,
        relationship: Option<&str>,
        fields: &[String],
        query_parameters: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let query_parameters = query_parameters.map(str::to_owned);
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_get(
                sobject,
                id,
                relationship,
                fields,
                query_parameters.as_ref(),
                options.as_ref()
            )
        )
    }

    /// `records.update`: changes fields of a record.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn update(
        &mut self,
        sobject: &str,
        id: &str,
        payload: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_update(
                sobject,
                id,
                &payload.to_owned(),
                options.as_ref()
            )
        )
    }

    /// `records.delete`: moves a record to the recycle bin.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn delete(
        &mut self,
        sobject: &str,
        id: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_delete(sobject, id, options.as_ref())
        )
    }
}
