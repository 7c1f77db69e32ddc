//! SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677): enough to check a proof, not enough to make one.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fmt;

/// Rounds of PBKDF2, the minimum of RFC 7677. A key is 256 random bits, so more rounds would only cost time.
pub(super) const ITERATIONS: u32 = 4096;

/// What a server keeps of a key to check SCRAM proofs of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifiers {
    /// Salt, 16 random bytes.
    pub salt: Vec<u8>,
    /// Rounds of PBKDF2.
    pub iterations: u32,
    /// `H(HMAC(SaltedPassword, "Client Key"))`.
    pub stored_key: [u8; 32],
    /// `HMAC(SaltedPassword, "Server Key")`.
    pub server_key: [u8; 32],
}

impl Verifiers {
    /// The verifiers of `clear` (RFC 5802, section 3).
    pub(super) fn derive(clear: &str, salt: &[u8], iterations: u32) -> Self {
        let mut salted = [0; 32];
        pbkdf2::pbkdf2_hmac::<Sha256>(clear.as_bytes(), salt, iterations, &mut salted);
        Self {
            salt: salt.to_vec(),
            iterations,
            stored_key: Sha256::digest(mac(&salted, b"Client Key")).into(),
            server_key: mac(&salted, b"Server Key"),
        }
    }

    /// Checks a client's proof over `auth_message`; answers the server's signature to send back when it holds.
    pub fn verify(&self, auth_message: &[u8], proof: &[u8; 32]) -> Option<[u8; 32]> {
        let signature = mac(&self.stored_key, auth_message);
        let client_key: Vec<u8> = proof.iter().zip(signature).map(|(p, s)| p ^ s).collect();
        // Comparing digests of what the client sent leaks nothing about the key that would be right.
        (<[u8; 32]>::from(Sha256::digest(client_key)) == self.stored_key).then(|| mac(&self.server_key, auth_message))
    }
}

impl fmt::Debug for Verifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifiers")
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length, so this cannot fail for 32 bytes.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|m| m.chain_update(message).finalize().into_bytes().into())
        .unwrap_or_default()
}
