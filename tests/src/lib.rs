//! End-to-end tests, fixtures and benches: they see only public faces.
