//! An attestation as EIP-712 data in JSON, for signers that do not sign hashes.

use psephos_state::B256;
use serde_json::{Value, json};

use super::{Attestation, DOMAIN_NAME, DOMAIN_VERSION};

impl Attestation {
    /// Returns what is signed as EIP-712 data, as `eth_signTypedData_v4` takes it. Its hash is
    /// [`Attestation::signing_hash`].
    pub fn to_typed_data(&self) -> Value {
        let chambers = self.chambers.iter().map(|one| {
            json!({
                "chamber": one.chamber.get().to_string(), "ctx": one.ctx, "root": one.root,
                "members": one.members.to_string(),
            })
        });
        json!({
            "types": list_types(),
            "primaryType": "PollAttestation",
            "domain": {
                "name": DOMAIN_NAME, "version": DOMAIN_VERSION, "chainId": self.chain_id.get(),
                "verifyingContract": self.polls,
            },
            "message": {
                "registry": self.registry, "committee": self.committee, "poll": self.poll.get().to_string(),
                "fingerprint": B256::from(self.fingerprint.to_bytes()), "keysHash": self.keys_hash,
                "chambers": chambers.collect::<Vec<_>>(), "blockNumber": self.block.to_string(),
                "blockHash": self.block_hash,
            },
        })
    }
}

fn list_types() -> Value {
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    json!({
        "EIP712Domain": [
            field("name", "string"), field("version", "string"), field("chainId", "uint256"),
            field("verifyingContract", "address"),
        ],
        "PollAttestation": [
            field("registry", "address"), field("committee", "address"), field("poll", "uint256"),
            field("fingerprint", "bytes32"), field("keysHash", "uint256"), field("chambers", "ChamberAttestation[]"),
            field("blockNumber", "uint256"), field("blockHash", "bytes32"),
        ],
        "ChamberAttestation": [
            field("chamber", "uint256"), field("ctx", "uint256"), field("root", "uint256"),
            field("members", "uint256"),
        ],
    })
}
