//! `numberSigns affixes synonyms stripTitles resolve` and the formats of dates: what they come to, what is wrong with
//! them, and what their changes weigh.

use super::*;

/// [`PLAIN`] with one more property of type `ty`, whose settings stand one per line.
fn property(ty: &str, settings: &str) -> String {
    let mut text = with(&format!(
        "      - name: k\n        logicalType: {ty}\n        customProperties:\n"
    ));
    for line in settings.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        text.push_str(&format!("          - property: {name}\n            value: {value}\n"));
    }
    text
}

fn reading(ty: &str, settings: &str) -> Reading {
    good(&property(ty, settings)).columns.remove(3).reading
}

/// The message of the one fault, which names the line of the setting called `name`.
#[track_caller]
fn fault(ty: &str, name: &str, value: &str) -> String {
    let text = property(ty, &format!("{name}: {value}"));
    let faults = bad(&text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let line = text
        .lines()
        .position(|line| line.contains(&format!("property: {name}")))
        .unwrap();
    assert!((line + 1..=line + 2).contains(&faults[0].line), "{faults:?}");
    faults[0].message.clone()
}

#[test]
fn number_signs_and_affixes() {
    let read = reading("number", "numberSigns: mixed\naffixes: [Rp, \"%\", hari, \",-\"]");
    assert_eq!(read.number_signs, NumberSigns::Mixed);
    assert_eq!(read.affixes, ["Rp", "%", "hari", ",-"]);
    let dataset = good(&with_settings("numberSigns: mixed"));
    let signs: Vec<_> = dataset
        .columns
        .iter()
        .map(|column| column.reading.number_signs)
        .collect();
    assert_eq!(
        signs,
        [NumberSigns::Strict, NumberSigns::Strict, NumberSigns::Mixed],
        "numbers only"
    );
    let own =
        property("number", "numberSigns: strict") + "    customProperties: [{property: numberSigns, value: mixed}]\n";
    assert_eq!(good(&own).columns[3].reading.number_signs, NumberSigns::Strict);
    assert!(fault("number", "numberSigns", "loose").contains("must be one of strict, mixed"));
    assert!(fault("string", "numberSigns", "mixed").contains("is for numbers, and the column is string"));
    assert!(fault("date", "affixes", "[hari]").contains("is for numbers"));
    for affix in ["\"\"", "\"-\"", "\".\"", "m2"] {
        assert!(
            fault("number", "affixes", &format!("[{affix}]")).contains("could be part of a number"),
            "{affix}"
        );
    }
}

#[test]
fn synonyms_of_codes() {
    let read = reading("string", "synonyms: {L: [Laki-laki, Pria, \"1\"], P: [Perempuan, 2]}");
    let read: Vec<_> = read
        .synonyms
        .iter()
        .map(|s| (s.code.as_str(), s.spellings.join(" ")))
        .collect();
    assert_eq!(
        read,
        [("L", "Laki-laki Pria 1".to_owned()), ("P", "Perempuan 2".to_owned())]
    );
    assert_eq!(
        reading("boolean", "synonyms: {true: [ada], tidak: [belum]}")
            .synonyms
            .len(),
        2
    );
    assert_eq!(reading("integer", "synonyms: {1: [rendah]}").synonyms[0].code, "1");

    let twice = fault("string", "synonyms", "{L: [Laki-laki], P: [LAKI LAKI]}");
    assert!(twice.contains("means both \"L\" and \"P\""), "{twice}");
    assert!(fault("string", "synonyms", "{L: [p], P: [Wanita]}").contains("means both"));
    assert!(fault("string", "synonyms", "{L: [\"-\"]}").contains("`nullValues`"));
    assert!(fault("string", "synonyms", "[L, P]").contains("expected a map"));
    assert!(fault("string", "synonyms", "{L: Pria}").contains("a list"));
    assert!(fault("boolean", "synonyms", "{ada: [sudah]}").contains("`ya` and `tidak`"));
    assert!(fault("integer", "synonyms", "{rendah: [low]}").contains("not of the column's type"));
    assert!(fault("date", "synonyms", "{a: [b]}").contains("is for text, integers and booleans"));
    let listed = property("string", "synonyms: {L: [Pria], X: [Wanita]}").replace(
        "        customProperties:\n          - property: synonyms",
        "        quality: [{type: library, metric: invalidValues, arguments: {validValues: [L, P]}, mustBe: 0}]\n        \
         customProperties:\n          - property: synonyms",
    );
    assert!(
        bad(&listed)[0]
            .message
            .contains("\"X\", which is not one of the column's `validValues`")
    );
    let formed = property("string", "synonyms: {satu: [one]}").replace(
        "        customProperties:\n          - property: syn",
        "        logicalTypeOptions: {pattern: '[0-9]+'}\n        customProperties:\n          - property: syn",
    );
    assert!(bad(&formed)[0].message.contains("has not the form"));
}

#[test]
fn titles_are_stripped_from_text_only() {
    assert!(reading("string", "stripTitles: true").strip_titles);
    assert!(fault("integer", "stripTitles", "true").contains("is for text"));
}

const RESOLVE: &str = "{dataset: wilayah, code: kode, names: [nama], where: {tingkat: desa_kelurahan}, within: {kode_induk: npsn}, prefixes: [Desa, Kel.]}";

#[test]
fn names_of_a_code_list() {
    let read = reading("string", &format!("resolve: {RESOLVE}")).resolve.unwrap();
    let pair = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
    let wanted = Resolve {
        dataset: "wilayah".parse().unwrap(),
        code: "kode".to_owned(),
        names: vec!["nama".to_owned()],
        filter: pair("tingkat", "desa_kelurahan"),
        within: pair("kode_induk", "npsn"),
        prefixes: vec!["Desa".to_owned(), "Kel.".to_owned()],
        valid: None,
    };
    assert_eq!(read, wanted);
    assert_eq!(
        read.columns().collect::<Vec<_>>(),
        ["kode", "nama", "tingkat", "kode_induk"]
    );
    for (change, to, part) in [
        ("dataset: wilayah, ", "", "needs `dataset`"),
        ("code: kode, ", "", "needs `code`"),
        ("names: [nama], ", "", "needs `names`"),
        ("dataset: wilayah", "dataset: Wilayah Baru", "dataset"),
        ("names", "nama2", "needs `names`"),
        ("{tingkat: desa_kelurahan}", "tingkat", "`where` is a map"),
        ("npsn", "npsm", "(did you mean `npsn`?)"),
        ("npsn", "jumlah", "is integer and not text"),
        ("npsn", "k", "leads back to `k` itself"),
        ("prefixes", "valid: [mulai], prefixes", "`valid` names two columns"),
    ] {
        let value = RESOLVE.replace(change, to);
        let faults = bad(&property("string", &format!("resolve: {value}")));
        assert!(
            faults.iter().any(|fault| fault.message.contains(part)),
            "{value}: {faults:?}"
        );
    }
    assert!(fault("integer", "resolve", RESOLVE).contains("is for text"));
}

#[test]
fn look_ups_may_not_wait_for_each_other() {
    let column = |name: &str, parent: &str| {
        format!(
            "      - name: {name}\n        logicalType: string\n        customProperties:\n          - {{property: resolve, value: {}}}\n",
            RESOLVE.replace("npsn", parent)
        )
    };
    good(&with(&(column("desa", "kecamatan") + &column("kecamatan", "npsn"))));
    let faults = bad(&with(&(column("desa", "kecamatan") + &column("kecamatan", "desa"))));
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].message.contains("leads back to `desa`") && faults[1].message.contains("leads back to `kecamatan`")
    );
}

#[test]
fn a_list_that_is_not_there_is_a_finding_of_check() {
    let registry = Registry::embedded().unwrap();
    let contract = |value: &str| good(&property("string", &format!("resolve: {value}")));
    assert_eq!(registry.with(contract(RESOLVE)).dangling(), []);
    let faults = registry
        .with(contract(&RESOLVE.replace("wilayah", "wilayat")))
        .dangling();
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0]
            .message
            .contains("dataset `wilayat`, which no contract describes")
    );
    for column in ["kode,", "[nama]", "tingkat:", "kode_induk:"] {
        let value = RESOLVE.replace(column, &column.replace(|c: char| c.is_ascii_lowercase(), "x"));
        let faults = registry.with(contract(&value)).dangling();
        assert!(
            faults[0].message.contains("which that dataset does not have"),
            "{faults:?}"
        );
    }
}

#[test]
fn the_indonesian_forms_of_dates() {
    let formats = |value: &str| {
        good(&property("date", &format!("formats: {value}")))
            .columns
            .remove(3)
            .formats
    };
    assert_eq!(formats("[indonesia, \"%m/%d/%Y\"]"), ["indonesia", "%m/%d/%Y"]);
    assert!(fault("integer", "formats", "[indonesia]").contains("is for dates"));
    assert!(fault("date", "formats", "[indonesian]").contains("date pattern"));
}

/// The heaviest difference between a property with two settings.
#[track_caller]
fn weight(ty: &str, old: &str, new: &str) -> ChangeKind {
    let later = property(ty, new).replace("1.0.0", "1.1.0");
    let change = compare(&good(&property(ty, old)), &good(&later));
    assert!(!change.differences.is_empty(), "{old} and {new} are the same");
    change.kind
}

#[test]
fn what_changes_of_reading_weigh() {
    use ChangeKind::{Additive, Breaking};
    let none = "nullValues: [\"-\"]";
    let and = |setting: &str| format!("{none}\n{setting}");
    for (ty, old, new, kind) in [
        ("number", none, "numberSigns: mixed", Breaking),
        ("number", "affixes: [Rp]", "affixes: [Rp, \"%\"]", Additive),
        ("number", "affixes: [Rp, \"%\"]", "affixes: [Rp]", Breaking),
        (
            "string",
            "synonyms: {L: [Pria]}",
            "synonyms: {L: [Pria, Lelaki]}",
            Additive,
        ),
        (
            "string",
            "synonyms: {L: [Pria, Lelaki]}",
            "synonyms: {L: [Pria]}",
            Breaking,
        ),
        ("string", "synonyms: {L: [Pria]}", "synonyms: {P: [Pria]}", Breaking),
        ("string", none, "stripTitles: true", Breaking),
        (
            "date",
            "formats: [\"%d/%m/%Y\"]",
            "formats: [\"%d/%m/%Y\", \"%d-%m-%Y\"]",
            Additive,
        ),
        (
            "date",
            "formats: [\"%d/%m/%Y\"]",
            "formats: [\"%d-%m-%Y\", \"%d/%m/%Y\"]",
            Additive,
        ),
        (
            "date",
            "formats: [\"%d/%m/%Y\"]",
            "formats: [\"%d/%m/%Y\", \"%m/%d/%Y\"]",
            Breaking,
        ),
        (
            "date",
            "formats: [\"%m/%d/%Y\"]",
            "formats: [\"%m/%d/%Y\", indonesia]",
            Breaking,
        ),
        (
            "date",
            "formats: [\"%d/%m/%Y\"]",
            "formats: [\"%d/%m/%Y\", indonesia]",
            Additive,
        ),
        (
            "date",
            "formats: [indonesia]",
            "formats: [indonesia, \"%y-%m-%d\"]",
            Breaking,
        ),
        ("date", "formats: [indonesia]", "formats: [\"%d/%m/%Y\"]", Breaking),
    ] {
        let (old, new) = if old == none {
            (none.to_owned(), and(new))
        } else {
            (old.to_owned(), new.to_owned())
        };
        assert_eq!(weight(ty, &old, &new), kind, "{old} to {new}");
    }
    let resolve = |value: &str| format!("resolve: {value}");
    assert_eq!(weight("string", none, &and(&resolve(RESOLVE))), Breaking);
    assert_eq!(weight("string", &and(&resolve(RESOLVE)), none), Breaking);
    for (change, to, kind) in [
        ("[nama]", "[nama, kode_bps]", Additive),
        ("[Desa, Kel.]", "[Desa, Kel., Kelurahan]", Additive),
        ("[Desa, Kel.]", "[Desa]", Breaking),
        ("wilayah", "padanan", Breaking),
        ("code: kode", "code: kode_bps", Breaking),
        ("desa_kelurahan", "kecamatan", Breaking),
        (", within: {kode_induk: npsn}", "", Breaking),
    ] {
        assert_eq!(
            weight("string", &resolve(RESOLVE), &resolve(&RESOLVE.replace(change, to))),
            kind,
            "{change} to {to}"
        );
    }
}
