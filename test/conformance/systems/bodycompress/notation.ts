import { createHash } from "node:crypto";
import { isObject } from "../../compare.js";

/**
 * What the manifest of this system and core's digest both say: no classes of dicts and of bytes, no checksums of text arrays, sums
 * that either may leave out, numpy's scalars by their bytes.
 */
export function common(description: unknown): unknown {
  if (Array.isArray(description)) return description.map(common);
  if (!isObject(description)) return description;
  if ("dtype" in description && Array.isArray(description["shape"])) return commonArray(description);
  if ("npscalar" in description) return commonScalar(description);
  if (typeof description["bytes"] === "string") return commonBytes(description["bytes"]);
  const complex = /^\((-?[\d.e]+)([+-][\d.e]+)j\)$/.exec(String(description["py"]));
  if (complex) return { complex: [Number(complex[1]), Number(complex[2])] };
  const { class: _, ...rest } = description;
  return mapped("dict" in description || "dict_items" in description ? rest : description);
}

function commonArray({ sha256, sum: _, ...array }: Readonly<Record<string, unknown>>): unknown {
  const dtype = String(array["dtype"]);
  if (!/[US]\d+$/.test(dtype)) return { dtype: dtype.replace(/^>/, "<"), shape: array["shape"], sha256 };
  return { dtype, shape: array["shape"] };
}

/** Long ones are given by their length and checksum. */
function commonBytes(hex: string): unknown {
  const bytes = Buffer.from(hex, "hex");
  if (bytes.byteLength <= 64) return { bytes: hex };
  return { bytes_len: bytes.byteLength, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function commonScalar(scalar: Readonly<Record<string, unknown>>): unknown {
  const inner = scalar["npscalar"];
  const { dtype, value } = isObject(inner) ? inner : { dtype: inner, value: scalar["value"] };
  const plain = common(value);
  return { npscalar: dtype, value: isObject(plain) && plain["complex"] ? plain["complex"] : plain };
}

function mapped(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, common(member)]));
}
