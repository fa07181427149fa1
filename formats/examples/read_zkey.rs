//! Prints the header of a `.zkey` file and who contributed to it: `cargo run --example read_zkey -- circuit.zkey`.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;

use psephos_formats::zkey::{self, Header, Secret};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: read_zkey FILE.zkey")?;
    let mut file = zkey::open(BufReader::new(File::open(path)?))?;
    let shape = zkey::shape(&mut file)?;
    println!("variables      {}", shape.variables);
    println!("public inputs  {}", shape.inputs - 1);
    println!("domain         {}", shape.domain);
    let Header { alpha_g1, beta_g2, gamma_g2, delta_g2, .. } = Header::read(&mut file)?;
    println!("alpha          {alpha_g1}");
    println!("beta           {beta_g2}");
    println!("gamma          {gamma_g2}");
    println!("delta          {delta_g2}");
    for (index, contribution) in zkey::transcript(&mut file)?.contributions.iter().enumerate() {
        let contributor = match &contribution.secret {
            Secret::Drawn => contribution.name.as_deref().unwrap_or("(no name)"),
            Secret::Beacon { .. } => "(beacon)",
        };
        println!("contribution   {}: {contributor}", index + 1);
    }
    Ok(())
}
