#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs(), "{got} is not {want}");
}

/// Values of R 4.2 to fifteen digits.
#[test]
fn agrees_with_r() {
    close(normal_quantile(0.999), 3.090_232_306_167_81, 1e-14);
    close(normal_quantile(0.975), 1.959_963_984_540_05, 1e-14);
    close(normal_quantile(1e-300), -37.047_096_299_361_2, 1e-14);
    close(normal_sf(6.0), 9.865_876_450_376_98e-10, 1e-13);
    close(t_quantile(0.99, 27.0), 2.472_659_911_956_01, 1e-12);
    close(t_quantile(0.95, 1.0), 6.313_751_514_675_04, 1e-12);
    close(t_sf(2.0, 10.0), 0.036_694_017_385_370_2, 1e-12);
}

/// Sums of densities are an independent road to the same tails.
#[test]
fn tails_are_sums_of_densities() {
    for (mean, size) in [(0.3, 0.2), (4.0, 1.7), (60.0, 12.0), (1300.0, 40.0)] {
        let whole: f64 = size + mean;
        let mut density = (size * (size / whole).ln()).exp();
        let mut below = 0.0;
        for k in 0..3000_u32 {
            let k = f64::from(k);
            if below < 0.999_999 {
                assert!((1.0 - below - nb_sf(k, mean, size)).abs() < 1e-11, "{k} {mean} {size}");
            }
            below += density;
            density *= (k + size) / (k + 1.0) * mean / whole;
        }
    }
    let mut below = 0.0;
    let mut density = (-7.5_f64).exp();
    for k in 0..40_u32 {
        let k = f64::from(k);
        assert!((1.0 - below - poisson_sf(k, 7.5)).abs() < 1e-13);
        below += density;
        density *= 7.5 / (k + 1.0);
    }
    close(binom_sf(10.0, 300.0, 0.03), 0.413, 2e-3);
}

#[test]
fn quantiles_are_where_the_distribution_crosses() {
    for (mean, size) in [
        (0.01, 0.5),
        (0.3, 0.2),
        (4.0, 1.7),
        (60.0, 12.0),
        (1300.0, 40.0),
        (5.0, 1e6),
    ] {
        for p in [0.01, 0.5, 0.95, 0.99, 0.9995] {
            let k = nb_quantile(p, mean, size);
            assert!(1.0 - nb_sf(k + 1.0, mean, size) >= p - 1e-12);
            assert!(k == 0.0 || 1.0 - nb_sf(k, mean, size) < p);
            let k = poisson_quantile(p, mean);
            assert!(1.0 - poisson_sf(k + 1.0, mean) >= p - 1e-12);
            assert!(k == 0.0 || 1.0 - poisson_sf(k, mean) < p);
        }
    }
}
