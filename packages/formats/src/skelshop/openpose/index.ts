export { type ConvertOpenPoseOptions, convertOpenPose, type OpenPoseReport } from "./convert.js";
export { readCuts } from "./cuts.js";
export { type FramePeople, type PersonPose, readFramePeople } from "./frame.js";
export { type FrameName, frameName } from "./names.js";
export { type OpenPoseOrigin, type OpenPoseVideo, type OpenPoseVideoFrame, openPoseFrames } from "./video.js";
