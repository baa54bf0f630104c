// Files are dropped anywhere on the page or chosen, and sent three at a time. Without this module the
// same forms send them in one request.

import { dropped } from "./dropped.js";
import { button, note as noteIn } from "./notes.js";
import { arrived, forget, remember, unsent } from "./unsent.js";

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

const note = (text, ...actions) => noteIn($("[data-upload-notes]"), text, words, ...actions);

// --- choosing -------------------------------------------------------------------------------
function add(found) {
  const limitOf = ({ name }) =>
    Number(name.toLowerCase().endsWith(".zip") ? form.dataset.maxArchiveBytes : form.dataset.maxBytes);
  const kinds = $("input[type=file]").accept.split(",");
  const sent = unsent(location.href)?.sent ?? []; // before this page was loaded anew
  for (const { file, folder } of found) {
    if (file.name.startsWith(".") || sent.includes(file.name)) continue;
    const isHere = files.some((f) => f.file.name === file.name && f.file.size === file.size);
    if (isHere) continue;
    if (!kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) note(say("kind", { name: file.name }));
    else if (file.size > limitOf(file)) note(say("large", { name: file.name, mb: limitOf(file) >> 20 }));
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

async function showGuesses() {
  const { guess } = await import("./guess.js");
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

async function sendOne(item, { files: url, url: page }, progress) {
  const data = new FormData();
  data.append("files", item.file);
  try {
    const request = await post(url, data, (loaded) => progress(item, loaded));
    if (request.status !== 202) {
      running.isSignedOut ||= request.status === 403 || !request.responseURL.endsWith(url);
      throw request;
    }
    item.isSent = true;
    arrived(page, item.file.name);
    for (const sentence of JSON.parse(request.responseText).said) note(sentence);
  } catch {
    if (!running.isCancelled) note(say("lost", { name: item.file.name }));
  }
  progress(item, item.isSent ? item.file.size : 0);
}

/** batch: {url, files, close}: its page, where its files go, where to say that these are all. */
async function sendAll(batch) {
  remember(batch.url, files.filter((item) => !item.isSent).map(({ file }) => file.name), batch.close);
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
      await sendOne(item, batch, progress);
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  const isComplete = files.every((item) => item.isSent);
  if (running.isCancelled) forget(batch.url);
  if (running.isSignedOut) setTimeout(() => location.assign(batch.url)); // by way of signing in
  running = undefined;
  bar.end();
  return isComplete;
}

/** The files that an earlier page did not send are here: the batch is as complete as was meant. */
async function closeIfMeant(url) {
  const { names = [], close = null } = unsent(url) ?? {};
  if (names.length) return;
  forget(url);
  if (close) await post(close, new FormData());
}

function drawProgress(total) {
  const drop = $("[data-drop]");
  drop.classList.add("is-sending");
  const title = $("[data-drop-title]");
  const before = title.textContent;
  const bar = Object.assign(document.createElement("progress"), { max: total || 1, value: 0 });
  bar.setAttribute("aria-label", say("sending", { n: 0, all: files.length }));
  const cancel = button(words.cancel, () => {
    running.isCancelled = true;
    for (const request of running.requests) request.abort();
  });
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
  await sendAll({ url: location.href, files: form.action });
  files = files.filter((item) => !item.isSent);
  await closeIfMeant(location.href);
  document.dispatchEvent(new Event("huleedu:refresh"));
  if (files.length) offerAgain(send);
}

function offerAgain(retry) {
  const again = button(words.again, () => (again.remove(), retry()), "btn gap");
  $("[data-upload-notes]").append(again);
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
  history.replaceState({}, "", batch.url); // whoever reloads now comes to the batch
  if (!(await sendAll(batch)) && files.some((item) => !item.isSent))
    return offerAgain(() => finish(batch));
  await closeIfMeant(batch.url);
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
  const names = unsent(location.href)?.names ?? [];
  if (!names.length) return;
  const one = names.length === 1 ? "One" : "";
  const choose = button(words.chooseAgain, () => $("input[type=file]").click());
  const leave = button(words.leave, () => (forget(location.href), line.remove()), "btn btn-link");
  const line = note(say(`unsent${one}`, { n: names.length, names: names.join(", ") }), choose, leave);
  form.addEventListener("change", () => line.remove(), { once: true });
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
