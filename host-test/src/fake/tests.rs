//! What the fake answers over HTTP: statuses and bodies.

mod approvals;
mod deploy;
mod faults;
mod fields;
mod grants;
mod login;
mod metadata;
mod paths;
mod queries;
mod records;
mod soap;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::{Fake, FakeConfig, Flow};

/// A fake, a client and a session.
struct Session {
    fake: Fake,
    client: Client<HttpConnector, Full<Bytes>>,
    token: String,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Session {
    async fn start() -> Session {
        Session::with(FakeConfig::default()).await
    }

    async fn with(config: FakeConfig) -> Session {
        let fake = Fake::start(config).await.unwrap();
        let token = fake.settings(Flow::Bearer)[0].1.clone();
        let client = Client::builder(TokioExecutor::new()).build_http();
        Session {
            fake,
            client,
            token,
        }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.fake.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self
            .client
            .request(request.body(Full::new(body.into())).unwrap())
            .await
            .unwrap();
        let (head, body) = answer.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            text,
        }
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("Authorization", &self.bearer())], "")
            .await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[("Authorization", &self.bearer())], "")
            .await
    }

    async fn write(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Answer {
        let headers = [
            ("Authorization", self.bearer()),
            ("Content-Type", "application/json".to_owned()),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        self.send(method, path, &headers, body).await
    }

    /// `GET /query` with this SOQL.
    async fn query(&self, soql: &str) -> Answer {
        self.get(&format!("/services/data/v66.0/query?q={}", encode(soql)))
            .await
    }

    async fn create(&self, object: &str, body: &str) -> String {
        let answer = self.write("POST", &sobjects(object), body.to_owned()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn first_id(&self, object: &str, condition: &str) -> String {
        let answer = self
            .query(&format!("SELECT Id FROM {object} WHERE {condition}"))
            .await
            .json();
        answer["records"][0]["Id"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Exactly this status and this body.
    #[track_caller]
    fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.text.as_str()), (status, body));
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

fn sobjects(path: &str) -> String {
    format!("/services/data/v66.0/sobjects/{path}")
}

fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn dropping_the_fake_closes_the_port() {
    let session = Session::start().await;
    assert_eq!(session.get("/services/data/").await.status, 200);
    let address = session.fake.url().replace("http://", "");
    drop(session);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
