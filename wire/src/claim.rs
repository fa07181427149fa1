//! Claim packages: a claim on its way to a relayer, as a small JSON file without any secret. The claim signs its
//! recipient, so no one can redirect the payment.

use psephos_protocol::{
    elements::{RewardNullifier, StatementHash},
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{Address, B256, Claim, Deployment, U256, hex};
use serde::{Deserialize, Serialize};

use crate::package::{Format, PackageError, VersionedPackage, parse_package, write_package};

/// The maximum size of a claim package, in bytes.
pub const MAX_CLAIM_BYTES: usize = 8 * 1024;

/// The format of claim packages that this program reads and writes.
pub const FORMAT: Format = Format { name: "psephos-claim", version: 1, max_bytes: MAX_CLAIM_BYTES };

/// A claim that anyone can send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimPackage {
    /// `psephos-claim`.
    pub format: String,
    /// The version of the format, 1.
    pub version: u32,
    /// The id of the chain that it is for.
    pub chain_id: ChainId,
    /// The rewards contract that it is for.
    pub rewards: Address,
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The reward nullifier.
    pub reward_nullifier: B256,
    /// The reward, in the policy's units, as a decimal number.
    pub amount: String,
    /// The account that is paid.
    pub recipient: Address,
    /// The account that sends the claim and gets the fee; zero for a claim without a fee.
    pub relayer: Address,
    /// The fee in the token's smallest denomination, as a decimal number.
    pub fee: String,
    /// The public input `h`.
    pub h: B256,
    /// The proof, `0x..`, eight words.
    pub proof: String,
}

impl ClaimPackage {
    /// Creates the package of a claim in one chamber of one poll.
    pub fn new(deployment: &Deployment, poll: PollId, chamber: ChamberId, claim: &Claim) -> Self {
        let proof: Vec<u8> = claim.proof.iter().flat_map(U256::to_be_bytes::<32>).collect();
        Self {
            format: FORMAT.name.into(),
            version: FORMAT.version,
            chain_id: deployment.chain_id,
            rewards: deployment.rewards,
            poll,
            chamber,
            reward_nullifier: claim.reward_nullifier.to_bytes().into(),
            amount: claim.amount.to_string(),
            recipient: claim.recipient,
            relayer: claim.relayer,
            fee: claim.fee.to_string(),
            h: claim.h.to_bytes().into(),
            proof: hex::encode_prefixed(proof),
        }
    }

    /// Parses a package strictly, except for its numbers, which [`ClaimPackage::claim`] decodes.
    ///
    /// # Errors
    /// Returns `TooLarge`, `Syntax` or `Version` of [`PackageError`].
    pub fn parse(json: &[u8]) -> Result<Self, PackageError> {
        parse_package(json)
    }

    /// Returns the JSON of a package file.
    pub fn to_json(&self) -> String {
        write_package(self)
    }

    /// Decodes the claim as the contract takes it.
    ///
    /// # Errors
    /// Returns [`PackageError::Field`].
    pub fn claim(&self) -> Result<Claim, PackageError> {
        let number = |field, text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.then(|| U256::from_str_radix(text, 10).ok()).flatten();
            number.ok_or(PackageError::Field { field, expected: "a decimal number" })
        };
        let not_an_element = |field| PackageError::Field { field, expected: "an element of the field" };
        let wrong = || PackageError::Field { field: "proof", expected: "0x and 512 hexadecimal digits" };
        let digits = self.proof.strip_prefix("0x").ok_or_else(wrong)?;
        let bytes: [u8; 256] = hex::decode_to_array(digits).map_err(|_| wrong())?;
        let (words, _) = bytes.as_chunks::<32>();
        let mut proof = [U256::ZERO; 8];
        for (target, word) in proof.iter_mut().zip(words) {
            *target = U256::from_be_bytes(*word);
        }
        Ok(Claim {
            reward_nullifier: RewardNullifier::from_bytes(&self.reward_nullifier)
                .map_err(|_| not_an_element("reward_nullifier"))?,
            amount: number("amount", &self.amount)?,
            recipient: self.recipient,
            relayer: self.relayer,
            fee: number("fee", &self.fee)?,
            h: StatementHash::from_bytes(&self.h).map_err(|_| not_an_element("h"))?,
            proof,
        })
    }
}

impl VersionedPackage for ClaimPackage {
    const FORMAT: Format = FORMAT;

    fn stated_format(&self) -> (&str, u32) {
        (&self.format, self.version)
    }
}

#[cfg(test)]
mod tests {
    use psephos_protocol::Fr;
    use psephos_state::deployment::placeholder;

    use super::*;

    fn example_claim() -> Claim {
        Claim {
            reward_nullifier: RewardNullifier::from_fr(Fr::from(1u64)),
            amount: U256::from(1_500),
            recipient: Address::repeat_byte(2),
            relayer: Address::ZERO,
            fee: U256::from(3),
            h: StatementHash::from_fr(Fr::from(4u64)),
            proof: std::array::from_fn(U256::from),
        }
    }

    #[test]
    fn package_round_trips_within_its_maximum_size() {
        let package =
            ClaimPackage::new(&placeholder(Address::repeat_byte), PollId::new(1), ChamberId::new(2), &example_claim());
        let json = package.to_json();
        assert!(json.len() < MAX_CLAIM_BYTES / 4);
        let parsed = ClaimPackage::parse(json.as_bytes()).unwrap();
        assert_eq!(parsed, package);
        assert_eq!(parsed.claim(), Ok(example_claim()));
    }

    #[test]
    fn malformed_packages_are_rejected() {
        let json =
            ClaimPackage::new(&placeholder(Address::repeat_byte), PollId::new(1), ChamberId::new(2), &example_claim())
                .to_json();
        let message_of = |from: &str, to: &str| {
            let changed = json.replace(from, to);
            assert_ne!(changed, json, "{from}");
            ClaimPackage::parse(changed.as_bytes())
                .and_then(|package| package.claim())
                .map(drop)
                .unwrap_err()
                .to_string()
        };
        for (from, to, says) in [
            ("psephos-claim", "psephos-ballot", "reads psephos-claim"),
            ("\"version\": 1", "\"version\": 2", "version 2"),
            ("\"1500\"", "\"-1500\"", "decimal"),
            ("\"1500\"", "\"0x15\"", "decimal"),
            ("\"1500\"", "\"\"", "decimal"),
            ("\"3\"", "\"3.0\"", "`fee`"),
            ("\"h\": \"0x0000", "\"h\": \"0xffff", "`h` is not an element"),
            ("\"reward_nullifier\": \"0x0000", "\"reward_nullifier\": \"0xffff", "`reward_nullifier` is not"),
            ("\"proof\": \"0x00", "\"proof\": \"0x0", "512"),
            ("\"proof\": \"0x", "\"proof\": \"", "512"),
            ("\"poll\": 1", "\"poll\": 1, \"more\": 2", "more"),
        ] {
            let message = message_of(from, to);
            assert!(message.contains(says), "{to}: {message}");
        }
        assert!(matches!(ClaimPackage::parse(&json.as_bytes()[..90]), Err(PackageError::Syntax { .. })));
        assert!(matches!(ClaimPackage::parse(&[b' '; MAX_CLAIM_BYTES + 1]), Err(PackageError::TooLarge { .. })));
    }
}
