import type { Layout, Source, WorkOptions } from "@somakit/core";
import { strictJson } from "@somakit/core/codec/json";
import { readWith } from "@somakit/core/engine";
import { layout as faces } from "../datagen.layout.gen.js";
import type {
  ActorMetadata,
  BoundingBox,
  CameraMetadata,
  DatapointRequest,
  LightsMetadata,
  SegmentationTable,
} from "../datagen.types.gen.js";
import { layout as hic } from "../hic.layout.gen.js";
import type { CentersOfGeometry, HicActorMetadata } from "../hic.types.gen.js";

/** What the JSON files of a datapoint hold. */
export interface Documents {
  readonly actor_metadata: ActorMetadata | HicActorMetadata;
  readonly camera_metadata: CameraMetadata;
  readonly center_of_geometry: CentersOfGeometry;
  readonly datapoint_request: DatapointRequest;
  readonly face_bounding_box: BoundingBox;
  readonly lights_metadata: LightsMetadata;
  readonly semantic_segmentation_metadata: SegmentationTable;
}

/** Modalities that are JSON files. */
export type DocumentModality = keyof Documents;

/** The schema's parts for them. */
const PARTS: Readonly<Record<Exclude<DocumentModality, "actor_metadata">, Layout>> = {
  camera_metadata: partOf(faces, "CameraMetadata"),
  center_of_geometry: partOf(hic, "CentersOfGeometry"),
  datapoint_request: partOf(faces, "DatapointRequest"),
  face_bounding_box: partOf(faces, "BoundingBox"),
  lights_metadata: partOf(faces, "LightsMetadata"),
  semantic_segmentation_metadata: partOf(faces, "SegmentationTable"),
};
const ACTOR = partOf(faces, "ActorMetadata");
const PEOPLE = partOf(hic, "HicActorMetadata");

/** One file of a dataset by itself, as the schema of the whole describes it. */
function partOf(whole: Layout, name: string): Layout {
  const { structure: _, ...rest } = whole;
  return {
    ...rest,
    title: name,
    containers: [{ codec: strictJson, extensions: [".json"], nulls: "keep", classes: [] }],
    detect: [],
    root: { kind: "ref", rule: "", name },
  };
}

/**
 * Reads a JSON file. `isFramed` says that it is of people in context. Throws `FormatError`: what damaged text gives, and `mismatch` for
 * fields that are not of the type that the schema states.
 */
export function readDocument<M extends DocumentModality>(
  modality: M,
  source: Source,
  { isFramed, ...options }: WorkOptions & { readonly isFramed: boolean },
): Promise<Documents[M]> {
  const layout = modality === "actor_metadata" ? (isFramed ? PEOPLE : ACTOR) : PARTS[modality as keyof typeof PARTS];
  return readWith<Documents[M]>(layout, source, options);
}
