// Files are dropped anywhere on the page or chosen, and sent three at a time. Without this module the
// same forms send them in one request.

import { guess } from "./guess.js";

const PARALLEL = 3;
const NOTES = "upload-notes";

let form, words, files, running;

const $ = (selector) => form.querySelector(selector);
const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key]);
const language = document.documentElement.lang;
const size = (bytes) =>
  bytes < 1e6
    ? `${Math.max(1, Math.round(bytes / 1e3))} kB`
    : `${(bytes / 1e6).toLocaleString(language, { maximumFractionDigits: 1 })} MB`;

function note(text) {
  const box = $("[data-upload-notes]");
  if ([...box.children].some((line) => line.textContent.trim() === text)) return;
  const line = document.createElement("div");
  line.className = "alert alert-warning gap";
  line.innerHTML = '<svg class="i" aria-hidden="true"><use href="#i-info"/></svg><p></p>';
  line.querySelector("p").textContent = text;
  box.append(line);
}

// --- choosing -------------------------------------------------------------------------------
function add(found) {
  const limit = Number(form.dataset.maxBytes);
  const kinds = $("input[type=file]").accept.split(",");
  for (const { file, folder } of found) {
    if (file.name.startsWith(".")) continue;
    const isHere = files.some((f) => f.file.name === file.name && f.file.size === file.size);
    if (isHere) continue;
    if (!kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) note(say("kind", { name: file.name }));
    else if (file.size > limit) note(say("large", { name: file.name, mb: limit >> 20 }));
    else if (files.length >= Number(form.dataset.maxFiles))
      note(say("many", { n: form.dataset.maxFiles }));
    else files.push({ file, folder });
  }
  if (form.id === "more-files") send();
  else show();
}

function show() {
  const n = files.length;
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const one = n === 1 ? "One" : "";
  if (n) $("[data-drop-title]").textContent = say(`ready${one}`, { n, size: size(total) });
  $("[data-start]").textContent = n ? say(`start${one}`, { n }) : $("[data-start]").dataset.empty;
  const list = $("[data-file-list]");
  list.hidden = n === 0;
  list.querySelector("summary").textContent = words.show;
  list.querySelector("ol").replaceChildren(
    ...files.map(({ file }) => Object.assign(document.createElement("li"), { textContent: file.name })),
  );
  showGuesses();
}

function showGuesses() {
  const found = guess(files.map(({ file, folder }) => ({ name: file.name, folder })));
  const fill = (name, value) => {
    const field = form.elements[name];
    const badge = $(`[data-guess="${name}"]`);
    if (!value || field.dataset.touched) return;
    if (field.tagName === "SELECT" && ![...field.options].some((o) => o.value === value)) return;
    field.value = value;
    badge.hidden = $("[data-guess-note]").hidden = false;
  };
  fill("course_code", found.course);
  fill("class_designation", found.class);
  fill("title", found.title);
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const read = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
  const children = async (folder) => {
    const reader = folder.createReader();
    const all = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) return all;
      all.push(...some);
    }
  };
  const found = [];
  for (const entry of entries) {
    if (entry.isFile) found.push({ file: await read(entry), folder: "" });
    else
      for (const child of await children(entry))
        if (child.isFile) found.push({ file: await read(child), folder: entry.name });
  }
  return entries.length ? found : [...transfer.files].map((file) => ({ file, folder: "" }));
}

// --- sending --------------------------------------------------------------------------------
const token = () => form.elements.csrfmiddlewaretoken.value;

function post(url, data, onProgress = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => resolve(request);
    request.onerror = request.onabort = reject;
    request.send(data);
    running?.requests.add(request);
    request.onloadend = () => running?.requests.delete(request);
  });
}

async function sendOne(item, url, progress) {
  const data = new FormData();
  data.append("files", item.file);
  try {
    const request = await post(url, data, (loaded) => progress(item, loaded));
    if (request.status !== 202) throw request;
    item.isSent = true;
    for (const { detail } of JSON.parse(request.responseText).files) if (detail) note(detail);
  } catch {
    if (!running.isCancelled) note(say("lost", { name: item.file.name }));
  }
  progress(item, item.isSent ? item.file.size : 0);
}

async function sendAll(url) {
  running = { requests: new Set(), isCancelled: false };
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const loaded = new Map();
  const bar = drawProgress(total);
  const progress = (item, bytes) => {
    loaded.set(item, bytes);
    bar.update([...loaded.values()].reduce((a, b) => a + b, 0));
  };
  const queue = files.filter((item) => !item.isSent);
  const lane = async () => {
    for (let item = queue.shift(); item && !running.isCancelled; item = queue.shift())
      await sendOne(item, url, progress);
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  const isComplete = files.every((item) => item.isSent);
  running = undefined;
  bar.end();
  return isComplete;
}

function drawProgress(total) {
  const drop = $("[data-drop]");
  drop.classList.add("is-sending");
  const title = $("[data-drop-title]");
  const before = title.textContent;
  const bar = Object.assign(document.createElement("progress"), { max: total || 1, value: 0 });
  bar.setAttribute("aria-label", say("sending", { n: 0, all: files.length }));
  const cancel = Object.assign(document.createElement("button"), { type: "button", textContent: words.cancel });
  cancel.className = "btn";
  cancel.onclick = () => {
    running.isCancelled = true;
    for (const request of running.requests) request.abort();
  };
  drop.append(cancel, bar);
  return {
    update(bytes) {
      bar.value = bytes;
      const n = files.filter((item) => item.isSent).length;
      title.textContent = say("sending", { n, all: files.length });
    },
    end() {
      bar.remove();
      cancel.remove();
      drop.classList.remove("is-sending");
      title.textContent = before;
    },
  };
}

/** More files for a batch that is there: sent at once, then the page shows what became of them. */
async function send() {
  if (running || !files.length) return;
  await sendAll(form.action);
  files = files.filter((item) => !item.isSent);
  const live = document.getElementById("live");
  if (live) window.htmx.ajax("GET", location.pathname, { target: live, swap: "outerHTML" });
  if (files.length) offerAgain(send);
}

function offerAgain(retry) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.again });
  button.className = "btn gap";
  button.onclick = () => (button.remove(), retry());
  $("[data-upload-notes]").append(button);
}

/** A new batch: its details first, then its files one by one, then the word that these are all. */
async function start() {
  $("[data-start]").disabled = true;
  const data = new FormData(form);
  data.delete("files");
  const answer = await post(form.dataset.action, data).catch(() => undefined);
  $("[data-start]").disabled = false;
  if (answer?.status === 422) return showErrors(answer.responseText);
  if (answer?.status !== 201) return note(say("lost", { name: form.elements.title.value || "…" }));
  await finish(JSON.parse(answer.responseText));
}

async function finish(batch) {
  if (!(await sendAll(batch.files)) && files.some((item) => !item.isSent))
    return offerAgain(() => finish(batch));
  if (batch.close) await post(batch.close, new FormData());
  const notes = [...$("[data-upload-notes]").querySelectorAll("p")].map((line) => line.textContent);
  if (notes.length) sessionStorage.setItem(NOTES, JSON.stringify(notes));
  location.assign(batch.url);
}

function showErrors(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.querySelector("#new-batch .fields");
  if (fresh) $(".fields").replaceWith(document.adoptNode(fresh));
  $("[aria-invalid='true'], .invalid-feedback")?.focus?.();
}

// --- where it begins ------------------------------------------------------------------------
function begin() {
  for (const hint of document.querySelectorAll("[data-drop-hint]")) hint.hidden = false;
  form = document.querySelector("#new-batch, #more-files");
  if (!form) return;
  words = document.getElementById("upload-words").dataset;
  files = [];
  const input = $("input[type=file]");
  const label = $(".pick label");
  input.classList.replace("file", "visually-hidden");
  label.className = "btn";
  label.innerHTML = '<svg class="i" aria-hidden="true"><use href="#i-up"/></svg> <span></span>';
  label.querySelector("span").textContent = words.choose;
  input.addEventListener("change", () => {
    add([...input.files].map((file) => ({ file, folder: file.webkitRelativePath.split("/").at(-2) ?? "" })));
    input.value = "";
  });
  if (form.id !== "new-batch") return showKeptNotes();
  $("[data-start]").dataset.empty = $("[data-start]").textContent;
  form.dataset.action = form.action;
  form.addEventListener("input", (event) => (event.target.dataset.touched = "1"));
  form.addEventListener("submit", (event) => {
    if (!files.length) return;
    event.preventDefault();
    start();
  });
}

function showKeptNotes() {
  for (const text of JSON.parse(sessionStorage.getItem(NOTES) ?? "[]")) note(text);
  sessionStorage.removeItem(NOTES);
}

/** Files dropped on another page open the form for a new batch, without leaving this document. */
async function openForm() {
  const link = document.querySelector("[data-new-batch]");
  const answer = await fetch(link.href);
  if (answer.redirected) return location.assign(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  document.title = page.title;
  history.pushState({}, "", link.href);
  addEventListener("popstate", () => location.reload(), { once: true });
  begin();
}

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const mark = (isOver) => document.querySelector("[data-drop]")?.classList.toggle("is-over", isOver);

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  mark(true);
});
document.addEventListener("dragleave", (event) => event.relatedTarget ?? mark(false));
document.addEventListener("drop", async (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  mark(false);
  const found = await dropped(event.dataTransfer);
  if (!form) await openForm();
  add(found);
});
addEventListener("beforeunload", (event) => running && event.preventDefault());

begin();
