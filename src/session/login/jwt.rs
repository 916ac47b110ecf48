//! JWT bearer: an assertion that a private key signs, in place of a secret.

use crate::json::Members;
use crate::private_key::PrivateKey;
use base64ct::{Base64UrlUnpadded, Encoding};

/// How long an assertion is good, in seconds. Salesforce takes five minutes; the rest is for
/// clocks that differ.
const LIFETIME: u64 = 180;

/// The claims of an assertion.
pub struct Claims<'a> {
    /// The key of the app.
    pub client_id: &'a str,
    /// The user.
    pub username: &'a str,
    /// Whom the assertion is for.
    pub audience: &'a str,
}

/// The assertion, signed with RS256; none where the numbers of the key do not belong together.
pub fn assertion(claims: &Claims<'_>, key: &PrivateKey, unix_seconds: u64) -> Option<String> {
    let header = Members::default().with("alg", "RS256").with("typ", "JWT");
    let claims = Members::default()
        .with("iss", claims.client_id)
        .with("sub", claims.username)
        .with("aud", claims.audience)
        .with("exp", unix_seconds + LIFETIME);
    let part = |members: &Members<'_>| encoded(members.to_text().as_bytes());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = key.sign(signed.as_bytes())?;
    Some(format!("{signed}.{}", encoded(&signature)))
}

/// Base64 for addresses, without padding.
pub(super) fn encoded(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    #[test]
    fn an_assertion_says_who_asks_for_whom_and_until_when() {
        let key = PrivateKey::parse(include_str!("../../../tests/keys/pkcs8.pem")).unwrap();
        let claims = Claims {
            client_id: "3MVG9.key",
            username: "ada@example.com",
            audience: "https://login.salesforce.com",
        };
        let assertion = assertion(&claims, &key, 1_700_000_000).unwrap();
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        let read =
            |part: &str| String::from_utf8(Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        assert_eq!(read(header), r#"{"alg":"RS256","typ":"JWT"}"#);
        assert_eq!(
            read(claims),
            r#"{"iss":"3MVG9.key","sub":"ada@example.com","aud":"https://login.salesforce.com","exp":1700000180}"#
        );
        let public = include_bytes!("../../../tests/keys/public.der");
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
        let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
        assert!(public.verify(signed.as_bytes(), &signature).is_ok());
    }
}
