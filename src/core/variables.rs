//! Variables, and the files that some of them name: `KLING_SECRET_KEY_FILE` holds the path of a file
//! with what `KLING_SECRET_KEY` would hold. The convention is that of Docker's and Kubernetes' images.

use zeroize::Zeroizing;

use crate::credentials::Key;
use crate::error::Error;
use crate::near::right_name;

/// A value that wipes itself.
pub type Secret = Zeroizing<String>;

/// What stands after the name of a variable that holds a path.
const FILE: &str = "_FILE";

/// Reads the environment on behalf of the core. A function from names to values is one that knows of
/// no file system.
pub trait Variables {
    /// What reading fails with.
    type Error: From<Error>;

    /// The value of a variable that is set.
    ///
    /// # Errors
    ///
    /// Whatever the environment fails with.
    fn value(&mut self, name: &str) -> Result<Option<Secret>, Self::Error>;

    /// The names of all variables that are set, as far as the environment can tell.
    ///
    /// # Errors
    ///
    /// Whatever the environment fails with.
    fn names(&mut self) -> Result<Vec<String>, Self::Error> {
        Ok(Vec::new())
    }

    /// The text of the file at `path`, which `variable` holds, without its final newline.
    ///
    /// # Errors
    ///
    /// Whatever reading fails with; [`Error::NoFileSystem`] where there are no files.
    fn file(&mut self, variable: &str, path: &str) -> Result<Secret, Self::Error> {
        let _ = path;
        Err(Error::NoFileSystem {
            variable: variable.to_owned(),
            instead: variable.strip_suffix(FILE).unwrap_or(variable).to_owned(),
        }
        .into())
    }
}

impl<E: From<Error>, F: FnMut(&str) -> Result<Option<Secret>, E>> Variables for F {
    type Error = E;

    fn value(&mut self, name: &str) -> Result<Option<Secret>, E> {
        self(name)
    }
}

/// The value of a variable; an empty one counts as not set, as in a shell's `${NAME:-default}`.
pub(crate) fn filled<V: Variables>(
    variables: &mut V,
    name: &str,
) -> Result<Option<Secret>, V::Error> {
    Ok(variables.value(name)?.filter(|value| !value.is_empty()))
}

/// The first variable that stands for one of `rights` by a name that is nearly right, and the one that
/// it stands for, `prefix` before both.
pub(crate) fn near<V: Variables>(
    variables: &mut V,
    prefix: &str,
    rights: &[&str],
) -> Result<Option<(String, String)>, V::Error> {
    let mut names = variables.names()?;
    names.sort_unstable();
    for name in names {
        let right = name.strip_prefix(prefix).and_then(right_name);
        if let Some(right) = right.filter(|right| rights.contains(right))
            && filled(variables, &name)?.is_some()
        {
            return Ok(Some((name, format!("{prefix}{right}"))));
        }
    }
    Ok(None)
}

/// A key, from its variable or from the file that the variable's companion names.
///
/// # Errors
///
/// [`Error::InvalidCredentials`] if both are set, or whatever reading them fails with.
pub(crate) fn key<V: Variables>(
    variables: &mut V,
    prefix: &str,
    name: &str,
) -> Result<Option<Key>, V::Error> {
    let (whole, file) = (format!("{prefix}{name}"), format!("{prefix}{name}{FILE}"));
    let value = filled(variables, &whole)?;
    match (value, filled(variables, &file)?) {
        (None, None) => Ok(None),
        (Some(value), None) => Ok(Some(Key::of_variable(prefix, name, value))),
        (None, Some(path)) => {
            let value = variables.file(&file, &path)?;
            Ok(Some(Key::of_file(prefix, &file, &path, value)))
        }
        (Some(_), Some(_)) => Err(Error::InvalidCredentials {
            name: format!("{whole} and {file}"),
            problem: "are both set, and which of them is right cannot be told: unset one".into(),
        }
        .into()),
    }
}

/// The name under which a key is set, its file's where that is so. No file is read for it.
pub(crate) fn set_name<V: Variables>(
    variables: &mut V,
    name: String,
) -> Result<Option<String>, V::Error> {
    if filled(variables, &name)?.is_some() {
        return Ok(Some(name));
    }
    let file = name + FILE;
    Ok(filled(variables, &file)?.map(|_| file))
}
