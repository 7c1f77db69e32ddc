//! `<data>/run/door.json`: where the HTTP door is and the token of this start, for commands on the same machine.
//! Readable by the owner of the data folder only; removed on a clean stop.

use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The file's content.
#[derive(Clone, Serialize, Deserialize)]
pub struct Door {
    /// Base URL, without a slash at the end.
    pub url: String,
    /// Token with the rights of an admin, good until the hub stops.
    pub token: String,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Where the file of the hub in `data` is.
pub fn path(data: &Path) -> PathBuf {
    data.join("run").join("door.json")
}

/// The URL under which a listener at `addr` is reached from the same machine.
pub fn local_url(addr: SocketAddr) -> String {
    let ip = match addr.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(ip, addr.port()))
}

/// Writes the file, replacing one that a crash left behind. The mode is right before the first byte is in it.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(data: &Path, door: &Door) -> io::Result<()> {
    let path = path(data);
    let folder = data.join("run");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let fresh = folder.join(format!("door.json.{}", std::process::id()));
    let _ = fs::remove_file(&fresh);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(&serde_json::to_vec(door)?)?;
    fs::rename(fresh, path)
}

/// Removes the file, if it is still the one with `token`.
pub fn remove(data: &Path, token: &str) {
    let path = path(data);
    let own = fs::read(&path)
        .ok()
        .and_then(|text| serde_json::from_slice::<Door>(&text).ok());
    if own.is_some_and(|door| door.token == token) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests;
