/** JSON documents, as containers and as values. */

export { json, strictJson } from "./codec.js";
export { type ReadJsonOptions, readJson } from "./plain.js";
