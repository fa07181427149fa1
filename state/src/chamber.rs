//! A chamber and its census, rebuilt from enrolment events.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use alloy_primitives::Address;
use psephos_protocol::{
    census::{self, Census, CensusError},
    elements::CensusLeaf,
    identity::IdentityCommitment,
    weight::{TotalWeight, Weight},
};

/// A chamber.
#[derive(Clone, Debug)]
pub struct Chamber {
    /// Its name.
    pub name: String,
    /// The policy contract, which decides who may enrol and with which weight.
    pub policy: Address,
    /// The current members by account.
    pub members: BTreeMap<Address, Member>,
    /// The members that are marked for removal and not purged yet. While there are any, the census takes nothing but
    /// purges.
    pub marked: BTreeSet<Address>,
    /// The census.
    pub census: Census,
}

/// A member of a chamber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its leaf index in the census.
    pub index: usize,
    /// Its identity commitment.
    pub id: IdentityCommitment,
    /// Its weight.
    pub weight: Weight,
}

impl Member {
    /// Returns its leaf in the census.
    pub fn leaf(&self) -> CensusLeaf {
        census::hash_leaf(&self.id, self.weight)
    }
}

impl Chamber {
    pub(crate) fn new(name: String, policy: Address) -> Self {
        Self { name, policy, members: BTreeMap::new(), marked: BTreeSet::new(), census: Census::new() }
    }

    /// Returns the sum of the members' weights.
    pub fn total_weight(&self) -> TotalWeight {
        self.members.values().map(|member| member.weight).sum()
    }

    /// Returns an error if members are marked for removal: until they are purged the contract allows nothing else.
    pub(crate) fn require_unmarked(&self, what: impl Display) -> Result<(), String> {
        match self.marked.len() {
            0 => Ok(()),
            marks => Err(format!("{what} while a removal is pending ({marks} marked)")),
        }
    }

    /// Adds a member; its leaf goes to `pending`, whose leaves enter the census together.
    pub(crate) fn enrol_member(
        &mut self,
        subject: Address,
        member: Member,
        leaf: CensusLeaf,
        pending: &mut Vec<CensusLeaf>,
    ) -> Result<(), String> {
        if self.members.contains_key(&subject) {
            return Err(format!("{subject} enrols twice"));
        }
        self.require_unmarked(format_args!("{subject} enrols"))?;
        let index = self.census.len() + pending.len();
        if leaf.is_removed() {
            return Err(CensusError::ZeroLeaf.to_string());
        }
        if index >= Census::CAPACITY {
            return Err(CensusError::Full { capacity: Census::CAPACITY }.to_string());
        }
        pending.push(leaf);
        if index != member.index {
            return Err(format!("{subject} enrols at index {} where {index} was next", member.index));
        }
        self.members.insert(subject, member);
        Ok(())
    }

    pub(crate) fn rotate_key(&mut self, subject: Address, member: Member) -> Result<(), String> {
        self.require_unmarked(format_args!("{subject} replaces its identity"))?;
        match self.members.get_mut(&subject) {
            Some(old) if old.index == member.index => {
                self.census.update_leaf(member.index, member.leaf()).map_err(|error| error.to_string())?;
                *old = member;
                Ok(())
            }
            _ => Err(format!("{subject} replaces its identity at leaf index {}, which is not its own", member.index)),
        }
    }

    pub(crate) fn mark_removal(&mut self, subject: Address) -> Result<(), String> {
        if !self.members.contains_key(&subject) {
            return Err(format!("{subject} is marked for removal and is not a member"));
        }
        if !self.marked.insert(subject) {
            return Err(format!("{subject} is marked for removal twice"));
        }
        Ok(())
    }

    pub(crate) fn remove_member(&mut self, subject: Address, index: usize) -> Result<(), String> {
        match self.members.get(&subject) {
            Some(member) if member.index == index => {
                if !self.marked.contains(&subject) {
                    return Err(format!("{subject} is removed without a mark"));
                }
                self.census.remove_leaf(index).map_err(|error| error.to_string())?;
                self.members.remove(&subject);
                self.marked.remove(&subject);
                Ok(())
            }
            _ => Err(format!("{subject} is removed from leaf index {index}, which is not its own")),
        }
    }
}
