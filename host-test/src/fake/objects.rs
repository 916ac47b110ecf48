//! The objects of the org. Names, types and lengths are those of a fresh Salesforce org, cut down
//! to what people mostly use, with a few custom fields on Account.

use super::schema::OnDelete::{Cascade, Clear, Restrict};
use super::schema::{ANY, Field, Formula, Kind, NumberFormat, ObjectType, owned};
use super::{approvals, permissions};

const SOURCES: &[&str] = &[
    "Web",
    "Phone Inquiry",
    "Partner Referral",
    "Purchased List",
    "Other",
];

/// All objects.
pub fn standard() -> Vec<ObjectType> {
    let mut all = vec![any(), user(), account(), contact(), opportunity(), case()];
    all.extend(approvals::objects());
    all.extend(permissions::objects());
    all
}

/// What a reference that may point to anything shows of a record.
fn any() -> ObjectType {
    let mut fields = vec![
        text("Name", 255),
        text("Type", 40),
        Field::new("IsActive", Kind::Boolean),
    ];
    let own = [
        "FirstName",
        "LastName",
        "Username",
        "Alias",
        "Email",
        "Title",
        "Phone",
    ];
    fields.extend(own.map(|name| text(name, 255)));
    ObjectType::new(ANY, "", fields).read_only()
}

fn account() -> ObjectType {
    ObjectType::new(
        "Account",
        "001",
        vec![
            text("Name", 255).required(),
            Field::new(
                "Type",
                Kind::picklist(&[
                    "Prospect",
                    "Customer - Direct",
                    "Customer - Channel",
                    "Other",
                ]),
            ),
            Field::new(
                "ParentId",
                Kind::child("Account", "Parent", "ChildAccounts", Clear),
            ),
            text("BillingStreet", 255),
            text("BillingCity", 40),
            text("BillingState", 80),
            text("BillingPostalCode", 20),
            text("BillingCountry", 80),
            text("Phone", 40),
            text("Website", 255),
            text("AccountNumber", 40),
            Field::new(
                "Industry",
                Kind::picklist(&[
                    "Agriculture",
                    "Banking",
                    "Chemicals",
                    "Energy",
                    "Shipping",
                    "Technology",
                ]),
            ),
            Field::new("AnnualRevenue", Kind::Double),
            Field::new("NumberOfEmployees", Kind::Integer),
            Field::new("Rating", Kind::picklist(&["Hot", "Warm", "Cold"])),
            long("Description", 32_000),
            owner(),
            text("External_Key__c", 64).external_id().unique(),
            // External ids need not be unique; this one shows the answer 300.
            text("Legacy_Key__c", 64).external_id(),
            Field::new("Tier__c", Kind::restricted(&["Gold", "Silver", "Bronze"])),
            // Longer than any real field, so that large bodies can be tested end to end.
            Field::new("Notes__c", Kind::LongText(None)),
        ],
    )
}

fn contact() -> ObjectType {
    ObjectType::new(
        "Contact",
        "003",
        vec![
            Field::new(
                "AccountId",
                Kind::child("Account", "Account", "Contacts", Cascade),
            ),
            text("LastName", 80).required(),
            text("FirstName", 40),
            Field::new(
                "Salutation",
                Kind::picklist(&["Mr.", "Ms.", "Mx.", "Dr.", "Prof."]),
            ),
            text("Name", 121).computed(Formula::FullName),
            text("Phone", 40),
            text("MobilePhone", 40),
            Field::new("Email", Kind::Email),
            text("Title", 128),
            text("Department", 80),
            text("MailingCity", 40),
            text("MailingCountry", 80),
            Field::new("Birthdate", Kind::Date),
            Field::new("ReportsToId", Kind::reference("Contact", "ReportsTo")),
            Field::new("LeadSource", Kind::picklist(SOURCES)),
            Field::new("HasOptedOutOfEmail", Kind::Boolean),
            long("Description", 32_000),
            owner(),
        ],
    )
}

fn opportunity() -> ObjectType {
    let closed = owned(&["Closed Won", "Closed Lost"]);
    let won = owned(&["Closed Won"]);
    let stages = [
        "Prospecting",
        "Qualification",
        "Proposal/Price Quote",
        "Negotiation/Review",
        "Closed Won",
        "Closed Lost",
    ];
    ObjectType::new(
        "Opportunity",
        "006",
        vec![
            Field::new(
                "AccountId",
                Kind::child("Account", "Account", "Opportunities", Cascade),
            ),
            text("Name", 120).required(),
            Field::new("StageName", Kind::picklist(&stages)).required(),
            Field::new("Amount", Kind::Double),
            Field::new("Probability", Kind::Double),
            Field::new("CloseDate", Kind::Date).required(),
            Field::new(
                "Type",
                Kind::picklist(&["Existing Business", "New Business"]),
            ),
            text("NextStep", 255),
            Field::new("LeadSource", Kind::picklist(SOURCES)),
            Field::new("IsClosed", Kind::Boolean)
                .computed(Formula::OneOf("StageName".to_owned(), closed)),
            Field::new("IsWon", Kind::Boolean)
                .computed(Formula::OneOf("StageName".to_owned(), won)),
            long("Description", 32_000),
            owner(),
        ],
    )
}

fn case() -> ObjectType {
    let closed = owned(&["Closed"]);
    ObjectType::new(
        "Case",
        "500",
        vec![
            text("CaseNumber", 30).computed(Formula::AutoNumber(NumberFormat {
                before: String::new(),
                digits: 8,
                after: String::new(),
                first: 1001,
            })),
            Field::new(
                "AccountId",
                Kind::child("Account", "Account", "Cases", Restrict),
            ),
            Field::new(
                "ContactId",
                Kind::child("Contact", "Contact", "Cases", Restrict),
            ),
            Field::new("ParentId", Kind::child("Case", "Parent", "Cases", Clear)),
            text("Subject", 255),
            Field::new(
                "Status",
                Kind::picklist(&["New", "Working", "Escalated", "Closed"]),
            )
            .or("New"),
            Field::new("Priority", Kind::picklist(&["High", "Medium", "Low"])).or("Medium"),
            Field::new("Origin", Kind::picklist(&["Phone", "Email", "Web"])),
            Field::new(
                "Type",
                Kind::picklist(&[
                    "Mechanical",
                    "Electrical",
                    "Electronic",
                    "Structural",
                    "Other",
                ]),
            ),
            Field::new("IsClosed", Kind::Boolean)
                .computed(Formula::OneOf("Status".to_owned(), closed)),
            long("Description", 32_000),
            owner(),
        ],
    )
}

fn user() -> ObjectType {
    let fields = vec![
        Field::new("Username", Kind::Email).required().unique(),
        text("LastName", 80).required(),
        text("FirstName", 40),
        text("Name", 121).computed(Formula::FullName),
        text("Alias", 8).required(),
        Field::new("Email", Kind::Email).required(),
        text("Title", 80),
        text("Department", 80),
        Field::new("IsActive", Kind::Boolean).or(true),
        Field::new("ManagerId", Kind::reference("User", "Manager")),
        Field::new("ProfileId", Kind::reference("Profile", "Profile")),
        Field::new("UserRoleId", Kind::reference("UserRole", "UserRole")),
        text("UserType", 40).or("Standard").read_only(),
    ];
    ObjectType {
        deletable: false,
        ..ObjectType::new("User", "005", fields)
    }
}

/// A field with a text of at most so many characters.
pub fn text(name: &str, length: usize) -> Field {
    Field::new(name, Kind::Text(length))
}

fn long(name: &str, length: usize) -> Field {
    Field::new(name, Kind::LongText(Some(length)))
}

/// The field with the owner of a record.
pub fn owner() -> Field {
    Field::new("OwnerId", Kind::reference("User", "Owner"))
}
