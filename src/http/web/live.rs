//! Days that somebody looks at: each is watched once for all who do, and told as soon as anybody, at this service or another, has changed it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use chrono::NaiveDate;
use futures_util::{Stream, stream};
use tokio::sync::watch;
use tokio::time::Interval;
use tokio_util::sync::CancellationToken;

use super::super::app::App;
use super::super::ask;
use super::super::problem::Problem;
use super::visit::Visit;
use crate::keyring::Session;
use crate::operations::accounts::still_counts;

/// Between two looks at a day. What another desk changes is seen well within a second.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Between two looks at whether whoever follows a day is signed in.
const COUNT_EVERY: Duration = Duration::from_secs(5);

type Watched = (String, NaiveDate);

/// The days that are watched, each with who tells its version.
#[derive(Clone, Default)]
pub struct Live {
    days: Arc<Mutex<HashMap<Watched, watch::Sender<i64>>>>,
}

impl Live {
    /// The version of a day, now and whenever it changes. As long as anybody follows, one task looks.
    fn follow(&self, app: &Arc<App>, location: &str, date: NaiveDate) -> watch::Receiver<i64> {
        let watched = (location.to_owned(), date);
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = days.get(&watched) {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(-1);
        days.insert(watched.clone(), sender.clone());
        tokio::spawn(look(app.clone(), self.clone(), watched, sender));
        receiver
    }

    /// Forgets a day that nobody follows any more; `false` where somebody does again.
    fn is_let_go(&self, watched: &Watched, sender: &watch::Sender<i64>) -> bool {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let alone = sender.receiver_count() == 0;
        if alone {
            days.remove(watched);
        }
        alone
    }
}

/// Looks at a day until nobody follows it.
async fn look(app: Arc<App>, live: Live, watched: Watched, sender: watch::Sender<i64>) {
    while !live.is_let_go(&watched, &sender) {
        match app.store.glance(&watched.0, watched.1, app.clock.now()).await {
            Ok(glance) => {
                sender.send_if_modified(|version| std::mem::replace(version, glance.version) != glance.version);
            }
            // Those who follow see that nothing changes, and the page itself says when nobody answers.
            Err(error) => tracing::debug!(%error, "a day that is watched could not be read"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Whose session it is that follows a day. Who has signed out is told nothing more, in whatever window.
struct Follower {
    app: Arc<App>,
    session: Option<Session>,
    looks: Interval,
}

impl Follower {
    /// Waits until the session counts no more. What cannot be found out now is asked again.
    async fn is_gone(&mut self) {
        loop {
            self.looks.tick().await;
            let Some(session) = &self.session else { return };
            if matches!(still_counts(self.app.store.as_ref(), session).await, Ok(None)) {
                return;
            }
        }
    }
}

/// The day's version as events, the first at once: a page that shows another is old.
pub async fn events(
    app: State<Arc<App>>,
    visit: Visit,
    ending: Option<Extension<CancellationToken>>,
    Path((location, date)): Path<(String, String)>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    let location = app.location(visit.caller()?, &location).await?;
    let date = ask::date("date", &date)?;
    let mut receiver = app.live.follow(&app, &location.id, date);
    receiver.mark_changed();
    let ending = ending.map_or_else(CancellationToken::new, |ending| ending.0);
    let follower = Follower { app: app.0.clone(), session: visit.session.clone(), looks: tokio::time::interval(COUNT_EVERY) };
    let events = stream::unfold((receiver, ending, follower), |(mut receiver, ending, mut follower)| async move {
        loop {
            tokio::select! {
                () = ending.cancelled() => return None,
                () = follower.is_gone() => return None,
                changed = receiver.changed() => changed.ok()?,
            }
            let version = *receiver.borrow_and_update();
            if version >= 0 {
                return Some((Ok(Event::default().event("day").data(version.to_string())), (receiver, ending, follower)));
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
