/** Text of 8-bit characters, one a byte: what Python 2 stored as text. */
export function latin1Text(bytes: Uint8Array): string {
  let text = "";
  // In pieces: text that is put together sign by sign takes dozens of bytes for each until somebody reads it.
  for (let at = 0; at < bytes.byteLength; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
