//! Members enrol, are looked up and are removed; a restored identity votes once its account is named.

use crate::organisation::{Organisation, prepare};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn member_is_marked_by_the_owner_and_purged_by_anyone() {
    let organisation = Organisation::new().await;
    prepare(&organisation).await;
    let address = |name: &str| {
        let shown = organisation.run(name, &["sender", "show"]).json();
        shown["address"].as_str().expect("an address").to_owned()
    };
    let (ada, ben, dan) = (address("ada"), address("ben"), organisation.account("dan").await.to_string());
    let show = |arguments: &[&str]| organisation.folder.run(&[&["--json", "chamber", "show"], arguments].concat());
    let chamber = show(&["0"]).json();
    assert_eq!([&chamber["members"], &chamber["total_weight"], &chamber["leaves"]], [3, 3, 3]);
    assert_eq!((&chamber["name"], &chamber["marked"]), (&json!("Public"), &json!([])));
    let ours = show(&["--account", &ada]).json();
    assert_eq!((&ours["enrolled"], &ours["memberships"][0]["index"]), (&json!(true), &json!(0)));
    let other = show(&["0", "--account", &dan]);
    assert!(other.code == 1 && other.stdout.contains("\"enrolled\":false"), "{other:#?}");
    show(&[]).fails(2, "required arguments");
    show(&["5"]).fails(2, "chamber list");

    organisation.folder.put("dan.csv", &format!("account,weight\n{dan},1\n"));
    organisation.run("dao", &["chamber", "allow", "dan.csv", "--chamber", "0"]).json();
    organisation.folder.put("heavy.csv", &format!("account,weight\n{dan},4311810305\n{ada},1\n"));
    organisation.run("dao", &["chamber", "allow", "heavy.csv", "--chamber", "0"]).fails(2, "larger unit");
    let mark = ["chamber", "mark", "--chamber", "0", "--account"];
    organisation.run("relayer", &[&mark[..], &[&ada]].concat()).fails(3, "owner");
    organisation.run("dao", &[&mark[..], &[&dan]].concat()).fails(2, "is not a member of chamber 0");
    assert!(organisation.run("dao", &[&mark[..], &[&ada]].concat()).json()["transaction"].is_string());
    assert!(organisation.run("dao", &[&mark[..], &[&ada]].concat()).json()["transaction"].is_null(), "idempotent");
    assert_eq!(show(&["0"]).json()["marked"], json!([ada.to_lowercase()]));
    assert_eq!(show(&["--account", &ada]).json()["memberships"][0]["marked"], true);
    organisation.folder.run(&["--json", "identity", "new", "--out", "dan.identity"]).json();
    let enrol = ["enrol", "--chamber", "0", "--identity", "dan.identity"];
    organisation.run("dan", &enrol).fails(3, "RemovalPending").fails(3, "chamber purge");

    let purge = ["chamber", "purge", "--chamber", "0"];
    organisation.run("dan", &[&purge[..], &["--account", &ben]].concat()).fails(2, "chamber mark");
    assert_eq!(organisation.run("dan", &purge).json()["purged"][0]["account"], ada.to_lowercase());
    assert_eq!(organisation.run("dan", &purge).json()["purged"], json!([]), "idempotent");
    let enrolled = organisation.run("dan", &enrol).json();
    let again = organisation.run("dan", &enrol).json();
    assert!(enrolled["transaction"].is_string() && again["transaction"].is_null(), "idempotent: {again}");
    assert_eq!([&enrolled["id"], &enrolled["index"]], [&again["id"], &again["index"]]);
    let removed = organisation.run("dao", &["chamber", "remove", "--chamber", "0", "--account", &ben]).json();
    assert!(removed["mark"].is_string() && removed["purge"].is_string(), "{removed}");
    let chamber = show(&["0"]).json();
    assert_eq!([&chamber["members"], &chamber["total_weight"], &chamber["leaves"]], [2, 2, 4]);
}
