/** Lists of names and numbers that belong to data sets. */

export { type ListEntry, type ListLookup, listLookup, type NamedList } from "./list.js";
