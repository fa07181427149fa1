//! Every alteration of an event, field by field, from the contracts' ABI: so no field is forgotten, nor an event that a
//! later version adds.

use alloy::{
    dyn_abi::{DecodedEvent, DynSolType, DynSolValue, EventExt, Specifier},
    json_abi::{Event, JsonAbi, Param},
    primitives::{Address, B256, LogData, U256, uint},
    sol_types::SolValue,
};
use psephos_state::{Deployment, Log};

/// The order of the scalar field of BN254: a word plus this is another word for the same element.
const FIELD_ORDER: U256 = uint!(21888242871839275222246405745257275088548364400416034343698204186575808495617_U256);

/// The artifacts of the contracts that have events, by name. Libraries emit events of the contract that calls them, and
/// interfaces have none that their contracts have not.
const ARTIFACTS: [(&str, &str); 6] = [
    ("StakeholderRegistry", include_str!("../../chain/artifacts/StakeholderRegistry.json")),
    ("AllowListPolicy", include_str!("../../chain/artifacts/AllowListPolicy.json")),
    ("Committee", include_str!("../../chain/artifacts/Committee.json")),
    ("Polls", include_str!("../../chain/artifacts/Polls.json")),
    ("Rewards", include_str!("../../chain/artifacts/Rewards.json")),
    ("FeePot", include_str!("../../chain/artifacts/FeePot.json")),
];

/// A field of an event of a contract. Fields of structs are `struct.field`, elements of arrays `array[]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventField {
    /// The contract.
    pub contract: &'static str,
    /// The event.
    pub event: String,
    /// The field.
    pub field: String,
}

/// A value with a field that was altered.
#[derive(Clone, Debug)]
pub struct Alteration<T> {
    /// The field.
    pub field: String,
    /// What was done to it.
    pub what: &'static str,
    /// The altered value.
    pub value: T,
}

/// The ABI of the contracts.
pub struct ContractAbi(Vec<(&'static str, JsonAbi)>);

impl Default for ContractAbi {
    fn default() -> Self {
        let read = |(name, artifact): (&'static str, &str)| {
            let artifact: serde_json::Value = serde_json::from_str(artifact).unwrap();
            (name, serde_json::from_value(artifact["abi"].clone()).unwrap())
        };
        Self(ARTIFACTS.into_iter().map(read).collect())
    }
}

impl ContractAbi {
    /// Returns all fields of all events.
    pub fn event_fields(&self) -> Vec<EventField> {
        let mut all = Vec::new();
        for (contract, abi) in &self.0 {
            for event in abi.events() {
                let mut fields = Vec::new();
                event
                    .inputs
                    .iter()
                    .for_each(|input| list_fields(&input.name, &input.ty, &input.components, &mut fields));
                let of = |field| EventField { contract, event: event.name.clone(), field };
                all.extend(fields.into_iter().map(of));
            }
        }
        all.sort();
        all
    }

    /// Returns the contract and the event of a log.
    pub fn find_event(&self, deployment: &Deployment, log: &Log) -> Option<(&'static str, &Event)> {
        let name = contract_name(deployment, log.address)?;
        let (_, abi) = self.0.iter().find(|(contract, _)| *contract == name)?;
        let topic = log.data.topics().first()?;
        Some((name, abi.events().find(|event| event.selector() == *topic)?))
    }

    /// Returns every alteration of a field of a log.
    pub fn alter_log(&self, event: &Event, log: &LogData) -> Vec<Alteration<LogData>> {
        let decoded = event.decode_log(log).unwrap();
        let mut all = Vec::new();
        let (mut topic, mut word) = (0, 0);
        for input in &event.inputs {
            let (value, place) = match input.indexed {
                true => (&decoded.indexed[topic], (true, topic)),
                false => (&decoded.body[word], (false, word)),
            };
            *if input.indexed { &mut topic } else { &mut word } += 1;
            for Alteration { field, what, value } in alter_value(value, &input.name, &input.components) {
                let mut altered: DecodedEvent = decoded.clone();
                match place {
                    (true, index) => altered.indexed[index] = value,
                    (false, index) => altered.body[index] = value,
                }
                all.push(Alteration { field, what, value: altered.encode_log_data() });
            }
        }
        all
    }

    /// Returns every alteration of a field of the struct that a view function answers with.
    pub fn alter_view<T: SolValue + From<<T::SolType as alloy::sol_types::SolType>::RustType>>(
        &self,
        contract: &str,
        function: &str,
        answer: &T,
    ) -> Vec<Alteration<T>> {
        let (_, abi) = self.0.iter().find(|(name, _)| *name == contract).unwrap();
        let output: &Param = &abi.function(function).unwrap()[0].outputs[0];
        let sol_type: DynSolType = output.resolve().unwrap();
        let value = sol_type.abi_decode(&answer.abi_encode()).unwrap();
        let altered = alter_value(&value, "", &output.components).into_iter();
        let decoded = altered.filter_map(|Alteration { field, what, value }| {
            // An enum has no other value than those of its type.
            let value = T::abi_decode(&value.abi_encode()).ok()?;
            Some(Alteration { field: field.trim_start_matches('.').to_owned(), what, value })
        });
        decoded.collect()
    }
}

/// Returns the name of the contract at an address.
fn contract_name(deployment: &Deployment, address: Address) -> Option<&'static str> {
    let addresses = [
        (deployment.registry, "StakeholderRegistry"),
        (deployment.policy, "AllowListPolicy"),
        (deployment.committee, "Committee"),
        (deployment.polls, "Polls"),
        (deployment.rounding, "Rounding"),
        (deployment.rewards, "Rewards"),
        (deployment.fee_pot.unwrap_or_default(), "FeePot"),
    ];
    addresses.into_iter().find(|(known, _)| *known == address).map(|(_, name)| name)
}

fn list_fields(name: &str, ty: &str, components: &[Param], fields: &mut Vec<String>) {
    if let Some((element, _)) = ty.strip_suffix(']').and_then(|ty| ty.rsplit_once('[')) {
        let name = format!("{name}[]");
        // The order and the number of structs; that of other elements goes by the name of the elements.
        if !components.is_empty() {
            fields.push(name.clone());
        }
        return list_fields(&name, element, components, fields);
    }
    if components.is_empty() {
        return fields.push(name.to_owned());
    }
    for part in components {
        list_fields(&format!("{name}.{}", part.name), &part.ty, &part.components, fields);
    }
}

/// Returns every alteration of a value: bits, zeros, other encodings, and for arrays the order and the number of their
/// elements. Of an array's elements only the first and the last are altered themselves.
fn alter_value(value: &DynSolValue, name: &str, components: &[Param]) -> Vec<Alteration<DynSolValue>> {
    let mut all = Vec::new();
    let mut add = |what: &'static str, altered: DynSolValue| {
        if altered != *value {
            all.push(Alteration { field: name.to_owned(), what, value: altered });
        }
    };
    match value {
        DynSolValue::Bool(set) => add("inverted", DynSolValue::Bool(!set)),
        DynSolValue::Uint(word, bits) => {
            add("lowest bit flipped", DynSolValue::Uint(*word ^ U256::ONE, *bits));
            add("highest bit flipped", DynSolValue::Uint(*word ^ U256::ONE << (bits - 1), *bits));
            add("zero", DynSolValue::Uint(U256::ZERO, *bits));
            if let Some(sum) = word.checked_add(FIELD_ORDER).filter(|_| *bits == 256) {
                add("the field's order added", DynSolValue::Uint(sum, *bits));
            }
        }
        DynSolValue::Address(address) => {
            for (what, altered) in alter_bytes(address.as_slice()) {
                add(what, DynSolValue::Address(Address::from_slice(&altered)));
            }
        }
        DynSolValue::FixedBytes(word, size) => {
            for (what, altered) in alter_bytes(&word[..*size]) {
                add(what, DynSolValue::FixedBytes(B256::right_padding_from(&altered), *size));
            }
        }
        DynSolValue::Bytes(bytes) => {
            alter_bytes(bytes).into_iter().for_each(|(what, altered)| add(what, DynSolValue::Bytes(altered)));
            add("last byte left out", DynSolValue::Bytes(bytes[..bytes.len().saturating_sub(1)].to_vec()));
            add("empty", DynSolValue::Bytes(Vec::new()));
            add("a byte added", DynSolValue::Bytes([&bytes[..], &[0]].concat()));
        }
        DynSolValue::String(text) => {
            add("a letter added", DynSolValue::String(format!("{text}x")));
            add("a letter changed", DynSolValue::String(text.replacen('e', "o", 1)));
            add("empty", DynSolValue::String(String::new()));
        }
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) => {
            let (name, is_dynamic) = (format!("{name}[]"), matches!(value, DynSolValue::Array(_)));
            let rebuild = |items: Vec<DynSolValue>| match is_dynamic {
                true => DynSolValue::Array(items),
                false => DynSolValue::FixedArray(items),
            };
            all.extend(alter_items(items, &name, is_dynamic, &rebuild));
            let ends = [0, items.len().saturating_sub(1)];
            for index in ends.into_iter().take(items.len().min(2)) {
                for Alteration { field, what, value } in alter_value(&items[index], &name, components) {
                    let mut items = items.clone();
                    items[index] = value;
                    all.push(Alteration { field, what, value: rebuild(items) });
                }
            }
        }
        DynSolValue::Tuple(items) => {
            for (index, (item, part)) in items.iter().zip(components).enumerate() {
                let name = format!("{name}.{}", part.name);
                for Alteration { field, what, value } in alter_value(item, &name, &part.components) {
                    let mut items = items.clone();
                    items[index] = value;
                    all.push(Alteration { field, what, value: DynSolValue::Tuple(items) });
                }
            }
        }
        // A contract with a new type of value fails the tests here, so that its alterations are not forgotten.
        other => panic!("there are no alterations for values like {other:?}: add them"),
    }
    all
}

/// Returns arrays with the same elements in another order, or with another number of them.
fn alter_items(
    items: &[DynSolValue],
    name: &str,
    is_dynamic: bool,
    rebuild: &dyn Fn(Vec<DynSolValue>) -> DynSolValue,
) -> Vec<Alteration<DynSolValue>> {
    let mut all = Vec::new();
    let mut add = |what, items| all.push(Alteration { field: name.to_owned(), what, value: rebuild(items) });
    if let Some(index) = items.windows(2).position(|pair| pair[0] != pair[1]) {
        let mut swapped = items.to_vec();
        swapped.swap(index, index + 1);
        add("two elements swapped", swapped);
    }
    if let (true, Some((last, rest))) = (is_dynamic, items.split_last()) {
        add("last element left out", rest.to_vec());
        add("last element repeated", [items, std::slice::from_ref(last)].concat());
    }
    all
}

fn alter_bytes(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let Some(last) = bytes.len().checked_sub(1) else { return Vec::new() };
    let flipped = |index: usize, bit: u8| {
        let mut altered = bytes.to_vec();
        altered[index] ^= bit;
        altered
    };
    vec![
        ("lowest bit flipped", flipped(last, 1)),
        ("middle bit flipped", flipped(last / 2, 1)),
        ("highest bit flipped", flipped(0, 0x80)),
        ("zero", vec![0; bytes.len()]),
    ]
}
