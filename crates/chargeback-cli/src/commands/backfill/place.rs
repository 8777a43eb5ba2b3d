//! The identity of a file, also under another name.

use std::path::{Path, PathBuf};

/// A file that exists or will be created.
pub(super) struct Place {
    /// The file in its real folder.
    path: PathBuf,
    /// The device and the number of the file, if it exists.
    #[cfg(unix)]
    file: Option<(u64, u64)>,
}

impl Place {
    pub(super) fn of(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let real = path.canonicalize();
        Self {
            path: real.unwrap_or_else(|_| folder.join(path.file_name().unwrap_or_default())),
            #[cfg(unix)]
            file: std::fs::metadata(path).ok().map(|metadata| {
                use std::os::unix::fs::MetadataExt as _;
                (metadata.dev(), metadata.ino())
            }),
        }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        #[cfg(unix)]
        if self.file.is_some() && self.file == other.file {
            return true;
        }
        self.path == other.path
    }
}
