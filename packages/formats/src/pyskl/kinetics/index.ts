export { cachedKpStore, fillKpCache } from "./cached-store.js";
export type { KineticsClip } from "./clip.js";
export { type DecompressedClip, type DecompressPoseOptions, decompressPose } from "./decompress.js";
export { KpFiles, type KpFilesOptions } from "./file-store.js";
export { type BoxThreshold, boxThresholds, type FilterClipsOptions, type FilteredClip, filterClips } from "./filter.js";
export type { KpEntry, KpKey } from "./kp-entry.js";
export { KpFile } from "./kpfile.js";
export {
  type KeypointWeights,
  type LegacyKineticsClip,
  type LoadedKineticsPose,
  type LoadKineticsPoseOptions,
  loadKineticsPose,
} from "./legacy.js";
export { type LoadedClip, loadPose } from "./load.js";
export { type MemoryKpCacheOptions, memoryKpCache } from "./memory-cache.js";
export type { KpCache, KpEntries, KpStore } from "./store.js";
