//! Writes zip archives without compression: all that a deployment needs.

/// An archive under way.
#[derive(Debug, Default)]
pub struct Archive {
    entries: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

/// The version of the format that holds a plain file.
const VERSION: u16 = 20;
/// Names are in UTF-8.
const FLAGS: u16 = 1 << 11;
/// The first day of the format's calendar.
const DATE: u16 = 1 << 5 | 1;

impl Archive {
    /// Adds a file.
    pub fn add(&mut self, name: &str, content: &[u8]) {
        let start = length(&self.entries);
        let mut header = Vec::new();
        for number in [VERSION, FLAGS, 0, 0, DATE] {
            header.extend(number.to_le_bytes());
        }
        let size = length(content);
        for number in [checksum(content), size, size] {
            header.extend(number.to_le_bytes());
        }
        header.extend((name.len() as u16).to_le_bytes());
        header.extend(0_u16.to_le_bytes());

        self.entries.extend(b"PK\x03\x04");
        self.entries.extend(&header);
        self.entries.extend(name.as_bytes());
        self.entries.extend(content);

        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&header);
        // No comment, the first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(start.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
    }

    /// The archive.
    pub fn finish(self) -> Vec<u8> {
        let (start, size) = (length(&self.entries), length(&self.directory));
        let mut out = self.entries;
        out.extend(self.directory);
        out.extend(b"PK\x05\x06\0\0\0\0");
        for number in [self.count, self.count] {
            out.extend(number.to_le_bytes());
        }
        for number in [size, start] {
            out.extend(number.to_le_bytes());
        }
        out.extend([0; 2]);
        out
    }
}

/// Payloads are far below the 4 GiB of the format.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// The CRC-32 of the format.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1));
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), step);
    !bytes.iter().fold(!0, byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_format() {
        assert_eq!(checksum(b""), 0);
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn an_archive_has_its_files_and_their_directory() {
        let mut archive = Archive::default();
        archive.add("a/b.txt", b"123456789");
        archive.add("c", b"");
        let bytes = archive.finish();
        // A header has 30 bytes, an entry of the directory 46, and the end 22.
        assert_eq!(
            bytes.len(),
            (30 + 7 + 9) + (30 + 1) + (46 + 7) + (46 + 1) + 22
        );
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        assert_eq!(&bytes[30..46], b"a/b.txt123456789");
        let end = &bytes[bytes.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(end[10], 2);
        let directory = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert_eq!(directory, 77);
        assert_eq!(&bytes[77..81], b"PK\x01\x02");
        assert_eq!(&bytes[77 + 46..77 + 53], b"a/b.txt");
        assert_eq!(bytes[77 + 53 + 42], 46);
    }
}
