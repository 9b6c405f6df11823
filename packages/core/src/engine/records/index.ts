/** Streams of records, read and written one by one. */

export { RecordFileAccessor } from "./file.js";
export { firstRecord } from "./tree.js";
export type {
  RecordCount,
  RecordFacts,
  RecordInput,
  RecordLead,
  RecordReader,
  RecordReadOptions,
  RecordSummary,
  RecordWriter,
  RecordWriterOptions,
} from "./types.js";
export { createWriterWith, type LeadValues } from "./writer.js";
