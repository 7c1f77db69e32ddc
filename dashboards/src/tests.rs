#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::collections::BTreeSet;

/// Texts whose keys are words of the hub: states of feeds, statuses of pushes.
const OF_THE_HUB: [&str; 8] = [
    "fresh",
    "late",
    "silent",
    "never",
    "accepted",
    "partial",
    "rejected",
    "duplicate",
];

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
    assert_eq!(asset("/kirim-data"), asset("kirim-data"));
    assert!(asset("").unwrap().content_type.starts_with("text/html"));
    for path in [
        "/assets",
        "/assets/",
        "//",
        "/kirim-data/",
        "/assets/../assets/icon.svg",
        "index.html",
    ] {
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
fn the_application_stands_at_all_of_its_addresses_and_missing_files_at_none() {
    for path in ["", "pendidikan", "peringatan/5d0f3a9c77b1e204"] {
        let shown = match app(path).unwrap() {
            Part::Page(asset) | Part::NotBuilt(asset) => asset,
            other => panic!("{path}: {other:?}"),
        };
        assert!(shown.content_type.starts_with("text/html"));
        let page = std::str::from_utf8(shown.bytes).unwrap();
        assert!(page.contains("<html lang=\"id\">") && !page.contains("<style") && !page.contains(" style="));
        let scripts = page
            .split("<script")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap());
        for script in scripts {
            assert!(script.contains("src=\"/app/"), "inline script: {script}");
        }
        // Everything the page asks for is there, and may be kept for good where its name says its version.
        for reference in quoted(page, "\"/app/", '"') {
            assert!(
                matches!(app(reference), Some(Part::Fixed(_) | Part::File(_))),
                "{reference}"
            );
        }
    }
    for path in ["assets/none.js", "../index.html", "index.html.map", "favicon.ico"] {
        assert_eq!(app(path), None, "{path}");
    }
}

/// Every file whose media type begins with `kind`, by path.
fn files(kind: &str) -> Vec<(&'static str, &'static str)> {
    let of_kind = FILES
        .iter()
        .filter(|(_, content_type, _)| content_type.starts_with(kind));
    of_kind.map(|(path, _, _)| (*path, text(path))).collect()
}

/// The scripts that a page loads, its own and those they import.
fn scripts_of(page: &str) -> Vec<&'static str> {
    let mut wanted: Vec<String> = quoted(page, "<script type=\"module\" src=\"", '"')
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut found = Vec::new();
    while let Some(path) = wanted.pop() {
        let script = text(&path);
        if !found.contains(&script) {
            found.push(script);
            wanted.extend(quoted(script, "from '", '\'').into_iter().map(str::to_owned));
        }
    }
    found
}

#[test]
fn pages_fit_the_strictest_content_security_policy() {
    let pages = files("text/html");
    assert_eq!(pages.len(), 2);
    for (path, page) in pages {
        assert!(
            !page.contains("<style") && !page.contains(" style="),
            "inline style in {path:?}"
        );
        assert!(
            page.split("<script")
                .skip(1)
                .all(|rest| rest.split('>').next().unwrap().contains("src=\"/")),
            "inline script in {path:?}"
        );
        assert!(
            !page
                .split([' ', '\n'])
                .any(|word| word.starts_with("on") && word.contains('=')),
            "inline handler in {path:?}"
        );
    }
    for (path, _, _) in FILES {
        let body = text(path).replace("http://www.w3.org/2000/svg", "");
        assert!(
            !body.contains("http://") && !body.contains("https://") && !body.contains("//cdn"),
            "{path} calls out"
        );
    }
    let scripts = files("text/javascript");
    assert!(scripts.len() > 5);
    for (path, script) in scripts {
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "DOMParser",
            "eval(",
            "new Function",
            "setAttribute('style'",
            "import(",
        ] {
            assert!(!script.contains(forbidden), "{forbidden} in {path}");
        }
    }
}

#[test]
fn everything_a_page_refers_to_is_there() {
    for (name, page) in files("text/html") {
        let references = quoted(page, "src=\"", '"')
            .into_iter()
            .chain(quoted(page, "href=\"/", '"'));
        // The documents and the application have routes of their own.
        let own = references.filter(|reference| *reference != "docs" && !reference.starts_with("app/"));
        for reference in own {
            assert!(asset(reference).is_some(), "{reference} of {name:?}");
        }
        let scripts = scripts_of(page);
        assert!(scripts.len() > 1, "a page has a script of its own and the common one");
        let ids = quoted(page, " id=\"", '"');
        for script in &scripts {
            let made = scripts.iter().flat_map(|script| quoted(script, " id: '", '\''));
            let known: BTreeSet<_> = ids.iter().copied().chain(made).collect();
            for id in quoted(script, "$('", '\'')
                .into_iter()
                .chain(quoted(script, " panel('", '\''))
            {
                assert!(known.contains(id), "a script of {name:?} asks for #{id}");
            }
        }
    }
}

#[test]
fn all_pages_have_the_same_head_and_way_in() {
    let shared = |page: &'static str| {
        let (_, rest) = page.split_once("<body>").unwrap();
        let (shared, _) = rest.split_once("<div id=\"papan\"").unwrap();
        shared.replace(" aria-current=\"page\"", "")
    };
    let mut pages = files("text/html").into_iter().map(|(_, page)| page);
    let first = shared(pages.next().unwrap());
    for page in pages {
        assert_eq!(shared(page), first);
        assert_eq!(
            page.matches("aria-current=\"page\"").count(),
            1,
            "a page says which one it is"
        );
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
    let (known, pages, scripts) = (keys("id"), files("text/html"), files("text/javascript"));
    let in_pages = pages.iter().flat_map(|(_, page)| {
        ["data-t=\"", "data-t-label=\"", "data-t-hint=\""]
            .into_iter()
            .flat_map(|marker| quoted(page, marker, '"'))
    });
    let in_scripts = scripts.iter().flat_map(|(_, script)| {
        [" t('", "(t('", "{t('", "[t('", "announce('", "lack(['", "title: '"]
            .into_iter()
            .flat_map(|marker| quoted(script, marker, '\''))
    });
    let mut asked = 0;
    for key in in_pages.chain(in_scripts).chain(OF_THE_HUB) {
        assert!(known.contains(key), "no text for {key:?}");
        asked += 1;
    }
    assert!(asked > 100, "{asked}");
    // What is put together from a prefix and a name: every refusal has a title and a remedy.
    let kinds = |prefix: &str| -> BTreeSet<String> {
        let named = known.iter().filter_map(|key| key.strip_prefix(prefix));
        named.map(str::to_owned).collect()
    };
    assert_eq!(kinds("trouble_"), kinds("remedy_"));
    for name in ["lost", "cancelled", "changed", "other", "403", "429", "503"] {
        assert!(kinds("remedy_").contains(name), "{name}");
    }
    let placeholders = |lang: &str, key: &str| -> BTreeSet<String> {
        let shown = texts[lang][key].as_str().unwrap_or_default();
        quoted(shown, "{", '}').into_iter().map(str::to_owned).collect()
    };
    for key in &known {
        assert_eq!(placeholders("id", key), placeholders("en", key), "{key}");
    }
}

#[test]
fn every_text_is_asked_for() {
    let texts: serde_json::Value = serde_json::from_str(text("/assets/texts.json")).unwrap();
    let sources: Vec<_> = files("text/html").into_iter().chain(files("text/javascript")).collect();
    for key in texts["id"].as_object().unwrap().keys() {
        // Of a key that is put together, the prefix is in the source.
        let prefix = key.split_inclusive('_').next().unwrap();
        let used = sources.iter().any(|(_, source)| {
            source.contains(&format!("'{key}'"))
                || source.contains(&format!("\"{key}\""))
                || (prefix.ends_with('_') && source.contains(prefix))
        });
        assert!(used || OF_THE_HUB.contains(&key.as_str()), "nothing asks for {key:?}");
    }
}

#[test]
fn pages_are_written_in_their_first_language() {
    let texts: serde_json::Value = serde_json::from_str(text("/assets/texts.json")).unwrap();
    for (_, page) in files("text/html") {
        assert!(page.contains("<html lang=\"id\">"));
        for element in page.split("data-t=\"").skip(1) {
            let (key, rest) = element.split_once('"').unwrap();
            let shown = rest.split_once('>').unwrap().1.split('<').next().unwrap();
            assert_eq!(Some(shown), texts["id"][key].as_str(), "{key}");
        }
    }
}
