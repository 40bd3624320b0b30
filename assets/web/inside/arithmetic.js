// The arithmetic of a window that slides over a square of numbers: convolution and pooling, as torch has them.

/** How many numbers come out along one side; below 1 where the window does not fit. */
export function sideOf({ size, kernel, stride, padding, dilation }) {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** The places that the window reads for the number at (row, column) of what comes out: `[row, column, weight]` in the picture
 *  with its border, `weight` counted row by row in the kernel. */
export function tapsOf({ kernel, stride, dilation }, row, column) {
  return Array.from({ length: kernel * kernel }, (_, weight) => [
    row * stride + Math.floor(weight / kernel) * dilation, column * stride + (weight % kernel) * dilation, weight,
  ]);
}

/** The picture (rows of numbers, one list) with its border: of zeros, or of nothing (null), which a maximum passes over. */
export function bordered(numbers, { size, padding }, border = 0) {
  const wide = size + 2 * padding;
  return Array.from({ length: wide * wide }, (_, place) => {
    const [row, column] = [Math.floor(place / wide) - padding, (place % wide) - padding];
    return row < 0 || column < 0 || row >= size || column >= size ? border : numbers[row * size + column];
  });
}

/** What comes out, row by row. `shape` has size, kernel, stride, padding and dilation; `sort` is "sum" with `weights` and a
 *  `factor`, "max" or "mean". */
export function slid(numbers, shape, { sort, weights = [], factor = 1 }) {
  const side = sideOf(shape);
  if (side < 1) return [];
  const [wide, whole] = [shape.size + 2 * shape.padding, bordered(numbers, shape, sort === "max" ? null : 0)];
  return Array.from({ length: side * side }, (_, place) => {
    const read = tapsOf(shape, Math.floor(place / side), place % side).map(([row, column]) => whole[row * wide + column]);
    if (sort === "max") return Math.max(...read.filter((value) => value !== null));
    const sum = read.reduce((all, value, i) => all + value * (sort === "sum" ? weights[i] : 1), 0);
    return sum * (sort === "mean" ? 1 / read.length : factor);
  });
}

/** Kernels by name: their weights, row by row, and a factor that goes before all of them. */
export const KERNELS = {
  vertical: (side) => ({ weights: square(side, (_, column) => Math.sign(column - (side - 1) / 2)), factor: 1 }),
  horizontal: (side) => ({ weights: square(side, (row) => Math.sign(row - (side - 1) / 2)), factor: 1 }),
  blur: (side) => ({ weights: square(side, () => 1), factor: 1 / (side * side) }),
  sharpen: (side) => ({ weights: square(side, (row, column) => sharpen(side, row, column)), factor: 1 }),
};

function square(side, value) {
  return Array.from({ length: side * side }, (_, place) => value(Math.floor(place / side), place % side));
}

function sharpen(side, row, column) {
  const middle = Math.floor(side / 2);
  const far = Math.abs(row - middle) + Math.abs(column - middle);
  return side < 3 ? Number(far === 0) : far === 0 ? 5 : far === 1 ? -1 : 0;
}
