export type { XzCheck } from "./container/check.js";
export type { XzEngine } from "./lzma/decoders.js";
export { type DecodeXzOptions, decodeXz, readXz } from "./read/decode.js";
export { type OpenXzOptions, openXz, type XzBlock, type XzFile, type XzStream } from "./read/file.js";
export type { XzReadOptions } from "./read/options.js";
export type { XzPreset, XzTuning } from "./write/settings.js";
export { type EndBlockOptions, encodeXz, type XzSummary, type XzWriteOptions, XzWriter } from "./write/writer.js";
