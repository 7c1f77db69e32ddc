#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn parameters_are_a_list_or_an_object() {
    let params = |text: &str| {
        let request: SqlRequest = serde_json::from_str(text).unwrap();
        request.params.map(Params::from).unwrap_or_default()
    };
    assert_eq!(params(r#"{"sql":"x"}"#), Params::None);
    assert_eq!(
        params(r#"{"sql":"x","params":[1,"a"]}"#),
        Params::Positional(vec![1.into(), "a".into()])
    );
    assert_eq!(
        params(r#"{"sql":"x","params":{"a":null}}"#),
        Params::Named([("a".into(), ().into())].into())
    );
    assert!(serde_json::from_str::<SqlRequest>(r#"{"sql":"x","params":3}"#).is_err());
    assert!(serde_json::from_str::<SqlRequest>(r#"{"sql":"x","limits":3}"#).is_err());
}
