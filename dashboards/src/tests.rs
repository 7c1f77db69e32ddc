#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::collections::BTreeSet;

fn text(path: &str) -> &'static str {
    std::str::from_utf8(asset(path).unwrap().bytes).unwrap()
}

/// What follows `marker` up to the closing quote, everywhere in `text`.
fn quoted<'a>(text: &'a str, marker: &str, close: char) -> BTreeSet<&'a str> {
    text.split(marker)
        .skip(1)
        .filter_map(|rest| rest.split(close).next())
        .collect()
}

#[test]
fn paths_are_found_with_and_without_a_slash_and_nothing_else_is() {
    assert_eq!(asset("/"), asset(""));
    assert_eq!(asset("/assets/data-masuk.css"), asset("assets/data-masuk.css"));
    assert!(asset("").unwrap().content_type.starts_with("text/html"));
    for path in ["/assets", "/assets/", "//", "/assets/../assets/icon.svg", "index.html"] {
        assert_eq!(asset(path), None, "{path}");
    }
}

#[test]
fn every_file_has_a_tag_of_its_own() {
    let tags: BTreeSet<_> = FILES.iter().map(|(path, _, _)| asset(path).unwrap().etag).collect();
    assert_eq!(tags.len(), FILES.len());
    assert!(tags.iter().all(|tag| tag.starts_with('"') && tag.ends_with('"')));
}

#[test]
fn pages_fit_the_strictest_content_security_policy() {
    let page = text("");
    assert!(!page.contains("<style") && !page.contains(" style="), "inline style");
    assert!(
        page.split("<script")
            .skip(1)
            .all(|rest| rest.split('>').next().unwrap().contains("src=\"/")),
        "inline script"
    );
    assert!(
        !page
            .split([' ', '\n'])
            .any(|word| word.starts_with("on") && word.contains('=')),
        "inline handler"
    );
    for (path, _, _) in FILES {
        let body = text(path).replace("http://www.w3.org/2000/svg", "");
        assert!(
            !body.contains("http://") && !body.contains("https://") && !body.contains("//cdn"),
            "{path} calls out"
        );
    }
    let script = text("/assets/data-masuk.js");
    for forbidden in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function",
        "setAttribute('style'",
    ] {
        assert!(!script.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn everything_a_page_refers_to_is_there() {
    let page = text("");
    for reference in quoted(page, "src=\"", '"')
        .into_iter()
        .chain(quoted(page, "href=\"/assets", '"'))
    {
        let path = if reference.starts_with('/') && !reference.starts_with("/assets") {
            format!("/assets{reference}")
        } else {
            reference.to_owned()
        };
        assert!(asset(&path).is_some(), "{path}");
    }
    let script = text("/assets/data-masuk.js");
    let ids = quoted(page, " id=\"", '"');
    for id in quoted(script, "$('", '\'')
        .into_iter()
        .chain(quoted(script, "panel('", '\''))
    {
        assert!(ids.contains(id), "the script asks for #{id}");
    }
}

#[test]
fn both_languages_say_everything_that_is_asked_for() {
    let texts: serde_json::Value = serde_json::from_str(text("/assets/texts.json")).unwrap();
    let keys = |lang: &str| {
        texts[lang]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(keys("id"), keys("en"));
    for lang in ["id", "en"] {
        assert!(
            texts[lang]
                .as_object()
                .unwrap()
                .values()
                .all(|t| !t.as_str().unwrap().trim().is_empty())
        );
    }
    let (page, script) = (text(""), text("/assets/data-masuk.js"));
    let asked = quoted(page, "data-t=\"", '"')
        .into_iter()
        .chain(quoted(page, "data-t-label=\"", '"'))
        .chain(quoted(script, " t('", '\''))
        .chain(quoted(script, "(t('", '\''))
        .chain(quoted(script, "{t('", '\''))
        .chain([
            "fresh",
            "late",
            "silent",
            "never",
            "accepted",
            "partial",
            "rejected",
            "duplicate",
        ]);
    for key in asked {
        assert!(keys("id").contains(key), "no text for {key:?}");
    }
}

#[test]
fn the_page_is_written_in_its_first_language() {
    let texts: serde_json::Value = serde_json::from_str(text("/assets/texts.json")).unwrap();
    let page = text("");
    assert!(page.contains("<html lang=\"id\">"));
    for element in page.split("data-t=\"").skip(1) {
        let (key, rest) = element.split_once('"').unwrap();
        let shown = rest.split_once('>').unwrap().1.split('<').next().unwrap();
        assert_eq!(Some(shown), texts["id"][key].as_str(), "{key}");
    }
}
