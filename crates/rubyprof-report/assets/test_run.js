// Lists, sorts and searches the examples, which the page carries as data. Text enters the page through textContent only.
(() => {
  "use strict";
  const { thousands, measured, exact, element, clip } = Report;
  const list = document.getElementById("list");
  if (!list) return;
  const DESCRIPTION = 0, LOCATION = 1, STATUS = 2, TIME = 3, CALLS = 4, REPORT = 6;
  // Rows that are made at a time; a browser is slow with tens of thousands.
  const STEP = 500;
  const STATES = ["passed", "failed", "pending", "ended"];
  const examples = JSON.parse(document.getElementById("data").textContent);
  const search = document.getElementById("search");
  const failedOnly = document.getElementById("failed");
  const status = document.getElementById("status");
  const more = document.querySelector(".more");
  const body = list.querySelector("tbody");
  const headers = [...list.querySelectorAll("thead th")];
  const columns = headers.map((header) => Number(header.dataset.key));
  const words = examples.map((example) => (example[DESCRIPTION] + " " + example[LOCATION]).toLowerCase());
  let key = TIME, ascending = false, found = [], shown = 0;

  function cell(example, column) {
    const value = example[column];
    if (column === DESCRIPTION) {
      const text = clip(value) || "(no description)";
      const name = element("td", { class: "name" });
      const what = element("span", { class: "what" }, example[REPORT] ? element("a", { class: "report", href: example[REPORT] }, text) : text);
      if (text !== value) what.title = value.slice(0, 2000);
      name.append(what);
      return name;
    }
    if (column === LOCATION) return element("td", { class: "line" }, clip(value));
    if (column === STATUS) return element("td", { class: STATES[value] }, STATES[value]);
    if (column === TIME) return element("td", { title: exact(value) }, measured(value));
    if (value === null) return element("td", { class: "zero" }, "–");
    return element("td", {}, typeof value === "number" ? thousands(value) : clip(value));
  }
  function show() {
    const rows = found.slice(shown, shown + STEP).map((index) => element("tr", {}, ...columns.map((column) => cell(examples[index], column))));
    body.append(...rows);
    shown += rows.length;
    more.hidden = shown >= found.length;
    more.firstChild.textContent = `Show ${thousands(Math.min(STEP, found.length - shown))} more of ${thousands(found.length - shown)}`;
  }
  const collator = new Intl.Collator(undefined, { numeric: true });
  function compare(a, b) {
    const x = examples[a][key], y = examples[b][key];
    if (x === y) return a - b;
    // What was not measured comes last, whatever the direction.
    if (x === null) return 1;
    if (y === null) return -1;
    return (ascending ? 1 : -1) * (typeof x === "number" ? x - y : collator.compare(x, y)) || a - b;
  }
  function update() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const failed = failedOnly && failedOnly.getAttribute("aria-pressed") === "true";
    found = [];
    for (let i = 0; i < examples.length; i++) {
      if (failed && examples[i][STATUS] !== 1) continue;
      if (wanted.every((word) => words[i].includes(word))) found.push(i);
    }
    found.sort(compare);
    status.value = wanted.length || failed ? `${thousands(found.length)} of ${thousands(examples.length)} examples` : "";
    body.replaceChildren();
    shown = 0;
    show();
    if (found.length === 0) body.append(element("tr", {}, element("td", { class: "name", colspan: columns.length }, "No example fits.")));
    for (const header of headers) header.removeAttribute("aria-sort");
    headers[columns.indexOf(key)].setAttribute("aria-sort", ascending ? "ascending" : "descending");
  }

  headers.forEach((header, index) => {
    header.scope = "col";
    header.replaceChildren(element("button", { type: "button" }, header.textContent));
    header.firstChild.addEventListener("click", () => {
      const text = [DESCRIPTION, LOCATION].includes(columns[index]);
      ascending = key === columns[index] ? !ascending : text;
      key = columns[index];
      update();
    });
  });
  more.firstChild.addEventListener("click", show);
  let pending = 0;
  search.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(update, examples.length > 3000 ? 150 : 30);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    update();
    search.blur();
  });
  if (failedOnly) failedOnly.addEventListener("click", () => {
    failedOnly.setAttribute("aria-pressed", String(failedOnly.getAttribute("aria-pressed") !== "true"));
    update();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  document.querySelector(".tools").hidden = false;
  list.hidden = false;
  update();
})();
