/** Lists of records that stay in their files: split, joined, edited, counted. */

export type { FloatName, Overflow } from "./cast.js";
export {
  Collection,
  type CollectionKind,
  type ConcatCollectionsOptions,
  type DivideByOptions,
  type RecastOptions,
} from "./collection.js";
export type { Duplicates } from "./concat.js";
export { type Content, contentOfFile, contentOfValue, openContent } from "./content.js";
export { type DivideOptions, dividedIndices } from "./divide.js";
export { type CollectionFacts, collectionFacts } from "./facts.js";
export type { Item, MemberEdits } from "./item.js";
export type { Splits } from "./names.js";
export { type UpgradedCollection, type UpgradeItem, upgradeCollection } from "./upgrade.js";
