//! What administrators do with tasks, runs and scripts beyond single steps of the stores.

use super::Server;
use crate::webhook::StoreError;
use std::io;

impl Server {
    /// Cancels all waiting tasks, or those of one webhook; says how many. Running ones go on.
    ///
    /// # Errors
    /// The store failed; some may be cancelled then.
    pub fn cancel_waiting(&self, webhook: Option<&str>) -> Result<u64, StoreError> {
        let mut names: Vec<String> = match webhook {
            Some(name) => vec![name.to_owned()],
            None => [self.registry(), self.retired()]
                .iter()
                .flat_map(|registry| registry.entries())
                .map(|entry| entry.def.name.clone())
                .collect(),
        };
        names.sort();
        names.dedup();
        names
            .iter()
            .try_fold(0u64, |sum, name| Ok(sum.saturating_add(self.tasks().cancel_waiting(name, super::now_millis())?)))
    }

    /// Asks a run to end as soon as its script notices (WH-91); says whether there is one of this number.
    ///
    /// # Errors
    /// It is a task, and the store failed.
    pub fn cancel_run(&self, id: u64) -> Result<bool, StoreError> {
        let run = self.runs().list().into_iter().find(|run| run.id == id);
        // The store has to know, or the task would be tried again after the end of the process.
        if let Some(task) = run.and_then(|run| run.task) {
            self.cancel_task(&task)?;
        }
        Ok(self.runs().cancel(id))
    }

    /// Removes a script, which is in force at once: webhooks that need it have no program any more.
    ///
    /// # Errors
    /// The path leads out of the folder, or there is no such file, or it cannot be removed.
    pub fn remove_script(&self, path: &str) -> io::Result<Vec<String>> {
        self.scripts().remove(path)?;
        Ok(self.refresh_scripts())
    }
}
