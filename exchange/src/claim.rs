//! A claim on its way to a relayer: a small JSON file without any secret. Whom it pays is signed: nobody can change that.

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{Address, B256, Deployment, U256, bindings::IRewards::Claim, hex};
use serde::{Deserialize, Serialize};

/// No claim file is larger than this, in bytes.
pub const MAX_CLAIM_BYTES: usize = 8 * 1024;
const FORMAT: &str = "psephos-claim";
const VERSION: u32 = 1;

/// Why a claim file is refused.
#[derive(Debug, thiserror::Error)]
pub enum ClaimFileError {
    /// Too long to be one.
    #[error("a claim file has at most {MAX_CLAIM_BYTES} bytes, not {0}")]
    TooLarge(usize),
    /// Not the JSON of a claim.
    #[error("not a claim file, or only a part of one: {0}")]
    Syntax(String),
    /// Another format or version.
    #[error("this is {format} version {version}; this program reads {FORMAT} version {VERSION}")]
    Version {
        /// The format given.
        format: String,
        /// The version given.
        version: u32,
    },
    /// A field that is not what it should be.
    #[error("`{field}` is not {what}")]
    Field {
        /// The field.
        field: &'static str,
        /// What it should be.
        what: &'static str,
    },
}

/// One claim, ready to be sent by anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimPackage {
    /// `psephos-claim`.
    pub format: String,
    /// 1.
    pub version: u32,
    /// The chain it is for.
    pub chain_id: u64,
    /// The rewards contract it is for.
    pub rewards: Address,
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The reward nullifier.
    pub reward_nullifier: B256,
    /// What is paid, in the policy's units, as a decimal number.
    pub amount: String,
    /// Whom.
    pub recipient: Address,
    /// Who gets the fee; zero without one.
    pub relayer: Address,
    /// The fee in the token's smallest parts, as a decimal number.
    pub fee: String,
    /// `h`.
    pub h: B256,
    /// The proof, `0x..`, eight words.
    pub proof: String,
}

impl ClaimPackage {
    /// A claim for one chamber of one poll.
    pub fn new(deployment: &Deployment, poll: PollId, chamber: ChamberId, claim: &Claim) -> Self {
        let proof: Vec<u8> = claim.proof.iter().flat_map(U256::to_be_bytes::<32>).collect();
        Self {
            format: FORMAT.into(),
            version: VERSION,
            chain_id: deployment.chain_id,
            rewards: deployment.rewards,
            poll,
            chamber,
            reward_nullifier: claim.rewardNullifier.into(),
            amount: claim.amount.to_string(),
            recipient: claim.recipient,
            relayer: claim.relayer,
            fee: claim.fee.to_string(),
            h: claim.h.into(),
            proof: hex::encode_prefixed(proof),
        }
    }

    /// Reads a claim, strictly, but for its numbers, which [`ClaimPackage::claim`] decodes.
    ///
    /// # Errors
    /// [`ClaimFileError`].
    pub fn parse(json: &[u8]) -> Result<Self, ClaimFileError> {
        if json.len() > MAX_CLAIM_BYTES {
            return Err(ClaimFileError::TooLarge(json.len()));
        }
        let package: Self = serde_json::from_slice(json).map_err(|error| ClaimFileError::Syntax(error.to_string()))?;
        if package.format != FORMAT || package.version != VERSION {
            let (format, version) = (package.format.chars().take(32).collect(), package.version);
            return Err(ClaimFileError::Version { format, version });
        }
        Ok(package)
    }

    /// The JSON of the file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// As the contract takes it.
    ///
    /// # Errors
    /// [`ClaimFileError::Field`].
    pub fn claim(&self) -> Result<Claim, ClaimFileError> {
        let number = |field, text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.then(|| U256::from_str_radix(text, 10).ok()).flatten();
            number.ok_or(ClaimFileError::Field { field, what: "a decimal number" })
        };
        let wrong = || ClaimFileError::Field { field: "proof", what: "0x and 512 hexadecimal digits" };
        let digits = self.proof.strip_prefix("0x").ok_or_else(wrong)?;
        let bytes: [u8; 256] = hex::decode_to_array(digits).map_err(|_| wrong())?;
        let (words, _) = bytes.as_chunks::<32>();
        let mut proof = [U256::ZERO; 8];
        for (target, word) in proof.iter_mut().zip(words) {
            *target = U256::from_be_bytes(*word);
        }
        Ok(Claim {
            rewardNullifier: self.reward_nullifier.into(),
            amount: number("amount", &self.amount)?,
            recipient: self.recipient,
            relayer: self.relayer,
            fee: number("fee", &self.fee)?,
            h: self.h.into(),
            proof,
        })
    }
}

#[cfg(test)]
mod tests {
    use psephos_state::deployment::placeholder;

    use super::*;

    fn claim() -> Claim {
        Claim {
            rewardNullifier: U256::from(1),
            amount: U256::from(1_500),
            recipient: Address::repeat_byte(2),
            relayer: Address::ZERO,
            fee: U256::from(3),
            h: U256::from(4),
            proof: std::array::from_fn(U256::from),
        }
    }

    #[test]
    fn a_claim_comes_back_and_fits_its_bound() {
        let package =
            ClaimPackage::new(&placeholder(Address::repeat_byte), PollId::new(1), ChamberId::new(2), &claim());
        let json = package.to_json();
        assert!(json.len() < MAX_CLAIM_BYTES / 4);
        let parsed = ClaimPackage::parse(json.as_bytes()).unwrap();
        assert_eq!(parsed, package);
        let read = parsed.claim().unwrap();
        assert_eq!((read.amount, read.fee, read.proof), (claim().amount, claim().fee, claim().proof));
    }

    #[test]
    fn anything_else_is_refused() {
        let json = ClaimPackage::new(&placeholder(Address::repeat_byte), PollId::new(1), ChamberId::new(2), &claim())
            .to_json();
        let parse = |from: &str, to: &str| {
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
            ("\"proof\": \"0x00", "\"proof\": \"0x0", "512"),
            ("\"proof\": \"0x", "\"proof\": \"", "512"),
            ("\"poll\": 1", "\"poll\": 1, \"more\": 2", "more"),
        ] {
            let what = parse(from, to);
            assert!(what.contains(says), "{to}: {what}");
        }
        assert!(matches!(ClaimPackage::parse(&json.as_bytes()[..90]), Err(ClaimFileError::Syntax(_))));
        assert!(matches!(ClaimPackage::parse(&[b' '; MAX_CLAIM_BYTES + 1]), Err(ClaimFileError::TooLarge(_))));
    }
}
