/**
 * The first bytes of msgpack values that are no small numbers, texts, lists or maps
 * (https://github.com/msgpack/msgpack/blob/master/spec.md). What follows a first byte is big-endian.
 */
export const Tag = {
  map: 0x80,
  list: 0x90,
  text: 0xa0,
  nil: 0xc0,
  /** Never used. */
  never: 0xc1,
  false: 0xc2,
  true: 0xc3,
  bin8: 0xc4,
  bin16: 0xc5,
  bin32: 0xc6,
  ext8: 0xc7,
  ext16: 0xc8,
  ext32: 0xc9,
  float32: 0xca,
  float64: 0xcb,
  uint8: 0xcc,
  uint16: 0xcd,
  uint32: 0xce,
  uint64: 0xcf,
  int8: 0xd0,
  int16: 0xd1,
  int32: 0xd2,
  int64: 0xd3,
  fixext1: 0xd4,
  fixext2: 0xd5,
  fixext4: 0xd6,
  fixext8: 0xd7,
  fixext16: 0xd8,
  text8: 0xd9,
  text16: 0xda,
  text32: 0xdb,
  list16: 0xdc,
  list32: 0xdd,
  map16: 0xde,
  map32: 0xdf,
  /** From here on: -32 to -1. */
  negative: 0xe0,
} as const;

/** The extension code of a moment, the only one that msgpack itself defines. */
export const TIMESTAMP = -1;

/** The keys, stored as bytes, by which msgpack-numpy marks what it wrote. */
export const NUMPY_KEYS = ["nd", "type", "kind", "shape", "data", "complex"] as const;
export type NumpyKey = (typeof NUMPY_KEYS)[number];
