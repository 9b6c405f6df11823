/** Folders of files as one tree. */

export { folder } from "./codec.js";
export { FolderNode, fileOf } from "./raw.js";
