// What a test expects of two values: that they are alike, as JSON has them.

export function equal(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

export function near(found, expected, within = 1e-9) {
  if (!(Math.abs(found - expected) <= within)) throw new Error(`found ${found}, expected ${expected}`);
}
