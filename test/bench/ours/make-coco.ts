import { closeSync, openSync, renameSync, writeSync } from "node:fs";

/** Keypoints of a person. */
const POINTS = 17;
/** People in an image. */
const PEOPLE = 3;

/**
 * A document of so many images with three people each: keypoints, a box and an outline of 30 to 110 corners, in the order that json.dump
 * has given its keys in files of COCO.
 */
export function makeCoco(path: string, images: number): void {
  const random = randomNumbers();
  const unfinished = `${path}.part`;
  const file = openSync(unfinished, "w");
  try {
    const list = (length: number, item: (index: number) => object): void => {
      for (let index = 0; index < length; index++)
        writeSync(file, `${index === 0 ? "" : ", "}${JSON.stringify(item(index))}`);
    };
    writeSync(file, '{"info": {"year": 2017}, "images": [');
    list(images, image);
    writeSync(file, '], "annotations": [');
    list(images * PEOPLE, (index) => annotation(index, random));
    writeSync(file, '], "categories": [{"supercategory": "person", "id": 1, "name": "person"}]}\n');
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

function image(index: number): object {
  const name = `${String(index + 1).padStart(12, "0")}.jpg`;
  const coco_url = `http://images.cocodataset.org/val2017/${name}`;
  return { license: 1, file_name: name, coco_url, height: 480, width: 640, id: index + 1 };
}

function annotation(index: number, random: () => number): object {
  const corners = 30 + Math.floor(random() * 80);
  const keypoints = Array.from({ length: POINTS }, () => {
    const visibility = [0, 1, 2, 2, 2][Math.floor(random() * 5)] as number;
    return visibility === 0 ? [0, 0, 0] : [Math.floor(random() * 640), Math.floor(random() * 480), visibility];
  });
  return {
    segmentation: [Array.from({ length: 2 * corners }, () => hundredths(random() * 480))],
    num_keypoints: keypoints.filter(([, , visibility]) => visibility !== 0).length,
    area: hundredths(100 + random() * 9000),
    iscrowd: 0,
    keypoints: keypoints.flat(),
    image_id: Math.floor(index / PEOPLE) + 1,
    bbox: Array.from({ length: 4 }, () => hundredths(random() * 400)),
    category_id: 1,
    id: index + 1,
  };
}

function hundredths(number: number): number {
  return Math.round(number * 100) / 100;
}

/** Numbers from 0 to 1, the same every time. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
