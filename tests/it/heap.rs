//! PostgreSQL's rows as they lie in a file, dead ones too: what somebody sees who has the disk.

/// A row with the numbers of the transactions that wrote and deleted it (0: not deleted).
pub(crate) struct Row {
    pub xmin: u32,
    pub xmax: u32,
    pub bytes: Vec<u8>,
}

const PAGE: usize = 8192;

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

/// Every row of a table's file in the order in which rows lie.
pub(crate) fn rows(file: &[u8]) -> Vec<Row> {
    let mut found = Vec::new();
    for page in file.chunks(PAGE) {
        let lower = number(page, 12).map_or(0, u16::from_le_bytes) as usize;
        for at in (24..lower).step_by(4) {
            let Some(item) = number(page, at).map(u32::from_le_bytes) else { break };
            let (from, is_normal) = ((item & 0x7FFF) as usize, (item >> 15) & 3 == 1);
            let bytes = page.get(from..from + (item >> 17) as usize);
            let (true, Some(bytes)) = (is_normal, bytes) else { continue };
            let (Some(xmin), Some(xmax)) = (number(bytes, 0), number(bytes, 4)) else { continue };
            // A row that was deleted says by whom; the mark that says nobody did makes it none.
            let mask = number(bytes, 20).map_or(0, u16::from_le_bytes);
            let xmax = if mask & 0x0800 == 0 { u32::from_le_bytes(xmax) } else { 0 };
            found.push(Row { xmin: u32::from_le_bytes(xmin), xmax, bytes: bytes.to_vec() });
        }
    }
    found
}
