//! Reading documents (placeholder, replaced by the checker's branch).
use anyhow::Context;
use crate::sheet::{Sheet, read};
pub fn read_bytes(name: &str) -> anyhow::Result<Vec<u8>> { if name == "-" { let mut v = Vec::new(); std::io::Read::read_to_end(&mut std::io::stdin(), &mut v)?; Ok(v) } else { std::fs::read(name).with_context(|| name.to_owned()) } }
pub fn read_sheet(name: &str) -> anyhow::Result<(Sheet, String)> { let b = read_bytes(name)?; Ok((read::from_slice(&b).map_err(|f| anyhow::anyhow!("{name}: {f}"))?, crate::sheet::write::sha256_bytes(&b))) }
