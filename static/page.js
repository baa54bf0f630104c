// What every page does beyond plain HTML: menus that close, questions before removal, and a batch's
// page that keeps itself current without taking away a focus, an open menu or a chosen word.

const ANNOUNCE_MS = 8000;
let announcedAt = 0;

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** In a table the row says what it is about. */
function question(button) {
  const name = button.closest("tr")?.cells[0].innerText.trim();
  return name ? `${button.dataset.confirm}: ${name}?` : button.dataset.confirm;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(question(button))) event.preventDefault();
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target) || event.target.closest("[popovertarget]")) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A page in the background asks nothing; it asks at once when it is looked at again.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.id === "live") event.preventDefault();
});

// What happened meanwhile is shown at once: in another tab, or before "back" showed a kept page.
function refresh() {
  const live = document.getElementById("live");
  if (live) window.htmx.ajax("GET", location.pathname + location.search, { target: live, swap: "outerHTML" });
}
document.addEventListener("huleedu:refresh", refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
addEventListener("pageshow", (event) => event.persisted && refresh());

const isInUse = (element) =>
  element.contains(document.activeElement) || element.querySelector("details[open]") !== null;

// What came while its place was in use; it takes the place as soon as that is left.
const waiting = new Map();

function replace(old, fresh) {
  waiting.delete(old.id);
  const menu = old.querySelector("details[open]") === null && document.activeElement?.closest("summary");
  if (menu && old.contains(menu)) {
    old.replaceWith(fresh);
    fresh.querySelector("summary")?.focus();
  } else if (isInUse(old)) waiting.set(old.id, fresh);
  else old.replaceWith(fresh);
}

function replaceWhatIsLeft() {
  for (const [id, fresh] of [...waiting]) {
    const old = document.getElementById(id);
    if (old) replace(old, fresh);
  }
}
document.addEventListener("focusout", () => setTimeout(replaceWhatIsLeft));
document.addEventListener("toggle", replaceWhatIsLeft, true);

// Only what has changed is replaced, line by line; a line that is in use now is replaced next time.
function merge(old, fresh) {
  if (old.outerHTML === fresh.outerHTML) return waiting.delete(old.id);
  const oldLines = old.querySelector("[data-keyed]");
  const freshLines = fresh.querySelector("[data-keyed]");
  const isEmptied = oldLines?.children.length === 0 || freshLines?.children.length === 0;
  if (!oldLines || !freshLines || isEmptied) {
    replace(old, fresh);
    return;
  }
  const known = new Map([...oldLines.children].map((line) => [line.id, line]));
  [...freshLines.children].forEach((line, index) => {
    const present = known.get(line.id);
    known.delete(line.id);
    if (!present) oldLines.insertBefore(line, oldLines.children[index] ?? null);
    else if (present.outerHTML !== line.outerHTML && !isInUse(present)) present.replaceWith(line);
  });
  for (const gone of known.values()) if (!isInUse(gone)) gone.remove();
  for (const part of [".n", ".filt"]) {
    const before = old.querySelector(`header ${part}`);
    const after = fresh.querySelector(`header ${part}`);
    if (before && after && !isInUse(before)) before.replaceWith(after);
  }
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  const fresh = fragment.firstElementChild;
  if (!target?.id?.endsWith("-box") && target?.id !== "batch-acts") return;
  fresh.removeAttribute("hx-swap-oob");
  event.detail.shouldSwap = false;
  merge(target, fresh);
});

// One polite sentence now and then, not one for each essay.
document.addEventListener("htmx:afterSettle", () => {
  const line = document.getElementById("line");
  const announce = document.getElementById("announce");
  const said = line?.textContent.replace(/\s+/g, " ").trim();
  if (!announce || !said || announce.textContent === said) return;
  const isLast = !document.getElementById("live").hasAttribute("hx-get");
  if (!isLast && Date.now() - announcedAt < ANNOUNCE_MS) return;
  announcedAt = Date.now();
  announce.textContent = said;
});

// Whoever compares with the originals does so for one essay after the other.
const beside = document.getElementById("show-original");
if (beside) {
  beside.checked = sessionStorage.getItem("show-original") === "1";
  beside.addEventListener("change", () => sessionStorage.setItem("show-original", beside.checked ? "1" : ""));
}

// A form is sent once: who clicks twice means one click. "Back" shows a kept page as new.
const AGAIN_MS = 3000;
let sentAt = 0;
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (Date.now() - sentAt < AGAIN_MS) event.preventDefault();
  else sentAt = Date.now();
});
addEventListener("pageshow", () => (sentAt = 0));
