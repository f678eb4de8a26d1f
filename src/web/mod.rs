//! The only HTML and the only HTTP: every route in one list.
//!
//! Two routers may share one listener: [`intake`] is what residents need, [`staff`] needs a sign-in;
//! [`intake_router`] is the first alone. Around both stand, outermost first: compression, security
//! headers, a caught panic, a limit on bodies and their pace ([`wire`]), the check that a request
//! that changes something comes from our own pages (by `Sec-Fetch-Site` and `Origin`), and the layer
//! that puts an error into the reader's language.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub(crate) mod api;
pub mod app;
pub(crate) mod area;
mod assets;
mod cards;
mod check;
mod collections;
mod count;
mod desk;
mod diagnosis;
mod door;
mod doors;
mod editor;
mod error;
mod exports;
mod feedback;
mod field;
mod findings;
mod form;
mod hall;
mod home;
mod instruments;
mod keyin;
mod known;
mod later;
mod live;
mod making;
mod members;
mod misses;
mod moderation;
mod named;
mod night;
mod overview;
mod page;
mod paper;
mod participate;
mod parts;
mod phone;
mod photo;
mod place;
mod posters;
mod privacy;
mod projector;
mod public;
mod qr;
mod quotes;
mod released;
mod releases;
mod report;
mod research;
mod room;
mod room_wall;
mod sentences;
mod sheet;
mod sign_in;
mod translations;
mod upload;
mod versions;
mod voices;
mod walk;
mod wall;
pub mod wire;

use app::App;

/// The largest form: a walk of twenty stops with words at each fits ten times.
const LARGEST_BODY: usize = 256 * 1024;

/// Nothing from elsewhere, nothing inline.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                   connect-src 'self'; font-src 'self'; form-action 'self'; worker-src 'self'; \
                   manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Everything this server answers.
pub fn router(app: App) -> Router {
    let pages = Router::new().merge(intake()).merge(staff());
    around(in_time(pages).merge(answering()), app)
}

/// What residents need and nothing else: here the way to sign in does not exist.
pub fn intake_router(app: App) -> Router {
    around(in_time(intake()).merge(answering()), app)
}

fn in_time(pages: Router<App>) -> Router<App> {
    let in_time =
        TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30));
    pages.layer(in_time)
}

/// Routes with everything that stands around them.
pub fn around(pages: Router<App>, app: App) -> Router {
    pages
        .fallback(nothing)
        .layer(middleware::from_fn_with_state(app.clone(), localise))
        .layer(
            ServiceBuilder::new()
                .layer(CompressionLayer::new())
                .layer(unless_set(header::CONTENT_SECURITY_POLICY, CSP))
                .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .layer(always(header::REFERRER_POLICY, "same-origin"))
                .layer(CatchPanicLayer::custom(calm))
                .layer(DefaultBodyLimit::max(LARGEST_BODY))
                .layer(middleware::from_fn_with_state(app.clone(), wire::heard))
                .layer(CsrfLayer::new()),
        )
        .with_state(app)
}

/// What residents need.
fn intake() -> Router<App> {
    Router::new()
        .route("/", get(home::front))
        .route("/ready", get(home::ready))
        .route("/p", get(door::letters_page).post(door::find))
        .route("/p/{door}", get(participate::enter))
        .route("/p/{door}/map.svg", get(place::drawing))
        .route("/p/{door}/{lang}/thanks", get(participate::thanks))
        .route("/p/{door}/{lang}/privacy", get(privacy::page))
        .route("/p/{door}/{lang}/accessibility", get(privacy::accessibility))
        .route("/words/{hash}/{lang}", get(later::words))
        .route("/p/sw.js", get(phone::worker))
        .route("/p/{door}/{lang}/phone.json", get(participate::about))
        .route("/p/{door}/{lang}/waiting", get(participate::waiting))
        .route("/a/{hash}/{*name}", get(assets::asset))
        .route("/n/{slug}", get(public::front))
        .route("/n/{slug}/{lang}", get(public::front_in))
        .route("/n/{slug}/map.svg", get(public::map))
        .route("/n/{slug}/report", get(report::to_language))
        .route("/n/{slug}/report/{lang}", get(report::read))
        .route("/n/{slug}/releases/{n}/{collection}/{file}", get(public::file))
        .route("/w/{door}", get(wall::enter))
        .route("/w/{door}/live", get(live::everybody))
        .route("/w/{door}/twin", get(projector::twin_enter))
        .route("/w/{door}/{lang}/twin", get(projector::twin))
        .route("/w/{door}/{lang}/words", get(quotes::page))
        .route("/w/{door}/{lang}/words/poster.pdf", get(quotes::poster))
        .route("/w/{door}/{lang}", get(hall::page))
        .route("/w/{door}/{lang}/wall", get(room_wall::every))
        .route("/w/{door}/{lang}/wall/{station}", get(room_wall::one))
        .route("/w/{door}/{lang}/{station}", get(wall::station).post(wall::reflect))
        .route("/w/{door}/{lang}/{station}/poster.pdf", get(wall::poster))
        .route("/w/{door}/{lang}/summary.pdf", get(wall::summary))
        .route("/w/{door}/{lang}/handout.pdf", get(wall::handout))
}

/// The form itself: photos may take longer than everything else, and it minds their time on its own.
fn answering() -> Router<App> {
    Router::new().route("/p/{door}/{lang}", get(participate::form).post(participate::submit))
}

/// What needs a sign-in, and the way to one.
fn staff() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/i/{token}", get(sign_in::invitation).post(sign_in::accept))
        .route("/d/{slug}/walks/{walk}/projector", get(projector::screen))
        .route("/d/{slug}/walks/{walk}/projector/{lang}", get(projector::screen_in))
        .route("/d/{slug}/walks/{walk}/projector/{lang}/{station}/{chart}", get(projector::slide))
        .route("/d/{slug}/walks/{walk}/remote", get(projector::remote).post(projector::act))
        .route("/d/{slug}/walks/{walk}/live", get(projector::live))
        .route("/home", get(home::home))
        .route("/night", get(night::page).post(night::run))
        .route("/new", get(diagnosis::new_page).post(diagnosis::make))
        .route("/d/{slug}", get(overview::page))
        .route("/d/{slug}/settings", get(diagnosis::settings_page).post(diagnosis::settings))
        .route("/d/{slug}/waves", get(diagnosis::wave_page).post(diagnosis::add_wave))
        .route(
            "/d/{slug}/area",
            get(area::page).post(area::import).layer(DefaultBodyLimit::max(area::LARGEST_FORM)),
        )
        .route("/d/{slug}/area/{area}/map.svg", get(area::drawing))
        .route("/d/{slug}/delete", get(diagnosis::delete_page).post(diagnosis::delete))
        .route("/d/{slug}/collections/new", get(collections::new_page).post(collections::prepare))
        .route("/d/{slug}/collections/{id}", get(collections::page))
        .route(
            "/d/{slug}/collections/{id}/edit",
            get(collections::edit_page).post(collections::edit),
        )
        .route("/d/{slug}/collections/{id}/open", post(collections::open))
        .route("/d/{slug}/collections/{id}/close", post(collections::close))
        .route("/d/{slug}/collections/{id}/paper", post(paper::print))
        .route("/d/{slug}/collections/{id}/paper/{file}", get(paper::look))
        .route("/d/{slug}/collections/{id}/keyin", get(keyin::page).post(keyin::take))
        .route("/d/{slug}/collections/{id}/check", get(check::page).post(check::settle))
        .route("/d/{slug}/collections/{id}/count", get(count::page).post(count::save))
        .route("/d/{slug}/collections/{id}/doors", get(doors::page).post(doors::add))
        .route("/d/{slug}/collections/{id}/doors/{door}", post(doors::turn))
        .route("/d/{slug}/collections/{id}/doors/{door}/sheet.pdf", get(doors::sheet))
        .route("/d/{slug}/collections/{id}/doors/{door}/kiosk", post(doors::kiosk))
        .route("/d/{slug}/collections/{id}/cards", post(doors::cards))
        .route("/d/{slug}/collections/{id}/ceiling", post(doors::ceiling))
        .route("/d/{slug}/collections/{id}/room", get(room::page))
        .route("/d/{slug}/collections/{id}/room/count", get(room::count))
        .route(
            "/d/{slug}/collections/{id}/texts",
            get(moderation::texts).post(moderation::moderate_text),
        )
        .route("/d/{slug}/collections/{id}/photos", post(moderation::moderate_photo))
        .route("/d/{slug}/collections/{id}/photos/{photo}", get(moderation::photo))
        .route("/d/{slug}/activity", get(feedback::new_page).post(feedback::start))
        .route("/d/{slug}/activity/{id}", get(feedback::page))
        .route("/d/{slug}/instruments", get(instruments::list))
        .route(
            "/d/{slug}/instruments/new",
            get(editor::begin_page)
                .post(editor::begin)
                .layer(DefaultBodyLimit::max(editor::LARGEST_FORM)),
        )
        .route("/d/{slug}/instruments/{instrument}/form.xlsx", get(instruments::form))
        .route("/d/{slug}/drafts/{draft}", get(editor::page).post(editor::save))
        .route("/d/{slug}/drafts/{draft}/preview/{lang}", get(editor::preview))
        .route("/d/{slug}/drafts/{draft}/source", get(editor::text_page).post(editor::text_save))
        .route("/d/{slug}/drafts/{draft}/download", get(editor::download))
        .route("/d/{slug}/drafts/{draft}/diff", get(editor::difference))
        .route("/d/{slug}/drafts/{draft}/publish", get(editor::publish_page).post(editor::publish))
        .route("/d/{slug}/drafts/{draft}/discard", post(editor::discard))
        .route("/d/{slug}/instruments/{instrument}", get(instruments::page))
        .route("/d/{slug}/instruments/{instrument}/versions", get(versions::page))
        .route("/d/{slug}/instruments/{instrument}/versions/{file}", get(versions::file))
        .route(
            "/d/{slug}/instruments/{instrument}/translations/{lang}",
            get(translations::page).post(translations::save),
        )
        .route("/d/{slug}/members", get(members::page).post(members::invite))
        .route("/d/{slug}/members/{person}/remove", post(members::remove))
        .route("/d/{slug}/members/{person}/reset", post(members::reset))
        .route("/d/{slug}/members/{person}/organisation", post(members::organisation))
        .route("/d/{slug}/exports", get(exports::page).post(exports::ask))
        .route("/d/{slug}/exports/new", get(exports::ask_page))
        .route("/d/{slug}/exports/{export}", post(exports::decide))
        .route("/d/{slug}/exports/{export}/{file}", get(exports::file))
        .route("/d/{slug}/codebooks/{instrument}/{file}", get(exports::codebook))
        .route("/d/{slug}/log", get(members::log))
        .route("/d/{slug}/releases/new", get(releases::new_page))
        .route("/d/{slug}/releases", post(releases::make))
        .route("/d/{slug}/releases/making", get(making::page))
        .route("/d/{slug}/releases/{n}/sentences", get(sentences::page).post(sentences::save))
        .route("/d/{slug}/releases/{n}", get(released::page))
        .route("/d/{slug}/releases/{n}/{file}", get(exports::tables))
        .route("/d/{slug}/releases/{n}/{collection}/{file}", get(released::file))
        .route("/d/{slug}/releases/{n}/publish", post(releases::publish))
        .route("/d/{slug}/report", get(report::page).post(report::act))
        .route("/d/{slug}/report/{section}", post(report::save))
        .route("/d/{slug}/report/figures", get(report::list))
        .route("/d/{slug}/report/figures/{name}", get(report::one).post(report::change))
        .route("/d/{slug}/report/figures/{name}/delete", post(report::drop))
        .route("/d/{slug}/walks/new", get(releases::walk_page).post(releases::add_walk))
        .route("/d/{slug}/walks/{id}", get(walk::page))
        .route("/d/{slug}/walks/{id}/groups", post(walk::set_groups))
        .route("/d/{slug}/walks/{id}/release", post(walk::hang))
        .route("/d/{slug}/walks/{id}/posters", get(posters::page).post(posters::make))
        .route("/d/{slug}/walks/{id}/posters/making", get(posters::making))
        .route("/d/{slug}/walks/{id}/posters/set.zip", get(posters::set))
        .route("/d/{slug}/walks/{id}/findings", get(findings::list))
        .route("/d/{slug}/walks/{id}/findings/{finding}", get(findings::page).post(findings::save))
        .route("/d/{slug}/walks/{id}/findings/{finding}/delete", post(findings::delete))
        .route("/d/{slug}/walks/{id}/cards", get(cards::page).post(cards::keep))
        .route(
            "/d/{slug}/walks/{id}/reflections",
            get(moderation::reflections).post(moderation::moderate),
        )
        .nest("/api/v1", api::routes())
}

async fn nothing() -> error::Error {
    error::Error::NotFound
}

/// The answer after a panic. What it said is not repeated: it may hold what somebody sent.
fn calm(_said: Box<dyn std::any::Any + Send>) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "500 Internal Server Error").into_response()
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// The same, except where a page has a policy of its own: the editor shows its preview in a frame.
fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Puts an error that a handler gave back into the language the browser asks for.
async fn localise(State(app): State<App>, request: Request, next: Next) -> Response {
    let wished = participate::wished(request.headers());
    let response = next.run(request).await;
    match response.extensions().get::<std::sync::Arc<error::Error>>() {
        Some(error) => {
            let lang = participate::best(&wished, &crate::domain::text::Lang::STAFF);
            error.page(&app, lang)
        }
        None => response,
    }
}
