// One round of a GAN as six steps: what is said, lit and drawn at each of them.

import { figure } from "../lib/format.js";
import { around } from "./parts.js";

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** From a round shown in slow motion; `verdict`, `even`, `z` and `conditional` are the run's. */
export function steps(round, { verdict, even, z, conditional }) {
  const { trained } = round;
  const scale = verdict === "probability" ? [0, 1] : around([...ofAll(round), even ?? 0]);
  const share = (values) => figure(mean(values));
  const first = { made: round.made_before, real: round.real_before };
  const second = { made: round.made_after, real: round.real_after };
  const last = { made: round.made_last, real: round.real_after };
  const none = { made: null, real: null };
  const told = conditional ? ", and which digit to draw" : "";
  const step = (title, words, lit) => ({ title, words, scale, pictures: "made", skipped: false, ...lit });
  const idle = (who) => `In this round ${who} does not learn: nothing changes.`;
  const [dLearns, gLearns] = [Boolean(trained & 1), Boolean(trained & 2)];
  return [
    step("Draw z", `${z ?? "A few"} random numbers for each picture${told}. Eight of them are shown.`, {
      ...none, arrows: { toG: "down" },
    }),
    step("Make pictures", "G turns each row of numbers into a picture of 28 × 28.", {
      ...none, g: "works", arrows: { toG: "down", toMade: "down" },
    }),
    step("Judge", `How real do they look to D? Made ${share(first.made)}, real ${share(first.real)} in the mean.`, {
      ...first, d: "works", arrows: { madeToD: "down", realToD: "down", toVerdict: "down" },
    }),
    step("D learns", dLearns ? `It looks at a batch of other pictures and moves its weights so that real ones rise, made ones fall. Loss ${figure(round.d_loss)}.` : idle("D"), {
      ...first, d: dLearns ? "learns" : "", skipped: !dLearns, arrows: dLearns ? { toVerdict: "up" } : {},
    }),
    step("Judge again", `These eight again: made ${share(first.made)} to ${share(second.made)}, real ${share(first.real)} to ${share(second.real)}. The lines mark the verdicts before.`, {
      ...second, before: first, d: "works", arrows: { madeToD: "down", realToD: "down", toVerdict: "down" },
    }),
    step("G learns", gLearns ? `D's slope shows G how to be taken for real. The same z again: judged ${share(last.made)} instead of ${share(second.made)}.` : idle("G"), {
      ...last, before: { made: second.made }, g: gLearns ? "learns" : "", skipped: !gLearns, pictures: "improved",
      changes: "made", arrows: gLearns ? { toVerdict: "up", madeToD: "up", toMade: "up" } : {},
    }),
  ];
}

function ofAll(round) {
  return [round.real_before, round.made_before, round.real_after, round.made_after, round.made_last].flat();
}
