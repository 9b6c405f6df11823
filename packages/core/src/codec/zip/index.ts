/** Zip archives. */

export { openZip, type ZipArchive, type ZipOptions } from "./archive.js";
export type { ZipEntry } from "./entry.js";
