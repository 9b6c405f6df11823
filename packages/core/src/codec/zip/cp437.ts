/** The upper half of code page 437, which zip names are in unless they are marked as UTF-8. */
const UPPER =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
  "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

const UNITS: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) =>
  byte < 128 ? byte : UPPER.charCodeAt(byte - 128),
);

/** Text of bytes in code page 437. */
export function decodeCp437(bytes: Uint8Array): string {
  let text = "";
  // In pieces: text that is put together sign by sign takes dozens of bytes for each until somebody reads it.
  for (let at = 0; at < bytes.byteLength; at += 4096) {
    const units = Array.from(bytes.subarray(at, at + 4096), (byte) => UNITS[byte] as number);
    text += String.fromCharCode(...units);
  }
  return text;
}
