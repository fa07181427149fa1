//! `psephos deploy`: the contracts, once for a DAO.

use std::path::PathBuf;

use clap::Args;
use psephos_chain::Connection;
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::files;
use crate::report::thousands;
use crate::session::Session;
use crate::table::Table;

/// Arguments of `deploy`.
#[derive(Debug, Args)]
pub(crate) struct Deploy {
    /// The file for the addresses
    #[arg(long, value_name = "FILE", default_value = "deployment.json")]
    out: PathBuf,
}

/// Deploys, from the account that then owns the contracts.
pub(crate) async fn run(session: &Session, args: Deploy) -> Result<u8, Failure> {
    files::must_be_new(&args.out)?;
    let account = session.account()?;
    let connection = Connection::connect(session.rpc()).await?.with_wallet(account.wallet())?;
    let circuits = session.circuits()?;
    tokio::task::block_in_place(|| circuits.committee_keys_verifier())?;
    let installation = circuits.deploy(&connection).await?;
    psephos_chain::deployment_file::write_deployment(&installation.deployment, &args.out)?;
    let contracts: Vec<Value> = installation
        .contracts
        .iter()
        .map(|contract| json!({ "name": contract.name, "address": contract.address, "gas": contract.gas, "size": contract.size }))
        .collect();
    let shown = json!({ "file": args.out, "deployment": installation.deployment, "contracts": contracts });
    session.output().result(&shown, || {
        let mut table = Table::new(&["contract", "address", ">gas", ">bytes"]);
        for contract in &installation.contracts {
            let (gas, size) = (thousands(contract.gas), thousands(contract.size as u64));
            table.row([contract.name.clone(), contract.address.to_string(), gas, size]);
        }
        format!("{}\nAddresses written to {}", table.render(), args.out.display())
    })?;
    Ok(OK)
}
