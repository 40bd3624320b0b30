// Where the help of a button stands: below a row of buttons that is under a sentence. The style sheet goes by two classes,
// for a rule about a button that is hovered over, asked of the whole page, costs at every change of a chart.

const BUTTONS = [".st-key-run-controls", ".st-key-gan-controls", ".st-key-plane-controls", ".st-key-points-controls", ".st-key-presets", ".st-key-own-networks"]
  .map((row) => `${row} button`)
  .join();

/** Follow the pointer from button to button; returns what ends that. */
export function placeHelp() {
  let button = null;
  const { classList } = document.body;
  const over = ({ target }) => {
    const now = target.closest?.(BUTTONS) ?? null;
    if (now === button) return;
    button = now;
    classList.toggle("help-below", Boolean(button));
    classList.remove("help-pressed");
  };
  const press = () => classList.toggle("help-pressed", Boolean(button));
  document.addEventListener("pointerover", over);
  document.addEventListener("pointerdown", press, true);
  return () => {
    document.removeEventListener("pointerover", over);
    document.removeEventListener("pointerdown", press, true);
    classList.remove("help-below", "help-pressed");
  };
}
