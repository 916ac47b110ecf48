//! Where a browser comes back to after a login.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use url::form_urlencoded;

/// The path of the callback.
const PATH: &str = "/callback";

/// The most bytes of a request's head; browsers send a few hundred.
const HEAD: usize = 16 * 1024;

/// How long a browser may take to send a request.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server on this machine that waits for one redirect.
pub struct Redirect {
    listener: TcpListener,
    port: u16,
}

impl Redirect {
    /// Listens on 127.0.0.1; at port 0 the system chooses one.
    pub async fn listen(port: u16) -> Result<Self, String> {
        let address = (Ipv4Addr::LOCALHOST, port);
        let listener = TcpListener::bind(address).await;
        let listener =
            listener.map_err(|error| format!("cannot listen on port {port}: {error}"))?;
        let port = listener.local_addr().map_err(|error| error.to_string())?;
        Ok(Self {
            listener,
            port: port.port(),
        })
    }

    /// The callback URL, which the app must know. Salesforce takes plain http for this name.
    pub fn uri(&self) -> String {
        format!("http://localhost:{}{PATH}", self.port)
    }

    /// Waits for the redirect with this state and answers its code, or what Salesforce says
    /// instead. Requests that were not asked for are refused, and waited past.
    pub async fn code(&self, state: &str) -> Result<String, String> {
        loop {
            let accepted = self.listener.accept().await;
            let (mut stream, _) = accepted.map_err(|error| error.to_string())?;
            let Some(target) = target(&mut stream).await else {
                continue;
            };
            let came = came(&target, state);
            let (status, text) = match &came {
                Came::Code(_) => ("200 OK", "Logged in. This window can be closed."),
                Came::Refusal(_) => ("200 OK", "Not logged in. The shell has the reason."),
                Came::Unasked => ("404 Not Found", "Nothing is here."),
            };
            let length = text.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{text}"
            );
            // A browser that is gone has brought what it had to.
            let _ = timeout(PATIENCE, stream.write_all(answer.as_bytes())).await;
            match came {
                Came::Code(code) => return Ok(code),
                Came::Refusal(said) => return Err(said),
                Came::Unasked => {}
            }
        }
    }
}

/// What a request brought.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Code(String),
    Refusal(String),
    Unasked,
}

fn came(target: &str, state: &str) -> Came {
    let Some((PATH, query)) = target.split_once('?') else {
        return Came::Unasked;
    };
    let value = |name: &str| -> Option<Cow<'_, str>> {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    };
    if value("state").as_deref() != Some(state) {
        return Came::Unasked;
    }
    match (value("code"), value("error")) {
        (Some(code), None) => Came::Code(code.into_owned()),
        (_, Some(error)) => {
            let said = value("error_description").unwrap_or_default();
            Came::Refusal(format!("Salesforce refused: {error} ({said})"))
        }
        (None, None) => Came::Unasked,
    }
}

/// The target of a GET request.
async fn target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let read = async {
        while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD {
            head.push(stream.read_u8().await.ok()?);
        }
        Some(())
    };
    timeout(PATIENCE, read).await.ok()??;
    let head = String::from_utf8(head).ok()?;
    let mut words = head.lines().next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    (method == "GET").then(|| target.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_redirect_that_was_asked_for_counts() {
        let code = |text: &str| Came::Code(text.to_owned());
        let table = [
            ("/callback?code=aPrx%3D%3D&state=s", code("aPrx==")),
            ("/callback?state=s&code=x", code("x")),
            ("/callback?code=x&state=t", Came::Unasked),
            ("/callback?code=x", Came::Unasked),
            ("/callback", Came::Unasked),
            ("/callback?state=s", Came::Unasked),
            ("/favicon.ico", Came::Unasked),
            ("/other?code=x&state=s", Came::Unasked),
            (
                "/callback?error=access_denied&error_description=no+way&state=s",
                Came::Refusal("Salesforce refused: access_denied (no way)".to_owned()),
            ),
        ];
        for (target, expected) in table {
            assert_eq!(came(target, "s"), expected, "{target}");
        }
    }

    #[tokio::test]
    async fn a_code_is_had_from_a_browser_behind_others() {
        let redirect = Redirect::listen(0).await.unwrap();
        let port = redirect.port;
        assert_eq!(redirect.uri(), format!("http://localhost:{port}/callback"));
        let browser = tokio::spawn(async move {
            let mut answers = Vec::new();
            for target in ["/callback?code=a&state=evil", "/callback?code=b&state=s"] {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let request = format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n\r\n");
                stream.write_all(request.as_bytes()).await.unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).await.unwrap();
                answers.push(answer);
            }
            answers
        });
        assert_eq!(redirect.code("s").await.unwrap(), "b");
        let answers = browser.await.unwrap();
        assert!(answers[0].starts_with("HTTP/1.1 404"));
        assert!(answers[1].ends_with("This window can be closed."));
    }
}
