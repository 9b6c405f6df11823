/** Bytes wherever they are: sources to read from, sinks to write to, and folders of files. */

export { blobSource } from "./blob.js";
export { readBriefly } from "./briefly.js";
export { mapConcurrently } from "./concurrent.js";
export { droppedFolder, entryFolder, filesFolder } from "./folder-files.js";
export { handleFolder } from "./folder-handle.js";
export { memoryFolder } from "./folder-memory.js";
export { MemoryFolderSink } from "./folder-sink.js";
export { type FolderInput, type Input, isFolder, isInput, toFolder, toSource } from "./input.js";
export { memorySource } from "./memory.js";
export { readThrough } from "./read-through.js";
export { section } from "./section.js";
export { MemorySink } from "./sink-memory.js";
export { fileHandleSink, streamSink } from "./sink-stream.js";
export type {
  Folder,
  FolderEntry,
  FolderSink,
  Progress,
  ReadOptions,
  Sink,
  Source,
  WorkOptions,
} from "./source.js";
export { type UrlSourceOptions, urlSource } from "./url.js";
