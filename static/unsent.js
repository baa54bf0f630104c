// The names of files on their way into a batch, kept until the server has them. A browser forgets
// the files themselves when a page is reloaded; the names are enough to ask for them again.

const key = (url) => `unsent ${new URL(url, location.href).pathname}`;

/** What is on its way into the batch of this page: {names, sent, close}; undefined when nothing is. */
export function unsent(url) {
  const kept = sessionStorage.getItem(key(url));
  return kept ? JSON.parse(kept) : undefined;
}

/** close: where to say, after the last one, that these are all; or null. */
export function remember(url, names, close = null) {
  const before = unsent(url);
  const all = new Set([...(before?.names ?? []), ...names]);
  keep(url, { names: [...all], sent: before?.sent ?? [], close: close ?? before?.close ?? null });
}

export function arrived(url, name) {
  const { names = [], sent = [], close = null } = unsent(url) ?? {};
  keep(url, { names: names.filter((other) => other !== name), sent: [...sent, name], close });
}

export function forget(url) {
  sessionStorage.removeItem(key(url));
}

function keep(url, entry) {
  sessionStorage.setItem(key(url), JSON.stringify(entry));
}
