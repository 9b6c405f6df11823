/** The number types that the format has. */
export type PlyDType = "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float32" | "float64";

/** Its names for them. */
export const PLY_TYPES: Readonly<Record<PlyDType, string>> = {
  int8: "char",
  uint8: "uchar",
  int16: "short",
  uint16: "ushort",
  int32: "int",
  uint32: "uint",
  float32: "float",
  float64: "double",
};

/** How a PLY file stores its numbers. */
export type PlyFormat = "ascii" | "binary-little-endian" | "binary-big-endian";

/** The words of the header for them. */
export const FORMAT_WORDS: Readonly<Record<PlyFormat, string>> = {
  ascii: "ascii",
  "binary-little-endian": "binary_little_endian",
  "binary-big-endian": "binary_big_endian",
};
