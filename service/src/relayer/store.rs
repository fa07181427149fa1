//! The relayer's crash-safe store: one file (redb), in which each change is atomic and on disk before it is
//! acknowledged.
//!
//! Items and transactions that are not final are held in memory as well, and are loaded from the file at startup.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use psephos_state::{Address, B256, Deployment};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    item::{DecodedPackage, ItemStatus, PendingTransaction, RelayItem},
    masker::{Slot, SlotPlan},
};
use crate::database::{DatabaseError, DatabaseFile};

const ITEMS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("items");
const TRANSACTIONS: TableDefinition<u64, &[u8]> = TableDefinition::new("transactions");
/// The plans of masked polls' slots, as pairs of a slot and its plan.
const PLANS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("plans");
const ABOUT: TableDefinition<&str, &str> = TableDefinition::new("about");

/// An error of the relayer's file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or the disk failed.
    #[error("the relayer's file cannot be used: {0}; check the disk, and that no other relayer uses the file")]
    File(#[from] redb::Error),
    /// The file was not written by this program.
    #[error("the relayer's file is damaged ({0} cannot be decoded): restore it from a backup, or use another file")]
    Damaged(&'static str),
    /// The file belongs to another relayer.
    #[error(
        "the relayer's file belongs to {actual}, but this relayer is {expected}: use another file, because stored \
         transactions are valid only for their own account and chain"
    )]
    OtherRelayer {
        /// Account, chain and contract of this relayer.
        expected: String,
        /// Account, chain and contract in the file.
        actual: String,
    },
}

impl DatabaseError for StoreError {
    fn from_database(_: &Path, error: redb::Error) -> Self {
        Self::File(error)
    }

    fn database_error(&self) -> Option<&redb::Error> {
        match self {
            Self::File(error) => Some(error),
            _ => None,
        }
    }
}

/// The maximum size of the database's cache, in bytes.
const CACHE_BYTES: usize = 64 << 20;

/// The accepted items and the transactions.
pub(crate) struct RelayerStore {
    file: DatabaseFile,
    pending: Mutex<PendingItems>,
}

/// The items and transactions that are not final.
#[derive(Default)]
struct PendingItems {
    /// Whether the file may be ahead of these: a write has failed, and how much of it was written is not known.
    outdated: bool,
    items: BTreeMap<B256, PendingItem>,
    transactions: BTreeMap<u64, PendingTransaction>,
    plans: BTreeMap<Slot, SlotPlan>,
}

/// An item with its decoded package.
#[derive(Clone)]
pub(crate) struct PendingItem {
    pub(crate) item: RelayItem,
    pub(crate) work: Arc<DecodedPackage>,
}

impl PendingItem {
    /// Sets an update aside that is not stored yet: another one of its slot is kept.
    pub(crate) fn set_aside(&mut self) {
        self.item.state = ItemStatus::SetAside;
        self.item.json = None;
    }
}

/// Changes that are stored atomically.
#[derive(Default)]
pub(crate) struct StoreChanges {
    pub(crate) accepted: Vec<PendingItem>,
    pub(crate) states: Vec<(B256, ItemStatus)>,
    pub(crate) transactions: Vec<PendingTransaction>,
    pub(crate) finished: Vec<u64>,
    /// New plans of slots; `None` removes one.
    pub(crate) plans: Vec<(Slot, Option<SlotPlan>)>,
}

impl StoreChanges {
    pub(crate) fn is_empty(&self) -> bool {
        self.accepted.is_empty()
            && self.states.is_empty()
            && self.transactions.is_empty()
            && self.finished.is_empty()
            && self.plans.is_empty()
    }
}

macro_rules! redb {
    ($result:expr) => {
        $result.map_err(|error| StoreError::File(redb::Error::from(error)))?
    };
}

impl RelayerStore {
    /// Opens the file of this relayer, or creates it.
    pub(crate) fn open_or_create(path: &Path, deployment: &Deployment, relayer: Address) -> Result<Self, StoreError> {
        let file = DatabaseFile::open_or_create(path, CACHE_BYTES)?;
        let expected = format!("{relayer} on {}", deployment.id());
        file.run(|database| claim_file(database, expected))?;
        let pending = Mutex::new(file.run(load_pending)?);
        Ok(Self { file, pending })
    }

    /// Returns why the file cannot be used at present: the disk failed.
    pub(crate) fn failure(&self) -> Option<String> {
        self.file.failure()
    }

    /// Opens the file again after a failure, unless that was tried a moment ago, and loads what is in it.
    ///
    /// # Errors
    /// Returns `File` while it cannot be used, and `Damaged`.
    pub(crate) fn recover(&self) -> Result<(), StoreError> {
        if !self.file.recover() {
            return Err(StoreError::File(redb::Error::PreviousIo));
        }
        let mut live = self.lock_pending();
        if live.outdated {
            *live = self.file.run(load_pending)?;
        }
        Ok(())
    }

    /// Returns the latest time in items and transactions that are not final, in seconds since 1970.
    pub(crate) fn latest_time(&self) -> u64 {
        let live = self.lock_pending();
        let arrived = live.items.values().map(|held| held.item.arrived);
        arrived.chain(live.transactions.values().map(|transaction| transaction.sent_at)).max().unwrap_or_default()
    }

    /// Stores changes. When this returns they are on disk.
    pub(crate) fn apply_changes(&self, changes: StoreChanges) -> Result<(), StoreError> {
        // Locked until the file has the changes: memory is never ahead of the file, and never behind it.
        let mut live = self.lock_pending();
        if live.outdated {
            *live = self.file.run(load_pending)?;
        }
        let StoreChanges { accepted, states, transactions, finished, plans } = changes;
        let mut items: Vec<PendingItem> = accepted;
        for (id, state) in states {
            let Some(held) = live.items.get(&id) else { continue };
            let json = held.item.json.clone().filter(|_| !state.is_final());
            let item = RelayItem { state, json, ..held.item.clone() };
            items.push(PendingItem { item, work: held.work.clone() });
        }
        let written = self.file.run(|database| write_changes(database, &items, &transactions, &finished, &plans));
        if written.is_err() {
            live.outdated = true;
        }
        written?;
        for held in items {
            match held.item.state.is_final() {
                true => drop(live.items.remove(&held.item.receipt.id)),
                false => drop(live.items.insert(held.item.receipt.id, held)),
            }
        }
        live.transactions.extend(transactions.into_iter().map(|transaction| (transaction.nonce, transaction)));
        live.transactions.retain(|nonce, _| !finished.contains(nonce));
        for (slot, plan) in plans {
            match plan {
                Some(plan) => drop(live.plans.insert(slot, plan)),
                None => drop(live.plans.remove(&slot)),
            }
        }
        Ok(())
    }

    /// Returns an item, final or not.
    pub(crate) fn get_item(&self, id: &B256) -> Result<Option<RelayItem>, StoreError> {
        if let Some(held) = self.lock_pending().items.get(id) {
            return Ok(Some(held.item.clone()));
        }
        self.file.run(|database| {
            let read = redb!(database.begin_read());
            let table = redb!(read.open_table(ITEMS));
            match redb!(table.get(id.as_slice())) {
                Some(value) => Ok(Some(decode_record(value.value(), "an item")?)),
                None => Ok(None),
            }
        })
    }

    /// Returns the items that are not final.
    pub(crate) fn pending_items(&self) -> Vec<PendingItem> {
        self.lock_pending().items.values().cloned().collect()
    }

    /// Returns the transactions that are not final, by nonce.
    pub(crate) fn transactions(&self) -> BTreeMap<u64, PendingTransaction> {
        self.lock_pending().transactions.clone()
    }

    /// Returns the plans of masked polls' slots.
    pub(crate) fn plans(&self) -> BTreeMap<Slot, SlotPlan> {
        self.lock_pending().plans.clone()
    }

    /// Returns the plan of a slot.
    pub(crate) fn plan(&self, slot: &Slot) -> Option<SlotPlan> {
        self.lock_pending().plans.get(slot).cloned()
    }

    /// Returns the numbers of waiting, sent and included items; rejected ones count as included until that is final.
    /// Updates of masked polls are not among them: their number would tell when one was handed over.
    pub(crate) fn status_counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for held in self.lock_pending().items.values().filter(|held| held.item.update.is_none()) {
            let index = match held.item.state {
                ItemStatus::Waiting => 0,
                ItemStatus::Sent { .. } => 1,
                _ => 2,
            };
            counts[index] += 1;
        }
        counts
    }

    fn lock_pending(&self) -> MutexGuard<'_, PendingItems> {
        // The memory changes after the file and in one step, so a panic with the lock held leaves it consistent.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Assigns a new file to this relayer, or checks that it belongs to it.
fn claim_file(database: &Database, expected: String) -> Result<(), StoreError> {
    let write = redb!(database.begin_write());
    {
        let mut about = redb!(write.open_table(ABOUT));
        let actual = redb!(about.get("relayer")).map(|value| value.value().to_owned());
        match actual {
            Some(actual) if actual != expected => return Err(StoreError::OtherRelayer { expected, actual }),
            Some(_) => {}
            None => drop(redb!(about.insert("relayer", expected.as_str()))),
        }
        redb!(write.open_table(ITEMS));
        redb!(write.open_table(TRANSACTIONS));
        redb!(write.open_table(PLANS));
    }
    redb!(write.commit());
    Ok(())
}

fn load_pending(database: &Database) -> Result<PendingItems, StoreError> {
    let mut live = PendingItems::default();
    let read = redb!(database.begin_read());
    for entry in redb!(redb!(read.open_table(ITEMS)).iter()) {
        let item: RelayItem = decode_record(redb!(entry).1.value(), "an item")?;
        if !item.state.is_final() {
            let work = DecodedPackage::decode_item(&item).ok_or(StoreError::Damaged("a package"))?;
            live.items.insert(item.receipt.id, PendingItem { item, work: Arc::new(work) });
        }
    }
    for entry in redb!(redb!(read.open_table(TRANSACTIONS)).iter()) {
        let transaction: PendingTransaction = decode_record(redb!(entry).1.value(), "a transaction")?;
        live.transactions.insert(transaction.nonce, transaction);
    }
    for entry in redb!(redb!(read.open_table(PLANS)).iter()) {
        let entry = redb!(entry);
        live.plans.insert(decode_record(entry.0.value(), "a slot")?, decode_record(entry.1.value(), "a plan")?);
    }
    Ok(live)
}

fn write_changes(
    database: &Database,
    items: &[PendingItem],
    transactions: &[PendingTransaction],
    finished: &[u64],
    plans: &[(Slot, Option<SlotPlan>)],
) -> Result<(), StoreError> {
    let write = redb!(database.begin_write());
    {
        let mut table = redb!(write.open_table(ITEMS));
        for held in items {
            redb!(table.insert(held.item.receipt.id.as_slice(), encode_record(&held.item)?.as_slice()));
        }
        let mut table = redb!(write.open_table(TRANSACTIONS));
        for transaction in transactions {
            redb!(table.insert(transaction.nonce, encode_record(transaction)?.as_slice()));
        }
        for nonce in finished {
            redb!(table.remove(*nonce));
        }
        let mut table = redb!(write.open_table(PLANS));
        for (slot, plan) in plans {
            let key = encode_record(slot)?;
            match plan {
                Some(plan) => drop(redb!(table.insert(key.as_slice(), encode_record(plan)?.as_slice()))),
                None => drop(redb!(table.remove(key.as_slice()))),
            }
        }
    }
    redb!(write.commit());
    Ok(())
}

fn encode_record(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|_| StoreError::Damaged("a value that cannot be encoded"))
}

fn decode_record<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| StoreError::Damaged(what))
}
