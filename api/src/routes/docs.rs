//! The API's own description: `/openapi.json` (OpenAPI 3.1) and `/docs` for people, without anything from elsewhere.

use crate::state::AppState;
use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Smart Center",
        description = "One data bank for a regency. Errors are `application/problem+json` (RFC 9457); times are \
                       RFC 3339, dates ISO 8601; lists answer `items` and `next`, with a `Link` header. Reads of \
                       personal data need the header `X-Purpose`.",
        license(name = "Apache-2.0"),
    ),
    tags(
        (name = "feeds", description = "Push data; receipts and rejected rows"),
        (name = "datasets", description = "The catalogue and the rows"),
        (name = "sql", description = "Read-only SQL"),
        (name = "models", description = "What is worked out from the datasets"),
        (name = "boards", description = "Pages that the site describes in files"),
        (name = "indicators", description = "What is watched, and every point with its verdict"),
        (name = "alerts", description = "What is unusual, what speaks for it, and what people did; word of what happens"),
        (name = "reports", description = "Weekly briefings, as page, PDF and XLSX"),
        (name = "contracts", description = "What each dataset promises"),
        (name = "registers", description = "Whether the data are what they should be"),
        (name = "keys", description = "Who may do what"),
        (name = "system", description = "Is the hub well"),
    ),
    components(schemas(crate::problem::Document, crate::problem::Point)),
    modifiers(&Security),
)]
struct Description;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::auth::COOKIE))),
        );
    }
}

/// An empty API with its title page.
pub(super) fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Description::openapi())
}

/// `/openapi.json` and `/docs`.
pub(super) fn router(document: &Document) -> Router<AppState> {
    let json: bytes::Bytes = document.to_json().unwrap_or_default().into();
    let serve_json = move || {
        let json = json.clone();
        async move {
            (
                [
                    (header::CONTENT_TYPE, "application/json"),
                    (header::CACHE_CONTROL, "no-cache"),
                ],
                json,
            )
                .into_response()
        }
    };
    let pages: Router<AppState> = SwaggerUi::new("/docs")
        .config(utoipa_swagger_ui::Config::from("/openapi.json"))
        .into();
    Router::new()
        .route("/openapi.json", get(serve_json))
        .merge(pages.layer(map_response(docs_policy)))
}

/// The docs page draws with inline styles and images from data; its scripts are our own files all the same.
async fn docs_policy(mut response: Response) -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                  connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    response
}
