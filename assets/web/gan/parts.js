// Small parts that the views of a GAN share.

/** Settings of a run as they are called on screen. */
export const SPOKEN = {
  generator_lr: "G's learning rate",
  discriminator_lr: "D's learning rate",
  generator_steps: "steps of G",
  discriminator_steps: "steps of D",
  label_smoothing: "label smoothing",
  instance_noise: "instance noise",
};

/** A scale with some room around finite values, for verdicts that are plain scores. */
export function around(values) {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = 0.1 * (high - low) + 0.1;
  return [low - room, high + room];
}
