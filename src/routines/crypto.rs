//! What needs a key: encryption, keyed hashes, signatures.
//!
//! `encrypt` is AES-256 in GCM. The key is the SHA-256 of the key text, so that each of the documented lengths fits;
//! the text it gives is base64 of a nonce of 12 bytes, the cipher text, and a tag of 16 bytes. The nonce is made of
//! random bits of the host, the key and the text together: even where a host gives the same bits again, two different
//! texts get two different nonces.

use super::{
    argument,
    encoding::{base64, chunks, from_base64},
    room, text,
};
use crate::{
    call::{Context, Routine},
    signatures::{Family, ParamType, Returns, Signature},
    types::Type,
    value::{Array, Fault, Text, Value, to_text},
};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, aead::Aead};
use hmac::{Hmac, Mac};
use rsa::{Pkcs1v15Sign, PrivateKey, pkcs1::DecodeRsaPrivateKey, pkcs8::DecodePrivateKey};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::rc::Rc;

/// Lengths of key texts, in characters.
const KEY_LENGTHS: [usize; 4] = [16, 32, 64, 128];
const NONCE: usize = 12;
const TAG: usize = 16;

/// Bytes of a private key in PEM form: enough for 4,096 bits, which bounds the work of a signature.
const LARGEST_PEM: usize = 4_096;
/// Fuel of a signature, which cannot be interrupted.
const SIGNING: u64 = 1_000_000;

/// Bytes of a text to encrypt: the cipher takes it in one step, and does not look at the limits.
const LONGEST_PLAIN: usize = 8 << 20;

pub(super) fn routines() -> Vec<Routine> {
    let core = |name: &'static str| Signature::new(name, Family::Core);
    let bytes = Returns::Is(Type::BYTE.array());
    vec![
        Routine::new(
            core("encrypt")
                .param("textToEncrypt", Type::STRING)
                .param("cipherKey", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc(
                    "The text encrypted with AES, as base64; each call gives another one. The key has 16, 32, 64 or \
                     128 characters.",
                )
                .example(
                    "string key = \"0123456789abcdef\"; return decrypt(encrypt(\"low tide\", key), key);",
                    "low tide",
                ),
            encrypt,
        ),
        Routine::new(
            core("decrypt")
                .param("textToDecrypt", Type::STRING)
                .param("cipherKey", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc("The text that `encrypt` was given. With another key, or when a character was changed, an error.")
                .example("string key = \"0123456789abcdef\"; return decrypt(encrypt(\"ebb\", key), key);", "ebb"),
            decrypt,
        ),
        Routine::new(
            core("hmacSHA1")
                .param_of("data", ParamType::Any, false)
                .param("key", Type::STRING)
                .returns(bytes)
                .doc("The 20 bytes of HMAC with SHA-1 of a text or of bytes; none for empty data.")
                .example("return size(hmacSHA1(\"tide\", \"key\"));", "20"),
            |cx, arguments| {
                let Ok(mac) = Hmac::<Sha1>::new_from_slice(text(arguments, 1).as_bytes()) else { return no_bytes() };
                authenticate(mac, cx, argument(arguments, 0))
            },
        ),
        Routine::new(
            core("hmacSHA256")
                .param_of("data", ParamType::Any, false)
                .param("key", Type::STRING)
                .returns(bytes)
                .doc("The 32 bytes of HMAC with SHA-256 of a text or of bytes; none for empty data.")
                .example("return size(hmacSHA256(\"tide\", \"key\")), size(hmacSHA256(\"\", \"key\"));", "32|0"),
            |cx, arguments| {
                let Ok(mac) = Hmac::<Sha256>::new_from_slice(text(arguments, 1).as_bytes()) else { return no_bytes() };
                authenticate(mac, cx, argument(arguments, 0))
            },
        ),
        Routine::new(
            core("rsaSHA256")
                .param_of("data", ParamType::Any, false)
                .param("key", Type::STRING)
                .returns(bytes)
                .doc(
                    "The RSA signature (PKCS#1 v1.5) over the SHA-256 of a text or of bytes. The private key is a PEM \
                     text, PKCS#1 or PKCS#8, of 1,024 to 4,096 bits; no bytes when it is not.",
                )
                .example("return size(rsaSHA256(\"tide\", \"no key\"));", "0"),
            sign,
        ),
    ]
}

/// The cipher of a key text.
fn cipher(key: &str, routine: &str) -> Result<Aes256Gcm, Fault> {
    let length = Text::new(key).units();
    if !KEY_LENGTHS.contains(&length) {
        let message = format!("the key of `{routine}` has 16, 32, 64 or 128 characters, found {length}");
        return Err(Fault::routine(message));
    }
    Aes256Gcm::new_from_slice(&Sha256::digest(key)).map_err(|_| Fault::internal("a hash of 32 bytes is no key"))
}

fn encrypt(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (plain, key) = (text(arguments, 0), text(arguments, 1));
    let cipher = cipher(key, "encrypt")?;
    if plain.len() > LONGEST_PLAIN {
        return Err(Fault::routine(format!("a text of more than {LONGEST_PLAIN} bytes cannot be encrypted")));
    }
    let length = plain.len().saturating_add(NONCE).saturating_add(TAG);
    room(cx, plain.len().saturating_mul(4), length.saturating_mul(4))?;
    let Some(random) = cx.host.random() else {
        return Err(Fault::host("random numbers are not available in this host, and `encrypt` needs them"));
    };
    let Ok(mut nonce) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return Err(Fault::internal("a key of any length makes an HMAC"));
    };
    for _ in 0..2 {
        nonce.update(&random.next_u64().to_le_bytes());
    }
    chunks(plain.as_bytes(), cx, &mut |chunk| nonce.update(chunk))?;
    let nonce = nonce.finalize().into_bytes();
    let nonce: [u8; NONCE] = std::array::from_fn(|index| nonce.get(index).copied().unwrap_or(0));
    let Ok(sealed) = cipher.encrypt(&Nonce::from(nonce), plain.as_bytes()) else {
        return Err(Fault::routine("the text is too long to be encrypted"));
    };
    let whole = [&nonce[..], &sealed].concat();
    let packed = base64(cx, &whole)?;
    cx.conv().text(packed)
}

fn decrypt(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let encrypted = text(arguments, 0);
    let cipher = cipher(text(arguments, 1), "decrypt")?;
    room(cx, encrypted.len().saturating_mul(4), encrypted.len().saturating_mul(2))?;
    let whole = from_base64(cx, encrypted.trim())?.unwrap_or_default();
    let Some((nonce, sealed)) = whole.split_first_chunk::<NONCE>() else {
        return Err(Fault::routine("the text to decrypt was not made by `encrypt`"));
    };
    if whole.len() > LONGEST_PLAIN.saturating_add(NONCE).saturating_add(TAG) {
        return Err(Fault::routine("the text to decrypt was not made by `encrypt`"));
    }
    let plain = cipher.decrypt(&Nonce::from(*nonce), sealed).ok().and_then(|plain| String::from_utf8(plain).ok());
    match plain {
        Some(plain) => cx.conv().text(plain),
        None => Err(Fault::routine("the text cannot be decrypted: another key was used, or it was changed")),
    }
}

fn authenticate(mut mac: impl Mac, cx: &mut Context<'_>, data: &Value) -> Result<Value, Fault> {
    let data = bytes_of(cx, data)?;
    if data.is_empty() {
        return no_bytes();
    }
    chunks(&data, cx, &mut |chunk| mac.update(chunk))?;
    byte_array(cx, &mac.finalize().into_bytes())
}

fn sign(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let pem = text(arguments, 1).trim();
    if pem.len() > LARGEST_PEM {
        return no_bytes();
    }
    let mut hash = Sha256::new();
    let data = bytes_of(cx, argument(arguments, 0))?;
    chunks(&data, cx, &mut |chunk| hash.update(chunk))?;
    cx.budget.charge(pem.len() as u64)?;
    let Some(key) = PrivateKey::from_pkcs8_pem(pem).ok().or_else(|| PrivateKey::from_pkcs1_pem(pem).ok()) else {
        return no_bytes();
    };
    cx.budget.charge(SIGNING)?;
    match key.sign(Pkcs1v15Sign::new::<Sha256>(), &hash.finalize()) {
        Ok(signature) => byte_array(cx, &signature),
        Err(_) => no_bytes(),
    }
}

/// Bytes as they are, anything else as the UTF-8 of its text.
fn bytes_of(cx: &mut Context<'_>, data: &Value) -> Result<Vec<u8>, Fault> {
    if let Value::Array(array) = data
        && array.element_type() == Type::BYTE
    {
        room(cx, array.len(), array.len())?;
        return Ok(array
            .iter()
            .map(|value| match value {
                Value::Byte(byte) => byte.cast_unsigned(),
                _ => 0,
            })
            .collect());
    }
    let data = to_text(data, &mut cx.conv())?;
    let data = data.as_str().unwrap_or("");
    room(cx, data.len(), data.len())?;
    Ok(data.as_bytes().to_vec())
}

fn byte_array(cx: &Context<'_>, bytes: &[u8]) -> Result<Value, Fault> {
    let values = bytes.iter().map(|byte| Value::Byte(byte.cast_signed()));
    Ok(Value::Array(Rc::new(Array::from_values(Type::BYTE, values, &cx.budget)?)))
}

fn no_bytes() -> Result<Value, Fault> {
    Ok(Value::Array(Rc::new(Array::new(Type::BYTE))))
}
