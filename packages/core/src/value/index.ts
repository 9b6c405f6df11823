/** Values exactly as Python has them, their texts, and paths to what is inside of them. */

export { datetimeText, timedeltaText } from "./datetime-text.js";
export { elementPath, memberPath, parsePath } from "./path.js";
export { type PlainValue, plain } from "./plain.js";
export { bytesText, complexText, floatText, stringText } from "./python-text.js";
export {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  ExtValue,
  Float,
  FrozenSet,
  float,
  Instance,
  NanFloat,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Timestamp,
  Tuple,
  type Value,
} from "./value.js";
