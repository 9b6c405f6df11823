import type { Convention } from "../ir.js";
import type { Literal } from "../print/literal.js";
import type { Catalog } from "./catalog.js";

export const conventionCatalog: Catalog<Convention> = {
  plural: "conventions",
  singular: "convention",
  type: "Convention",
  entry: "ConventionEntry",
  lookup: "conventionLookup",
  typeOf: () => "Convention",
  literal: ({ name, description, keypoints, limbs }) => ({ name, description, keypoints, limbs }) as unknown as Literal,
  size: ({ keypoints }) => keypoints.length,
};
