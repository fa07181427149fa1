//! The circuits' shapes, pinned: whoever changes one makes new keys.

mod common;

use common::{Voter, built, opening, rule};
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::{Circuit, R1cs};
use psephos_protocol::rule::Kind;

fn print(name: &str, system: &R1cs) {
    println!(
        "{name}: {} constraints, {} variables, non-zeros {:?}",
        system.constraints(),
        system.variables(),
        system.non_zeros()
    );
    for (section, count) in system.sections() {
        println!("  {section:12} {count:6}");
    }
}

#[test]
fn shapes() {
    print("ballot-3", &BallotCircuit::<3>::system());
    print("ballot-8", &BallotCircuit::<8>::system());
    print("decryption", &DecryptionCircuit::system());
}

#[test]
fn honest() {
    let v = Voter::new(1000, 5, 37);
    let c = v.vote(rule(Kind::Plurality, 0, false, 3, true), [0, 1, 0]);
    c.check().unwrap();
    let (s, z) = built(&c);
    s.satisfied(&z).unwrap();
    assert_eq!(s.hash(), BallotCircuit::<3>::system().hash());
    assert!(z == c.assignment());
    let c = opening(8);
    c.check().unwrap();
    let (s, z) = built(&c);
    s.satisfied(&z).unwrap();
    let c = opening(3);
    let (s, z) = built(&c);
    s.satisfied(&z).unwrap();
}
