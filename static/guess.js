// What the names of files say about a class's batch. Only guesses: each is shown as one, to be
// changed; nothing is guessed from a minority of the files.

const COURSE = /(?:^|[^a-zåäö])(eng|sve|sva|sv)[\s_-]*([1-7])?(?![a-zåäö0-9])/i;
const CLASS = /(?:^|[^a-zåäö0-9])([7-9][A-F]|[A-ZÅÄÖ]{2}\d{2}[A-Z]?)(?![a-zåäö0-9])/;
const MIN_TITLE = 5;

/** The value that more than half of the names give, or the folder; undefined when there is none. */
function commonest(values, n) {
  const counts = new Map();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [best, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  return count > n / 2 ? best : undefined;
}

const tidy = (text) => text.replace(/[_\s]+/g, " ").replace(/^[\s\-–.,(]+|[\s\-–.,(]+$/g, "");

function commonStart(names) {
  let start = names[0] ?? "";
  for (const name of names)
    while (!name.toLowerCase().startsWith(start.toLowerCase())) start = start.slice(0, -1);
  const whole = start.replace(/[^\s_\-.]*$/, "");
  return names.length > 1 ? tidy(whole) : "";
}

/** files: [{name, folder}]. Returns {course, class, title}, each only when the names agree on it. */
export function guess(files) {
  const stems = files.map((file) => file.name.replace(/\.[^.]+$/, ""));
  const folder = commonest(files.map((file) => file.folder), files.length) ?? "";
  const found = (pattern, take) =>
    take(folder.match(pattern)) ?? commonest(stems.map((stem) => take(stem.match(pattern))), stems.length);
  const title = tidy(folder) || commonStart(stems);
  return {
    course: found(COURSE, (m) => m && (m[1] + (m[2] ?? "")).toUpperCase()) ?? undefined,
    class: found(CLASS, (m) => m?.[1]) ?? undefined,
    title: title.length >= MIN_TITLE ? title : undefined,
  };
}
