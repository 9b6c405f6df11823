/** Folders of files as one tree. */

export { folder } from "./codec.js";
export { type CopyEntriesOptions, copyEntries } from "./copy-entries.js";
export {
  type EntriesFacts,
  entriesFacts,
  FolderEntries,
  type FolderEntryPart,
  openEntries,
} from "./entries.js";
export type { EntryDuplicates } from "./entry-names.js";
export { FolderNode, fileOf } from "./raw.js";
