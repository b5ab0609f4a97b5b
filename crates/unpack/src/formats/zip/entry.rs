//! One entry of an archive, as one of its readings has it.

/// Bits of the flags (APPNOTE 4.4.4): encrypted, streamed, strongly encrypted, names hidden.
pub(super) const ENCRYPTED: u16 = 1;
pub(super) const STREAMED: u16 = 1 << 3;
const STRONG: u16 = 1 << 6;
const HIDDEN: u16 = 1 << 13;

/// Place and method of packed bytes, and whether they are called encrypted: what is the same is read the same way.
pub(super) type Way = ((usize, usize), u16, bool);

/// One entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry<'a> {
    /// The directory's name, the local header's where that differs, and those of extra fields.
    pub(super) names: Vec<&'a [u8]>,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// Time of day in the form of DOS: streamed entries check a password by it.
    pub(super) time: u16,
    /// Size and checksum; of a streamed entry without directory nobody says them.
    pub(super) said: Option<Said>,
    /// AES: strength and true method, where the extra field says so.
    pub(super) aes: Option<Aes>,
    /// A symbolic link, a device, a pipe.
    pub(super) is_link: bool,
    /// Place of the packed bytes.
    pub(super) range: (usize, usize),
    /// Packed bytes.
    pub(super) data: &'a [u8],
}

/// What the directory says will come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Said {
    pub(super) size: u64,
    pub(super) crc32: u32,
}

/// The extra field of AES (WinZip, "AE-1" and "AE-2").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aes {
    /// 1, 2, 3: 128, 192, 256 bits.
    pub(super) strength: u8,
    pub(super) method: u16,
    /// AE-2 has no checksum.
    pub(super) has_sum: bool,
}

impl Entry<'_> {
    pub(super) fn way(&self) -> Way {
        (self.range, self.method, self.is_encrypted())
    }

    pub(super) fn is_folder(&self) -> bool {
        self.data.is_empty() && !self.names.is_empty() && self.names.iter().all(|name| name.ends_with(b"/"))
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & (ENCRYPTED | STRONG | HIDDEN) != 0
    }

    /// Encrypted in a way that nobody but its maker reads.
    pub(super) fn is_strongly_encrypted(&self) -> bool {
        self.flags & (STRONG | HIDDEN) != 0
    }

    pub(super) fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name.as_bytes()))
    }

    pub(super) fn has_start(&self, start: &str) -> bool {
        self.names
            .iter()
            .any(|own| own.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes())))
    }

    pub(super) fn has_end(&self, end: &str) -> bool {
        let tail = |own: &&[u8]| own.len().checked_sub(end.len()).and_then(|from| own.get(from..)).map(<[u8]>::to_vec);
        self.names.iter().filter_map(tail).any(|own| own.eq_ignore_ascii_case(end.as_bytes()))
    }
}
