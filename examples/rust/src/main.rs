//! Runs the Salesforce connector in a Rust program: rust-host salesforce-connector.wasm

use host_test::wit::{Applied, Failure};
use host_test::{Egress, Host, HostConfig};
use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let component = std::env::args().nth(1).ok_or("which component?")?;
    let settings = std::env::vars().filter(|(name, _)| name.starts_with("SALESFORCE_"));

    // One for a process: the compiled component, a pool of connections, and where they may go.
    let config = HostConfig {
        egress: Egress::Hosts(vec!["*.salesforce.com".parse()?, "127.0.0.1".parse()?]),
        ..HostConfig::default()
    };
    let host = Host::load(component, config)?;
    // An instance is one org and one user, with these settings and nothing else of this process.
    let mut org = host.instance(settings).await?;

    // The outer error is the host's, and the instance is lost; the inner one is the connector's.
    let grant = org.login().await??;
    println!("logged in by {}", text(&grant.more, "/flow")?);
    let created = org.create("Account", r#"{"Name": "Acme"}"#, None).await??;
    let id = text(created.body.as_deref().unwrap_or_default(), "/id")?;
    println!("created {}", created.status);
    let soql = format!("SELECT Name FROM Account WHERE Id = '{id}'");
    let page = org.query(&soql, false, None).await??;
    let page = page.body.unwrap_or_default();
    println!("found {}", text(&page, "/records/0/Name")?);
    match org.create("Account", r#"{"Nam": "Acme"}"#, None).await? {
        Err(Failure::Permanent(why)) if why.applied == Applied::No => {
            println!("refused permanent {} applied no", why.code);
        }
        answer => println!("not refused: {answer:?}"),
    }
    let deleted = org.delete("Account", &id, None).await??;
    println!("deleted {}", deleted.status);
    Ok(())
}

/// The text at a place in a JSON document.
fn text(json: &str, pointer: &str) -> Result<String, Box<dyn Error>> {
    let json: serde_json::Value = serde_json::from_str(json)?;
    let text = json.pointer(pointer).and_then(|value| value.as_str());
    Ok(text.ok_or(format!("there is no {pointer}"))?.to_owned())
}
