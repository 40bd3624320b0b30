// How sure a network is, in ten bins.

import { binned } from "/web/inside/sure.js";
import { equal } from "./expect.js";

export function a_hundred_bins_become_ten_with_their_means() {
  const counts = Array(100).fill(0);
  const right = Array(100).fill(0);
  const sums = Array(100).fill(0);
  Object.assign(counts, { 91: 2, 99: 6 });
  Object.assign(right, { 91: 1, 99: 6 });
  Object.assign(sums, { 91: 1.84, 99: 5.96 });
  const bins = binned(counts, right, sums);
  equal(bins.length, 10);
  equal(bins[9], { count: 8, right: 7 / 8, sure: 7.8 / 8 });
  equal(bins[0], { count: 0, right: 0, sure: 0 });
}
