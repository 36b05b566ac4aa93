// The page works without this: it adds folding, sorting and filtering, and shows the callers and
// callees of sections that carry them as data. Text enters the page through textContent only.
(() => {
  "use strict";
  const { thousands, measured, exact, percent, element, place } = Report;
  const tools = document.querySelector(".tools");
  const search = document.getElementById("search");
  const status = document.getElementById("status");
  const blocks = [...document.querySelectorAll(".calls > tbody")];
  // Rows that "Expand all" may put on the page; more make a browser crawl.
  const MAX_OPEN_ROWS = 5000;
  tools.hidden = blocks.length === 0;

  // Times as they were measured, from those on the page and the profiler's part in data-o.
  let raw = false;
  const totalOf = (table) => Number(table.dataset.total);
  const overheads = (place) => (place.dataset.o || "0 0").split(" ").map(Number);
  const valueOf = (cell) => Number(cell.dataset.value ?? (cell.title.replace(/\D/g, "") || 0));
  function setValue(cell, value, mark = "") {
    if (cell.dataset.value !== undefined) cell.dataset.value = value;
    cell.className = value === 0 ? "zero" : "";
    cell.textContent = value === 0 ? "0" : mark + measured(value);
    if (value === 0) cell.removeAttribute("title");
    else cell.title = exact(value);
  }
  function setShare(cell, value, total) {
    if (cell.dataset.value !== undefined) cell.dataset.value = value;
    cell.textContent = percent(value, total);
    if (!cell.classList.contains("share")) return;
    if (value > 0 && total > 0) cell.style.setProperty("--share", Math.min(100, (value / total) * 100).toFixed(2) + "%");
    else cell.style.removeProperty("--share");
  }
  // What a row of a section shows; `sign` is 1 to add the overhead, -1 to take it off.
  function shift(row, total, sign) {
    const cells = row.cells, [ofTotal, ofOwn] = overheads(cells[0]);
    if (cells[3].textContent.startsWith("~")) row.dataset.uncertain = "";
    const sum = valueOf(cells[2]) + sign * ofTotal, own = valueOf(cells[3]) + sign * ofOwn, wait = valueOf(cells[4]);
    setShare(cells[0], sum, total);
    setShare(cells[1], own, total);
    setValue(cells[2], sum);
    setValue(cells[3], own, sign < 0 && "uncertain" in row.dataset ? "~" : "");
    setValue(cells[5], Math.max(0, sum - own - wait));
  }
  function showRaw(wanted) {
    raw = wanted;
    const sign = raw ? 1 : -1;
    for (const table of document.querySelectorAll(".calls")) {
      const total = totalOf(table) + sign * overheads(table)[0], title = table.closest("section").querySelector(".sub span");
      // Shares are those of the page until now.
      table.dataset.total = total;
      if (title) [title.textContent, title.title] = [measured(total), exact(total)];
      for (const row of table.querySelectorAll("tbody > .method, tbody > .caller, tbody > .callee")) shift(row, total, sign);
    }
    const rows = [...document.querySelectorAll(".threads tbody tr")];
    const totals = rows.map((row) => valueOf(row.cells[4]) + sign * overheads(row)[0]);
    const overall = totals.reduce((sum, total) => sum + total, 0);
    rows.forEach((row, index) => {
      setShare(row.cells[3], totals[index], overall);
      setValue(row.cells[4], totals[index]);
    });
  }

  // Sections with data: the numbers of data.rs become the rows of section.html.tera.
  const parse = (id) => {
    const source = document.getElementById(id);
    return source && JSON.parse(source.textContent);
  };
  let names = null;
  const sections = new Map();
  function sectionData(id) {
    if (!sections.has(id)) {
      const data = parse(id + "-data");
      if (data) {
        names = names || parse("names");
        const calls = new Map();
        for (let i = 0; i < data.methods.length; i += 2) calls.set(data.methods[i], data.methods[i + 1]);
        const callers = new Map(), callees = new Map(), made = new Map();
        const add = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);
        const e = data.edges, o = data.overheads;
        for (let i = 0; i < e.length; i += 8) {
          const edge = { caller: e[i], callee: e[i + 1], called: e[i + 2], total: e[i + 3], own: e[i + 4], wait: e[i + 5], file: e[i + 6], line: e[i + 7], overhead: o ? [o[i / 4] + o[i / 4 + 1], o[i / 4 + 1]] : null };
          add(callers, edge.callee, edge);
          add(callees, edge.caller, edge);
        }
        for (const [method, type, count, file, line] of data.allocations) add(made, method, { type, count, file, line });
        sections.set(id, { calls, callers, callees, made });
      } else {
        sections.set(id, null);
      }
    }
    return sections.get(id);
  }
  function lineCell(file, line) {
    const cell = element("td", { class: "line" });
    if (file < 0) return cell;
    cell.append(place(names.files[file], line));
    return cell;
  }
  function edgeRow(section, data, edge, kind) {
    const other = edge[kind], id = section + "-m" + other;
    const name = names.methods[other];
    const total = totalOf(document.querySelector("#" + section + " .calls"));
    const all = data.calls.get(kind === "caller" ? edge.callee : other);
    const part = (value) => value === 0 ? element("td", { class: "zero" }, "0") : element("td", { title: exact(value) }, measured(value));
    const row = element("tr", { class: kind },
      element("td", { "data-o": edge.overhead?.join(" ") }, percent(edge.total, total)), element("td", {}, percent(edge.own, total)),
      part(edge.total), part(edge.own), part(edge.wait), part(Math.max(0, edge.total - edge.own - edge.wait)),
      element("td", {}, thousands(edge.called) + "/" + thousands(all)),
      element("td", { class: "name" }, document.getElementById(id) ? element("a", { href: "#" + id }, name) : name));
    if (raw) shift(row, total, 1);
    return row;
  }
  function fill(block) {
    const [section, method] = block.id.split("-m");
    if (block.dataset.full) return;
    block.dataset.full = "1";
    const data = sectionData(section);
    if (!data) return;
    const key = Number(method), own = block.querySelector(".method");
    const tracked = own.cells.length === 10;
    const rows = (map, kind, order) => (map.get(key) || []).slice().sort(order).map((edge) => {
      const row = edgeRow(section, data, edge, kind);
      if (tracked) row.append(element("td", {}));
      row.append(lineCell(edge.file, edge.line));
      return row;
    });
    own.before(...rows(data.callers, "caller", (a, b) => a.total - b.total));
    const below = rows(data.callees, "callee", (a, b) => b.total - a.total);
    const made = data.made.get(key);
    if (made) {
      const body = element("tbody", {}, ...made.map((one) => element("tr", {}, element("td", { class: "name" }, one.type), element("td", {}, thousands(one.count)), lineCell(one.file, one.line))));
      const head = element("thead", {}, element("tr", {}, ...["Class", "Objects", "Line"].map((title) => element("th", {}, title))));
      const count = made.reduce((sum, one) => sum + one.count, 0);
      const list = element("details", {}, element("summary", {}, thousands(count) + (count === 1 ? " object" : " objects") + " allocated"), element("table", {}, head, body));
      below.push(element("tr", { class: "made" }, element("td", { colspan: 10 }, list)));
    }
    own.after(...below);
  }

  // Folding.
  function setOpen(block, open) {
    if (open) fill(block);
    block.classList.toggle("open", open);
    block.querySelector(".toggle").setAttribute("aria-expanded", String(open));
  }
  const toggles = blocks.map((block) => {
    const link = block.querySelector(".method > .name > a");
    const toggle = element("button", { type: "button", class: "toggle", "aria-expanded": "false", "aria-label": "Callers and callees of " + link.textContent });
    link.before(toggle);
    return toggle;
  });
  document.querySelector("main").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) {
      const hash = link.getAttribute("href");
      if (hash.startsWith("#") && hash === location.hash) reveal();
      return;
    }
    const row = event.target.closest("tr.method");
    // A click that ends a selection of text is not a click on the row.
    if (!row || String(getSelection())) return;
    const block = row.parentElement;
    setOpen(block, !block.classList.contains("open"));
  });
  document.querySelector("main").addEventListener("keydown", (event) => {
    if (!event.target.matches(".toggle") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const shown = [...document.querySelectorAll(".toggle")].filter((toggle) => !toggle.closest("[hidden]"));
    const next = shown[shown.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) next.focus();
    event.preventDefault();
  });
  document.getElementById("expand").addEventListener("click", () => {
    let rows = 0, opened = 0;
    const shown = blocks.filter((block) => !block.closest("[hidden]"));
    for (const block of shown) {
      if (rows > MAX_OPEN_ROWS) break;
      setOpen(block, true);
      rows += block.rows.length;
      opened += 1;
    }
    if (opened < shown.length) say(`Expanded the first ${thousands(opened)} of ${thousands(shown.length)} methods; filter to reach others`);
  });
  document.getElementById("collapse").addEventListener("click", () => {
    for (const block of blocks) if (block.classList.contains("open")) setOpen(block, false);
    say(filterText);
  });

  // Links to methods; Back and Forward come here as well.
  function reveal() {
    for (const block of document.querySelectorAll(".found")) block.classList.remove("found");
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { /* not ours */ }
    const block = target && target.closest(".calls > tbody");
    if (!block) return;
    if (block.closest("[hidden]")) { search.value = ""; filter(); }
    setOpen(block, true);
    block.classList.add("found");
    const list = target.querySelector("details");
    if (target !== block && list) list.open = true;
    (target === block ? block.querySelector(".method") : target).scrollIntoView({ block: "center" });
    block.querySelector(".toggle").focus({ preventScroll: true });
  }
  addEventListener("hashchange", reveal);

  // Filtering: all words must occur in a method's name or in its file.
  let index = null, filterText = "";
  const say = (text) => { status.value = text; };
  function filter() {
    index = index || blocks.map((block) => {
      const line = block.querySelector(".method > .line > *");
      const link = block.querySelector(".method > .name > a");
      return (link.textContent + " " + (line ? line.title : "")).toLowerCase();
    });
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    blocks.forEach((block, i) => {
      const fits = words.every((word) => index[i].includes(word));
      if (block.hidden === fits) block.hidden = !fits;
      if (fits) shown += 1;
    });
    for (const section of document.querySelectorAll("section.graph")) {
      section.hidden = words.length > 0 && !section.querySelector(".calls > tbody:not([hidden])");
    }
    filterText = words.length ? `${thousands(shown)} of ${thousands(blocks.length)} methods` : "";
    say(filterText);
  }
  let pending = 0;
  search.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(filter, blocks.length > 3000 ? 150 : 30);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    filter();
    search.blur();
  });
  const keys = document.getElementById("keys");
  const actions = { "/": () => { search.focus(); search.select(); }, h: () => keys.showModal() };
  document.getElementById("help").addEventListener("click", actions.h);
  addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || keys.open || event.target.matches("input")) return;
    event.preventDefault();
    action();
  });

  // Sorting: whole blocks of methods, or rows of the table of threads.
  function sortBy(table, header) {
    const column = header.cellIndex, text = header.dataset.sort === "text";
    const before = header.getAttribute("aria-sort");
    const ascending = before ? before === "descending" : text;
    for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const byBlock = table.matches(".calls");
    const items = byBlock ? [...table.tBodies] : [...table.tBodies[0].rows];
    const keyed = items.map((item) => {
      const cell = (byBlock ? item.querySelector(".method") : item).cells[column];
      return [text ? cell.textContent : Number(cell.dataset.value), item];
    });
    const order = text ? new Intl.Collator(undefined, { numeric: true }).compare : (a, b) => a - b;
    keyed.sort((a, b) => (ascending ? 1 : -1) * order(a[0], b[0]));
    const sorted = document.createDocumentFragment();
    sorted.append(...keyed.map(([, item]) => item));
    (byBlock ? table : table.tBodies[0]).append(sorted);
  }
  for (const table of document.querySelectorAll(".calls, .threads")) {
    for (const header of table.tHead.rows[0].cells) {
      const title = header.textContent;
      header.scope = "col";
      if (!header.dataset.sort) header.dataset.sort = ["Name", "Line"].includes(title) ? "text" : "number";
      header.replaceChildren(element("button", { type: "button" }, title));
      header.firstChild.addEventListener("click", () => sortBy(table, header));
      // How the rows came.
      if (title === table.dataset.sort) header.setAttribute("aria-sort", "descending");
    }
  }
  // After the browser has done its own scrolling to the fragment, which knows nothing of
  // the callers that opened above the method.
  addEventListener("load", () => setTimeout(reveal));
  Report.offerRaw(showRaw);
})();
