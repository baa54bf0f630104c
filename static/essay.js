// Deciding marks by keyboard. Single keys work only while the focus is in the card, so that they
// never meet somebody who writes or uses speech; F8 works from anywhere.

const card = () => document.getElementById("note");
const press = (selector) => {
  const button = document.querySelector(selector);
  button?.click();
  return button !== null;
};

function showCurrent() {
  const pk = card()?.dataset.mark;
  for (const mark of document.querySelectorAll('.mk[aria-expanded="true"]'))
    mark.setAttribute("aria-expanded", "false");
  for (const link of document.querySelectorAll("#list [aria-current]"))
    link.removeAttribute("aria-current");
  if (!pk) return;
  document.getElementById(`m${pk}`)?.setAttribute("aria-expanded", "true");
  document.querySelector(`#list [data-pick="${pk}"]`)?.setAttribute("aria-current", "true");
}

function bringIntoView() {
  const mark = document.getElementById(`m${card()?.dataset.mark}`);
  if (!mark) return;
  const { top, bottom } = mark.getBoundingClientRect();
  const sheet = getComputedStyle(card()).position === "fixed" ? card().offsetHeight : 0;
  if (top < 60 || bottom > window.innerHeight - sheet - 60)
    window.scrollBy({ top: top - (window.innerHeight - sheet) / 2, behavior: "instant" });
}

function focusCard() {
  const first = card()?.querySelector(".sugg button, [data-take-back], [data-next]") ?? card();
  first?.focus({ preventScroll: true });
}

const KEYS = {
  i: () => press("#note [data-ignore]"),
  b: () => press("#note [data-in-batch]"),
  a: () => press("#note [data-always]"),
  s: () => press("#others"),
  u: () => press("#note [data-take-back]") || press("[data-undo]"),
  o: () => document.getElementById("own")?.focus() ?? true,
  h: () => press("#history summary"),
  m: () => press("#show-marks"),
  n: () => press('.essay-head [rel="next"]'),
  p: () => press('.essay-head [rel="prev"]'),
  t: () => press("[data-correct-text]"),
  "?": () => document.getElementById("keys")?.showPopover() ?? true,
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
};

function walk(step) {
  const all = [...document.querySelectorAll("#note .sugg button")];
  const at = all.indexOf(document.activeElement);
  all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "F8") {
    if (!card()?.contains(document.activeElement)) {
      bringIntoView();
      focusCard();
      event.preventDefault();
    } else if (press(event.shiftKey ? "[data-before]" : "[data-after]")) event.preventDefault();
    return;
  }
  if (!card()?.contains(event.target)) return;
  if (event.key === "Escape") {
    document.getElementById(`m${card().dataset.mark}`)?.focus();
    return;
  }
  if (event.target.matches("input")) return;
  const number = Number(event.key);
  const isDone = number
    ? press(`#note .sugg li:nth-child(${number}) button`)
    : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.();
  if (isDone) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const history = event.target.closest("#history summary")?.parentElement;
  if (history) requestAnimationFrame(() => history.scrollIntoView({ block: "nearest" }));
  const link = event.target.closest("[data-pick]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.getElementById(`m${link.dataset.pick}`)?.click();
});

// What is folded out stays so: history and decided marks come anew with each decision.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target?.id !== "history" && target?.id !== "list") return;
  const fresh = fragment.querySelector("details");
  if (fresh && target.querySelector("details[open]")) fresh.open = true;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id !== "note" && event.target?.id !== "note") return;
  showCurrent();
  bringIntoView();
  focusCard();
});

document.addEventListener("htmx:sendError", () => {
  const said = document.getElementById("said");
  if (said) said.textContent = document.documentElement.dataset.offline ?? "";
});

showCurrent();
if (new URLSearchParams(location.search).has("mark")) bringIntoView();
