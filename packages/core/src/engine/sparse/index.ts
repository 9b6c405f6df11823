/** Sparse matrices: read as rows, written row by row. */

export { CsrAppender, type CsrAppenderOptions, type DenseRow } from "./appender.js";
export { type CsrRows, type FromDenseOptions, fromDense, type Positions, toDense } from "./csr.js";
export { CsrMatrix, type CsrParts } from "./matrix.js";
export { SparseNode } from "./node.js";
