//! Loads the Salesforce connector component.
