//! What connections are for.

/// What a connection is for. The party that serves one purpose cannot tell from where its client is reached that the
/// same client uses it, or another party, for another purpose: on Tor each purpose has circuits of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Reading from nodes and indexers, and sending an account's own transactions to a node, which names that account.
    Read,
    /// Handing over ballots and claims to a relayer.
    HandOver,
    /// Having proofs made by a prover service, or by the first of two.
    Prove,
    /// Having proofs made by the second of two prover services.
    ProveToo,
    /// Having transactions signed by a remote signer.
    Sign,
    /// Fetching the key of an Oblivious HTTP gateway: a gateway that shows each client another key must not recognise
    /// by it who hands a ballot over.
    FetchKey,
    /// Passing on the encapsulated requests of others, as an Oblivious HTTP relay.
    Forward,
}
