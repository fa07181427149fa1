//! Prints the header of a `.zkey` file and who contributed to it: `cargo run --example read_zkey -- circuit.zkey`.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;

use psephos_formats::zkey::{self, FactorSource, Header};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: read_zkey FILE.zkey")?;
    let mut file = zkey::open_zkey(BufReader::new(File::open(path)?))?;
    let shape = zkey::read_shape(&mut file)?;
    println!("variables      {}", shape.variables);
    println!("public inputs  {}", shape.inputs - 1);
    println!("domain         {}", shape.domain);
    let Header { alpha_g1, beta_g2, gamma_g2, delta_g2, .. } = Header::read_header(&mut file)?;
    println!("alpha          {alpha_g1}");
    println!("beta           {beta_g2}");
    println!("gamma          {gamma_g2}");
    println!("delta          {delta_g2}");
    for (index, contribution) in zkey::read_transcript(&mut file)?.contributions.iter().enumerate() {
        let contributor = match &contribution.secret {
            FactorSource::Drawn => contribution.name.as_deref().unwrap_or("(no name)"),
            FactorSource::Beacon { .. } => "(beacon)",
        };
        println!("contribution   {}: {contributor}", index + 1);
    }
    Ok(())
}
