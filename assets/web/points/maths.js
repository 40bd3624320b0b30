// The small network of the 2-D playground, computed in the browser: what every unit says of many points at once, the loss,
// and one point forward and backward in numbers. It does what PyTorch does; a test compares both.

export const EXTENT = 6; // half side of the square
export const CELLS = 50; // of a picture, in a row

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const plus = (z) => (z > 20 ? z : Math.log1p(Math.exp(z)));

/** Of each activation its value, its slope at `z` where the value is `a`, and both as people write them; whether the value
 *  stays between -1 and 1. */
export const ACTIVATIONS = {
  Tanh: { bounded: true, value: Math.tanh, slope: (z, a) => 1 - a * a, name: "tanh", slopeName: "1 − a²" },
  ReLU: { value: (z) => (z > 0 ? z : 0), slope: (z) => (z > 0 ? 1 : 0), name: "ReLU", slopeName: "z > 0 ? 1 : 0" },
  LeakyReLU: { value: (z) => (z > 0 ? z : 0.01 * z), slope: (z) => (z > 0 ? 1 : 0.01), name: "LeakyReLU", slopeName: "z > 0 ? 1 : 0.01" },
  ELU: { value: (z) => (z > 0 ? z : Math.expm1(z)), slope: (z) => (z > 0 ? 1 : Math.exp(z)), name: "ELU", slopeName: "z > 0 ? 1 : eᶻ" },
  SiLU: { value: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))), name: "SiLU", slopeName: "σ(z) (1 + z (1 − σ(z)))" },
  Sigmoid: { bounded: true, value: sigmoid, slope: (z, a) => a * (1 - a), name: "σ", slopeName: "a (1 − a)" },
  Softplus: { value: plus, slope: sigmoid, name: "softplus", slopeName: "σ(z)" },
  Step: { bounded: true, value: (z) => (z > 0 ? 1 : 0), slope: (z) => (Math.abs(z) <= 1 ? 1 : 0), name: "step", slopeName: "|z| ≤ 1 ? 1 : 0" },
  None: { value: (z) => z, slope: () => 1, name: "", slopeName: "1" },
};

/** Of each input its value, and the size that counts as much. */
export const FEATURES = {
  x: [(x) => x, EXTENT],
  y: [(x, y) => y, EXTENT],
  xx: [(x) => x * x, 3 * EXTENT],
  yy: [(x, y) => y * y, 3 * EXTENT],
  xy: [(x, y) => x * y, 3 * EXTENT],
  sinx: [(x) => Math.sin(x), 1],
  siny: [(x, y) => Math.sin(y), 1],
};

/** A column of numbers for each input, of points x, y, x, y, ... */
export function inputs(features, places) {
  return features.map((name) => {
    const [of] = FEATURES[name];
    return Float32Array.from({ length: places.length / 2 }, (_, i) => of(places[2 * i], places[2 * i + 1]));
  });
}

/** The centres of the cells of a picture, row by row from the top. */
export function grid() {
  const side = (2 * EXTENT) / CELLS;
  const places = new Float32Array(2 * CELLS * CELLS);
  for (let i = 0; i < CELLS * CELLS; i++) {
    places[2 * i] = ((i % CELLS) + 0.5) * side - EXTENT;
    places[2 * i + 1] = EXTENT - (Math.floor(i / CELLS) + 0.5) * side;
  }
  return places;
}

/** The shape of a network, and where its weights stand in the list of all: of each layer first the weights, unit by unit,
 *  then the biases. */
export class Shape {
  constructor({ features, units, activation, classes }) {
    Object.assign(this, { features, units, activation, classes });
    this.sizes = [features.length, ...units, classes === 3 ? 3 : 1];
    this.layers = [];
    let start = 0;
    for (let i = 1; i < this.sizes.length; i++) {
      const [ins, outs] = [this.sizes[i - 1], this.sizes[i]];
      this.layers.push({ ins, outs, weights: start, biases: start + ins * outs });
      start += (ins + 1) * outs;
    }
    this.count = start;
  }

  /** The place of the weight to `unit` of `layer` from `input`, or of its bias without one; all count from 0. */
  place(layer, unit, input = null) {
    const { ins, weights, biases } = this.layers[layer];
    return input === null ? biases + unit : weights + unit * ins + input;
  }

  /** The name by which the server knows it. */
  name(layer, unit, input = null) {
    return input === null ? `b${layer + 1}.${unit + 1}` : `w${layer + 1}.${unit + 1}.${input + 1}`;
  }

  /** What every unit says of many points, a column each; the last layer has the bare sums. */
  forward(weights, columns) {
    const { value, name } = ACTIVATIONS[this.activation];
    const said = [];
    let before = columns;
    this.layers.forEach((layer, l) => {
      const last = l === this.layers.length - 1;
      before = Array.from({ length: layer.outs }, (_, unit) => {
        const sums = new Float32Array(columns[0].length).fill(weights[layer.biases + unit]);
        before.forEach((column, i) => {
          const weight = weights[layer.weights + unit * layer.ins + i];
          for (let p = 0; p < sums.length; p++) sums[p] += weight * column[p];
        });
        if (!last && name) for (let p = 0; p < sums.length; p++) sums[p] = value(sums[p]);
        return sums;
      });
      said.push(before);
    });
    return said;
  }
}

/** Mean loss, and the share on the right side, of the points from number `first` up to `end`; null without any. The loss
 *  of a perceptron is the share of its mistakes. */
export function figures(outputs, targets, classes, first, end, perceptron = false) {
  if (end <= first) return { loss: null, right: null };
  let [loss, right] = [0, 0];
  for (let p = first; p < end; p++) {
    const sums = outputs.map((column) => column[p]);
    loss += perceptron ? readAs(sums) !== targets[p] : lossOf(sums, targets[p], classes);
    if (classes) right += readAs(sums) === targets[p];
  }
  return { loss: loss / (end - first), right: classes ? right / (end - first) : null };
}

export function readAs(sums) {
  return sums.length === 1 ? Number(sums[0] > 0) : sums.indexOf(Math.max(...sums));
}

/** What the sums at the end mean: a probability, or three, or the number itself. */
export function answers(sums, classes) {
  if (classes === 0) return sums;
  if (classes === 2) return [sigmoid(sums[0])];
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const all = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / all);
}

function lossOf(sums, target, classes) {
  if (classes === 0) return (sums[0] - target) ** 2;
  if (classes === 2) return plus(sums[0]) - target * sums[0];
  const most = Math.max(...sums);
  return most + Math.log(sums.reduce((all, sum) => all + Math.exp(sum - most), 0)) - sums[target];
}

/** One point forward and backward: sums `z`, values `a` (those of layer 0 are the inputs), the answers, the loss; the
 *  slopes of the loss along each `z` and `a`, and along each weight, in the order of the weights. */
export function pass(shape, weights, ins, target) {
  const { value, slope } = ACTIVATIONS[shape.activation];
  const z = [];
  const a = [ins];
  const end = shape.layers.length - 1;
  shape.layers.forEach(({ outs }, l) => {
    z.push(Array.from({ length: outs }, (_, unit) =>
      a[l].reduce((sum, input, i) => sum + weights[shape.place(l, unit, i)] * input, weights[shape.place(l, unit)])));
    a.push(l < end ? z[l].map(value) : z[l]);
  });
  const sums = z[end];
  const told = answers(sums, shape.classes);
  const dz = [];
  const da = [];
  const dw = new Float64Array(shape.count);
  dz[end] = shape.classes === 0 ? [2 * (sums[0] - target)] : told.map((p, k) => p - (shape.classes === 2 ? target : Number(k === target)));
  for (let l = end; l >= 0; l--) {
    const { ins: width, outs } = shape.layers[l];
    if (l < end) dz[l] = da[l].map((d, unit) => d * slope(z[l][unit], a[l + 1][unit]));
    for (let unit = 0; unit < outs; unit++) {
      dw[shape.place(l, unit)] = dz[l][unit];
      for (let i = 0; i < width; i++) dw[shape.place(l, unit, i)] = dz[l][unit] * a[l][i];
    }
    if (l > 0) {
      da[l - 1] = a[l].map((_, i) => dz[l].reduce((sum, d, unit) => sum + d * weights[shape.place(l, unit, i)], 0));
    }
  }
  return { z, a, answers: told, loss: lossOf(sums, target, shape.classes), dz, da, dw };
}
