//! Which variables hold credentials, and in which order they count.

use crate::credentials::{Key, Slot};
use crate::error::Error;
use crate::request::endpoint::Host;
use crate::variables::{Variables, filled, key, near, set_name};

/// Variables that belong together.
pub(crate) enum Family {
    ApiKey(&'static str),
    Pair {
        access_key: &'static str,
        secret_key: &'static str,
    },
}

/// In order of precedence: the first that is set wins. These names are in use already: by Kling's
/// samples, the AI SDK's provider and Kling's agent skill.
pub(crate) const FAMILIES: [Family; 5] = [
    Family::ApiKey("KLING_API_KEY"),
    Family::Pair {
        access_key: "KLING_ACCESS_KEY",
        secret_key: "KLING_SECRET_KEY",
    },
    Family::ApiKey("KLINGAI_API_KEY"),
    Family::Pair {
        access_key: "KLINGAI_ACCESS_KEY",
        secret_key: "KLINGAI_SECRET_KEY",
    },
    Family::Pair {
        access_key: "KLING_ACCESS_KEY_ID",
        secret_key: "KLING_SECRET_ACCESS_KEY",
    },
];

impl Family {
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        match self {
            Self::ApiKey(name) => [Some(*name), None],
            Self::Pair {
                access_key,
                secret_key,
            } => [Some(*access_key), Some(*secret_key)],
        }
        .into_iter()
        .flatten()
    }
}

/// What bundlers copy into the JavaScript that every visitor downloads.
const PUBLISHED_PREFIXES: [&str; 8] = [
    "NEXT_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "PUBLIC_",
];

/// The variables that begin with a prefix.
pub(crate) struct Environment<'a, V> {
    pub(crate) prefix: &'a str,
    pub(crate) variables: V,
}

impl<V: Variables> Environment<'_, V> {
    pub(crate) fn get(&mut self, name: &str) -> Result<Option<Key>, V::Error> {
        key(&mut self.variables, self.prefix, name)
    }

    /// Which of these are set, by their whole names.
    pub(crate) fn set(
        &mut self,
        names: impl IntoIterator<Item = &'static str>,
    ) -> Result<Vec<String>, V::Error> {
        let mut set = Vec::new();
        for name in names {
            let name = format!("{}{name}", self.prefix);
            set.extend(set_name(&mut self.variables, name)?);
        }
        Ok(set)
    }

    /// A variable that stands for one of `names` by a name that is nearly right, and the right one.
    pub(crate) fn near(&mut self, names: &[&str]) -> Result<Option<(String, String)>, V::Error> {
        near(&mut self.variables, self.prefix, names)
    }

    /// The error where nothing serves. What explains it better goes first: a secret that is
    /// published, a variable whose name is nearly right, one that is empty.
    pub(crate) fn missing(
        &mut self,
        what: &str,
        remedy: String,
        names: &[&str],
    ) -> Result<V::Error, V::Error> {
        self.refuse_published()?;
        if let Some((near, right)) = self.near(names)? {
            let remedy = format!("{near} is set, but nobody reads it: rename it to {right}");
            return Ok(missing(what, remedy).into());
        }
        // One that is there now is empty: somebody has copied a sample file and not filled it in.
        for name in names {
            let name = format!("{}{name}", self.prefix);
            if self.variables.value(&name)?.is_some() {
                return Ok(missing(what, format!("{remedy}; {name} is set, but empty")).into());
            }
        }
        Ok(missing(what, remedy).into())
    }

    /// Fails if a secret is set under a name that is published; asked only where nothing better
    /// was found, so that it costs nothing otherwise.
    pub(crate) fn refuse_published(&mut self) -> Result<(), V::Error> {
        for published in PUBLISHED_PREFIXES {
            for family in &FAMILIES {
                let (Family::ApiKey(key)
                | Family::Pair {
                    secret_key: key, ..
                }) = family;
                let prefix = self.prefix;
                let mut names = vec![
                    format!("{published}{key}"),
                    format!("{published}{prefix}{key}"),
                ];
                if prefix.starts_with(published) {
                    names.push(format!("{prefix}{key}"));
                }
                for name in names {
                    if filled(&mut self.variables, &name)?.is_some() {
                        return Err(Error::ExposedSecret {
                            name,
                            prefix: published,
                        }
                        .into());
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether variables that begin so are published to browsers.
pub(crate) fn is_published(prefix: &str) -> bool {
    PUBLISHED_PREFIXES
        .iter()
        .any(|published| prefix.starts_with(published))
}

pub(crate) fn missing(missing: &str, remedy: String) -> Error {
    Error::MissingCredentials {
        missing: missing.to_owned(),
        remedy,
    }
}

/// What a variable holds, by its name, whatever stands before that; `None` for one that holds no
/// key. `host` is where an API Key would be sent.
#[must_use]
pub fn slot_of(variable: &str, host: Host) -> Option<Slot> {
    FAMILIES
        .iter()
        .flat_map(|family| match family {
            Family::ApiKey(name) => [Some((*name, Slot::ApiKey(host))), None],
            Family::Pair {
                access_key,
                secret_key,
            } => [
                Some((*access_key, Slot::AccessKey)),
                Some((*secret_key, Slot::SecretKey)),
            ],
        })
        .flatten()
        .chain([("KLING_WEBHOOK_SECRET", Slot::WebhookSecret)])
        .find(|(name, _)| {
            variable
                .strip_suffix(name)
                .is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
        })
        .map(|(_, slot)| slot)
}
