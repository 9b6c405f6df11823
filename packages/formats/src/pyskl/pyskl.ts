export * from "./clips/index.js";
export * as custom2d from "./custom2d/index.js";
export * from "./dataset/index.js";
export * from "./kinetics/index.js";
export * as ntu from "./ntu/index.js";
export * from "./transforms/index.js";
