//! The head of a request, looked at strictly before the parser sees it: what could be read in two
//! ways is read in none. A proxy before this server and this server itself then never disagree on
//! where a request ends, whatever either of them forgives.

/// The longest head, in bytes: our longest address and cookie fit twenty times.
pub(super) const LONGEST: usize = 16 * 1024;
/// How many fields a head may have.
const MOST_FIELDS: usize = 64;

/// How the body that follows is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes; nought where there is none.
    Length(u64),
    /// In chunks whose number nobody knows: its body is not read, and the answer says why.
    Chunked,
}

/// Why a head is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is not written as the standard says, or could be read in two ways.
    Malformed,
    /// It is longer than any of ours.
    TooLarge,
}

/// Where the first head in these bytes ends, if it is all there. A line that ends with a line feed
/// alone is refused at once.
///
/// # Errors
/// When it is longer than a head may be, or a line ends wrongly.
pub(super) fn end(bytes: &[u8], seen: usize) -> Result<Option<usize>, Refused> {
    let mut line_from = 0;
    let from = seen.saturating_sub(3);
    let found = |at: usize| bytes.get(at..at + 4).is_some_and(|four| four == b"\r\n\r\n");
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        if *byte == b'\n' && (at == 0 || bytes.get(at - 1) != Some(&b'\r')) {
            return Err(Refused::Malformed);
        }
        if *byte == b'\r' && found(at) {
            line_from = at + 4;
            break;
        }
    }
    match line_from {
        0 if bytes.len() > LONGEST => Err(Refused::TooLarge),
        0 => Ok(None),
        end if end > LONGEST => Err(Refused::TooLarge),
        end => Ok(Some(end)),
    }
}

/// How the body after this head is measured.
///
/// # Errors
/// When the head is not written as RFC 9112 says, names two lengths, a length and a coding, or a
/// coding we do not know.
pub(super) fn framing(head: &[u8]) -> Result<Framing, Refused> {
    let text = std::str::from_utf8(head).map_err(|_not_text| Refused::Malformed)?;
    if text.contains('\0') || text.replace("\r\n", "").contains(['\r', '\n']) {
        return Err(Refused::Malformed);
    }
    let mut lines = text.trim_end_matches("\r\n").split("\r\n");
    let asks_host = is_current(lines.next().unwrap_or(""))?;
    let (mut hosts, mut lengths, mut codings) = (0, Vec::new(), Vec::new());
    for (number, line) in (1..).zip(lines) {
        if number > MOST_FIELDS {
            return Err(Refused::TooLarge);
        }
        let (name, value) = line.split_once(':').ok_or(Refused::Malformed)?;
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(Refused::Malformed);
        }
        let value = value.trim_matches([' ', '\t']);
        if name.eq_ignore_ascii_case("content-length") {
            lengths.push(value);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            codings.push(value);
        } else if name.eq_ignore_ascii_case("host") {
            hosts += 1;
        }
    }
    if hosts > 1 || (asks_host && hosts == 0) {
        return Err(Refused::Malformed);
    }
    match (lengths.as_slice(), codings.as_slice()) {
        ([], []) => Ok(Framing::Length(0)),
        ([length], []) => length_of(length).map(Framing::Length),
        ([], [coding]) if asks_host && coding.eq_ignore_ascii_case("chunked") => {
            Ok(Framing::Chunked)
        }
        (_, _) => Err(Refused::Malformed),
    }
}

/// Whether a request line is of HTTP/1.1, which names its host, rather than 1.0.
fn is_current(line: &str) -> Result<bool, Refused> {
    let parts: Vec<&str> = line.split(' ').collect();
    let [method, target, version] = parts.as_slice() else { return Err(Refused::Malformed) };
    if method.is_empty() || target.is_empty() || !method.bytes().all(is_token) {
        return Err(Refused::Malformed);
    }
    match *version {
        "HTTP/1.1" => Ok(true),
        "HTTP/1.0" => Ok(false),
        _ => Err(Refused::Malformed),
    }
}

/// Digits and nothing else: no sign, no list, no space.
fn length_of(value: &str) -> Result<u64, Refused> {
    let is_plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let length = if is_plain { value.parse().ok() } else { None };
    length.ok_or(Refused::Malformed)
}

/// What may stand in the name of a field.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(fields: &str) -> Result<Framing, Refused> {
        framing(format!("POST /p/x/en HTTP/1.1\r\nHost: a\r\n{fields}\r\n").as_bytes())
    }

    #[test]
    fn one_length_or_none_and_nothing_that_has_two_readings() {
        assert_eq!(of(""), Ok(Framing::Length(0)));
        assert_eq!(of("Content-Length: 17\r\n"), Ok(Framing::Length(17)));
        assert_eq!(of("Transfer-Encoding: chunked\r\n"), Ok(Framing::Chunked));
        let refused = [
            "Content-Length: 17\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 17\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "Transfer-Encoding:\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding: chun\r\n ked\r\n",
            "X: 1\r\n Content-Length: 17\r\n",
            "Content-Length: 17\r\nContent-Length: 17\r\n",
            "Content-Length: 17\r\nContent-Length: 18\r\n",
            "Content-Length: 17, 17\r\n",
            "Content-Length: +17\r\n",
            "Content-Length: 0x11\r\n",
            "Content-Length: 1 7\r\n",
            "Content-Length: -1\r\n",
            "Content-Length:\r\n",
            "Content-Length: 99999999999999999999999\r\n",
            "Content-Length: 17\r\r\n",
            "Content-Length: 17\nTransfer-Encoding: chunked\r\n",
            "X: \0\r\n",
            "no field\r\n",
            ": nameless\r\n",
            "Host: b\r\n",
        ];
        for fields in refused {
            assert_eq!(of(fields), Err(Refused::Malformed), "{fields:?}");
        }
        assert_eq!(of(&"X: 1\r\n".repeat(64)), Err(Refused::TooLarge));
        let lines =
            ["GET / HTTP/2.0", "GET  / HTTP/1.1", "GET /", "PRI * HTTP/2.0", "", "G\tE / HTTP/1.1"];
        for line in lines {
            assert!(framing(format!("{line}\r\nHost: a\r\n\r\n").as_bytes()).is_err(), "{line}");
        }
        assert_eq!(framing(b"GET / HTTP/1.1\r\n\r\n"), Err(Refused::Malformed), "no host");
        assert_eq!(framing(b"GET / HTTP/1.0\r\n\r\n"), Ok(Framing::Length(0)));
        let old = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(framing(old), Err(Refused::Malformed));
    }

    #[test]
    fn a_head_ends_where_it_ends_however_it_comes_in() {
        let whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET ";
        for seen in 0..27 {
            let part = whole.get(..seen).unwrap();
            assert_eq!(end(part, 0), Ok((seen == 27).then_some(27)), "{seen}");
        }
        assert_eq!(end(whole, 26), Ok(Some(27)));
        assert_eq!(end(b"GET / HTTP/1.1\nHost: a\n\n", 0), Err(Refused::Malformed));
        assert_eq!(end(b"\n", 0), Err(Refused::Malformed));
        assert_eq!(end("a".repeat(LONGEST + 1).as_bytes(), 0), Err(Refused::TooLarge));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _any = end(&bytes, bytes.len() / 2);
            let _any = framing(&bytes);
        }
    }
}
