// CRC-64 of ECMA-182 as xz uses it, eight bytes at a time.

const POLYNOMIAL: u64 = ((<u64>0xc96c5795) << 32) | 0xd7870f42;
/** Entry `256 * k + b` is the CRC of byte `b` followed by `k` zero bytes. */
const TABLES: usize = memory.data(8 * 8 * 256, 16);
let made: bool = false;

function makeTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc: u64 = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
    store<u64>(TABLES + 8 * byte, crc);
  }
  for (let i: u32 = 256; i < 8 * 256; i++) {
    const shorter = load<u64>(TABLES + 8 * (i - 256));
    store<u64>(TABLES + 8 * i, load<u64>(TABLES + 8 * (<u32>shorter & 255)) ^ (shorter >> 8));
  }
  made = true;
}

function entry(table: u32, byte: u64): u64 {
  return load<u64>(TABLES + 8 * (256 * table) + 8 * (<usize>byte & 255));
}

/** Continues `crc`, which starts as 0, with the `length` bytes at `at`. */
export function crc64(crc: u64, at: usize, length: u32): u64 {
  if (!made) makeTables();
  const end = at + length;
  crc = ~crc;
  for (; at + 8 <= end; at += 8) {
    const x = crc ^ load<u64>(at);
    crc =
      entry(7, x) ^
      entry(6, x >> 8) ^
      entry(5, x >> 16) ^
      entry(4, x >> 24) ^
      entry(3, x >> 32) ^
      entry(2, x >> 40) ^
      entry(1, x >> 48) ^
      entry(0, x >> 56);
  }
  for (; at < end; at++) crc = entry(0, crc ^ load<u8>(at)) ^ (crc >> 8);
  return ~crc;
}
