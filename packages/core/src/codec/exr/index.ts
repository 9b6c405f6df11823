export { type ExrValue, exrAttribute, exrValue } from "./attributes.js";
export { exr } from "./codec.js";
export { ExrFile, type OpenExrOptions, openExr, type ReadExrOptions } from "./file.js";
export type {
  ExrAttribute,
  ExrChannel,
  ExrCompression,
  ExrDType,
  ExrHeader,
  ExrLineOrder,
  ExrPlane,
  ExrWindow,
} from "./model.js";
export { type WriteExrOptions, writeExr } from "./write.js";
