// Texts and their values, as they come from the server; numbers, shares, times and sizes.

import { bytes, decimal, duration, figure, NONE, number, percent, plural, rough, say, span, whole } from "/web/lib/text.js";
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

export function numbers_are_grouped_and_short() {
  equal([whole(121930.4), rough(4123), rough(0.01234)], ["121,930", "4,100", "0.012"]);
  equal([figure(0.1234), figure(99.999), figure(1234.5), figure(1e7)], ["0.12", "100.00", "1,235", "1.0e+7"]);
  equal([decimal(2.30259), decimal(12345), decimal(null), number(0.00012, ".1e")], ["2.303", "1.2e+4", NONE, "1.2e-4"]);
}

export function shares_are_per_cent_and_what_is_missing_is_a_dash() {
  equal([percent(0.987), percent(0.98765, 2), percent(0)], ["99 %", "98.77 %", "0 %"]);
  equal([percent(NaN), percent(undefined), figure(Infinity)], [NONE, NONE, NONE]);
}

export function times_have_the_unit_that_suits() {
  equal([duration(41.4), duration(99.4), duration(99.6), duration(3725)], ["41 s", "99 s", "1 min 40 s", "62 min 5 s"]);
  equal([duration(7260), span(0.0043), span(0.25), span(2.5), span(0)], ["2 h 1 min", "4.3 ms", "250 ms", "2.5 s", NONE]);
}

export function memory_is_in_megabytes_or_gigabytes() {
  equal([bytes(0), bytes(26_000_000), bytes(1_520_000_000)], [NONE, "26 MB", "1.5 GB"]);
}
