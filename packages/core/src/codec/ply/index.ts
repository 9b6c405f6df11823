/** PLY, the Stanford polygon format: points and faces with any properties. */

export type { PlyDType, PlyFormat } from "./model.js";
export { type PlyElement, type WritePlyOptions, writePly } from "./write.js";
