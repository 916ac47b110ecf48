//! Passes over JSON quickly: pages of a query have a megabyte each, of which little is read.
//!
//! What is whole JSON here is so for `serde_json` too, and the other way round, at a tenth of
//! the instructions: strings are passed over eight bytes at a time.

/// A place in a JSON text.
pub struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// Whether each value that is open is an object; a list otherwise.
    open: Vec<bool>,
}

/// Whether a text is one JSON value.
pub fn is_whole(text: &str) -> bool {
    let mut scan = Scan::new(text);
    scan.value().is_some() && scan.is_over()
}

// The small ones are put where they are called: the component is built for size, and calls would
// be most of the work.
impl<'a> Scan<'a> {
    /// At the start of a text.
    pub fn new(text: &'a str) -> Scan<'a> {
        Scan {
            text,
            at: 0,
            open: Vec::new(),
        }
    }

    /// How many bytes are behind.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Whether nothing but space is left.
    pub fn is_over(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// Passes over this byte, where it is the next one after any space.
    #[inline(always)]
    pub fn takes(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Passes over a string and answers what stands between its quotes, as it stands.
    pub fn string(&mut self) -> Option<&'a str> {
        self.takes(b'"').then_some(())?;
        let start = self.at;
        self.rest_of_string()?;
        self.text.get(start..self.at - 1)
    }

    /// Passes over a value and answers its text.
    pub fn value(&mut self) -> Option<&'a str> {
        self.space();
        let start = self.at;
        self.open.clear();
        self.pass()?;
        self.text.get(start..self.at)
    }

    fn pass(&mut self) -> Option<()> {
        loop {
            self.space();
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'{' => {
                    if !self.takes(b'}') {
                        self.open.push(true);
                        self.name()?;
                        continue;
                    }
                }
                b'[' => {
                    if !self.takes(b']') {
                        self.open.push(false);
                        continue;
                    }
                }
                b'"' => self.rest_of_string()?,
                b't' => self.word(b"rue")?,
                b'f' => self.word(b"alse")?,
                b'n' => self.word(b"ull")?,
                b'-' => {
                    let digit = self.peek()?;
                    self.at += 1;
                    self.number(digit)?;
                }
                digit => self.number(digit)?,
            }
            // Behind a value.
            loop {
                let Some(object) = self.open.last().copied() else {
                    return Some(());
                };
                if self.takes(b',') {
                    if object {
                        self.name()?;
                    }
                    break;
                }
                let end = if object { b'}' } else { b']' };
                self.takes(end).then_some(())?;
                self.open.pop();
            }
        }
    }

    /// Passes over a name and its colon.
    #[inline(always)]
    fn name(&mut self) -> Option<()> {
        self.takes(b'"').then_some(())?;
        self.rest_of_string()?;
        self.takes(b':').then_some(())
    }

    /// Passes over a string whose first quote is behind.
    #[inline(always)]
    fn rest_of_string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        loop {
            while let Some(eight) = bytes.get(self.at..self.at + 8) {
                let special = special(u64::from_le_bytes(eight.try_into().ok()?));
                if special != 0 {
                    self.at += special.trailing_zeros() as usize / 8;
                    break;
                }
                self.at += 8;
            }
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b'u' {
            let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
            self.at += 4;
            return digits.iter().all(u8::is_ascii_hexdigit).then_some(());
        }
        b"\"\\/bfnrt".contains(&byte).then_some(())
    }

    /// Passes over a number whose first digit is behind.
    fn number(&mut self, first: u8) -> Option<()> {
        match first {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.some_digits()?;
        }
        Some(())
    }

    fn some_digits(&mut self) -> Option<()> {
        let start = self.at;
        self.digits();
        (self.at > start).then_some(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn word(&mut self, rest: &[u8]) -> Option<()> {
        let found = self.text.as_bytes().get(self.at..self.at + rest.len())?;
        self.at += rest.len();
        (found == rest).then_some(())
    }

    #[inline(always)]
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// Marks the bytes that are a quote, a backslash or a control character, of eight; the lowest
/// mark is right, and higher ones may be too many.
#[inline(always)]
fn special(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    let quote = zero(eight ^ (ONES * u64::from(b'"')));
    let backslash = zero(eight ^ (ONES * u64::from(b'\\')));
    (control | quote | backslash) & (ONES * 0x80)
}
