//! Runs that are stopped: by a journal that cannot be written, by answers that are lost, by a balance that ends.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use psephos_chain::{
    Address, B256, ChainError, Connection, LocalChain, U256, local,
    plan::{PlanError, PlannedSteps, Postcondition, Step, StepResult},
};
use psephos_testkit::{FUNDS, LyingNode};
use serde_json::json;

use crate::support::{Fixture, STEPS, plan_error};

#[tokio::test(flavor = "multi_thread")]
async fn plan_runs_once_and_leaves_no_journal() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain).await;
    let results = fixture.run(&fixture.account).await.unwrap();
    assert!(results.iter().all(|result| result.transaction.is_some()));
    fixture.assert_done(0, "first").await;
    let again = fixture.run(&fixture.account).await.unwrap();
    assert!(again.iter().all(|result| result.transaction.is_none()), "what is done is not sent: {again:?}");
    fixture.assert_done(0, "again").await;
}

/// A full disk stops the run before a step has its nonce, after it has one, and after it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn journal_that_cannot_be_written_stops_the_plan_and_loses_nothing() {
    let chain = LocalChain::start().await.unwrap();
    for writes in 0.. {
        let fixture = Fixture::new(&chain).await;
        fixture.journal.fail_after(writes);
        let Err(error) = fixture.run(&fixture.account).await else {
            assert!(writes as u64 >= 3 * STEPS, "each step is written when it is begun, sent and mined: {writes}");
            return;
        };
        assert!(error.to_string().contains("the journal memory"), "{error}");
        if writes <= 1 {
            assert_eq!(fixture.mined().await, 0, "nothing is sent that is not in the journal");
        }
        fixture.journal.repair();
        fixture.run(&fixture.account).await.unwrap();
        fixture.assert_done(0, &format!("{writes} writes")).await;
    }
}

/// Every answer of the node is lost once: among them those to transactions that the node has taken.
#[tokio::test(flavor = "multi_thread")]
async fn lost_answer_stops_the_plan_at_most_and_is_never_paid_twice() {
    let chain = LocalChain::start().await.unwrap();
    let mut stopped = 0;
    for lost in 0.. {
        let fixture = Fixture::new(&chain).await;
        let node = LyingNode::start(&fixture.account).await;
        let connection = fixture.connect(&node).await;
        let answers = Arc::new(AtomicUsize::new(0));
        let count = answers.clone();
        node.alter_answers(move |_, answer| {
            if count.fetch_add(1, Ordering::SeqCst) == lost {
                *answer = Err(json!({ "code": -32_000, "message": "lost on the way" }));
            }
        });
        let ended = fixture.run(&connection).await;
        if answers.load(Ordering::SeqCst) <= lost {
            ended.unwrap();
            assert!(lost >= 30 && stopped >= 20, "{lost} answers, {stopped} of them stopped the plan");
            return;
        }
        if ended.is_err() {
            stopped += 1;
            fixture.run(&fixture.account).await.unwrap();
        }
        fixture.assert_done(0, &format!("answer {lost}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn balance_that_ends_before_any_step_is_filled_up_and_the_plan_ended() {
    let chain = LocalChain::start().await.unwrap();
    for paid in 0..STEPS {
        let fixture = Fixture::new(&chain).await;
        let node = LyingNode::start(&fixture.account).await;
        let connection = fixture.connect(&node).await;
        let sent = AtomicUsize::new(0);
        node.alter_answers(move |call, answer| match call.method.as_str() {
            "eth_sendRawTransaction" => drop(sent.fetch_add(1, Ordering::SeqCst)),
            "eth_getBalance" if sent.load(Ordering::SeqCst) as u64 >= paid => *answer = Ok(json!("0x1")),
            _ => {}
        });
        let error = plan_error(fixture.run(&connection).await);
        let PlanError::Unfunded { step, balance, needed, .. } = &error else { panic!("{error}") };
        assert_eq!(*step, format!("step {} of 3 (contract {paid})", paid + 1));
        assert!(*balance == U256::from(1) && *needed > U256::from(21_000), "{error}");
        assert!(!error.to_string().contains("nothing was sent"), "{error}");
        assert_eq!(fixture.mined().await, paid, "{error}");
        fixture.run(&fixture.account).await.unwrap();
        fixture.assert_done(0, &format!("{paid} paid")).await;
    }
}

/// The node alone knows that the account cannot pay, and refuses the transaction.
#[tokio::test(flavor = "multi_thread")]
async fn refused_transaction_keeps_its_nonce_for_the_next_run() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain).await;
    let account = fixture.account.sender().unwrap();
    local::fund_account(chain.connection(), account, U256::from(1)).await.unwrap();
    let node = LyingNode::start(&fixture.account).await;
    let connection = fixture.connect(&node).await;
    node.alter_answers(|call, answer| {
        if call.method == "eth_getBalance" {
            *answer = Ok(json!(U256::from(FUNDS)));
        }
    });
    let error = plan_error(fixture.run(&connection).await);
    assert!(
        matches!(&error, PlanError::Refused { nonce: 0, message, .. } if message.contains("nsufficient")),
        "{error}"
    );
    local::fund_account(chain.connection(), account, U256::from(FUNDS)).await.unwrap();
    fixture.run(&fixture.account).await.unwrap();
    fixture.assert_done(0, "funded").await;
}

/// An account has money.
struct Funded(Address, bool);

#[async_trait]
impl Postcondition for Funded {
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError> {
        Ok(connection.read_balance(self.0).await? > U256::ZERO)
    }

    fn ignores_calldata(&self) -> bool {
        self.1
    }
}

/// The calldata of a step with a proof is another one in each run. What it has done shows that it is the same step.
#[tokio::test(flavor = "multi_thread")]
async fn step_whose_calldata_differs_from_run_to_run_is_continued() {
    let chain = LocalChain::start().await.unwrap();
    let run = async |fixture: &Fixture, target: Address, calldata: u8, ignores: bool| {
        let step = Step {
            name: "pay".into(),
            to: Some(target),
            value: U256::from(1),
            data: vec![calldata].into(),
            done: Some(Box::new(Funded(target, ignores))),
        };
        let journal = Box::new(fixture.journal.clone());
        let plan = PlannedSteps::prepare(&fixture.account, "test", B256::ZERO, vec![step], journal).await?;
        let results: Result<Vec<StepResult>, ChainError> = plan.run(&()).await;
        results
    };
    for writes in 1..=4 {
        let (fixture, target) = (Fixture::new(&chain).await, Address::repeat_byte(0x70 + writes as u8));
        fixture.journal.fail_after(writes);
        let stopped = run(&fixture, target, 1, true).await.is_err();
        assert_eq!(stopped, writes < 4, "the plan, and what is begun, sent and mined, are written");
        fixture.journal.repair();
        if stopped && writes > 1 {
            assert!(matches!(plan_error(run(&fixture, target, 2, false).await), PlanError::OtherRun { .. }));
        }
        run(&fixture, target, 2, true).await.unwrap();
        assert_eq!(chain.connection().read_balance(target).await.unwrap(), U256::from(1), "{writes} writes");
        assert_eq!(fixture.mined().await, 1, "it is paid once");
    }
}
