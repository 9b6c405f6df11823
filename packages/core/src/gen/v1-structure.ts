/**
 * The part of the contract with generated files (`v1`) that checks of structure need. It is an entry of its own: such a
 * check is loaded when it is asked for, and bundlers load what one entry exports all at once.
 */

export type { StructureError, StructureValidator } from "../layout/recognise.js";
export type { StructureConstant, StructureRules, StructureSchema, StructureType } from "../structure/schema.js";
export { structureValidator } from "../structure/validator.js";
