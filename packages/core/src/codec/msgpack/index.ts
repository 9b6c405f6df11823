export { msgpackStream } from "./container.js";
export type { MsgpackDecodeOptions, MsgpackKeysOption, MsgpackLimits } from "./options.js";
export {
  type MsgpackItem,
  type ReadMsgpackOptions,
  type ReadMsgpackStreamOptions,
  readMsgpack,
  readMsgpackStream,
} from "./read/read.js";
export { type MsgpackSpan, type SplitMsgpackOptions, splitMsgpack } from "./read/split.js";
export { type WriteMsgpackOptions, writeMsgpack } from "./write/write.js";
