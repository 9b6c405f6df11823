export { hdf5 } from "./codec.js";
export { addHdf5Filter, type Hdf5FilterName } from "./read/filters.js";
export {
  type AppenderOptions,
  createHdf5,
  type GroupOptions,
  type Hdf5Appender,
  type Hdf5DatasetWriter,
  type Hdf5GroupWriter,
  type Hdf5Writer,
  type Hdf5WriterOptions,
} from "./write/writer.js";
