export { type AttributeCounts, attributeCounts } from "./attributes.js";
export { Datapoint, type DatapointOptions, type PointCloudOptions } from "./datapoint.js";
export {
  DatagenDataset,
  type DatagenScene,
  type DatagenSceneCamera,
  type MapOptions,
  type OpenDatasetOptions,
  openDataset,
} from "./dataset.js";
export type { DocumentModality, Documents } from "./document.js";
export { MODALITIES, type Modality, modalityOf } from "./modality.js";
