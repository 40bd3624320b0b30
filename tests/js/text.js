// Texts and their values, as they come from the server.

import { number, plural, say } from "/web/lib/text.js";
import { equal } from "./expect.js";

export function a_text_is_its_template_with_its_values() {
  equal(say("Round {step:,}: {why}", { step: 1120, why: { text: "lost {n}", values: { n: 2 } } }), "Round 1,120: lost 2");
  equal(say({ text: "{share:.1f} % of {limit:n}", values: { share: 9.876, limit: 12345 } }), "9.9 % of 12,345");
  equal([say(null), say("{missing}"), say("A stored sentence.")], ["", "{missing}", "A stored sentence."]);
}

export function a_count_chooses_the_form() {
  const runs = [0, 1, 2].map((count) => say(plural("{count} run", "{count} runs", { count })));
  equal(runs, ["0 runs", "1 run", "2 runs"]);
}

export function numbers_are_as_python_writes_them() {
  const told = [number(1234.5, ",.1f"), number(0.12345, ".3g"), number(121930, ","), number(7, "d"), number(0.001)];
  equal(told, ["1,234.5", "0.123", "121,930", "7", "0.001"]);
}
