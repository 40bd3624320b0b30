// Sums with z, the random numbers that a generator turns into a picture; each z is a list of numbers.

const LARGEST = 10; // the server takes no larger ones
const DECIMALS = 1e4;

/** A new z of `size` numbers, each normally distributed, as G was trained on. */
export function fresh(size) {
  return Array.from({ length: size }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return tidy(radius * Math.cos(2 * Math.PI * Math.random()));
  });
}

/** From `a` (share 0) to `b` (share 1) by a quarter turn: on the way it is as random as both ends. */
export function blend(a, b, share) {
  const angle = (share * Math.PI) / 2;
  return combined([a, Math.cos(angle)], [b, Math.sin(angle)]);
}

export function straight(a, b, share) {
  return combined([a, 1 - share], [b, share]);
}

/** Around the sphere that both ends lie on. */
export function spherical(a, b, share) {
  const angle = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / (size(a) * size(b) || 1))));
  if (Math.sin(angle) < 1e-3) return straight(a, b, share);
  return combined([a, Math.sin((1 - share) * angle) / Math.sin(angle)], [b, Math.sin(share * angle) / Math.sin(angle)]);
}

/** `start` moved along two directions, then brought back to the length that z usually have. */
export function moved(start, right, up, x, y) {
  const shrunk = 1 / Math.sqrt(1 + x * x + y * y);
  return combined([start, shrunk], [right, x * shrunk], [up, y * shrunk]);
}

/** a - b + c, brought to the length that z usually have. */
export function analogy(a, b, c) {
  const sum = combined([a, 1], [b, -1], [c, 1]);
  const length = size(sum);
  return length ? combined([sum, Math.sqrt(sum.length) / length]) : sum;
}

function combined(...parts) {
  return parts[0][0].map((_, i) => tidy(parts.reduce((sum, [z, weight]) => sum + weight * z[i], 0)));
}

function tidy(value) {
  return Math.round(Math.max(-LARGEST, Math.min(LARGEST, value)) * DECIMALS) / DECIMALS;
}

function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function size(z) {
  return Math.sqrt(dot(z, z));
}
