// A data set that is a folder: names are read, files when they are asked for, and what is missing is said.
import { memoryFolder } from "@somakit/core";
import * as datagen from "@somakit/formats/datagen";

const box = new TextEncoder().encode("{}");
const folder = memoryFolder(new Map([["datapoint_00001/camera/face_bounding_box.json", box]]));
const file = await datagen.open(folder);
const names: string[] = [];
for await (const scene of file.scenes) names.push((await scene.name()) ?? "");
const issues = await datagen.check(folder);

const facts = [
  names.join() === "datapoint_00001",
  (await file.scenes.length()) === 1,
  issues.some(({ code, path }) => code === "missing" && path.endsWith("camera/environment.json")),
];
if (!facts.every(Boolean)) throw new Error(`a fact does not hold: ${facts.join(", ")}`);
