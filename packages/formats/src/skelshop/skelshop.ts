/** What people write by hand for SkelShop: readers of everything it stores. */
export type * from "./model.js";
export * from "./openpose/index.js";
export * from "./read/index.js";
export { type Skeleton, type SkeletonPart, skeletonOf, skeletonOfFile, skeletons } from "./skeleton.js";
export * from "./write/index.js";
