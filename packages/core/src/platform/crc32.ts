/** Tables for eight bytes at a time: entry `256 * k + b` is the CRC of byte `b` followed by `k` zero bytes. */
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i++) {
    const shorter = made[i - 256] as number;
    made[i] = (made[shorter & 255] as number) ^ (shorter >>> 8);
  }
  return made;
}

/** CRC-32 as zip and gzip use it, continued from `previous`. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  tables ??= makeTables();
  const t = tables;
  const whole = bytes.length - (bytes.length % 8);
  let crc = ~previous;
  let i = 0;
  for (; i < whole; i += 8) {
    const a = crc ^ word(bytes, i);
    const b = word(bytes, i + 4);
    crc =
      (t[1792 + (a & 255)] as number) ^
      (t[1536 + ((a >>> 8) & 255)] as number) ^
      (t[1280 + ((a >>> 16) & 255)] as number) ^
      (t[1024 + (a >>> 24)] as number) ^
      (t[768 + (b & 255)] as number) ^
      (t[512 + ((b >>> 8) & 255)] as number) ^
      (t[256 + ((b >>> 16) & 255)] as number) ^
      (t[b >>> 24] as number);
  }
  for (; i < bytes.length; i++) crc = (t[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
