//! Naming the server of a URL in messages: a URL may hold a key in its path, its query or its user information.

use std::error::Error;

use reqwest::Url;

/// The shortest part of a URL that is hidden where it is found in a text: shorter ones are words such as `v1`.
const SHORTEST_SECRET: usize = 6;

/// Returns the host of a URL, with its port if it is not the scheme's: all that a message may show of it.
pub fn host_of(url: &str) -> String {
    let parsed: Option<Url> = url.parse().ok();
    let host = parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
    match host {
        Some((host, Some(port))) => format!("{host}:{port}"),
        Some((host, None)) => host.to_owned(),
        None => "(not a URL)".to_owned(),
    }
}

/// Returns the reason of a failed HTTP request. The error's own text repeats the URL; its innermost source does not.
pub fn failure_reason(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else { return "the request failed".into() };
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Returns a text in which the parts of a URL that may be a key are hidden. Servers repeat the URL of a request in the
/// text of an error.
pub(crate) fn hide_url_secrets(text: &str, url: &str) -> String {
    let Ok(url) = url.parse::<Url>() else { return text.to_owned() };
    let path = url.path_segments().into_iter().flatten().chain([url.path().trim_matches('/')]);
    let query = url.query().into_iter().flat_map(|query| query.split(['&', '=']).chain([query]));
    let user = [url.username(), url.password().unwrap_or_default()];
    hide_secrets(text, path.chain(query).chain(user).chain(url.fragment()))
}

/// Returns a text in which these secrets are hidden, as they are and without percent-encoding.
pub(crate) fn hide_secrets<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut forms: Vec<String> = Vec::new();
    for secret in secrets {
        forms.extend([secret.to_owned(), decode_percent(secret)]);
    }
    // The longest first: a part of it that is hidden before would leave the rest.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    let hidden = forms.iter().filter(|form| form.len() >= SHORTEST_SECRET);
    hidden.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "(hidden)"))
}

fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]),
            None => (bytes.push(first), rest = tail),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_all_that_is_shown_of_a_url() {
        for (url, expected) in [
            ("https://user:canary@node.example/v3/canary?key=canary#canary", "node.example"),
            ("http://127.0.0.1:8545/canary", "127.0.0.1:8545"),
            ("http://[::1]:2/canary", "[::1]:2"),
            ("node.example/canary", "(not a URL)"),
            ("", "(not a URL)"),
        ] {
            assert_eq!(host_of(url), expected);
        }
    }

    #[test]
    fn parts_of_a_url_are_hidden_in_a_text() {
        let url = "https://us%65rname:p%61ssword@node.example/v1/canary-path?key=canary-query&x=1#canary-tail";
        for secret in ["us%65rname", "username", "password", "canary-path", "v1/canary-path", "canary-query"] {
            let shown = hide_url_secrets(&format!("Cannot POST /{secret}!"), url);
            assert_eq!(shown, "Cannot POST /(hidden)!", "{secret}");
        }
        assert_eq!(hide_url_secrets("x=1 is v1 of node.example", url), "x=1 is v1 of node.example");
        assert_eq!(hide_url_secrets("100% true", "https://node.example/%zz/%4"), "100% true");
    }
}
