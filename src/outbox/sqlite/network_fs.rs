//! Detecting network file systems, on which the locks of `SQLite` do not work.

use std::path::Path;

use super::super::store_error::StoreError;

/// File systems whose locks or shared memory do not work between machines.
const NETWORK: [&str; 19] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "smb",
    "smb2",
    "smb3",
    "smbfs",
];

/// Refuses a folder on a network file system. Only Linux has the list of mounts that this check reads.
pub(super) fn refuse(folder: &Path) -> Result<(), StoreError> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let Ok(folder) = folder.canonicalize() else { return Ok(()) };
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else { return Ok(()) };
    match file_system(&mounts, &folder) {
        Some(name) if is_network(&name) => Err(StoreError::Unusable(format!(
            "the folder is on the network file system {name}; use a local disk, or the store for PostgreSQL"
        ))),
        _ => Ok(()),
    }
}

/// True for a file system that other machines can write to.
fn is_network(name: &str) -> bool {
    // FUSE is local with a few exceptions.
    let fuse = ["sshfs", "s3fs", "gcsfuse", "rclone", "glusterfs", "ceph", "nfs", "smb", "davfs"];
    NETWORK.contains(&name) || name.strip_prefix("fuse.").is_some_and(|name| fuse.iter().any(|net| name.contains(net)))
}

/// Returns the file system of a folder: that of the longest mount point above it, and the last one of equal ones.
///
/// `mounts` has the format of `/proc/self/mountinfo`.
fn file_system(mounts: &str, folder: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let Some(point) = before.split(' ').nth(4).map(unescape) else { continue };
        let Some(name) = after.split(' ').next() else { continue };
        let depth = Path::new(&point).components().count();
        if folder.starts_with(&point) && best.is_none_or(|(most, _)| depth >= most) {
            best = Some((depth, name));
        }
    }
    best.map(|(_, name)| name.to_owned())
}

/// Replaces the octal escapes of spaces, tabs, line feeds and backslashes.
fn unescape(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
        30 22 0:26 / /srv rw - nfs4 server:/export rw\n\
        31 30 254:1 / /srv/local rw shared:2 master:1 - xfs /dev/vdb rw\n\
        32 22 0:30 / /mnt/with\\040space rw - cifs //server/share rw\n\
        33 22 0:31 / /home/me/remote rw - fuse.sshfs me@host: rw\n\
        34 22 0:32 / /over rw - ext4 /dev/vdc rw\n\
        35 34 0:33 / /over rw - smb3 //server/over rw\n\
        36 22 0:34 / /usb rw - fuseblk /dev/sdb1 rw\n";

    fn at(folder: &str) -> Option<String> {
        file_system(MOUNTS, Path::new(folder))
    }

    #[test]
    fn the_longest_and_last_mount_point_decides() {
        for (folder, name) in [
            ("/var/lib/app", "ext4"),
            ("/srv/app", "nfs4"),
            ("/srv/local/app", "xfs"),
            ("/srvx", "ext4"),
            ("/mnt/with space/a", "cifs"),
            ("/home/me/remote", "fuse.sshfs"),
            ("/over/app", "smb3"),
            ("/usb", "fuseblk"),
        ] {
            assert_eq!(at(folder).as_deref(), Some(name), "{folder}");
        }
    }

    #[test]
    fn network_file_systems_are_refused() {
        for name in ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "ceph"] {
            assert!(is_network(name), "{name}");
        }
        for name in ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "fuse.mergerfs", "virtiofs", "apfs"]
        {
            assert!(!is_network(name), "{name}");
        }
    }

    #[test]
    fn lines_of_an_unknown_form_are_skipped() {
        assert_eq!(file_system("nonsense\n1 2 - \n - ext4\n", Path::new("/a")), None);
    }
}
