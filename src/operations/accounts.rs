//! Who signs in at the pages, and who may: accounts with passwords, or a token; sessions that end when what they rest on changes.
//!
//! Nothing tells a login that is not there from a password that is wrong: not the words, and not the time it takes.

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::domain::Language;
use crate::keyring::{KeyringError, PasswordFault, PasswordHash, Ring, Role, Session, SignedIn, TokenError, check_password, fresh_password};
use crate::store::{AccountChange, AccountRow, Store, StoreError, StoreErrorKind};

/// Characters that a login has at most.
pub const LOGIN_MAX: usize = 64;

/// Passwords that are compared or hashed at a time: each takes a core and 19 MiB.
static AT_A_TIME: Semaphore = Semaphore::const_new(4);

/// Why somebody is not signed in, or an account is not made or changed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No such login, not its password, or it may not sign in: nobody is told which.
    #[error("the house, the login or the password is wrong")]
    Wrong,
    /// A customer's token.
    #[error("this is a customer's token, and customers have no pages here; expected a token of frontdesk, scheduler, manager or admin")]
    Customer,
    /// A token that does not count.
    #[error("{0}")]
    Token(#[from] TokenError),
    /// What was given as the old password is not it.
    #[error("the old password is wrong")]
    OldPassword,
    /// A password that will not do.
    #[error("{0}")]
    Password(#[from] PasswordFault),
    /// What was given as a login is none.
    #[error("{0:?} is no login; expected a letter, then letters, digits, dots, dashes or underscores, {LOGIN_MAX} at most")]
    Login(String),
    /// The session does not count any more.
    #[error("the session is over; sign in again")]
    Over,
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

/// Somebody whose session counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their name for people; of a token whom it names.
    pub name: String,
    /// In which language they read; `None` is the tenant's.
    pub language: Option<Language>,
}

/// A login as it is kept: without blanks around it, in small letters. An address is none: nothing in the store may be one.
///
/// # Errors
/// It is empty, too long, or has other characters than a login has.
pub fn login_of(given: &str) -> Result<String, Refusal> {
    let login = given.trim().to_ascii_lowercase();
    let fits = login.len() <= LOGIN_MAX
        && login.starts_with(|c: char| c.is_ascii_lowercase())
        && login.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    if fits { Ok(login) } else { Err(Refusal::Login(given.trim().to_owned())) }
}

/// Does slow work aside, so that others are answered meanwhile, and not too much of it at a time.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let lost = || Refusal::Store(StoreError::new(StoreErrorKind::Busy, "the password could not be looked at; try again"));
    let one = AT_A_TIME.acquire().await.map_err(|_| lost())?;
    // Held until the work is done, also where nobody waits for it any more.
    let work = move || {
        let _one = one;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| lost())
}

/// Signs somebody in by the password of their account.
///
/// # Errors
/// [`Refusal::Wrong`], whatever of it is; or the store cannot be read.
pub async fn sign_in(store: &dyn Store, clock: &dyn Clock, tenant: &str, login: &str, password: &str) -> Result<Session, Refusal> {
    let account = match login_of(login) {
        Ok(login) => store.account(tenant.trim(), &login).await?,
        Err(_) => None,
    };
    let given = password.to_owned();
    let hash = account.as_ref().map(|account| account.password.clone());
    let fits = aside(move || match hash {
        Some(hash) => hash.fits(&given),
        None => {
            PasswordHash::fits_nobody(&given);
            false
        }
    });
    let fits = fits.await?;
    let account = account.filter(|account| fits && account.active);
    metrics::counter!("sign_ins_total", "by" => "password", "outcome" => if account.is_some() { "in" } else { "refused" }).increment(1);
    match account {
        Some(account) => Ok(session_of(&account, clock.now())?),
        None => Err(Refusal::Wrong),
    }
}

fn session_of(account: &AccountRow, now: DateTime<Utc>) -> Result<Session, TokenError> {
    Session::of_account(&account.login, &account.tenant_id, account.role, account.location_id.as_deref(), account.epoch, now)
}

/// Signs somebody in by a token, as long as that counts.
///
/// # Errors
/// It does not count, or is a customer's.
pub fn sign_in_with_token(ring: &Ring, clock: &dyn Clock, token: &str) -> Result<Session, Refusal> {
    let by_token = || {
        let session = ring.newest().session_by_token(token.trim(), clock.now())?;
        if session.role == Role::User { Err(Refusal::Customer) } else { Ok(session) }
    };
    let session = by_token();
    metrics::counter!("sign_ins_total", "by" => "token", "outcome" => if session.is_ok() { "in" } else { "refused" }).increment(1);
    session
}

/// Ends a session: whoever has its cookie is signed out, wherever they are.
///
/// # Errors
/// The store cannot be written.
pub async fn sign_out(store: &dyn Store, clock: &dyn Clock, session: &Session) -> Result<(), StoreError> {
    let until = DateTime::from_timestamp(session.until, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
    store.end_session(&session.id, until, clock.now()).await
}

/// Whose session it is, if it still counts: nobody has signed out of it, and the account is there, may sign in, and was not changed in what the session
/// rests on.
///
/// # Errors
/// The store cannot be read.
pub async fn still_counts(store: &dyn Store, session: &Session) -> Result<Option<Person>, StoreError> {
    if store.session_has_ended(&session.id).await? {
        return Ok(None);
    }
    let SignedIn::Account { epoch } = session.signed_in else {
        return Ok(Some(Person { name: session.sub.clone(), language: None }));
    };
    let account = store.account(&session.tenant, &session.sub).await?;
    let account = account.filter(|account| account.active && account.epoch == epoch);
    Ok(account.map(|account| Person { name: account.name, language: account.language }))
}

/// Gives the account of a session another password. Its other sessions end; the one that it goes on with comes back.
///
/// # Errors
/// The old one is wrong, the new one will not do, the session is over or a token's.
pub async fn change_password(store: &dyn Store, clock: &dyn Clock, session: &Session, old: &str, new: &str) -> Result<Session, Refusal> {
    let SignedIn::Account { epoch } = session.signed_in else { return Err(Refusal::Over) };
    let account = store.account(&session.tenant, &session.sub).await?;
    let account = account.filter(|account| account.active && account.epoch == epoch).ok_or(Refusal::Over)?;
    let (hash, given) = (account.password, old.to_owned());
    if !aside(move || hash.fits(&given)).await? {
        return Err(Refusal::OldPassword);
    }
    let password = Some(hashed(new, &session.sub).await?);
    let change = AccountChange { expected_epoch: Some(epoch), password, ..AccountChange::default() };
    let account = store.change_account(&session.tenant, &session.sub, &change, clock.now()).await?;
    Ok(session_of(&account, clock.now())?)
}

/// Notes in which language the account of a session reads; `None` is the tenant's. A token's has none to note it at.
///
/// # Errors
/// The account is gone, or the store cannot be written.
pub async fn choose_language(store: &dyn Store, clock: &dyn Clock, session: &Session, language: Option<Language>) -> Result<(), StoreError> {
    if matches!(session.signed_in, SignedIn::Account { .. }) {
        let change = AccountChange { language: Some(language), ..AccountChange::default() };
        store.change_account(&session.tenant, &session.sub, &change, clock.now()).await?;
    }
    Ok(())
}

/// The hash of a password that will do.
async fn hashed(password: &str, login: &str) -> Result<PasswordHash, Refusal> {
    check_password(password, login)?;
    let given = password.to_owned();
    Ok(aside(move || PasswordHash::of(&given)).await??)
}

/// A password that is given to an account.
#[derive(Clone, PartialEq, Eq)]
pub enum NewPassword {
    /// This one.
    Given(String),
    /// A fresh one, which comes back to be told once.
    Fresh,
}

impl NewPassword {
    /// Its hash, and the password itself where nobody knows it yet.
    async fn hashed(&self, login: &str) -> Result<(PasswordHash, Option<String>), Refusal> {
        match self {
            NewPassword::Given(password) => Ok((hashed(password, login).await?, None)),
            NewPassword::Fresh => {
                let fresh = fresh_password()?;
                Ok((hashed(&fresh, login).await?, Some(fresh)))
            }
        }
    }
}

/// An account to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Whose people they belong to.
    pub tenant: String,
    /// What they sign in as.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The only location they see; `None` for all.
    pub location: Option<String>,
    /// In which language they read; `None` is the tenant's.
    pub language: Option<Language>,
    /// With which password.
    pub password: NewPassword,
}

/// An account as it is now, with a fresh password where it got one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The account.
    pub account: AccountRow,
    /// To be told once: nobody can find it out again.
    pub fresh_password: Option<String>,
}

/// Makes an account.
///
/// # Errors
/// The login or the password will not do, there is one of this login, or no such tenant or location.
pub async fn add(store: &dyn Store, clock: &dyn Clock, new: &NewAccount) -> Result<Made, Refusal> {
    let login = login_of(&new.login)?;
    let (password, fresh_password) = new.password.hashed(&login).await?;
    let now = clock.now();
    let row = AccountRow {
        tenant_id: new.tenant.clone(),
        login,
        name: new.name.trim().to_owned(),
        role: new.role,
        location_id: new.location.clone(),
        password,
        language: new.language,
        active: true,
        epoch: 1,
        created_at: now,
        changed_at: now,
    };
    Ok(Made { account: store.add_account(&row).await?, fresh_password })
}

/// What is to be different about an account; what is `None` stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Name for people.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// The only location they see; `Some(None)` for all.
    pub location: Option<Option<String>>,
    /// In which language they read; `Some(None)` is the tenant's.
    pub language: Option<Option<Language>>,
    /// May they sign in?
    pub active: Option<bool>,
    /// Another password, whatever the old one was.
    pub password: Option<NewPassword>,
    /// Only where its epoch is still this: what was switched off meanwhile is not switched on by a form from before.
    pub expected_epoch: Option<i64>,
}

/// Changes an account; its sessions end where it is about more than its name and language.
///
/// # Errors
/// There is no such account or location, or the password will not do.
pub async fn change(store: &dyn Store, clock: &dyn Clock, tenant: &str, login: &str, what: &Change) -> Result<Made, Refusal> {
    let login = login_of(login)?;
    let (password, fresh_password) = match &what.password {
        Some(password) => {
            let (hash, fresh) = password.hashed(&login).await?;
            (Some(hash), fresh)
        }
        None => (None, None),
    };
    let change = AccountChange {
        expected_epoch: what.expected_epoch,
        name: what.name.as_ref().map(|name| name.trim().to_owned()),
        role: what.role,
        location_id: what.location.clone(),
        password,
        language: what.language,
        active: what.active,
    };
    Ok(Made { account: store.change_account(tenant, &login, &change, clock.now()).await?, fresh_password })
}
