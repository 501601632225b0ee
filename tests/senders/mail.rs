//! A mail server.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use zamu::clock::SetClock;
use zamu::notify::senders::{Encryption, SmtpSender};
use zamu::notify::{DeliveryReport, deliver_within};
use zamu::store::{OutboxClass, OutboxState};

use super::house::Spa;
use super::{row, to_tell};

const ADDRESS: &str = "ruth@example.org";

/// What it does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Takes,
    /// It answers so to RCPT.
    SaysOfRecipient(&'static str),
    /// It answers so to the end of the data.
    SaysOfData(&'static str),
    HangsUpAtOnce,
    /// It has all of the message, and hangs up without a word.
    HangsUpAfterData,
    Stalls,
}

#[derive(Default)]
struct Fake {
    moods: Mutex<VecDeque<Mood>>,
    /// Message by message: its envelope and its text.
    taken: Mutex<Vec<(String, String)>>,
}

/// One conversation.
async fn serve(fake: &Fake, stream: TcpStream) -> std::io::Result<()> {
    let mood = fake.moods.lock().unwrap().pop_front().unwrap_or(Mood::Takes);
    let (read, mut write) = stream.into_split();
    if mood == Mood::HangsUpAtOnce {
        return Ok(());
    }
    if mood == Mood::Stalls {
        return std::future::pending().await;
    }
    write.write_all(b"220 fake ESMTP\r\n").await?;
    let (mut lines, mut envelope) = (BufReader::new(read).lines(), String::new());
    while let Some(line) = lines.next_line().await? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match word.as_str() {
            "EHLO" => write.write_all(b"250-fake\r\n250 8BITMIME\r\n").await?,
            "MAIL" | "RCPT" => {
                envelope.push_str(&line);
                envelope.push('\n');
                let answer = match mood {
                    Mood::SaysOfRecipient(answer) if word == "RCPT" => answer,
                    _ => "250 ok",
                };
                write.write_all(format!("{answer}\r\n").as_bytes()).await?;
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                match mood {
                    Mood::HangsUpAfterData => {
                        fake.taken.lock().unwrap().push((envelope.clone(), text));
                        return Ok(());
                    }
                    Mood::SaysOfData(answer) => write.write_all(format!("{answer}\r\n").as_bytes()).await?,
                    _ => {
                        fake.taken.lock().unwrap().push((envelope.clone(), text));
                        write.write_all(b"250 taken\r\n").await?;
                    }
                }
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => write.write_all(b"250 ok\r\n").await?,
        }
    }
    Ok(())
}

async fn server(moods: &[Mood]) -> (Arc<Fake>, SmtpSender) {
    let fake = Arc::new(Fake { moods: Mutex::new(moods.iter().copied().collect()), ..Fake::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let there = fake.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let fake = there.clone();
            tokio::spawn(async move { serve(&fake, stream).await });
        }
    });
    let sender = SmtpSender::new("127.0.0.1", port, Encryption::None, None, "Serenity Spas <hello@serenity.example>").unwrap();
    (fake, sender)
}

async fn send(spa: &Spa, clock: &SetClock, sender: &SmtpSender) -> DeliveryReport {
    deliver_within(&spa.store, clock, OutboxClass::Message, sender, Duration::from_millis(1500)).await.unwrap()
}

#[tokio::test]
async fn a_mail_has_its_words_its_date_and_an_id_that_stays_the_same() {
    let (spa, clock) = to_tell("email", ADDRESS).await;
    let (fake, sender) = server(&[Mood::HangsUpAfterData]).await;
    assert_eq!(send(&spa, &clock, &sender).await.delivered, 0, "nobody said that it was taken");
    clock.set(row(&spa).await.next_attempt_at);
    assert_eq!(send(&spa, &clock, &sender).await.delivered, 1);
    let taken = fake.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 2, "it comes twice, because the server did not answer");
    let id = |text: &str| text.lines().find(|line| line.starts_with("Message-ID: <")).unwrap().to_owned();
    assert_eq!(id(&taken[0].1), id(&taken[1].1), "and is known as the same by its id");
    let (envelope, text) = &taken[1];
    assert!(envelope.contains("FROM:<hello@serenity.example>") && envelope.contains("TO:<ruth@example.org>"), "{envelope}");
    for line in ["From: \"Serenity Spas\" <hello@serenity.example>", "To: ruth@example.org", "Date: Fri, 20 Nov 2026 15:00:00 +0000"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(text.contains("Subject: Grace will serve you on Saturday 21 November 2026 at 10:00"), "{text}");
    assert!(text.contains("Dear Ruth, Grace will serve you"), "{text}");
}

#[tokio::test]
async fn a_server_in_trouble_is_tried_again_and_one_that_knows_nobody_of_that_name_is_not() {
    let (spa, clock) = to_tell("email", ADDRESS).await;
    let moods = [
        Mood::SaysOfRecipient("450 4.2.1 <ruth@example.org> is busy"),
        Mood::HangsUpAtOnce,
        Mood::SaysOfData("451 4.3.0 try later"),
        Mood::SaysOfRecipient("530 5.7.0 log in first"),
        Mood::Stalls,
    ];
    let (fake, sender) = server(&moods).await;
    for mood in moods {
        let report = send(&spa, &clock, &sender).await;
        assert_eq!((report.failed.len(), report.dead.len()), (1, 0), "{mood:?}: {report:?}");
        assert!(!report.failed[0].1.contains("ruth@"), "{report:?}");
        clock.set(row(&spa).await.next_attempt_at);
    }
    assert_eq!(send(&spa, &clock, &sender).await.delivered, 1);
    assert_eq!(fake.taken.lock().unwrap().len(), 1);

    for mood in [Mood::SaysOfRecipient("550 5.1.1 no ruth@example.org here"), Mood::SaysOfData("554 5.6.0 not this")] {
        let (spa, clock) = to_tell("email", ADDRESS).await;
        let (_, sender) = server(&[mood]).await;
        assert_eq!(send(&spa, &clock, &sender).await.dead.len(), 1, "{mood:?}");
        let kept = row(&spa).await;
        assert!(kept.state == OutboxState::Dead && !kept.last_error.unwrap().contains("ruth@"), "{mood:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_given_up_without_asking_anybody() {
    let (spa, clock) = to_tell("email", "Ruth, second floor").await;
    let (fake, sender) = server(&[]).await;
    assert_eq!(send(&spa, &clock, &sender).await.dead.len(), 1);
    assert!(fake.taken.lock().unwrap().is_empty());
}
