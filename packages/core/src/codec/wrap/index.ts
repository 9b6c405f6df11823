/** Files that are compressed as a whole. */

export { inGzip, inXz } from "./wrapped.js";
