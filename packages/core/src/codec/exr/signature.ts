/** The first four bytes of every OpenEXR file, as a little-endian integer. */
export const EXR_MAGIC: number = 20000630;

/** Whether `bytes` start as every OpenEXR file does. */
export function isExr(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === EXR_MAGIC;
}
