//! Plans of several transactions: what they cost, before anything is sent, and where each is.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::chains::find_chain;
use psephos_chain::plan::{
    JournalFile, Mined, PlanObserver, PlannedSteps, Price, Step, StepResult, Store, format_coin,
};
use psephos_chain::{Address, B256, ChainError, Connection};
use psephos_protocol::identifiers::ChainId;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::format::{plural, thousands};
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

/// Options of the commands that send several transactions.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PlanArgs {
    /// Simulate the transactions and print what they cost; send and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Returns the path of the journal of a command that writes no file: beside the deployment file, under a name that the
/// same command finds again.
pub(crate) fn journal_of(deployment: &Path, command: &str, inputs: B256) -> PathBuf {
    let mut digits = inputs.to_string();
    digits.truncate(10);
    let mut name = deployment.as_os_str().to_owned();
    name.push(format!(".{}-{}", command.replace(' ', "-"), digits.trim_start_matches("0x")));
    journal_beside(Path::new(&name))
}

/// Returns the path of the journal of a command that writes a file.
pub(crate) fn journal_beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".journal");
    name.into()
}

impl PlanArgs {
    /// Locks the journal at a path. A dry run writes nothing, not even a lock, unless there is a journal to read.
    pub(crate) fn open_journal(self, path: &Path) -> Result<Box<dyn Store>, Failure> {
        if self.dry_run && !path.exists() {
            return Ok(Box::new(()));
        }
        let file = JournalFile::lock(path).map_err(ChainError::from)?;
        Ok(Box::new(file))
    }

    /// Ends a dry run with the price as its result; else shows the price and checks that the account can pay it.
    /// Returns whether to go on.
    pub(crate) fn confirm(self, output: Output, plan: &ShownPlan) -> Result<bool, Failure> {
        if self.dry_run {
            output.print_result(&plan.to_json(), || plan.to_text())?;
            return Ok(false);
        }
        if plan.price.steps.iter().any(|step| !step.is_done) {
            output.print_remark(&plan.summarise());
        }
        plan.price.check_balance().map_err(ChainError::from)?;
        Ok(true)
    }
}

/// A plan with its price, as it is shown.
pub(crate) struct ShownPlan {
    /// The price.
    pub(crate) price: Price,
    /// The contract that each step deploys, if these steps deploy any.
    pub(crate) contracts: Vec<Option<Address>>,
    /// What else there is to know before it is run.
    pub(crate) remark: Option<String>,
}

impl ShownPlan {
    /// Creates a plan that deploys nothing.
    pub(crate) fn of_calls(price: Price) -> Self {
        Self { price, contracts: Vec::new(), remark: None }
    }

    fn to_json(&self) -> Value {
        let Price { account, balance, fees, steps } = &self.price;
        let contracts = self.contracts.iter().copied().chain(std::iter::repeat(None));
        let steps: Vec<Value> = steps
            .iter()
            .zip(contracts)
            .map(|(step, contract)| {
                let price = step.gas.map(|gas| (self.price.of_gas(gas) + step.value).to_string());
                let price = price.filter(|_| !step.is_done);
                json!({ "step": step.name, "contract": contract, "done": step.is_done, "gas": step.gas, "price": price })
            })
            .collect();
        json!({
            "dry_run": true,
            "account": account,
            "balance": balance.to_string(),
            "max_fee_per_gas": fees.max_fee.to_string(),
            "steps": steps,
            "gas": self.price.gas(),
            "price": self.price.total().to_string(),
        })
    }

    fn to_text(&self) -> String {
        let has_contracts = self.contracts.iter().any(Option::is_some);
        let columns: &[&str] = match has_contracts {
            true => &["step", "contract", ">gas", ">price at most"],
            false => &["step", ">gas", ">price at most"],
        };
        let mut table = Table::new(columns);
        let contracts = self.contracts.iter().copied().chain(std::iter::repeat(None));
        for (step, contract) in self.price.steps.iter().zip(contracts) {
            let (gas, price) = match step.gas {
                _ if step.is_done => ("done".to_owned(), "0".to_owned()),
                Some(gas) => (thousands(gas), format_coin(self.price.of_gas(gas) + step.value)),
                None => ("unknown".to_owned(), "unknown".to_owned()),
            };
            let mut cells = vec![step.name.clone()];
            if has_contracts {
                cells.push(contract.map_or_else(String::new, |contract| contract.to_string()));
            }
            cells.extend([gas, price]);
            table.add_row(cells);
        }
        let remark = self.remark.as_ref().map_or_else(String::new, |remark| format!("\n{remark}"));
        format!("{}\n{}{remark}\nNothing was sent.", table.render(), self.summarise())
    }

    /// Returns the sum and the account, in one line.
    fn summarise(&self) -> String {
        let open = self.price.steps.iter().filter(|step| !step.is_done).count() as u64;
        let Price { account, balance, .. } = &self.price;
        format!(
            "{} from {account}: {} gas, at most {} of the chain's coin at the present fees (the account has {})",
            plural(open, "transaction"),
            thousands(self.price.gas()),
            format_coin(self.price.total()),
            format_coin(*balance)
        )
    }
}

/// Runs the steps of a command that follow from these inputs, or continues an earlier run of it. Returns nothing after
/// a dry run, whose result is printed already.
pub(crate) async fn run_steps(
    session: &Session,
    connection: &Connection,
    plan: PlanArgs,
    command: &str,
    inputs: B256,
    steps: Vec<Step>,
) -> Result<Option<Vec<StepResult>>, Failure> {
    let journal = plan.open_journal(&journal_of(session.deployment_path(), command, inputs))?;
    let planned = PlannedSteps::prepare(connection, command, inputs, steps, journal).await?;
    let shown = ShownPlan::of_calls(planned.price().await?);
    warn_of_unpriced(session.output(), connection.chain_id());
    match plan.confirm(session.output(), &shown)? {
        true => Ok(Some(planned.run(&Teller(session.output())).await?)),
        false => Ok(None),
    }
}

/// Warns of what prices leave out on this chain.
pub(crate) fn warn_of_unpriced(output: Output, chain_id: ChainId) {
    if let Some(chain) = find_chain(chain_id)
        && let Some(unpriced) = chain.kind.unpriced()
    {
        output.print_warning(&format!("prices on {} do not contain {unpriced}", chain.name));
    }
}

/// Prints where each transaction is.
pub(crate) struct Teller(pub(crate) Output);

impl PlanObserver for Teller {
    fn step_sent(&self, step: &str, hash: B256, nonce: u64) {
        self.0.print_remark(&format!("  {step}: sent as {hash} (nonce {nonce})"));
    }

    fn step_done(&self, step: &str, transaction: Option<&Mined>) {
        self.0.print_remark(&match transaction {
            Some(mined) => format!("  {step}: done in block {} ({} gas)", mined.block, thousands(mined.gas)),
            None => format!("  {step}: was done already"),
        });
    }

    fn nonce_spent(&self, step: &str, nonce: u64, by: B256) {
        self.0.print_warning(&format!("{step}: nonce {nonce} was used by transaction {by}; it gets another one"));
    }
}

/// Returns the transactions of a plan, as JSON.
pub(crate) fn transactions_json(steps: &[StepResult]) -> Value {
    steps.iter().filter_map(|step| step.transaction.as_ref()).map(|mined| json!(mined.hash)).collect()
}
