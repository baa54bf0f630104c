// One line below the drop field for each file about which there is something to say; many of them
// are folded away behind the first few.

const MOST_OPEN = 5;

export function note(box, text, words, ...actions) {
  if ([...box.querySelectorAll("p")].some((line) => line.textContent === text)) return undefined;
  const line = document.createElement("div");
  line.className = "alert alert-warning gap";
  line.innerHTML = '<svg class="i" aria-hidden="true"><use href="#i-info"/></svg><p></p>';
  line.querySelector("p").textContent = text;
  if (actions.length) {
    const row = Object.assign(document.createElement("div"), { className: "acts" });
    row.append(...actions);
    line.append(row);
  }
  place(box, words).append(line);
  return line;
}

function place(box, words) {
  if (box.querySelectorAll(":scope > .alert").length < MOST_OPEN) return box;
  let rest = box.querySelector("details");
  if (!rest) {
    rest = Object.assign(document.createElement("details"), { className: "filelist" });
    rest.append(Object.assign(document.createElement("summary"), { textContent: words.more }));
    box.append(rest);
  }
  return rest;
}

export function button(text, onclick, className = "btn") {
  return Object.assign(document.createElement("button"), { type: "button", textContent: text, className, onclick });
}
