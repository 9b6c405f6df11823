export { bunzip2, isBzip2 } from "./decoder.js";
