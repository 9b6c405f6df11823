export { type OpenTarOptions, openTar } from "./folder.js";
export { isHeader as isTar } from "./header.js";
export { isGzip, type ReadTarOptions, readTar, type TarEntry, type TarLimits } from "./read.js";
export { type TarSinkOptions, tarSink } from "./write.js";
