import { SIDE, Strokes } from "/web/pad/strokes.js";
import { equal } from "./expect.js";

function drawing(...strokes) {
  const made = new Strokes();
  for (const [first, ...rest] of strokes) {
    made.begin(...first);
    for (const point of rest) made.extend(...point);
    made.end();
  }
  return made;
}

export function points_that_add_nothing_are_left_out_and_all_stay_on_the_square() {
  const { strokes } = drawing([[10, 10], [11, 11], [50, 50], [900, -5]]).toJSON();
  equal(strokes, [[[10, 10], [50, 50], [SIDE, 0]]]);
}

export function undo_and_redo_go_back_and_forth_and_a_new_stroke_ends_redo() {
  const made = drawing([[0, 0], [9, 9]], [[20, 20], [40, 40]]);
  made.undo();
  equal([made.list.length, made.canUndo, made.canRedo], [1, true, true]);
  made.redo();
  equal(made.list.length, 2);
  made.undo();
  made.begin(5, 5);
  made.end();
  equal([made.list.length, made.canRedo], [2, false]);
}

export function clear_can_be_undone() {
  const made = drawing([[0, 0], [9, 9]]);
  made.clear();
  equal(made.blank, true);
  made.undo();
  equal(made.list.length, 1);
}

export function a_drawing_of_very_many_points_is_thinned_and_keeps_its_ends() {
  const long = Array.from({ length: 5000 }, (_, i) => [(i * 7) % 400, (i * 13) % 400]);
  const [stroke] = drawing(long).toJSON().strokes;
  equal(stroke.length <= 3000, true);
  equal([stroke[0], stroke.at(-1)], [long[0], long.at(-1)]);
}
