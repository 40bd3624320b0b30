// Streamlit calls a component's script again and again: this keeps what it drew, and takes it away when it leaves.

/** The function to be called at first and again whenever the data or the theme changed; it returns what to do on unmount.
 *
 *  `make(parent, data)` gives a view with its `root` element, `update(component)` and `remove()`. A view that stands for
 *  another run than `data.run_id` is made anew where `perRun`.
 */
export function mounting(make, { perRun = false } = {}) {
  const views = new WeakMap(); // by the element that Streamlit gave the component
  return (component) => {
    const { parentElement: parent, data } = component;
    if (!parent.isConnected && !parent.host?.isConnected) return () => {}; // the visitor left while scripts were loading
    let view = views.get(parent);
    if (view && (!view.root.isConnected || (perRun && view.runId !== data.run_id))) {
      view.remove(); // Streamlit has put new markup into the same place, or another run is to be shown
      view = null;
    }
    if (!view) views.set(parent, (view = make(parent, data)));
    view.update(component);
    const call = (view.calls = (view.calls ?? 0) + 1);
    return () => {
      if (views.get(parent) !== view || view.calls !== call) return; // a late goodbye of an earlier call
      views.delete(parent);
      view.remove();
    };
  };
}

/** The value kept as JSON under `key`; null without one, or with one that cannot be read. */
export function recalled(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}
