//! `zamu accounts`.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::db::{DbArg, block_on, suggestion};
use super::output::{Exit, print, print_json, table};
use crate::clock::SystemClock;
use crate::domain::Language;
use crate::keyring::{PASSWORD_MAX, PASSWORD_MIN, Role};
use crate::operations::accounts::{Change, Made, NewAccount, NewPassword, Refusal, add, change, login_of};
use crate::store::{AccountRow, Store, StoreErrorKind};

/// Accounts: who signs in at the pages under /admin with a password, and what they may do there.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: AccountsCommand,
}

#[derive(Debug, Subcommand)]
enum AccountsCommand {
    /// Lists the accounts of a tenant
    List(ListArgs),
    /// Makes an account; without a password a fresh one is made and printed, once
    Add(AddArgs),
    /// Changes an account; whoever is signed in with it signs in again, unless only the name or the language is another
    Change(ChangeArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The tenant's id
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

/// Where a password comes from: never from the command line, which others on the machine can read.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct PasswordArgs {
    /// The first line of this file is the password
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The first line of standard input is the password
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu accounts add --tenant serenity --login ruth --name Ruth --role manager
  zamu accounts add --tenant serenity --login amos --name Amos --role frontdesk --location westlands --language sw \\
      --password-file amos.txt")]
struct AddArgs {
    /// Whose people they belong to: the tenant's id
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// What they sign in as: a letter, then letters, digits, dots, dashes or underscores
    #[arg(long, value_name = "LOGIN", value_parser = parse_login)]
    login: String,
    /// Their name
    #[arg(long)]
    name: String,
    /// What they may do: admin, manager, scheduler (or stylist) or frontdesk
    #[arg(long, value_parser = parse_role)]
    role: Role,
    /// The only location they see [default: all of the tenant's]
    #[arg(long, value_name = "ID")]
    location: Option<String>,
    /// In which language they read: en or sw [default: the tenant's]
    #[arg(long, value_name = "LANGUAGE", value_parser = parse_language)]
    language: Option<Language>,
    #[command(flatten)]
    password: PasswordArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zamu accounts change --tenant serenity --login ruth --role admin
  zamu accounts change --tenant serenity --login amos --all-locations
  zamu accounts change --tenant serenity --login amos --disable
  zamu accounts change --tenant serenity --login amos --enable --new-password")]
struct ChangeArgs {
    /// The tenant's id
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// What they sign in as
    #[arg(long, value_name = "LOGIN", value_parser = parse_login)]
    login: String,
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// Another role: admin, manager, scheduler (or stylist) or frontdesk
    #[arg(long, value_parser = parse_role)]
    role: Option<Role>,
    /// The only location they see
    #[arg(long, value_name = "ID", conflicts_with = "all_locations")]
    location: Option<String>,
    /// They see all of the tenant's locations
    #[arg(long)]
    all_locations: bool,
    /// In which language they read: en or sw
    #[arg(long, value_name = "LANGUAGE", value_parser = parse_language)]
    language: Option<Language>,
    /// They may not sign in any more
    #[arg(long, conflicts_with = "enable")]
    disable: bool,
    /// They may sign in again
    #[arg(long)]
    enable: bool,
    /// A fresh password, which is printed once
    #[arg(long, conflicts_with_all = ["password_file", "password_stdin"])]
    new_password: bool,
    #[command(flatten)]
    password: PasswordArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    db: DbArg,
}

fn parse_login(text: &str) -> Result<String, String> {
    login_of(text).map_err(|error| error.to_string())
}

fn parse_role(text: &str) -> Result<Role, String> {
    let role: Role = text.parse()?;
    if role == Role::User {
        Err("customers have no accounts; expected frontdesk, scheduler (or stylist), manager or admin".to_owned())
    } else {
        Ok(role)
    }
}

fn parse_language(text: &str) -> Result<Language, String> {
    Language::from_word(text).ok_or_else(|| format!("expected {}", Language::ALL.map(Language::as_str).join(" or ")))
}

impl PasswordArgs {
    /// The password that is given, if one is.
    fn read(&self) -> anyhow::Result<Option<NewPassword>> {
        let text = match &self.password_file {
            Some(file) => {
                let said = || format!("{}: cannot be read; expected a file with a password in its first line", file.display());
                std::fs::read_to_string(file).with_context(said)?
            }
            None if self.password_stdin => {
                let mut text = String::new();
                std::io::stdin().lock().read_to_string(&mut text).context("standard input: cannot be read as text")?;
                text
            }
            None => return Ok(None),
        };
        match text.lines().next().filter(|line| !line.is_empty()) {
            Some(line) => Ok(Some(NewPassword::Given(line.to_owned()))),
            None => bail!("the password is empty; expected {PASSWORD_MIN} to {PASSWORD_MAX} characters in the first line"),
        }
    }
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        AccountsCommand::List(args) => block_on(list(args)),
        AccountsCommand::Add(args) => block_on(make(args)),
        AccountsCommand::Change(args) => block_on(alter(args)),
    }
}

/// A tenant must be there: a mistyped one has no accounts, which would be no answer.
async fn known(store: &dyn Store, tenant: &str) -> anyhow::Result<()> {
    match store.tenant(tenant).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == StoreErrorKind::NotFound => {
            let mut tenants: Vec<String> = store.locations().await?.into_iter().map(|location| location.tenant_id).collect();
            tenants.dedup();
            bail!("--tenant: there is no tenant {tenant:?}; {}", suggestion(tenant, &tenants))
        }
        Err(error) => Err(error.into()),
    }
}

async fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let store = args.db.open().await?;
    known(&*store, &args.tenant).await?;
    let accounts = store.accounts(&args.tenant).await?;
    if args.json {
        print_json(&accounts.iter().map(shown).collect::<Vec<_>>())?;
    } else if accounts.is_empty() {
        print("no accounts")?;
    } else {
        print(rows(accounts))?;
    }
    Ok(Exit::Done)
}

/// What the store or a rule says no to, as the error that decides the exit code.
fn refused(refusal: Refusal) -> anyhow::Error {
    match refusal {
        Refusal::Store(error) => error.into(),
        other => other.into(),
    }
}

async fn make(args: &AddArgs) -> anyhow::Result<Exit> {
    let password = args.password.read()?.unwrap_or(NewPassword::Fresh);
    let store = args.db.open().await?;
    known(&*store, &args.tenant).await?;
    let new = NewAccount {
        tenant: args.tenant.clone(),
        login: args.login.clone(),
        name: args.name.clone(),
        role: args.role,
        location: args.location.clone(),
        language: args.language,
        password,
    };
    told(add(&*store, &SystemClock, &new).await.map_err(refused)?, args.json)
}

async fn alter(args: &ChangeArgs) -> anyhow::Result<Exit> {
    let given = args.password.read()?;
    let password = if args.new_password { Some(NewPassword::Fresh) } else { given };
    let location = if args.all_locations { Some(None) } else { args.location.clone().map(Some) };
    let active = if args.disable { Some(false) } else { args.enable.then_some(true) };
    let what =
        Change { name: args.name.clone(), role: args.role, location, language: args.language.map(Some), active, password, expected_epoch: None };
    if what == Change::default() {
        bail!("nothing to change; say what: --name, --role, --location, --all-locations, --language, --disable, --enable, --new-password");
    }
    let store = args.db.open().await?;
    known(&*store, &args.tenant).await?;
    told(change(&*store, &SystemClock, &args.tenant, &args.login, &what).await.map_err(refused)?, args.json)
}

/// Prints an account, and its fresh password where it got one.
fn told(made: Made, json: bool) -> anyhow::Result<Exit> {
    if json {
        let mut all = shown(&made.account);
        if let Some(password) = made.fresh_password {
            all["password"] = json!(password);
        }
        print_json(&all)?;
        return Ok(Exit::Done);
    }
    print(rows(vec![made.account]))?;
    if let Some(password) = made.fresh_password {
        print(format!("\npassword: {password}\nIt is shown this once; whoever gets it changes it on their page."))?;
    }
    Ok(Exit::Done)
}

fn shown(row: &AccountRow) -> Value {
    json!({"tenant": row.tenant_id, "login": row.login, "name": row.name, "role": row.role, "location": row.location_id,
        "language": row.language, "active": row.active, "created_at": row.created_at, "changed_at": row.changed_at})
}

fn rows(accounts: Vec<AccountRow>) -> String {
    let rows = accounts.into_iter().map(|row| {
        let language = row.language.map_or("", Language::as_str).to_owned();
        let state = if row.active { "active" } else { "disabled" }.to_owned();
        [row.login, row.name, row.role.word().to_owned(), row.location_id.unwrap_or_else(|| "all".to_owned()), language, state]
    });
    table(["login", "name", "role", "location", "language", ""], rows)
}
