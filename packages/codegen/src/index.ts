export type { ChangeKind, SchemaChange } from "./diff/change.js";
export type { FileDifference } from "./diff/files.js";
export { diffProjects } from "./diff/project.js";
export { readSchemaTexts, type SchemaTexts } from "./disk.js";
export { layoutOf } from "./emit/layout.js";
export { structureOf } from "./emit/validate.js";
export { type FolderReport, type GenerateFolderOptions, generateFolder } from "./folder.js";
export { type Generated, type GenerateOptions, generate, generateProject } from "./generate.js";
export { type Codecs, type Interpreted, interpretProject, loadSchemas } from "./interpret.js";
export type {
  ContainerSpec,
  Convention,
  ConventionKeypoint,
  Dataset,
  Field,
  Limb,
  Problem,
  Project,
  Property,
} from "./ir.js";
export { formatProblems, type LoadProjectOptions, loadProject } from "./project.js";
export { shippedConventions } from "./shipped.js";
