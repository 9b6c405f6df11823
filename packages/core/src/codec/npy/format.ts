import { FormatError } from "../../errors.js";
import { descrText, shapeText } from "../../ndarray/descr-text.js";
import type { NpyHeader } from "./header.js";
import { NPY_MAGIC } from "./signature.js";

/** Data starts at a multiple of this. */
const ALIGNMENT = 64;
/** numpy leaves room for the first axis to grow to this many digits without moving the data. */
const GROWTH_DIGITS = 21;

/** The header that numpy writes for such an array, byte for byte: version 1.0 unless it must be a later one. */
export function formatNpyHeader({ type, shape, order }: Omit<NpyHeader, "dataOffset">): Uint8Array {
  const axis = shape[order === "F" ? shape.length - 1 : 0];
  const growth = axis === undefined ? "" : " ".repeat(Math.max(0, GROWTH_DIGITS - String(axis).length));
  const fortran = order === "F" ? "True" : "False";
  const text = `{'descr': ${descrText(type)}, 'fortran_order': ${fortran}, 'shape': ${shapeText(shape)}, }${growth}`;
  const latin1 = !/[\u0100-\uffff]/.test(text);
  const body = latin1 ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : new TextEncoder().encode(text);
  return latin1 ? (framed(1, body) ?? frameOrThrow(2, body)) : frameOrThrow(3, body);
}

function frameOrThrow(version: 2 | 3, body: Uint8Array): Uint8Array {
  const bytes = framed(version, body);
  if (!bytes) throw new FormatError("unwritable", `an npy header of ${body.byteLength} bytes`);
  return bytes;
}

/** The header with its frame and padding; `undefined` when it is too long for the version's length field. */
function framed(version: 1 | 2 | 3, body: Uint8Array): Uint8Array | undefined {
  const fixed = version === 1 ? 10 : 12;
  const used = fixed + body.byteLength + 1;
  const total = used + ALIGNMENT - (used % ALIGNMENT);
  if (total - fixed >= (version === 1 ? 2 ** 16 : 2 ** 32)) return undefined;
  const bytes = new Uint8Array(total).fill(0x20);
  const view = new DataView(bytes.buffer);
  bytes.set(NPY_MAGIC);
  bytes[6] = version;
  bytes[7] = 0;
  if (version === 1) view.setUint16(8, total - fixed, true);
  else view.setUint32(8, total - fixed, true);
  bytes.set(body, fixed);
  bytes[total - 1] = 0x0a;
  return bytes;
}
