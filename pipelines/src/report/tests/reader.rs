//! Reads the text of a PDF that this program wrote, by its fonts' own way back to text.

use flate2::read::ZlibDecoder;
use std::{collections::BTreeMap, io::Read};

/// The text of each page, a line for each piece in the order in which it is drawn.
pub(super) fn pages(pdf: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(pdf).into_owned();
    assert!(text.starts_with("%PDF-1.7"));
    let streams = streams(pdf);
    let maps: Vec<BTreeMap<u16, char>> = streams
        .iter()
        .filter(|bytes| find(bytes, b"beginbf").is_some())
        .map(|bytes| map(bytes))
        .collect();
    assert_eq!(maps.len(), 2, "two faces");
    streams
        .iter()
        .filter(|bytes| find(bytes, b" Tf").is_some())
        .map(|bytes| page(bytes, &maps))
        .collect()
}

/// All streams, unpacked where they are packed.
fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = pdf;
    while let Some(at) = find(rest, b"stream\n") {
        rest = &rest[at + 7..];
        let end = find(rest, b"endstream").unwrap();
        let mut plain = Vec::new();
        match ZlibDecoder::new(&rest[..end]).read_to_end(&mut plain) {
            Ok(_) => found.push(plain),
            Err(_) => found.push(rest[..end].to_vec()),
        }
        rest = &rest[end + 9..];
    }
    found
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The characters of glyphs: `<0003> <0041>` lines, and ranges of them.
fn map(bytes: &[u8]) -> BTreeMap<u16, char> {
    let text = String::from_utf8_lossy(bytes);
    let mut map = BTreeMap::new();
    let mut is_range = false;
    for line in text.lines() {
        if line.ends_with("beginbfrange") || line.ends_with("beginbfchar") {
            is_range = line.ends_with("beginbfrange");
            continue;
        }
        let codes: Vec<u32> = line
            .split('<')
            .skip(1)
            .filter_map(|part| u32::from_str_radix(part.split('>').next()?, 16).ok())
            .collect();
        match (is_range, codes.as_slice()) {
            (false, [glyph, char]) => drop(map.insert(*glyph as u16, char::from_u32(*char).unwrap())),
            (true, [first, last, char]) => {
                for step in 0..=(last - first) {
                    map.insert((first + step) as u16, char::from_u32(char + step).unwrap());
                }
            }
            _ => {}
        }
    }
    map
}

fn page(bytes: &[u8], maps: &[BTreeMap<u16, char>]) -> String {
    let mut text = String::new();
    let mut font = 0;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"/R ") {
            font = 0;
        } else if rest.starts_with(b"/B ") {
            font = 1;
        } else if rest[0] == b'(' || (rest[0] == b'<' && rest.get(1) != Some(&b'<') && at > 0 && bytes[at - 1] != b'<')
        {
            let (glyphs, length) = string(rest);
            text.extend(
                glyphs
                    .chunks(2)
                    .map(|pair| maps[font][&u16::from_be_bytes([pair[0], pair[1]])]),
            );
            text.push('\n');
            at += length;
            continue;
        }
        at += 1;
    }
    text
}

/// A string of a content stream, literal or in hex digits, and how long it is there.
fn string(bytes: &[u8]) -> (Vec<u8>, usize) {
    if bytes[0] == b'<' {
        let end = find(bytes, b">").unwrap();
        return (hex::decode(&bytes[1..end]).unwrap(), end + 1);
    }
    let (mut found, mut at, mut depth) = (Vec::new(), 1, 1);
    loop {
        match bytes[at] {
            b'\\' => {
                at += 1;
                if bytes[at].is_ascii_digit() {
                    let digits = std::str::from_utf8(&bytes[at..at + 3]).unwrap();
                    found.push(u8::from_str_radix(digits, 8).unwrap());
                    at += 3;
                    continue;
                }
                found.push(match bytes[at] {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => other,
                });
            }
            b'(' => {
                depth += 1;
                found.push(b'(');
            }
            b')' if depth == 1 => return (found, at + 1),
            b')' => {
                depth -= 1;
                found.push(b')');
            }
            other => found.push(other),
        }
        at += 1;
    }
}
