// What this tab remembers over a reload.

/** The value kept as JSON under `key`; null without one, or with one that cannot be read. */
export function recalled(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}
