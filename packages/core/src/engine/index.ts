/** Open, read, write and upgrade whatever a layout describes. */

export { type AccessorClass, FileAccessor, GroupAccessor, ListAccessor, type LoadOptions } from "./accessor.js";
export type { ContainerCodec, OpenContainerOptions, WriteContainerOptions } from "./container.js";
export type { DecodeOptions, Window } from "./decode.js";
export { type Detection, detect } from "./detect.js";
export { exactValue } from "./exact.js";
export type { FileFramesOptions, FileSliceOptions } from "./file-part.js";
export { ListFileAccessor } from "./list-file.js";
export type { IndexKey, ListIndex } from "./list-index.js";
export { type Measure, measure, symbolSizes } from "./measure.js";
export {
  type NumberedChild,
  type NumberedList,
  type NumberedNames,
  nameOf as numberedName,
  numberedList,
  numberedNames,
  numberOf,
} from "./numbered.js";
export { type OpenedFile, type OpenFile, type OpenOptions, openFile } from "./open.js";
export { PlacedGroup, placedTree } from "./placed.js";
export { checkWith, openWith, type ReadFileOptions, readWith } from "./run.js";
export { plainScalar } from "./scalar.js";
export { type Change, type Upgraded, type UpgradeOptions, upgradeWith } from "./upgrade.js";
export { type WriteOptions, writeWith } from "./write.js";
