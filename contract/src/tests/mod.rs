mod catalog;
mod records;
mod schema;
mod wit;
