/**
 * Estimated memory of objects in bytes, see `Machine.charge`: a file of a few megabytes can name objects that take
 * gigabytes.
 */
export const COST = { list: 32, tuple: 64, dict: 200, set: 200, object: 120, array: 400, farEntry: 64 } as const;
