//! A geometry's shape, looked at without building it: type, nesting, finite degrees, closed rings. Whether rings cross
//! themselves is a question for a geographic engine, not for the door.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Deepest collection in a collection; the standard advises against even one.
const DEEPEST: usize = 8;

#[derive(Deserialize)]
struct Geometry<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    coordinates: Option<&'a RawValue>,
    #[serde(borrow, default)]
    geometries: Option<Vec<&'a RawValue>>,
}

/// What the innermost list of positions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    Points,
    Line,
    Ring,
}

/// Checks the shape of the geometry `raw`, which is valid JSON.
///
/// # Errors
/// The first thing that is wrong, with its path.
pub(super) fn check(raw: &str) -> Result<(), String> {
    geometry(raw, "", 0)
}

fn geometry(raw: &str, prefix: &str, depth: usize) -> Result<(), String> {
    let place = if prefix.is_empty() {
        "the geometry"
    } else {
        prefix.trim_end_matches('.')
    };
    let parsed: Geometry<'_> = serde_json::from_str(raw)
        .map_err(|_| format!("{place} is not an object with `type` and `coordinates`, each once"))?;
    let (levels, run) = match parsed.kind.as_deref() {
        Some("Point") => (0, Run::Points),
        Some("MultiPoint") => (1, Run::Points),
        Some("LineString") => (1, Run::Line),
        Some("MultiLineString") => (2, Run::Line),
        Some("Polygon") => (2, Run::Ring),
        Some("MultiPolygon") => (3, Run::Ring),
        Some("GeometryCollection") => {
            let Some(parts) = parsed.geometries else {
                return Err(format!("{place} has no list `geometries`"));
            };
            if depth >= DEEPEST {
                return Err(format!("{place} is a collection in more than {DEEPEST} collections"));
            }
            return parts.iter().enumerate().try_for_each(|(index, part)| {
                geometry(part.get(), &format!("{prefix}geometries[{index}]."), depth + 1)
            });
        }
        Some(_) => {
            return Err(format!(
                "{place} has a type that GeoJSON does not know: use Point, Polygon and so on"
            ));
        }
        None => return Err(format!("{place} has no `type`")),
    };
    let Some(coordinates) = parsed.coordinates else {
        return Err(format!("{place} has no `coordinates`"));
    };
    let mut walk = Walk {
        bytes: coordinates.get().as_bytes(),
        at: 0,
        path: Vec::new(),
        prefix,
        run,
    };
    walk.list(levels)
}

/// Goes through the text of `coordinates` once, from its start to its end.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    path: Vec<usize>,
    prefix: &'a str,
    run: Run,
}

/// Longitude, latitude.
type Position = (f64, f64);

impl Walk<'_> {
    /// A list with positions `levels` lists further in.
    fn list(&mut self, levels: usize) -> Result<(), String> {
        if levels == 0 {
            return self.position().map(|_| ());
        }
        self.open()?;
        let (mut first, mut last): (Option<Position>, Option<Position>) = (None, None);
        let mut count = 0;
        while self.more() {
            self.path.push(count);
            if levels == 1 {
                last = Some(self.position()?);
                first = first.or(last);
            } else {
                self.list(levels - 1)?;
            }
            self.path.pop();
            count += 1;
        }
        match self.run {
            Run::Line if levels == 1 && count < 2 => Err(self.wrong("is a line of fewer than 2 positions")),
            Run::Ring if levels == 1 && count < 4 => Err(self.wrong("is a ring of fewer than 4 positions")),
            Run::Ring if levels == 1 && first != last => {
                self.path.push(count - 1);
                Err(self.wrong("is not the first position again, so the ring is not closed"))
            }
            Run::Ring if levels == 2 && count == 0 => Err(self.wrong("is a polygon without a ring")),
            _ => Ok(()),
        }
    }

    fn position(&mut self) -> Result<Position, String> {
        self.open()?;
        let mut numbers = [0.0; 2];
        let mut count = 0;
        while self.more() {
            let number = self
                .number()
                .ok_or_else(|| self.wrong("is no position: numbers are expected"))?;
            if let Some(place) = numbers.get_mut(count) {
                *place = number;
            }
            count += 1;
        }
        let [lon, lat] = numbers;
        if count < 2 {
            return Err(self.wrong("is no position: longitude and latitude are expected"));
        }
        let is_lon = (-180.0..=180.0).contains(&lon);
        let is_lat = (-90.0..=90.0).contains(&lat);
        if is_lon && is_lat {
            return Ok((lon, lat));
        }
        Err(
            self.wrong(if (-90.0..=90.0).contains(&lon) && (-180.0..=180.0).contains(&lat) {
                "has a latitude outside -90..90; lat and lon look swapped: longitude comes first"
            } else if is_lon || is_lat {
                "is outside longitude -180..180 and latitude -90..90"
            } else {
                "is outside longitude -180..180 and latitude -90..90: send degrees (WGS 84), not metres of a map grid"
            }),
        )
    }

    /// Goes into a list.
    fn open(&mut self) -> Result<(), String> {
        self.blanks();
        if self.bytes.get(self.at) != Some(&b'[') {
            return Err(self.wrong("is no list, as the geometry's type asks for"));
        }
        self.at += 1;
        Ok(())
    }

    /// Goes to the next item of the list, or out of it.
    fn more(&mut self) -> bool {
        self.blanks();
        match self.bytes.get(self.at) {
            Some(b',') => {
                self.at += 1;
                self.blanks();
                true
            }
            Some(b']') | None => {
                self.at += 1;
                false
            }
            Some(_) => true,
        }
    }

    fn number(&mut self) -> Option<f64> {
        let rest = self.bytes.get(self.at..)?;
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b',' | b']' | b'[' | b'{' | b'"') || byte.is_ascii_whitespace())?;
        let text = std::str::from_utf8(rest.get(..end)?).ok()?;
        self.at += end;
        text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn wrong(&self, what: &str) -> String {
        let path: String = self.path.iter().map(|index| format!("[{index}]")).collect();
        format!("{}coordinates{path} {what}", self.prefix)
    }
}

/// Whether the JSON text has no blanks between its signs.
pub(super) fn is_compact(raw: &str) -> bool {
    outside_strings(raw).all(|(_, byte)| !byte.is_ascii_whitespace())
}

/// Appends the JSON text without the blanks between its signs.
pub(super) fn compact(raw: &str, to: &mut String) {
    let mut from = 0;
    for (at, _) in outside_strings(raw).filter(|(_, byte)| byte.is_ascii_whitespace()) {
        to.push_str(raw.get(from..at).unwrap_or_default());
        from = at + 1;
    }
    to.push_str(raw.get(from..).unwrap_or_default());
}

/// The bytes that are not inside a string, with their places.
fn outside_strings(raw: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut quoted, mut escaped) = (false, false);
    raw.bytes().enumerate().filter(move |(_, byte)| {
        if !quoted {
            quoted = *byte == b'"';
            return true;
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = false,
            _ => {}
        }
        false
    })
}
