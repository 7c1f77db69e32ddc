//! Examples for people who fill a column in.

use super::*;

/// The example of a column `k` with these lines of a property.
fn example(property: &str, settings: &str) -> Option<String> {
    let text = format!(
        "{}      - name: k\n        {}\n{settings}",
        PLAIN,
        property.replace('\n', "\n        ")
    );
    let contract = good(&text);
    contract.columns.last().unwrap().example(&contract.source)
}

#[test]
fn an_example_looks_as_the_contract_asks() {
    let pattern = |written: &str| {
        example(
            &format!("logicalType: string\nlogicalTypeOptions: {{pattern: '{written}'}}"),
            "",
        )
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(pattern("[0-9]{8}"), some("12345678"));
    assert_eq!(pattern("99[0-9]{14}"), some("9934567890123456"));
    assert_eq!(pattern(r"[0-9]{2}\.[0-9]{2}(\.[0-9]{2})?"), some("12.34"));
    assert_eq!(pattern("(PKM|RS)-[A-Z]{2}"), some("PKM-AA"));
    assert_eq!(pattern("[a-f]{41}"), None, "too long to show");

    assert_eq!(example("logicalType: date", ""), some("2026-01-31"));
    let date = "logicalType: date\ncustomProperties:\n  - {property: formats, value: ['%d/%m/%Y']}";
    assert_eq!(example(date, ""), some("31/01/2026"));
    let indonesian = "logicalType: date\ncustomProperties:\n  - {property: formats, value: [indonesia]}";
    assert_eq!(example(indonesian, ""), some("31/01/2026"));
    let indonesian = indonesian.replace("date\n", "timestamp\n");
    assert_eq!(example(&indonesian, ""), some("31/01/2026 08:30"));
    assert_eq!(example("logicalType: timestamp", ""), some("2026-01-31T08:30:00+07:00"));
    assert_eq!(example("logicalType: boolean", ""), some("ya"));
    assert_eq!(example("logicalType: string", ""), None);

    assert_eq!(example("logicalType: integer", ""), some("12"));
    let small = "logicalType: integer\nlogicalTypeOptions: {minimum: 0, maximum: 6}";
    assert_eq!(example(small, ""), some("1"));
    let large = "logicalType: integer\nlogicalTypeOptions: {exclusiveMinimum: 2000}";
    assert_eq!(example(large, ""), some("2001"));
    let indonesian = "    customProperties:\n      - {property: locale, value: id-ID}\n";
    assert_eq!(example("logicalType: number", indonesian), some("12,5"));
}

#[test]
fn a_list_gives_its_first_text_and_is_shown_whole() {
    let list = "logicalType: string\nquality:\n  - type: library\n    metric: invalidValues\n    arguments:\n      \
                validValues: [SD, SMP]\n    mustBe: 0";
    assert_eq!(example(list, ""), Some("SD".to_owned()));
    let contract = good(&format!(
        "{PLAIN}      - name: k\n        {}\n",
        list.replace('\n', "\n        ")
    ));
    assert_eq!(contract.columns.last().unwrap().allowed(), ["SD", "SMP"]);
    assert!(contract.columns[0].allowed().is_empty());
}

#[test]
fn every_required_column_of_the_shipped_contracts_but_free_text_has_an_example() {
    let registry = Registry::embedded().unwrap();
    for contract in registry.iter() {
        for column in contract.columns.iter().filter(|column| column.required) {
            let free = column.ty == ColumnType::Text
                && !column.rules.iter().any(|rule| matches!(rule.check, Check::Pattern(_)));
            assert!(
                free || column.example(&contract.source).is_some(),
                "{} {}",
                contract.dataset,
                column.name
            );
        }
    }
}
