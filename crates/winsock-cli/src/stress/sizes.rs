//! How long messages are: `1024`, `64..4096` or `exp:1024`.

use std::str::FromStr;

/// The longest message.
const LONGEST: usize = 64 * 1024 * 1024;
/// The exponential distribution is cut at so many times its mean: one of nine million messages is longer.
const CUT: usize = 16;

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Sizes {
    Fixed(usize),
    /// Each size as often as another.
    Uniform {
        least: usize,
        most: usize,
    },
    Exponential {
        mean: usize,
    },
}

impl Sizes {
    pub(super) fn longest(self) -> usize {
        match self {
            Sizes::Fixed(size) => size,
            Sizes::Uniform { most, .. } => most,
            Sizes::Exponential { mean } => mean * CUT,
        }
    }

    pub(super) fn draw(self, random: &mut fastrand::Rng) -> usize {
        match self {
            Sizes::Fixed(size) => size,
            Sizes::Uniform { least, most } => random.usize(least..=most),
            Sizes::Exponential { mean } => {
                let size = -(1.0 - random.f64()).ln() * mean as f64;
                (size.round() as usize).clamp(1, self.longest())
            }
        }
    }
}

impl FromStr for Sizes {
    type Err = String;

    fn from_str(text: &str) -> Result<Sizes, String> {
        if let Some(mean) = text.strip_prefix("exp:") {
            return Ok(Sizes::Exponential { mean: bytes(mean, LONGEST / CUT)? });
        }
        let Some((least, most)) = text.split_once("..") else {
            return Ok(Sizes::Fixed(bytes(text, LONGEST)?));
        };
        let (least, most) = (bytes(least, LONGEST)?, bytes(most, LONGEST)?);
        if least > most {
            return Err(format!("{least} is more than {most}"));
        }
        Ok(Sizes::Uniform { least, most })
    }
}

fn bytes(text: &str, most: usize) -> Result<usize, String> {
    match text.parse() {
        Ok(size) if (1..=most).contains(&size) => Ok(size),
        Ok(_) | Err(_) => Err(format!("{text:?} is not a size: 1 to {most}")),
    }
}

impl std::fmt::Display for Sizes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Sizes::Fixed(size) => write!(f, "{size}"),
            Sizes::Uniform { least, most } => write!(f, "{least} to {most}"),
            Sizes::Exponential { mean } => write!(f, "about {mean}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood_and_others_say_why_not() {
        assert_eq!("1".parse(), Ok(Sizes::Fixed(1)));
        assert_eq!("64..4096".parse(), Ok(Sizes::Uniform { least: 64, most: 4096 }));
        assert_eq!("exp:1000".parse(), Ok(Sizes::Exponential { mean: 1000 }));
        for (text, reason) in [
            ("0", "\"0\" is not a size: 1 to 67108864"),
            ("67108865", "\"67108865\" is not a size: 1 to 67108864"),
            ("1k", "\"1k\" is not a size: 1 to 67108864"),
            ("exp:", "\"\" is not a size: 1 to 4194304"),
            ("5..4", "5 is more than 4"),
        ] {
            assert_eq!(text.parse::<Sizes>(), Err(reason.to_owned()), "{text}");
        }
    }

    #[test]
    fn draws_have_the_bounds_and_the_mean_of_their_distribution() {
        let mut random = fastrand::Rng::with_seed(3);
        for (sizes, least, mean) in [
            (Sizes::Fixed(7), 7, 7.0),
            (Sizes::Uniform { least: 10, most: 20 }, 10, 15.0),
            (Sizes::Exponential { mean: 1000 }, 1, 1000.0),
        ] {
            let drawn: Vec<usize> = (0..100_000).map(|_| sizes.draw(&mut random)).collect();
            assert!(drawn.iter().all(|&size| (least..=sizes.longest()).contains(&size)), "{sizes:?}");
            let found = drawn.iter().sum::<usize>() as f64 / drawn.len() as f64;
            assert!((found / mean - 1.0).abs() < 0.02, "{sizes:?}: {found}");
        }
        // Of an exponential distribution, 1 in e exceeds the mean.
        let drawn =
            (0..100_000).filter(|_| Sizes::Exponential { mean: 1000 }.draw(&mut random) > 1000).count();
        assert!((drawn as f64 / 100_000.0 - 0.368).abs() < 0.01, "{drawn}");
    }
}
