//! What is in the org at the start: a small company with customers, the people there, deals and
//! support cases. All names are made up.

use serde_json::{Map, Value, json};

use super::errors::ApiError;
use super::store::{ObjectRef, Store};
use super::{FakeConfig, clock, objects, permissions, values};

/// 2025-02-03, a Monday; the records follow each other by the hour.
const FIRST_DAY: i64 = 1_738_540_800;
const HOUR: i64 = 3600;

/// Name, type, industry, employees, revenue in thousands, city, country, legacy key.
type AccountRow = (
    &'static str,
    &'static str,
    &'static str,
    u32,
    u32,
    &'static str,
    &'static str,
    &'static str,
);

/// Two of them share a legacy key, so that an upsert by it is ambiguous.
const ACCOUNTS: [AccountRow; 12] = [
    (
        "Northwind Bakery",
        "Customer - Direct",
        "Agriculture",
        140,
        12_500,
        "Portland",
        "USA",
        "NB-1",
    ),
    (
        "Blue Harbor Shipping",
        "Customer - Direct",
        "Shipping",
        2300,
        410_000,
        "Rotterdam",
        "Netherlands",
        "BH-1",
    ),
    (
        "Cedar Valley Bank",
        "Customer - Channel",
        "Banking",
        900,
        95_000,
        "Columbus",
        "USA",
        "CV-1",
    ),
    (
        "Delta Grid Energy",
        "Prospect",
        "Energy",
        5200,
        1_300_000,
        "Houston",
        "USA",
        "DG-1",
    ),
    (
        "Evergreen Farms",
        "Prospect",
        "Agriculture",
        60,
        4100,
        "Lyon",
        "France",
        "EF-1",
    ),
    (
        "Fjord Analytics",
        "Customer - Direct",
        "Technology",
        75,
        8800,
        "Bergen",
        "Norway",
        "FA-1",
    ),
    (
        "Granite Chemicals",
        "Customer - Channel",
        "Chemicals",
        3100,
        720_000,
        "Basel",
        "Switzerland",
        "GC-1",
    ),
    (
        "Harvest & Sons",
        "Prospect",
        "Agriculture",
        18,
        950,
        "Leeds",
        "United Kingdom",
        "HS-1",
    ),
    (
        "Ironbridge Freight",
        "Customer - Direct",
        "Shipping",
        420,
        38_000,
        "Hamburg",
        "Germany",
        "NORTH-7",
    ),
    (
        "Juniper Cloud",
        "Prospect",
        "Technology",
        210,
        27_000,
        "Austin",
        "USA",
        "NORTH-7",
    ),
    (
        "Kestrel Credit Union",
        "Customer - Direct",
        "Banking",
        130,
        15_000,
        "Denver",
        "USA",
        "KC-1",
    ),
    (
        "L'Atelier du Nord",
        "Other",
        "Technology",
        9,
        600,
        "Lille",
        "France",
        "AN-1",
    ),
];

/// First name, last name, account, title.
const CONTACTS: [(&str, &str, usize, &str); 20] = [
    ("Ada", "Alder", 0, "Owner"),
    ("Ben", "Birch", 0, "Head Baker"),
    ("Clara", "Cypress", 1, "VP Logistics"),
    ("Dan", "Dogwood", 1, "Port Manager"),
    ("Ella", "Elm", 1, "Purchasing Agent"),
    ("Finn", "Fir", 2, "CIO"),
    ("Gina", "Ginkgo", 2, "Branch Manager"),
    ("Hugo", "Hazel", 3, "SVP Operations"),
    ("Iris", "Ironwood", 3, "Grid Engineer"),
    ("Jon", "Juniper", 4, "Farm Manager"),
    ("Kira", "Katsura", 5, "CEO"),
    ("Leo", "Larch", 5, "Data Scientist"),
    ("Mia", "Maple", 6, "Plant Director"),
    ("Noah", "Nutmeg", 6, "Safety Officer"),
    ("Olga", "Oak", 7, "Partner"),
    ("Paul", "Pine", 8, "Fleet Manager"),
    ("Quinn", "Quince", 9, "CTO"),
    ("Rosa", "Rowan", 9, "Developer"),
    ("Sam", "Spruce", 10, "Loan Officer"),
    ("Tara", "Tamarind", 11, "Designer"),
];

/// Name, account, stage, amount, close date.
const OPPORTUNITIES: [(&str, usize, &str, Option<u32>, &str); 10] = [
    (
        "Northwind Bakery - Ovens",
        0,
        "Closed Won",
        Some(48_000),
        "2025-03-14",
    ),
    (
        "Northwind Bakery - Service",
        0,
        "Negotiation/Review",
        Some(7500),
        "2026-09-30",
    ),
    (
        "Blue Harbor - Tracking",
        1,
        "Proposal/Price Quote",
        Some(310_000),
        "2026-11-15",
    ),
    (
        "Cedar Valley - Portal",
        2,
        "Closed Lost",
        Some(66_000),
        "2025-06-01",
    ),
    (
        "Delta Grid - Metering",
        3,
        "Prospecting",
        None,
        "2027-01-31",
    ),
    (
        "Delta Grid - Pilot",
        3,
        "Qualification",
        Some(25_000),
        "2026-12-01",
    ),
    (
        "Fjord - Renewal",
        5,
        "Closed Won",
        Some(12_400),
        "2025-12-20",
    ),
    (
        "Granite - Lab Rollout",
        6,
        "Negotiation/Review",
        Some(540_000),
        "2026-10-05",
    ),
    (
        "Ironbridge - Dispatch",
        8,
        "Qualification",
        Some(89_000),
        "2026-08-22",
    ),
    (
        "Juniper Cloud - Seats",
        9,
        "Prospecting",
        Some(31_000),
        "2027-02-28",
    ),
];

/// Subject, contact, status, priority, origin.
const CASES: [(&str, usize, &str, &str, &str); 8] = [
    ("Oven does not heat", 1, "Closed", "High", "Phone"),
    ("Invoice shows the wrong address", 0, "New", "Low", "Email"),
    ("Tracking page is slow", 3, "Working", "Medium", "Web"),
    (
        "Container numbers are cut off",
        4,
        "Escalated",
        "High",
        "Email",
    ),
    ("Cannot reset the password", 5, "Closed", "Medium", "Phone"),
    ("Export has no header row", 11, "New", "Medium", "Web"),
    (
        "Sensor reports negative pressure",
        13,
        "Working",
        "High",
        "Phone",
    ),
    ("Please add a second user", 18, "New", "Low", "Email"),
];

/// The org as a fake starts with it.
pub fn seeded(config: &FakeConfig) -> Result<Store, ApiError> {
    let mut store = Store::default();
    for object in objects::standard() {
        store.add_object(object);
    }
    let mut seed = Seed { store, hours: 0 };
    let integration = seed.add(
        "User",
        json!({"FirstName": "Integration", "LastName": "User", "Username": config.username, "Alias": "integ",
            "Email": "integration@fake-org.example", "Title": "API"}),
    )?;
    seed.store.user = integration;
    let manager = seed.add(
        "User",
        json!({"FirstName": "Morgan", "LastName": "Manager", "Username": "morgan@fake-org.example", "Alias": "mman",
            "Email": "morgan@fake-org.example", "Title": "Sales Manager", "Department": "Sales"}),
    )?;
    let seller = seed.add(
        "User",
        json!({"FirstName": "Robin", "LastName": "Rep", "Username": "robin@fake-org.example", "Alias": "rrep",
            "Email": "robin@fake-org.example", "Title": "Account Executive", "Department": "Sales",
            "ManagerId": manager}),
    )?;
    let mut accounts = Vec::new();
    for (at, (name, kind, industry, employees, revenue, city, country, key)) in
        ACCOUNTS.into_iter().enumerate()
    {
        let owner = if at % 2 == 0 { &seller } else { &manager };
        accounts.push(seed.add(
            "Account",
            json!({"Name": name, "Type": kind, "Industry": industry, "NumberOfEmployees": employees,
                "AnnualRevenue": u64::from(revenue) * 1000, "BillingCity": city, "BillingCountry": country,
                "Legacy_Key__c": key, "External_Key__c": format!("ACC-{:04}", at + 1), "OwnerId": owner}),
        )?);
    }
    let mut contacts = Vec::new();
    for (first, last, account, title) in CONTACTS {
        let email = format!("{first}.{last}@customer.example").to_lowercase();
        contacts.push(seed.add(
            "Contact",
            json!({"FirstName": first, "LastName": last, "AccountId": accounts.get(account), "Title": title,
                "Email": email, "OwnerId": seller}),
        )?);
    }
    for (name, account, stage, amount, close) in OPPORTUNITIES {
        seed.add(
            "Opportunity",
            json!({"Name": name, "AccountId": accounts.get(account), "StageName": stage, "Amount": amount,
                "CloseDate": close, "OwnerId": seller}),
        )?;
    }
    for (subject, contact, status, priority, origin) in CASES {
        let account = CONTACTS
            .get(contact)
            .and_then(|(_, _, account, _)| accounts.get(*account));
        seed.add(
            "Case",
            json!({"Subject": subject, "ContactId": contacts.get(contact), "AccountId": account, "Status": status,
                "Priority": priority, "Origin": origin, "OwnerId": manager}),
        )?;
    }
    permissions::seed(&mut seed.store, &config.lacking_permissions);
    seed.more_accounts(config.extra_accounts);
    Ok(seed.store)
}

struct Seed {
    store: Store,
    hours: i64,
}

impl Seed {
    fn add(&mut self, object: &str, fields: Value) -> Result<String, ApiError> {
        let object = self.store.object(object).ok_or_else(ApiError::not_found)?;
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let changes = values::changes(&self.store, object, None, fields)?;
        Ok(self.insert(object, changes))
    }

    fn insert(&mut self, object: ObjectRef, changes: Vec<(usize, Value)>) -> String {
        // Wraps around before the records would come from the future.
        self.hours = (self.hours + 1) % 4000;
        let seconds = (FIRST_DAY + self.hours * HOUR).min(clock::now());
        self.store.insert(object, changes, seconds)
    }

    /// Unchecked, since a check for unique keys would read all accounts for each.
    fn more_accounts(&mut self, count: usize) {
        let Some(object) = self.store.object("Account") else {
            return;
        };
        let schema = &self.store.table(object).schema;
        let places: Vec<usize> = [
            "Name",
            "Type",
            "Industry",
            "NumberOfEmployees",
            "BillingCity",
            "External_Key__c",
        ]
        .into_iter()
        .filter_map(|name| schema.find(name))
        .collect();
        for (number, (_, kind, industry, _, _, city, ..)) in
            (1..=count).zip(ACCOUNTS.into_iter().cycle())
        {
            let values = [
                json!(format!("Generated Account {number:06}")),
                json!(kind),
                json!(industry),
                json!(number * 7919 % 5000 + 1),
                json!(city),
                json!(format!("GEN-{number:06}")),
            ];
            self.insert(object, places.iter().copied().zip(values).collect());
        }
    }
}
