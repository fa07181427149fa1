//! A plan whose journal is on a small disk that gets full before one of its writes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use psephos_chain::{
    LocalChain,
    plan::{JournalFile, PlanError, Store},
};
use psephos_testkit::SmallDisk;

use crate::support::{Fixture, STEPS, plan_error};

/// A journal in a file. Before one of its writes, something else takes all that is left of the disk.
#[derive(Debug)]
struct CrowdedJournal {
    file: JournalFile,
    disk: Arc<SmallDisk>,
    writes_left: AtomicUsize,
}

impl CrowdedJournal {
    fn lock(path: &Path, disk: &Arc<SmallDisk>, writes_left: usize) -> Self {
        let file = JournalFile::lock(path).unwrap();
        Self { file, disk: disk.clone(), writes_left: AtomicUsize::new(writes_left) }
    }
}

impl Store for CrowdedJournal {
    fn read(&self) -> io::Result<Option<String>> {
        self.file.read()
    }

    fn write(&self, text: &str) -> io::Result<()> {
        if self.writes_left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.disk.fill();
        }
        self.file.write(text)
    }

    fn remove(&self) -> io::Result<()> {
        self.file.remove()
    }

    fn path(&self) -> PathBuf {
        self.file.path()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_that_is_full_at_any_write_stops_the_plan_and_leaves_the_journal_readable() {
    let Some(disk) = SmallDisk::mount().map(Arc::new) else { return };
    let chain = LocalChain::start().await.unwrap();
    let path = disk.path("plan.journal");
    for writes in 0.. {
        let fixture = Fixture::new(&chain).await;
        let crowded = CrowdedJournal::lock(&path, &disk, writes);
        let ended = fixture.run_kept(&fixture.account, Box::new(crowded), &()).await;
        if ended.is_ok() {
            assert!(writes as u64 >= 3 * STEPS, "each step is written when it is begun, sent and mined: {writes}");
            assert!(!path.exists());
            return;
        }
        let error = plan_error(ended);
        assert!(matches!(&error, PlanError::Journal { path: named, .. } if *named == path), "{error}");
        assert!(error.to_string().contains("No space left"), "{error}");
        if writes <= 1 {
            assert_eq!(fixture.mined().await, 0, "nothing is sent that is not in the journal");
        }
        // What was written last is whole: neither empty nor cut.
        let kept = fs::read_to_string(&path).ok();
        assert_eq!(kept.is_some(), writes > 0);
        if let Some(text) = kept {
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }

        disk.free();
        let again = Box::new(JournalFile::lock(&path).unwrap());
        fixture.run_kept(&fixture.account, again, &()).await.unwrap();
        fixture.assert_done(0, &format!("{writes} writes")).await;
        assert_eq!(fs::read_dir(disk.folder().path()).unwrap().count(), 0, "{writes} writes: nothing is left over");
    }
}
