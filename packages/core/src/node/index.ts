export { fileSource } from "./file.js";
export { fileFolder } from "./folder.js";
export { type FileSinkOptions, fileSink } from "./sink.js";
