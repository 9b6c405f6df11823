export { hdf5 } from "./codec.js";
export { addHdf5Filter, type Hdf5FilterName } from "./read/filters.js";
export type { AppenderOptions, Hdf5Appender } from "./write/appender.js";
export type { Hdf5DatasetWriter } from "./write/dataset-writer.js";
export type { Hdf5WriterOptions } from "./write/shared.js";
export { createHdf5, type GroupOptions, type Hdf5GroupWriter, type Hdf5Writer } from "./write/writer.js";
