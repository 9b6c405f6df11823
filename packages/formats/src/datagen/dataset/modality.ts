/** Kinds of ground truth that a datapoint may have. */
export const MODALITIES: readonly Modality[] = [
  "rendered_image",
  "depth",
  "normal_map",
  "hdri_map",
  "semantic_segmentation",
  "semantic_segmentation_metadata",
  "keypoints",
  "camera_metadata",
  "environment",
  "face_bounding_box",
  "actor_metadata",
  "datapoint_request",
  "lights_metadata",
  "center_of_geometry",
];

/** Kinds of ground truth that a datapoint may have. */
export type Modality = "rendered_image" | "keypoints" | "environment" | FileModality;

/** Modalities that are one file each, of the same name everywhere. */
export type FileModality =
  | "depth"
  | "normal_map"
  | "hdri_map"
  | "semantic_segmentation"
  | "semantic_segmentation_metadata"
  | "camera_metadata"
  | "face_bounding_box"
  | "actor_metadata"
  | "datapoint_request"
  | "lights_metadata"
  | "center_of_geometry";

/** Modalities by names that the vendor's loader had for them. */
const FORMER: Readonly<Record<string, Modality>> = {
  normal_maps: "normal_map",
  normals_map: "normal_map",
  hdri: "hdri_map",
  infra_red: "rendered_image",
  infrared_spectrum: "rendered_image",
  visible_spectrum: "rendered_image",
  semantic_segmentation_color_map: "semantic_segmentation_metadata",
  key_points: "keypoints",
};

/** The modality of a name, also of a former one; undefined for other names. */
export function modalityOf(name: string): Modality | undefined {
  if ((MODALITIES as readonly string[]).includes(name)) return name as Modality;
  return Object.hasOwn(FORMER, name) ? FORMER[name] : undefined;
}

/** Files that hold a modality, the first that is there; searched beside the image, in the frame, in the scene. */
export const FILES: Readonly<Record<FileModality, readonly string[]>> = {
  depth: ["depth.exr"],
  normal_map: ["normal_maps.exr"],
  hdri_map: ["hdri_map.exr"],
  semantic_segmentation: ["semantic_segmentation.png", "semantic_segmentation.exr"],
  semantic_segmentation_metadata: ["semantic_segmentation_metadata.json"],
  camera_metadata: ["camera_metadata.json"],
  face_bounding_box: ["face_bounding_box.json"],
  actor_metadata: ["actor_metadata.json"],
  datapoint_request: ["datapoint_request.json"],
  lights_metadata: ["lights_metadata.json"],
  center_of_geometry: ["center_of_geometry.json"],
};
