//! The real salon, which lies beside the project, and a small dirty one of our own.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use zamu::ingest::{ImportBatch, Written, salon, write};
use zamu::store::{SqliteStore, Stamp};

/// The real salon's folder. Without it the test is skipped, loudly; on the build machine it must be there.
pub fn real() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Beside the project, or beside the folder its working trees are in.
    let found = ["../shared", "../../shared"].into_iter().map(|beside| root.join(beside).join("data/hair-salon"));
    if let Some(dir) = found.into_iter().find(|dir| dir.join("bookings.csv").exists()) {
        return Some(dir);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "../shared/data/hair-salon is missing, and the build machine has to have it");
    eprintln!("SKIPPED: ../shared/data/hair-salon is missing, so the real salon was not used");
    None
}

pub fn parse(dir: &Path) -> zamu::ingest::Parsed {
    salon::parse(&salon::Files::read(dir).unwrap(), &salon::Options::default()).unwrap()
}

pub async fn write(store: &SqliteStore, batch: &ImportBatch) -> Written {
    let stamp = Stamp::new("import", DateTime::<Utc>::from_timestamp(1_600_000_000, 0).unwrap(), "a test");
    write::write(store, batch, &stamp, &|_| {}).await.unwrap()
}

/// A store in a folder of its own with this batch in it.
pub async fn store_with(batch: &ImportBatch) -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("salon.db")).await.unwrap();
    write(&store, batch).await;
    (folder, store)
}

/// A folder like the real one, in which every kind of row is wrong once.
pub fn dirty() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put(
        "bookings.csv",
        "Code,Staff,Service,Date,Time,TimeInt\r\n\
         ANN,JJ,CUT,03/14/2018,10:00:00 AM,600\r\n\
         BOB,JJ,CUT,03/14/2018,10:30:00 AM,630\r\n\
         CLEO,KELLY,CUT,03/14/2018,10:00:00 AM,610\r\n\
         DAN,KELLY,CUT,03/14/2018,noon,720\r\n\
         EVE,KELLY,CUT,03/14/2018,noon,\r\n\
         FLO,KELLY,CUT,14/03/2018,1:00:00 PM,780\r\n\
         GUS,KELLY,PERM,03/14/2018,1:00:00 PM,780\r\n\
         ,HOUSE,WASH,03/14/2018,2:00:00 PM,840\r\n\
         HAL,,WASH,03/14/2018,3:00:00 PM,900\r\n\
         ANN,JJ,CUT,03/14/2018,10:00:00 AM,600\r\n\
         IDA,KELLY,WASH,03/11/2018,2:30:00 AM,150\r\n\
         ANN,KELLY,CUT,03/14/2018,10:00:00 AM,600\r\n",
    );
    put("services.csv", "Code,Desc,Price\nCUT,Hair cut,0\nWASH,Wash,12.50\nEXT,Extensions,0\nCUT,Again,1\n,Nothing,1\n");
    put("derived_service_minutes.csv", "Service,minutes\nCUT,40.0\nWASH,15\nBAD,-3\nCUT,50\n");
    put(
        "cancellations.csv",
        "Cancel Date,Code,Service,Booking Date\n03/10/2018,JO,CUT,03/14/2018\n03/10/2018,JO,CUT,03/14/2018\n03/20/2018,KIM,CUT,03/14/2018\n?,LEA,WASH,03/14/2018\n",
    );
    put("no-shows.csv", "Date,Code,Service,Staff\n03/14/2018,ANN,CUT,KELLY\n03/14/2018,ZOE,CUT,JJ\n");
    put(
        "receipts.csv",
        "Description,Quantity,Amount\nHair cut,1,40\nHair cut,1,50.5\nHair cut,1,60\nHair cut,1,-60\nHair cut,2,90\nShampoo,1,9\nWash,1,12\n,1,3\nHair cut,1,x\n",
    );
    folder
}
