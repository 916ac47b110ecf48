use serde_json::Value;

use super::literal::Pattern;
use super::{Plan, parse, show};
use crate::fake::errors::ApiError;
use crate::fake::store::Store;
use crate::fake::{FakeConfig, org};

fn store() -> Store {
    org::seeded(&FakeConfig::default()).unwrap()
}

fn rows(store: &Store, soql: &str) -> Result<Vec<Value>, ApiError> {
    let query = parse(soql).map_err(|error| error.explain(soql))?;
    let plan = Plan::new(store, &query).map_err(|error| error.explain(soql))?;
    let rows = plan.run(store, false);
    let columns = plan.columns.as_deref().unwrap_or_default();
    let table = store.table(plan.object);
    Ok(rows
        .iter()
        .map(|row| show(store, 66, plan.object, columns, table.record(*row).unwrap()))
        .collect())
}

/// The values of one field, separated by `|`.
fn found(field: &str, rest: &str) -> String {
    let soql = format!("SELECT {field} {rest}");
    let pointer = format!("/{}", field.replace('.', "/"));
    let rows = rows(&store(), &soql).unwrap_or_else(|error| panic!("{soql}: {error:?}"));
    let shown = |row: &Value| match row.pointer(&pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "-".to_owned(),
    };
    rows.iter().map(shown).collect::<Vec<_>>().join("|")
}

fn refused(soql: &str) -> (&'static str, String) {
    let error = rows(&store(), soql).expect_err(soql);
    assert_eq!(error.status, 400);
    (error.code, error.message)
}

#[test]
fn comparisons() {
    let cases = [
        ("Name = 'fjord ANALYTICS'", "Fjord Analytics"),
        ("NumberOfEmployees < 18", "L'Atelier du Nord"),
        (
            "NumberOfEmployees <= 18",
            "Harvest & Sons|L'Atelier du Nord",
        ),
        ("NumberOfEmployees > 3100", "Delta Grid Energy"),
        (
            "AnnualRevenue >= 7.2e8",
            "Delta Grid Energy|Granite Chemicals",
        ),
        ("NumberOfEmployees = -1", ""),
        (
            "Industry IN ('Energy', 'Chemicals')",
            "Delta Grid Energy|Granite Chemicals",
        ),
        (
            "BillingCountry NOT IN ('USA','France') AND Industry <> 'Shipping'",
            "Fjord Analytics|Granite Chemicals|Harvest & Sons",
        ),
        ("Name LIKE '%bank%'", "Cedar Valley Bank"),
        ("Name LIKE '_edar%'", "Cedar Valley Bank"),
        ("NOT Name LIKE '%e%'", "Fjord Analytics"),
        ("Name = 'L\\'Atelier du Nord'", "L'Atelier du Nord"),
        ("Name = 'Harvest \\u0026 Sons'", "Harvest & Sons"),
        (
            "Legacy_Key__c = 'NORTH-7'",
            "Ironbridge Freight|Juniper Cloud",
        ),
        (
            "Rating = null AND NumberOfEmployees = 60",
            "Evergreen Farms",
        ),
        ("Rating != null", ""),
        ("Rating < 'z' OR Name = 'Harvest & Sons'", "Harvest & Sons"),
        (
            "(Industry = 'Energy' OR Industry = 'Banking') AND NOT (BillingCity = 'Houston')",
            "Cedar Valley Bank|Kestrel Credit Union",
        ),
        ("IsDeleted = true", ""),
        (
            "CreatedDate < 2025-02-03T12:00:00+02:00 AND Owner.Alias = 'rrep'",
            "Northwind Bakery|Cedar Valley Bank|Evergreen Farms",
        ),
        ("CreatedDate > 2099-01-01T00:00:00Z", ""),
    ];
    for (condition, names) in cases {
        assert_eq!(
            found("Name", &format!("FROM Account WHERE {condition}")),
            names,
            "{condition}"
        );
    }
}

#[test]
fn dates_and_booleans_of_opportunities() {
    assert_eq!(
        found("Name", "FROM Opportunity WHERE CloseDate = 2025-03-14"),
        "Northwind Bakery - Ovens"
    );
    assert_eq!(
        found(
            "Name",
            "FROM Opportunity WHERE IsWon = TRUE AND CloseDate > 2025-12-01"
        ),
        "Fjord - Renewal"
    );
    assert_eq!(
        found("CaseNumber", "FROM Case WHERE IsClosed = true"),
        "00001001|00001005"
    );
}

#[test]
fn parents_and_aliases() {
    assert_eq!(
        found("Account.Name", "FROM Contact WHERE LastName = 'Elm'"),
        "Blue Harbor Shipping"
    );
    assert_eq!(
        found("Account.Owner.Name", "FROM Contact WHERE LastName = 'Elm'"),
        "Morgan Manager"
    );
    assert_eq!(
        found(
            "Parent.Name",
            "FROM Account WHERE Parent.Name = null LIMIT 1"
        ),
        "-"
    );
    let rows = rows(
        &store(),
        "select c.Name, c.Account.Name, C.account.BillingCity, Contact.Id from contact AS c where c.account.name like 'Fj%'",
    );
    let rows = rows.unwrap();
    assert_eq!(rows.len(), 2);
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["attributes", "Name", "Account", "Id"]);
    assert_eq!(rows[0]["Account"]["attributes"]["type"], "Account");
    assert_eq!(rows[0]["Account"]["BillingCity"], "Bergen");
}

#[test]
fn order_limit_and_offset() {
    let first = "FROM Account ORDER BY BillingCountry DESC, Name ASC LIMIT 4";
    assert_eq!(
        found("Name", first),
        "Cedar Valley Bank|Delta Grid Energy|Juniper Cloud|Kestrel Credit Union"
    );
    assert_eq!(
        found("Name", "FROM Account ORDER BY Name LIMIT 2 OFFSET 10"),
        "L'Atelier du Nord|Northwind Bakery"
    );
    assert_eq!(
        found("Amount", "FROM Opportunity ORDER BY Amount LIMIT 2"),
        "null|7500.0"
    );
    assert_eq!(
        found("Amount", "FROM Opportunity ORDER BY Amount DESC LIMIT 2"),
        "null|540000.0"
    );
    assert_eq!(
        found(
            "Amount",
            "FROM Opportunity ORDER BY Amount DESC NULLS LAST LIMIT 1"
        ),
        "540000.0"
    );
    assert_eq!(
        found(
            "Name",
            "FROM Contact ORDER BY Account.Name DESC, LastName DESC LIMIT 2"
        ),
        "Ben Birch|Ada Alder"
    );
    assert_eq!(found("Name", "FROM Account LIMIT 0"), "");
}

#[test]
fn ids_in_conditions_have_either_length() {
    let store = store();
    let id = rows(&store, "SELECT Id FROM Account LIMIT 1").unwrap()[0]["Id"]
        .as_str()
        .unwrap()
        .to_owned();
    for id in [id.split_at(15).0, &id] {
        let contacts = rows(
            &store,
            &format!("SELECT Id FROM Contact WHERE AccountId = '{id}'"),
        )
        .unwrap();
        assert_eq!(contacts.len(), 2);
    }
    assert_eq!(
        refused("SELECT Id FROM Account WHERE Id = 'abc'").0,
        "INVALID_QUERY_FILTER_OPERATOR"
    );
}

#[test]
fn mistakes_are_pointed_at() {
    let (code, message) = refused("SELECT Id FORM Account");
    assert_eq!(code, "MALFORMED_QUERY");
    assert_eq!(
        message,
        "\nSELECT Id FORM Account\n          ^\nERROR at Row:1:Column:11\nunexpected token: 'FORM'"
    );
    let (_, message) = refused("SELECT Id\nFROM Account\nWHERE");
    assert!(
        message.ends_with("ERROR at Row:3:Column:6\nunexpected token: '<EOF>'"),
        "{message}"
    );
}

#[test]
fn refusals() {
    let cases = [
        ("", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        (
            "SELECT FROM Account",
            "MALFORMED_QUERY",
            "unexpected token: 'FROM'",
        ),
        (
            "SELECT Id, FROM Account",
            "MALFORMED_QUERY",
            "unexpected token: 'FROM'",
        ),
        (
            "SELECT Id, Id FROM Account",
            "MALFORMED_QUERY",
            "duplicate field selected: Id",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x",
            "MALFORMED_QUERY",
            "missing closing quote",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x\\q'",
            "MALFORMED_QUERY",
            "illegal character sequence '\\q'",
        ),
        (
            "SELECT Id FROM Account WHERE Name = x",
            "MALFORMED_QUERY",
            "unexpected token: 'x'",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
            "MALFORMED_QUERY",
            "token: 'OR'",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Name = 'c'",
            "MALFORMED_QUERY",
            "token: 'AND'",
        ),
        (
            "SELECT Id FROM Account WHERE (Name = 'a'",
            "MALFORMED_QUERY",
            "unexpected token: '<EOF>'",
        ),
        (
            "SELECT Id FROM Account LIMIT x",
            "MALFORMED_QUERY",
            "unexpected token: 'x'",
        ),
        (
            "SELECT Id FROM Account; DROP",
            "MALFORMED_QUERY",
            "unexpected token: ';'",
        ),
        (
            "SELECT Id FROM Account GROUP BY Name",
            "MALFORMED_QUERY",
            "unexpected token: 'GROUP'",
        ),
        (
            "SELECT Id FROM Account WHERE CreatedDate = 2025-02-30",
            "MALFORMED_QUERY",
            "token: '2025-02-30'",
        ),
        (
            "SELECT Id FROM Account ORDER BY Notes__c",
            "MALFORMED_QUERY",
            "can not be sorted",
        ),
        (
            "SELECT Id FROM Account LIMIT 1 OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Maximum SOQL offset",
        ),
        (
            "SELECT Foo FROM Account",
            "INVALID_FIELD",
            "No such column 'Foo' on entity 'Account'.",
        ),
        (
            "SELECT Id FROM Account WHERE Bar = 1",
            "INVALID_FIELD",
            "No such column 'Bar' on entity 'Account'.",
        ),
        (
            "SELECT Owner.Foo FROM Account",
            "INVALID_FIELD",
            "No such column 'Foo' on entity 'User'.",
        ),
        (
            "SELECT Boss.Name FROM Account",
            "INVALID_FIELD",
            "Didn't understand relationship 'Boss'",
        ),
        (
            "SELECT Id FROM Account WHERE Description = 'x'",
            "INVALID_FIELD",
            "can not be filtered",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 5",
            "INVALID_FIELD",
            "of type string and should be enclosed",
        ),
        (
            "SELECT Id FROM Account WHERE CreatedDate > '2025-01-01T00:00:00Z'",
            "INVALID_FIELD",
            "of type dateTime and should not be enclosed",
        ),
        (
            "SELECT Id FROM Account WHERE CreatedDate > 2025-01-01",
            "INVALID_FIELD",
            "must be of type dateTime",
        ),
        (
            "SELECT Id FROM Account WHERE NumberOfEmployees LIKE '5'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "int field",
        ),
        (
            "SELECT Id FROM Unicorn",
            "INVALID_TYPE",
            "sObject type 'Unicorn' is not supported.",
        ),
    ];
    for (soql, code, message) in cases {
        let (was, text) = refused(soql);
        assert_eq!(was, code, "{soql}");
        assert!(text.contains(message), "{soql}: {text}");
    }
}

#[test]
fn limits_protect_the_server() {
    let deep = format!(
        "SELECT Id FROM Account WHERE {}Name = 'x'{}",
        "(".repeat(40_000),
        ")".repeat(40_000)
    );
    assert!(refused(&deep).1.contains("nested too deeply"));
    let nots = format!(
        "SELECT Id FROM Account WHERE {} Name = 'x'",
        "NOT ".repeat(20_000)
    );
    assert!(refused(&nots).1.contains("nested too deeply"));
    let long = format!(
        "SELECT Id FROM Account WHERE Name = '{}'",
        "x".repeat(100_000)
    );
    assert!(refused(&long).1.contains("longer than 100000 characters"));
}

#[test]
fn many_conditions_side_by_side_are_not_deep() {
    let many = vec!["Name = 'x'"; 300].join(" OR ");
    assert_eq!(found("Name", &format!("FROM Account WHERE {many}")), "");
}

#[test]
fn patterns() {
    let fits = |pattern: &str, text: &str| Pattern::new(pattern).unwrap().fits(text);
    assert!(
        fits("%", "")
            && fits("%%", "x")
            && fits("a%", "abc")
            && fits("%c", "abc")
            && fits("a%c", "abbc")
    );
    assert!(fits("A_c", "abc") && fits("%b%b%", "abcb") && fits("", ""));
    assert!(!fits("a", "ab") && !fits("_", "") && !fits("a%d", "abc") && !fits("", "x"));
    assert!(fits("100\\%", "100%") && !fits("100\\%", "100x"));
    assert!(fits("a\\_b", "a_b") && !fits("a\\_b", "axb"));
    // What backtracking without thought would take years for.
    assert!(!fits(&"%a".repeat(30), &"a".repeat(29)));
    assert!(!fits(&format!("{}b", "%a".repeat(25)), &"a".repeat(5000)));
    assert_eq!(Pattern::new("\\u00g1"), None);
}
