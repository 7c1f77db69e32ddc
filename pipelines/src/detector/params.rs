//! Parameters of a method: a struct with the field's names and defaults, which can be set from `key=value`. A wrong
//! name or value is answered with the names and values that would be right.

use super::Error;

/// A struct of parameters that can be set by name.
pub trait Parameters: Default {
    /// Names with their default values, in the order of the struct.
    fn names() -> Vec<(&'static str, String)>;

    /// Sets one parameter.
    ///
    /// # Errors
    /// An unknown name or a value that cannot be read, with what would be right.
    fn set(&mut self, key: &str, value: &str) -> Result<(), Error>;

    /// The defaults with these settings applied, in order.
    ///
    /// # Errors
    /// As [`Parameters::set`].
    fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let mut params = Self::default();
        for (key, value) in pairs {
            params.set(key, value)?;
        }
        Ok(params)
    }
}

/// A type a parameter can have.
pub trait Value: Sized {
    /// What may be written, for messages.
    fn expected() -> String;
    /// Reads the text; `None` if it is not such a value.
    fn read(text: &str) -> Option<Self>;
    /// As it would be written.
    fn show(&self) -> String;
}

macro_rules! whole_number {
    ($kind:ty) => {
        impl Value for $kind {
            fn expected() -> String {
                "a whole number".into()
            }
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    };
}

whole_number!(usize);
whole_number!(u64);

impl Value for f64 {
    fn expected() -> String {
        "a number with a decimal point".into()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|x: &f64| x.is_finite())
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    fn expected() -> String {
        "true or false".into()
    }
    fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl<T: Value> Value for Option<T> {
    fn expected() -> String {
        format!("{} or auto", T::expected())
    }
    fn read(text: &str) -> Option<Self> {
        if text == "auto" {
            Some(None)
        } else {
            T::read(text).map(Some)
        }
    }
    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "auto".into(), Value::show)
    }
}

impl Value for (usize, usize) {
    fn expected() -> String {
        "two whole numbers such as 5,4".into()
    }
    fn read(text: &str) -> Option<Self> {
        let (a, b) = text.split_once(',')?;
        Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
    }
    fn show(&self) -> String {
        format!("{},{}", self.0, self.1)
    }
}

/// The answer to a value that cannot be read.
pub fn unreadable<T: Value>(key: &str, value: &str) -> Error {
    Error::new(format!("parameter {key}: \"{value}\" is not {}", T::expected()))
}

/// The answer to an unknown name.
pub fn unknown<P: Parameters>(key: &str) -> Error {
    let names: Vec<_> = P::names()
        .into_iter()
        .map(|(name, default)| format!("{name}={default}"))
        .collect();
    Error::new(format!("there is no parameter {key}: choose from {}", names.join(" ")))
}

/// Checks that a parameter lies in its range.
pub fn within(key: &str, value: f64, low: f64, high: f64) -> Result<(), Error> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::new(format!(
        "parameter {key}: {value} is outside {low} to {high}"
    )))
}

/// Checks that a probability lies strictly between 0 and 1.
pub fn probability(key: &str, value: f64) -> Result<(), Error> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    Err(Error::new(format!(
        "parameter {key}: {value} is not between 0 and 1, such as 0.01"
    )))
}

/// Declares a struct of parameters with defaults.
macro_rules! parameters {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ty = $default:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$doc])* pub $field: $kind,)+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $crate::detector::params::Parameters for $name {
            fn names() -> Vec<(&'static str, String)> {
                let default = Self::default();
                vec![$((stringify!($field), $crate::detector::params::Value::show(&default.$field)),)+]
            }

            fn set(&mut self, key: &str, value: &str) -> Result<(), $crate::detector::Error> {
                match key {
                    $(stringify!($field) => {
                        self.$field = <$kind as $crate::detector::params::Value>::read(value)
                            .ok_or_else(|| $crate::detector::params::unreadable::<$kind>(key, value))?;
                    })+
                    _ => return Err($crate::detector::params::unknown::<Self>(key)),
                }
                Ok(())
            }
        }
    };
}

/// Declares a choice between words.
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $crate::detector::params::Value for $name {
            fn expected() -> String {
                [$($word,)+].join(" or ")
            }
            fn read(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
            fn show(&self) -> String {
                match self {
                    $(Self::$variant => $word.into(),)+
                }
            }
        }
    };
}

pub(in crate::detector) use {choice, parameters};
