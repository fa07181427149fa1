use super::*;

#[test]
fn node_chooses_longer_pauses_within_bounds() {
    let seconds = Duration::from_secs;
    assert_eq!(choose_pause(seconds(2), None), seconds(2));
    assert_eq!(choose_pause(seconds(2), Some(seconds(1))), seconds(2));
    assert_eq!(choose_pause(seconds(2), Some(seconds(7))), seconds(7));
    assert_eq!(choose_pause(seconds(2), Some(seconds(u64::MAX))), LONGEST_RETRY_AFTER);
}

#[test]
fn requests_that_change_something_each_time_are_not_repeated() {
    for method in ["eth_call", "eth_getLogs", "eth_sendRawTransaction"] {
        assert!(is_repeatable(method), "{method}");
    }
    for method in ["eth_sendTransaction", "evm_mine", "anvil_mine", "personal_sendTransaction"] {
        assert!(!is_repeatable(method), "{method}");
    }
}

#[test]
fn rate_limits_are_recognised_in_the_words_of_several_nodes() {
    let read = |error: &str| {
        let response = format!(r#"{{"jsonrpc":"2.0","id":1,"error":{error}}}"#);
        find_rate_limit(&serde_json::from_str(&response).unwrap()).is_some()
    };
    for error in [
        r#"{"code":-32005,"message":"Your app has exceeded its compute units per second capacity"}"#,
        r#"{"code":429,"message":"slow down"}"#,
        r#"{"code":-32000,"message":"Too Many Requests"}"#,
    ] {
        assert!(read(error), "{error}");
    }
    for error in [
        r#"{"code":-32005,"message":"query returned more than 10000 results"}"#,
        r#"{"code":3,"message":"execution reverted: one vote per second","data":"0x08c379a0"}"#,
    ] {
        assert!(!read(error), "{error}");
    }
}
