//! Calls of the contracts' owner: sent from an account, or exported for an owner that decides elsewhere.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use psephos_chain::plan::{Step, StepResult};
use psephos_chain::transaction::GAS_CAP;
use psephos_chain::{Address, Connection, Sent, keccak256};
use psephos_client::operator::export::{Proposal, safe_batch};
use psephos_client::operator::{Call, ownership, simulate_calls};
use psephos_state::{ChainState, Deployment};
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::format::{plural, thousands};
use crate::plan::{PlanArgs, run_steps};
use crate::session::Session;

/// Options of the owner's commands.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "For an owner that is a timelock or a Safe")]
pub(crate) struct ExportArgs {
    /// Print the calls as JSON (targets, values, calldatas, description) instead of sending them; needs no key
    #[arg(long)]
    pub(crate) calldata: bool,
    /// Write the calls to a batch file of Safe's Transaction Builder instead of sending them; needs no key
    #[arg(long, value_name = "FILE")]
    pub(crate) safe_batch: Option<PathBuf>,
    /// Export calls that would fail now, because another proposal is executed before them, or that no node can simulate
    #[arg(long)]
    pub(crate) unchecked: bool,
}

impl ExportArgs {
    /// Returns whether calls are exported instead of sent.
    pub(crate) fn is_export(&self) -> bool {
        self.calldata || self.safe_batch.is_some()
    }
}

/// The owner's side of a deployment.
pub(crate) struct Dao<'a> {
    session: &'a Session,
    export: ExportArgs,
    /// The deployment.
    pub(crate) deployment: Deployment,
    /// A connection that sends from the account, or only reads if calls are exported.
    pub(crate) connection: Connection,
}

impl<'a> Dao<'a> {
    /// Reads the deployment and connects, with the sending account unless calls are exported.
    pub(crate) async fn connect(session: &'a Session, export: ExportArgs) -> Result<Self, Failure> {
        if export.unchecked && !export.is_export() {
            return Err(Failure::invalid_input(
                "--unchecked is for calls that are exported",
                "add --calldata, or --safe-batch FILE; a call that is sent must succeed now",
            ));
        }
        if let Some(path) = &export.safe_batch {
            files::ensure_absent(path)?;
        }
        let deployment = session.read_deployment()?;
        let connection = match export.is_export() {
            true => session.connect_node(&deployment).await?,
            false => session.connect_sender(&deployment).await?,
        };
        Ok(Self { session, export, deployment, connection })
    }

    /// Returns whether calls are exported instead of sent.
    pub(crate) fn is_export(&self) -> bool {
        self.export.is_export()
    }

    /// Returns whether calls are exported that would fail now.
    pub(crate) fn is_unchecked(&self) -> bool {
        self.export.unchecked
    }

    /// Reads the current chain state.
    pub(crate) async fn read_state(&self) -> Result<ChainState, Failure> {
        Ok(self.session.source(&self.connection, &self.deployment)?.read_state().await?)
    }

    /// Returns the account that calls this contract: the sender, or the contract's owner if calls are exported.
    pub(crate) async fn account(&self, contract: Address) -> Result<Address, Failure> {
        match self.connection.sender() {
            Some(sender) => Ok(sender),
            None => self.find_caller([contract]).await,
        }
    }

    async fn find_caller(&self, targets: impl IntoIterator<Item = Address>) -> Result<Address, Failure> {
        let ownerships = ownership::read_ownership(&self.connection, &self.deployment).await?;
        Ok(ownership::find_caller(&ownerships, &self.deployment, targets)?)
    }

    /// Sends the calls in order and returns their transactions, or exports them and returns nothing: then the command's
    /// result is printed already. Without a call there is nothing to send or export.
    pub(crate) async fn execute(&self, calls: &[Call]) -> Result<Option<Vec<Sent>>, Failure> {
        self.execute_as(None, calls).await
    }

    /// As [`Dao::execute`], where calls that are exported are those of this account instead of the owner.
    pub(crate) async fn execute_as(
        &self,
        caller: Option<Address>,
        calls: &[Call],
    ) -> Result<Option<Vec<Sent>>, Failure> {
        if self.is_export() && !calls.is_empty() {
            let caller = match caller {
                Some(caller) => caller,
                None => self.find_caller(calls.iter().map(|call| call.to)).await?,
            };
            self.export_calls(caller, calls).await?;
            return Ok(None);
        }
        let mut sent = Vec::new();
        for call in calls {
            sent.push(call.send(&self.connection).await?);
        }
        Ok(Some(sent))
    }

    /// Runs the steps of a command that follow from these inputs, or continues an earlier run of it. Returns nothing
    /// after a dry run, whose result is printed already. Without a step there is nothing to do.
    pub(crate) async fn run_steps(
        &self,
        plan: PlanArgs,
        command: &str,
        inputs: &str,
        steps: Vec<Step>,
    ) -> Result<Option<Vec<StepResult>>, Failure> {
        if self.is_export() && steps.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let inputs = keccak256((self.deployment.id() + " " + inputs).as_bytes());
        run_steps(self.session, &self.connection, plan, command, inputs, steps).await
    }

    /// As [`Dao::execute`], for one call.
    pub(crate) async fn execute_one(&self, call: Call) -> Result<Option<Sent>, Failure> {
        Ok(self.execute(&[call]).await?.and_then(|mut sent| sent.pop()))
    }

    /// Simulates the calls from the account that will make them, and exports them.
    async fn export_calls(&self, caller: Address, calls: &[Call]) -> Result<(), Failure> {
        let output = self.session.output();
        let gas = self.simulate(caller, calls).await?;
        let proposal = Proposal::new(self.deployment.chain_id, caller, calls);
        let mut shown = json!(proposal);
        shown["gas"] = json!(gas);
        if let Some(path) = &self.export.safe_batch {
            let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let created_at = u64::try_from(since_1970.as_millis()).unwrap_or_default();
            let batch = safe_batch(self.deployment.chain_id, caller, calls, created_at);
            files::write_file(path, format!("{batch:#}\n").as_bytes(), false)?;
            shown["file"] = json!(files::shown(path));
        }
        output.print_result(&shown, || match (&self.export.safe_batch, self.export.calldata) {
            (Some(path), false) => {
                let number = plural(calls.len() as u64, "call");
                format!("{}\n{number} of {caller} written to {}", proposal.description, path.display())
            }
            _ => format!("{shown:#}"),
        })
    }

    /// Returns the gas of the calls, if the node could simulate them all. Calls that would fail are refused, or warned
    /// of if the user wants unchecked calls.
    async fn simulate(&self, caller: Address, calls: &[Call]) -> Result<Option<u64>, Failure> {
        let output = self.session.output();
        let gas = match simulate_calls(&self.connection, caller, calls).await {
            Ok(gas) => gas,
            Err(error) if self.export.unchecked => {
                output.print_warning(&error.to_string());
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        match gas {
            None => output.print_warning("the node can only simulate the first call; the others are unchecked"),
            Some(gas) if gas > GAS_CAP => output.print_warning(&format!(
                "the calls use {} gas together, and one transaction at most {}: split them, for example a list of members \
                 into several files for `psephos chamber allow`",
                thousands(gas),
                thousands(GAS_CAP)
            )),
            Some(_) => {}
        }
        Ok(gas)
    }
}
