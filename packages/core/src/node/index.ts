export { type FileSource, fileSource } from "./file.js";
export { fileFolder } from "./folder.js";
export { folderSink } from "./folder-sink.js";
export { fileJournalStore } from "./journal.js";
export { type FileSinkOptions, fileSink } from "./sink.js";
export { type NodeThreadsOptions, nodeThreads } from "./threads.js";
