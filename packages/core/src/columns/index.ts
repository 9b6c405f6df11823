export { type Columns, type ColumnsOptions, columnsOf, type RowRecord } from "./from-arrays.js";
export { type ArraysOptions, arraysOfRecords, arraysOfValue, type RecordArrays, type Records } from "./to-arrays.js";
