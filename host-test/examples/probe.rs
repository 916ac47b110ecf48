#![allow(missing_docs, clippy::all, clippy::unwrap_used)]
use host_test::*;
use std::time::Instant;
#[tokio::main]
async fn main() {
    tokio::spawn(async {
    let (address, _s) = bench::Server::start(2000).await.unwrap();
    let host = Host::load(std::env::var("COMP").unwrap_or("target/component/salesforce-connector.wasm".into()), HostConfig{allocation: Allocation::Pooling{instances:100}, ..HostConfig::default()}).unwrap();
    let url = format!("http://{address}");
    let settings=[("SALESFORCE_INSTANCE_URL", url.as_str()),("SALESFORCE_ACCESS_TOKEN","00Dxx0000001gPL!AR8AQBzHjTb0Hvp3EWt")];
    let mut i = host.instance(settings).await.unwrap();
    let fields: Vec<String> = "Id, Name, Industry, Phone, Website, BillingCity, BillingCountry, AnnualRevenue, NumberOfEmployees, LastModifiedDate".split(", ").map(str::to_owned).collect();
    if std::env::var_os("FUEL").is_some() {
        let host = Host::load(std::env::var("COMP").unwrap_or("target/component/salesforce-connector.wasm".into()), HostConfig{limits: Limits{fuel:Some(u64::MAX),..Limits::default()}, ..HostConfig::default()}).unwrap();
        let mut i = host.instance(settings).await.unwrap();
        for _ in 0..3 {
        i.get("Account","001xx000003DGb2AAG", &fields, None).await.unwrap().unwrap(); print!("get {} ", i.fuel_used().unwrap());
        i.create("Account","{\"Name\":\"Acme\"}", None).await.unwrap().unwrap(); print!("create {} ", i.fuel_used().unwrap());
        i.update("Account","001xx000003DGb2AAG","{\"Name\":\"Acme\"}", None).await.unwrap().unwrap(); print!("update {} ", i.fuel_used().unwrap());
        i.query("SELECT Id FROM Account", false, None).await.unwrap().unwrap(); println!("page {}", i.fuel_used().unwrap());
        }
        return;
    }
    if std::env::var_os("FRESHGET").is_some() {
        let n=40000;
        let t=Instant::now(); for _ in 0..n { let mut i = host.instance(settings).await.unwrap(); i.get("Account","001xx000003DGb2AAG", &fields, None).await.unwrap().unwrap(); } println!("start+get {:?}", t.elapsed()/n);
        return;
    }
    if std::env::var_os("FRESH").is_some() {
        for _ in 0..3 {
        let n=5000;
        let t=Instant::now(); for _ in 0..n { let i = host.instance(settings).await.unwrap(); drop(i); } println!("start {:?}", t.elapsed()/n);
        let t=Instant::now(); for _ in 0..n { let mut i = host.instance(settings).await.unwrap(); i.get("Account","bad id !", &fields, None).await.unwrap().unwrap_err(); } println!("start+refused {:?}", t.elapsed()/n);
        let t=Instant::now(); for _ in 0..n { let mut i = host.instance(settings).await.unwrap(); i.get("Account","001xx000003DGb2AAG", &fields, None).await.unwrap().unwrap(); } println!("start+get {:?}", t.elapsed()/n); { let mut i = host.instance(settings).await.unwrap(); print!("mem {} ", i.memory_bytes()); i.get("Account","bad", &fields, None).await.unwrap().unwrap_err(); print!("mem {} ", i.memory_bytes()); i.get("Account","001xx000003DGb2AAG", &fields, None).await.unwrap().unwrap(); println!("mem {}", i.memory_bytes());}
        let t=Instant::now(); for _ in 0..n { i.get("Account","001xx000003DGb2AAG", &fields, None).await.unwrap().unwrap(); } println!("get {:?}", t.elapsed()/n);
        }
        return;
    }
    if std::env::var_os("GETS").is_some() {
        let t=Instant::now(); for _ in 0..60000 { i.get("Account","001xx000003DGb2AAG", &fields, None).await.unwrap().unwrap(); } println!("get {:?}", t.elapsed()/60000);
        return;
    }
    if std::env::var_os("PAGES").is_some() {
        let t=Instant::now(); for _ in 0..400 { i.query("SELECT Id FROM Account", false, None).await.unwrap().unwrap(); } println!("page {:?}", t.elapsed()/400);
        return;
    }
    use hyper_util::client::legacy::{Client, connect::HttpConnector};
    let mut tcp = HttpConnector::new(); tcp.set_nodelay(true);
    let client: Client<HttpConnector, http_body_util::Full<bytes::Bytes>> = Client::builder(hyper_util::rt::TokioExecutor::new()).build(tcp);
    for think in [0u64] {
        let n=3000; let mut sum=std::time::Duration::ZERO;
        for _ in 0..n {
            let t=Instant::now(); while t.elapsed().as_micros() < think as u128 {}
            let t=Instant::now();
            let r = client.request(hyper::Request::builder().uri(format!("{url}/services/data/v66.0/sobjects/Account/001xx000003DGb2AAG")).body(Default::default()).unwrap()).await.unwrap();
            use http_body_util::BodyExt; r.into_body().collect().await.unwrap();
            sum+=t.elapsed();
        }
        println!("native think {think}: {:?}", sum/n);
    }
    for _ in 0..3 {
        let n=20000;
        let t=Instant::now(); for _ in 0..n { i.breaker().await.unwrap().unwrap(); } println!("breaker {:?}", t.elapsed()/n);
        let t=Instant::now(); for _ in 0..n { i.get("Account","bad id !", &fields, None).await.unwrap().unwrap_err(); } println!("get refused {:?}", t.elapsed()/n);
        let n=std::env::var("N").map_or(5000,|n|n.parse().unwrap());
        let t=Instant::now(); for _ in 0..n { i.get("Account","001xx000003DGb2AAG", &fields, None).await.unwrap().unwrap(); } println!("get {:?}", t.elapsed()/n);
    }
    }).await.unwrap();
}
