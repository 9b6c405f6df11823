export { type OpenTarOptions, openTar } from "./folder.js";
export { type ReadTarOptions, readTar, type TarEntry, type TarLimits } from "./read.js";
export { type TarSinkOptions, tarSink } from "./write.js";
