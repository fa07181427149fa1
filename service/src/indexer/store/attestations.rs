//! Attestations in the store. They are signed, so the store is a place to fetch them from and nothing more.

use psephos_wire::Attestation;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use super::Store;
use crate::indexer::IndexError;

/// JSON, by poll, trustee, and 0 or 1.
const ATTESTATIONS: TableDefinition<'_, (u64, [u8; 20], u8), &str> = TableDefinition::new("attestations");

/// The number of different statements of one trustee about one poll that are kept: two prove that it lied.
const MOST: u8 = 2;

impl Store {
    /// Keeps an attestation, unless its trustee has said the same of this poll before, or two other things.
    ///
    /// # Errors
    /// Returns `Database`.
    pub fn add_attestation(&self, attestation: &Attestation) -> Result<(), IndexError> {
        self.file.run(|database| self.write_attestation(database, attestation))
    }

    fn write_attestation(&self, database: &Database, attestation: &Attestation) -> Result<(), IndexError> {
        let key = |number| (attestation.poll.get(), attestation.trustee.into_array(), number);
        let writing = database.begin_write().map_err(|error| self.database_error(error))?;
        {
            let mut table = writing.open_table(ATTESTATIONS).map_err(|error| self.database_error(error))?;
            for number in 0..MOST {
                let stored = table.get(key(number)).map_err(|error| self.database_error(error))?;
                let known = stored.map(|stored| stored.value().to_owned());
                let known = known.and_then(|json| serde_json::from_str::<Attestation>(&json).ok());
                match known {
                    Some(known) if known.agrees_with(attestation) => return Ok(()),
                    Some(_) => {}
                    None => {
                        // A struct of numbers and strings always has a JSON form.
                        let json = serde_json::to_string(attestation).unwrap_or_default();
                        table.insert(key(number), json.as_str()).map_err(|error| self.database_error(error))?;
                        break;
                    }
                }
            }
        }
        writing.commit().map_err(|error| self.database_error(error))
    }

    /// Returns all attestations, by poll and trustee.
    ///
    /// # Errors
    /// Returns `Database`.
    pub fn read_attestations(&self) -> Result<Vec<Attestation>, IndexError> {
        self.file.run(|database| self.read_attestations_from(database))
    }

    fn read_attestations_from(&self, database: &Database) -> Result<Vec<Attestation>, IndexError> {
        let reading = database.begin_read().map_err(|error| self.database_error(error))?;
        let table = match reading.open_table(ATTESTATIONS) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(self.database_error(error)),
        };
        let mut all = Vec::new();
        for entry in table.iter().map_err(|error| self.database_error(error))? {
            let (_, json) = entry.map_err(|error| self.database_error(error))?;
            all.extend(serde_json::from_str::<Attestation>(json.value()).ok());
        }
        Ok(all)
    }
}
