//! What holds on the chain once a step is done.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use async_trait::async_trait;

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
};

/// What holds on the chain once a step is done, by this run or another.
#[async_trait]
pub trait Postcondition: Send + Sync {
    /// Returns whether it holds at the newest block.
    ///
    /// # Errors
    /// [`ChainError`] if the chain cannot be read.
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError>;

    /// Returns whether it alone identifies the step, whose calldata is another in each run: a proof is randomised.
    fn ignores_calldata(&self) -> bool {
        false
    }
}

/// There is code at an address.
#[derive(Clone, Copy, Debug)]
pub struct CodeAt(pub Address);

#[async_trait]
impl Postcondition for CodeAt {
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError> {
        Ok(!connection.read_code(self.0).await?.is_empty())
    }
}

/// A view function returns these bytes.
#[derive(Clone, Debug)]
pub struct ViewReturns {
    contract: Address,
    calldata: Bytes,
    expected: Bytes,
}

impl ViewReturns {
    /// Creates the postcondition that a view function of a contract returns this.
    pub fn new<C: SolCall>(contract: Address, call: &C, expected: &C::Return) -> Self {
        let expected = C::abi_encode_returns(expected).into();
        Self { contract, calldata: call.abi_encode().into(), expected }
    }
}

#[async_trait]
impl Postcondition for ViewReturns {
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError> {
        let request = TransactionRequest::default().with_to(self.contract).with_input(self.calldata.clone());
        let answer = connection.provider().call(request).await;
        let answer = answer.map_err(|error| classify_error(connection.url(), "a postcondition", error))?;
        Ok(answer == self.expected)
    }
}
