//! Distances between places: straight lines through a sphere of 6,367 km, as SaTScan has them. Over the few kilometres
//! that matter here they are those along the ground.

/// Radius in km.
const EARTH: f64 = 6367.0;

/// A place on the sphere, in km from its centre. Latitude and longitude in degrees.
pub(crate) fn point(latitude: f64, longitude: f64) -> [f64; 3] {
    let (lat, lon) = (latitude.to_radians(), longitude.to_radians());
    [
        EARTH * lat.cos() * lon.cos(),
        EARTH * lat.cos() * lon.sin(),
        EARTH * lat.sin(),
    ]
}

/// The length of the straight line between two places, in km.
pub(crate) fn chord_km(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}
