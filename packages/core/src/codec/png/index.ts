export { png } from "./codec.js";
export type { PngBitDepth, PngColour, PngHeader, PngImage } from "./model.js";
export { type ReadPngOptions, readPng, readPngHeader } from "./read.js";
export { type WritePngOptions, writePng } from "./write.js";
