import { FormatError } from "../../errors.js";
import { join } from "../../source/join.js";
import { exrAttribute } from "./attributes.js";
import { COMPRESSIONS, DTYPES, EXR_VERSION, LONG_NAMES } from "./header.js";
import type { ExrAttribute, ExrChannel, ExrHeader, ExrWindow } from "./model.js";
import { EXR_MAGIC } from "./signature.js";

/** Longest names without and with the flag for long ones. */
const MAX_SHORT_NAME = 31;
const MAX_NAME = 255;

/** Attributes that every file must have beside those that say how it is stored. */
const REQUIRED: ReadonlyMap<string, ExrAttribute> = new Map([
  ["pixelAspectRatio", exrAttribute("float", 1)],
  ["screenWindowCenter", exrAttribute("v2f", [0, 0])],
  ["screenWindowWidth", exrAttribute("float", 1)],
]);

/** The header up to where the table of offsets begins. Throws `FormatError` `unwritable` for impossible names. */
export function formatHeader(header: ExrHeader): Uint8Array {
  const attributes = new Map<string, ExrAttribute>([
    ["channels", { type: "chlist", bytes: channelList(header.channels) }],
    ["compression", exrAttribute("compression", COMPRESSIONS.indexOf(header.compression))],
    ["dataWindow", windowAttribute(header.dataWindow)],
    ["displayWindow", windowAttribute(header.displayWindow)],
    ["lineOrder", exrAttribute("lineOrder", header.lineOrder === "increasing" ? 0 : 1)],
  ]);
  for (const [name, attribute] of [...REQUIRED, ...header.attributes]) {
    if (attributes.has(name) && !REQUIRED.has(name))
      throw new FormatError("unwritable", "an attribute that the image itself states", { path: name });
    attributes.set(name, attribute);
  }
  const parts = [...attributes].flatMap(([name, { type, bytes }]) => [
    nameBytes(name),
    nameBytes(type),
    int32s(bytes.byteLength),
    bytes,
  ]);
  const names = [...attributes].flatMap(([name, { type }]) => [name, type]);
  const long = [...names, ...header.channels.map(({ name }) => name)].some(
    (name) => nameBytes(name).byteLength > MAX_SHORT_NAME + 1,
  );
  const version = EXR_VERSION | (long ? LONG_NAMES : 0);
  return join([int32s(EXR_MAGIC, version), ...parts, new Uint8Array(1)]);
}

function channelList(channels: readonly ExrChannel[]): Uint8Array {
  const parts = channels.flatMap(({ name, dtype, sampling, linear }) => [
    nameBytes(name),
    int32s(DTYPES.indexOf(dtype), linear ? 1 : 0, ...sampling),
  ]);
  return join([...parts, new Uint8Array(1)]);
}

function windowAttribute({ xMin, yMin, xMax, yMax }: ExrWindow): ExrAttribute {
  return exrAttribute("box2i", [xMin, yMin, xMax, yMax]);
}

function nameBytes(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(`${name}\0`);
  if (bytes.byteLength > 1 && bytes.byteLength <= MAX_NAME + 1 && bytes.indexOf(0) === bytes.byteLength - 1)
    return bytes;
  throw new FormatError("unwritable", `${JSON.stringify(name)} is no name of 1 to ${MAX_NAME} bytes`);
}

function int32s(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}
