// What the search in the gallery of layers finds.

import { begins } from "/web/build/search.js";
import { equal } from "./expect.js";

export function a_search_finds_the_beginnings_of_words_only() {
  const layers = ["Linear Linear", "MaxPool2d Pooling", "Softmax Activation", "BatchNorm2d Normalization"];
  const found = (wanted) => layers.filter((text) => begins(text, wanted)).map((text) => text.split(" ")[0]);
  equal(found("lin"), ["Linear"]);
  equal(found("POOL"), ["MaxPool2d"]);
  equal(found("max"), ["MaxPool2d"]);
  equal(found("batchnorm"), ["BatchNorm2d"]);
  equal(found(""), ["Linear", "MaxPool2d", "Softmax", "BatchNorm2d"]);
}
