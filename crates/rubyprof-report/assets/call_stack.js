// The call stack page: draws the rows that are in sight, and no others.
(async () => {
  "use strict";
  const { thousands, measured, exact, percent, element, place, clip } = Report;
  const at = (id) => document.getElementById(id);
  const frame = at("frame"), list = at("tree"), search = at("search"), status = at("status"), keys = at("keys");
  if (!frame) return;
  let tree;
  try {
    tree = await CallTree.load();
  } catch (error) {
    at("problem").textContent = "The call trees cannot be shown: " + error.message + ".";
    at("problem").hidden = false;
    return;
  }
  const view = CallStackRows.create(tree);
  const { names } = tree;
  const { PATH, REST, THREAD, pathOf, kindOf } = view;
  // Rows a printer gets; nobody reads more on paper.
  const MAX_PRINTED = 3000;
  const say = (text) => { status.value = text; };
  at("static").hidden = true;
  frame.hidden = false;
  document.querySelector(".tools").hidden = false;
  frame.classList.toggle("waits", tree.wait.some((wait) => wait > 0));
  at("sort").value = names.sort;

  // Drawing.
  const probe = element("div", { class: "probe" });
  frame.append(probe);
  let height = 0, selected = 0, printing = false;
  let overall = 0;
  const addUp = () => { overall = tree.roots.reduce((sum, root) => sum + tree.total[root], 0); };
  addUp();

  function threadRow(root) {
    const [, thread, fiber] = names.threads[view.threadOf(root)];
    return element("div", { class: "thread", role: "presentation" },
      `Thread: ${thread}, Fiber: ${fiber} (${percent(tree.total[root], overall)} · ${measured(tree.total[root])})`);
  }
  function restRow(path) {
    const { paths, total } = view.hiddenBelow(path);
    const text = `${thousands(paths)} ${paths === 1 ? "callee" : "callees"} below ${view.threshold}%, together ${measured(total)}`;
    return element("div", { class: "rest", role: "treeitem", "aria-level": tree.depth[path] + 2, "aria-setsize": view.size[path], "aria-posinset": view.size[path] }, element("span", { class: "indent" }), element("button", { type: "button", tabindex: -1 }, text));
  }
  function pathRow(path) {
    const method = tree.method[path], [name, file, line] = names.methods[method];
    const parent = tree.parent[path], whole = view.threadTotal(path);
    const parentTotal = parent < 0 ? whole : tree.total[parent];
    const shown = clip(name);
    const title = file < 0 ? shown : shown + "\n" + clip(names.files[file][0]) + ":" + line;
    const call = tree.call[path], from = tree.calls.file[call];
    const value = (number, className) => element("span", { class: "value " + className + (number === 0 ? " zero" : ""), title: exact(number) }, number === 0 ? "0" : measured(number));
    const calls = tree.called[path], all = view.allCalls(path);
    return element("div", {
      role: "treeitem", class: "path", "aria-level": tree.depth[path] + 1,
      "aria-expanded": view.isParent(path) ? String(view.isOpen(path)) : null,
      "aria-setsize": parent < 0 ? 1 : view.size[parent], "aria-posinset": view.place[path],
      style: "--heat:" + (whole > 0 ? Math.min(100, tree.total[path] / whole * 100).toFixed(1) : 0) + "%",
    },
    element("span", { class: "indent" }),
    element("span", { class: "toggle" }),
    element("span", { class: "share" }, percent(tree.total[path], whole)),
    element("span", { class: "of" }, "(" + percent(tree.total[path], parentTotal) + ")"),
    element("span", { class: "name" }, file < 0 ? element("span", { title }, shown) : place(names.files[file], line, { title, tabindex: -1 }, shown)),
    tree.recursive[path] ? element("abbr", { class: "star", title: "recursive" }, "*") : "",
    element("span", { class: "calls" }, `[${thousands(calls)} ${calls === 1 ? "call" : "calls"}, ${thousands(all)} total]`),
    element("span", { class: "gap" }),
    value(tree.total[path], "total"), value(tree.own[path], "own"), value(tree.wait[path], "waited"),
    element("span", { class: "site" }, from < 0 ? "" : place(names.files[from], tree.calls.line[call], { tabindex: -1 })));
  }
  // Beyond these levels rows are indented no further, and say how deep they are.
  const maxLevels = () => Number(getComputedStyle(list).getPropertyValue("--levels"));
  function drawn(index, levels) {
    const row = view.rows[index], kind = kindOf(row), path = pathOf(row);
    const made = kind === THREAD ? threadRow(path) : kind === REST ? restRow(path) : pathRow(path);
    const depth = tree.depth[path] + (kind === REST ? 1 : 0);
    made.id = "row" + index;
    made.dataset.index = index;
    made.classList.add("row");
    made.style.setProperty("--level", Math.min(depth, levels));
    if (depth > levels) made.querySelector(".indent")?.append(thousands(depth));
    made.style.top = printing ? "auto" : index * height + "px";
    if (kind === PATH && matches && matches.has(tree.method[path])) made.classList.add("match");
    if (index === selected) {
      made.classList.add("selected");
      made.setAttribute("aria-selected", "true");
    }
    return made;
  }
  let first = -1, last = -1;
  function draw(always) {
    if (printing) return;
    const top = list.getBoundingClientRect().top;
    const from = Math.max(0, Math.floor(-top / height) - 12);
    const to = Math.min(view.rows.length, Math.ceil((innerHeight - top) / height) + 12);
    if (!always && from === first && to === last) return;
    [first, last] = [from, to];
    list.style.height = view.rows.length * height + "px";
    const made = [], levels = maxLevels();
    for (let index = from; index < to; index++) made.push(drawn(index, levels));
    list.replaceChildren(...made);
    if (selected >= from && selected < to) list.setAttribute("aria-activedescendant", "row" + selected);
    else list.removeAttribute("aria-activedescendant");
  }
  function measure() {
    height = probe.getBoundingClientRect().height;
    draw(true);
  }
  let frameRequest = 0;
  addEventListener("scroll", () => {
    frameRequest = frameRequest || requestAnimationFrame(() => { frameRequest = 0; draw(false); });
  }, { passive: true });
  addEventListener("resize", measure);
  addEventListener("beforeprint", () => {
    printing = true;
    list.style.height = "auto";
    const made = view.rows.slice(0, MAX_PRINTED).map((_, index) => drawn(index, maxLevels()));
    if (view.rows.length > MAX_PRINTED) made.push(element("p", {}, `${thousands(view.rows.length - MAX_PRINTED)} more rows are open and not printed.`));
    list.replaceChildren(...made);
  });
  addEventListener("afterprint", () => { printing = false; measure(); });

  // The selected row.
  function scrollTo(index) {
    const margin = height * 2 + document.querySelector(".tools").offsetHeight;
    const top = list.getBoundingClientRect().top + index * height;
    if (top < margin) scrollBy(0, top - margin - height);
    else if (top + height > innerHeight) scrollBy(0, top + height * 3 - innerHeight);
  }
  function select(index) {
    selected = Math.max(0, Math.min(view.rows.length - 1, index));
    if (kindOf(view.rows[selected]) === THREAD) selected += 1;
    scrollTo(selected);
    draw(true);
  }
  // Opens or closes; the selected row stays what it was.
  function keeping(change) {
    const row = view.rows[selected], path = pathOf(row);
    change();
    let index = view.rows.indexOf(row);
    for (let caller = path; index < 0 && caller >= 0; caller = tree.parent[caller]) index = view.indexOf(caller);
    selected = Math.max(1, index);
    draw(true);
  }
  function toggle(index) {
    const row = view.rows[index];
    if (kindOf(row) === REST) keeping(() => view.showHidden(pathOf(row)));
    else keeping(() => view.setOpen(index, !view.isOpen(pathOf(row))));
  }
  list.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("a") || String(getSelection())) return;
    const index = Number(row.dataset.index);
    if (kindOf(view.rows[index]) === THREAD) return;
    selected = index;
    toggle(index);
    list.focus({ preventScroll: true });
  });
  const siblings = (step) => {
    const path = pathOf(view.rows[selected]), parent = tree.parent[path];
    for (let index = selected + step; index > 0 && index < view.rows.length; index += step) {
      const row = view.rows[index], other = pathOf(row);
      if (kindOf(row) === PATH && tree.parent[other] === parent) return select(index);
      if (parent >= 0 && (other < parent || other >= tree.end[parent])) return undefined;
    }
    return undefined;
  };
  const thread = (step) => {
    for (let index = selected + (step > 0 ? 1 : -2); index >= 0 && index < view.rows.length; index += step) {
      if (kindOf(view.rows[index]) === THREAD) return select(index + 1);
    }
    return undefined;
  };
  const step = (by) => {
    let index = selected + by;
    if (index >= 0 && index < view.rows.length && kindOf(view.rows[index]) === THREAD) index += by;
    if (index > 0 && index < view.rows.length) select(index);
  };
  const left = () => {
    const row = view.rows[selected], path = pathOf(row);
    if (kindOf(row) === PATH && view.isOpen(path)) return toggle(selected);
    const caller = kindOf(row) === REST ? path : tree.parent[path];
    return caller >= 0 ? select(view.indexOf(caller)) : undefined;
  };
  const right = () => {
    const row = view.rows[selected], path = pathOf(row);
    if (kindOf(row) === REST) return undefined;
    if (view.isParent(path) && !view.isOpen(path)) return toggle(selected);
    return view.isOpen(path) ? select(selected + 1) : undefined;
  };
  const actions = {
    f: () => step(1), b: () => step(-1), s: () => siblings(1), w: () => siblings(-1), a: left, d: right, x: () => toggle(selected),
    "*": () => expand([pathOf(view.rows[selected])]), n: () => thread(1), p: () => thread(-1), h: () => keys.showModal(),
    o: () => list.querySelector(".selected .name a")?.click(), "/": () => { search.focus(); search.select(); },
  };
  const inTree = { ArrowDown: actions.f, ArrowUp: actions.b, ArrowLeft: left, ArrowRight: right, Enter: actions.x, " ": actions.x, Home: () => select(0), End: () => select(view.rows.length - 1) };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || event.target.matches("input, select")) return;
    const action = actions[event.key] || (document.activeElement === list && inTree[event.key]);
    if (!action) return;
    event.preventDefault();
    action();
  });

  // The tools.
  function expand(paths) {
    let all = true;
    keeping(() => { all = view.expand(paths); });
    say(all ? "" : `Expanded to ${thousands(view.rows.length)} rows; open others one by one`);
  }
  at("expand").addEventListener("click", () => expand(tree.roots));
  at("collapse").addEventListener("click", () => { keeping(view.collapse); say(""); scrollTo(selected); });
  at("help").addEventListener("click", actions.h);
  at("sort").addEventListener("change", () => { keeping(() => view.setSort(at("sort").value)); find(); });
  at("threshold").addEventListener("change", () => {
    const value = at("threshold").valueAsNumber;
    if (value >= 0) keeping(() => view.setThreshold(value));
    else at("threshold").value = view.threshold;
  });

  // Finding: all words must occur in the name. Matches are stepped through from top to bottom,
  // hidden ones included.
  let matches = null, hits = [], current = -1;
  const lower = names.methods.map(([name]) => name.toLowerCase());
  function find() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    matches = null;
    hits = [];
    current = -1;
    if (words.length > 0) {
      matches = new Set();
      lower.forEach((name, method) => { if (words.every((word) => name.includes(word))) matches.add(method); });
      if (matches.size > 0) hits = view.order().filter((path) => matches.has(tree.method[path]));
    }
    at("next").hidden = at("previous").hidden = hits.length === 0;
    say(matches ? `${thousands(hits.length)} ${hits.length === 1 ? "row" : "rows"} of ${thousands(matches.size)} ${matches.size === 1 ? "method" : "methods"}` : "");
    draw(true);
  }
  function go(by) {
    if (hits.length === 0) return;
    current = current < 0 ? (by > 0 ? 0 : hits.length - 1) : (current + by + hits.length) % hits.length;
    let index = view.indexOf(hits[current]);
    if (index < 0) index = view.reveal(hits[current]);
    select(index);
    say(`${thousands(current + 1)} of ${thousands(hits.length)}`);
  }
  let pending = 0;
  search.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(() => { pending = 0; find(); }, 80);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      find();
      list.focus({ preventScroll: true });
    } else if (event.key === "Enter") {
      if (pending) { clearTimeout(pending); pending = 0; find(); }
      go(event.shiftKey ? -1 : 1);
    }
  });
  Report.offerRaw((raw) => {
    CallTree.setRaw(tree, raw);
    addUp();
    keeping(() => view.setSort(view.sort));
    find();
  });
  at("next").addEventListener("click", () => go(1));
  at("previous").addEventListener("click", () => go(-1));

  selected = 1;
  measure();
})();
