#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn every_fault_of_a_contract_is_listed_with_its_line() {
    let faults = contract::parse("apiVersion: v3.1.0\nkind: nonsense\n", Origin::Api, "contract").unwrap_err();
    let problem = not_valid(&faults);
    assert_eq!(problem.status(), 422);
    let document = problem.document(None);
    assert_eq!(document.faults.len(), faults.len());
    assert!(
        document
            .faults
            .iter()
            .all(|fault| fault.line.is_some() && !fault.message.is_empty())
    );
}
