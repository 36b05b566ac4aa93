// The flame graph page: what is looked at, how it is chosen, and what is told about it. All of the state
// that a reader would want to come back to is in the address.
(async () => {
  "use strict";
  const { thousands, measured, exact, percent, element, place, clip } = Report;
  const at = (id) => document.getElementById(id);
  const scroller = at("scroller"), canvas = at("canvas"), search = at("search"), tip = at("tip"), keys = at("keys"), status = at("status");
  if (!scroller) return;
  let tree;
  try {
    tree = await CallTree.load();
  } catch (error) {
    at("problem").textContent = "The flame graph cannot be shown: " + error.message + ".";
    at("problem").hidden = false;
    return;
  }
  const { names } = tree;
  at("static").hidden = true;
  at("chart").hidden = false;
  document.querySelector(".tools").hidden = false;
  const drawing = FlameCanvas.create(scroller, canvas, at("spacer"));

  // Threads that can be chosen, by their number; 0 stands for all of them.
  const threads = new Map();
  const chosen = new Set(at("thread").dataset.chosen.split(" ").filter(Boolean).map(Number));
  function offerThreads() {
    const overall = tree.roots.reduce((sum, root) => sum + tree.total[root], 0);
    if (tree.roots.length > 1) threads.set(0, `All ${thousands(tree.roots.length)} (${measured(overall)})`);
    names.threads.forEach(([number, thread, fiber], index) => {
      if (!chosen.has(number) && tree.roots.length > 1) return;
      threads.set(number, `${thread}${fiber === thread ? "" : ", fiber " + fiber} (${percent(tree.total[tree.roots[index]], overall)})`);
    });
    const options = [...threads].map(([number, title]) => element("option", { value: number }, title));
    const others = names.threads.length - chosen.size;
    if (others > 0 && tree.roots.length > 1) options.push(element("option", { disabled: "" }, `${thousands(others)} more are in “All” only`));
    at("thread").replaceChildren(...options);
  }
  offerThreads();

  // Colours: groups of methods, those with the most self time have one of their own.
  const className = (name) => {
    const owner = name.slice(0, Math.max(0, name.lastIndexOf("#"))) || name;
    // Class methods belong to their class.
    return owner.match(/^<(?:Class|Module|Object)::(.*)>$/s)?.[1] ?? owner;
  };
  let groupings = {};
  function grouping(kind) {
    if (groupings[kind]) return groupings[kind];
    const of = names.methods.map(([name, , , origin]) => kind === "class" ? clip(className(name)) : clip(names.origins[origin]));
    const own = new Map(), order = [];
    for (const group of of) if (!own.has(group)) { own.set(group, 0); order.push(group); }
    for (let path = 0; path < tree.count; path++) own.set(of[tree.method[path]], own.get(of[tree.method[path]]) + tree.own[path]);
    const fixed = (group) => kind === "origin" && group === "C functions";
    const ranked = order.filter((group) => !fixed(group)).sort((a, b) => own.get(b) - own.get(a)).slice(0, FlameCanvas.COLOURS);
    const colour = (group) => fixed(group) ? "c" : ranked.includes(group) ? ranked.indexOf(group) : "other";
    const colours = new Map(order.map((group) => [group, colour(group)]));
    groupings[kind] = { of, colours, groupOf: of.map((group) => colours.get(group)) };
    return groupings[kind];
  }

  // State.
  const initial = { thread: [...threads.keys()][0], zoom: null, find: "", order: "calls", colour: "origin", flame: false, fold: false };
  let state = { ...initial };
  const trees = new Map();
  function treeOf() {
    const index = names.threads.findIndex(([number]) => number === state.thread);
    if (state.thread !== 0 && !state.fold) return { tree, root: tree.roots[index] };
    const key = state.thread + "/" + state.fold;
    // Only the last ones: a merged tree is as large as what it was made of.
    if (!trees.has(key)) {
      if (trees.size > 3) trees.clear();
      trees.set(key, FlameBoxes.merge(tree, state.thread === 0 ? tree.roots : [tree.roots[index]], state.fold));
    }
    return { tree: trees.get(key), root: 0 };
  }
  const nameOf = (path) => {
    const method = shown.tree.method[path];
    return method === FlameBoxes.NO_METHOD ? "All threads" : clip(names.methods[method][0]);
  };
  // What is drawn: state, laid out.
  let shown = null;
  function lookAgain({ keepScroll = false } = {}) {
    const { tree: of, root } = treeOf();
    const zoomed = state.zoom !== null && state.zoom > root && state.zoom < of.end[root] ? state.zoom : root;
    if (zoomed === root) state.zoom = null;
    shown = { ...state, tree: of, root, zoomed, selected: zoomed, hovered: null, groupOf: grouping(state.colour).groupOf, nameOf, matches: null };
    const { levels, callers } = FlameBoxes.layout(of, zoomed, drawing.width(), state.order === "total");
    Object.assign(shown, { levels, callers });
    scroller.style.height = `min(${levels.length * drawing.row + 2}px, var(--most))`;
    // A scroll bar may have come or gone.
    const width = drawing.width();
    drawing.resize(levels.length);
    if (drawing.width() !== width) Object.assign(shown, FlameBoxes.layout(of, zoomed, drawing.width(), state.order === "total"));
    if (!keepScroll) {
      const top = drawing.topOf(callers, shown.levels.length, state.flame);
      scroller.scrollTop = state.flame ? top - scroller.clientHeight + 4 * drawing.row : top - 3 * drawing.row;
    }
    find();
    legend();
    draw();
    tell();
  }
  let request = 0;
  function draw() {
    request = request || requestAnimationFrame(() => { request = 0; drawing.draw(shown); });
  }

  // The address keeps the state: a new entry for what Back should undo, else the same one.
  function write(push) {
    const parts = new URLSearchParams();
    if (state.thread !== initial.thread) parts.set("thread", state.thread);
    if (state.zoom !== null) parts.set("zoom", state.zoom);
    if (state.find) parts.set("find", state.find);
    for (const key of ["order", "colour"]) if (state[key] !== initial[key]) parts.set(key, state[key]);
    for (const key of ["flame", "fold"]) if (state[key]) parts.set(key, 1);
    const hash = "#" + parts;
    if (hash === (location.hash || "#")) return;
    try {
      history[push ? "pushState" : "replaceState"](null, "", hash);
    } catch { /* a page in a frame without an address of its own */ }
  }
  function read() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const one = (key, allowed) => allowed.includes(parts.get(key)) ? parts.get(key) : initial[key];
    const thread = Number(parts.get("thread") ?? initial.thread), zoom = parts.has("zoom") ? Number(parts.get("zoom")) : null;
    state = {
      thread: threads.has(thread) ? thread : initial.thread, zoom: Number.isInteger(zoom) ? zoom : null, find: parts.get("find") || "",
      order: one("order", ["calls", "total"]), colour: one("colour", ["origin", "class"]), flame: parts.has("flame"), fold: parts.has("fold"),
    };
    search.value = state.find;
    show();
  }
  function show() {
    at("thread").value = state.thread;
    at("order").value = state.order;
    at("colour").value = state.colour;
    at("fold").checked = state.fold;
    at("turn").textContent = state.flame ? "Icicle" : "Flame";
    at("turn").title = state.flame ? "Callers on top (i)" : "Callers at the bottom (i)";
    at("reset").disabled = state.zoom === null && !state.find;
    lookAgain();
  }
  function change(what, push = false) {
    Object.assign(state, what);
    write(push);
    show();
  }

  // What is told about a path.
  const whole = () => shown.tree.total[shown.root];
  function facts(path) {
    const of = shown.tree, call = of.call[path], method = of.method[path];
    const of100 = (value) => percent(value, whole());
    const list = [["Total", `${measured(of.total[path])} (${of100(of.total[path])})`], ["Self", `${measured(of.own[path])} (${of100(of.own[path])})`]];
    if (of.wait[path] > 0) list.push(["Wait", `${measured(of.wait[path])} (${of100(of.wait[path])})`]);
    if (method === FlameBoxes.NO_METHOD) return [...list, ["Threads", thousands(of.called[path])]];
    list.push(["Calls", thousands(of.called[path])]);
    if (shown.zoomed !== shown.root && path > shown.zoomed) list.push(["Of zoomed", percent(of.total[path], of.total[shown.zoomed])]);
    const [, file, line, origin] = names.methods[method];
    if (file >= 0) list.push(["Defined", clip(names.files[file][0]) + ":" + line]);
    list.push(["Origin", clip(names.origins[origin])]);
    if (call >= 0 && tree.calls.file[call] >= 0) list.push(["Called from", clip(names.files[tree.calls.file[call]][0]) + ":" + tree.calls.line[call]]);
    if (of.recursive[path]) list.push(["Recursion", state.fold ? "merged into this box" : "was active already"]);
    return list;
  }
  function tell() {
    const path = shown.selected, of = shown.tree, method = of.method[path];
    const [, file, line] = method < 0 ? [null, -1, 0] : names.methods[method];
    const parts = [element("strong", {}, nameOf(path)), " ", element("span", { title: exact(of.total[path]) }, `${measured(of.total[path])}, ${percent(of.total[path], whole())}`),
      element("span", {}, ` · self ${measured(of.own[path])}` + (of.wait[path] > 0 ? ` · wait ${measured(of.wait[path])}` : "")), element("span", {}, ` · ${thousands(of.called[path])} ${method < 0 ? "threads" : of.called[path] === 1 ? "call" : "calls"}`)];
    if (file >= 0) parts.push(" · ", place(names.files[file], line));
    if (whole() === 0) parts.push(element("span", {}, " · Nothing was measured here, so a box is as wide as the number of call paths in it."));
    at("detail").replaceChildren(...parts);
  }
  function legend() {
    const { of, colours } = grouping(state.colour);
    const own = new Map();
    const { tree: from, root } = shown;
    let sum = 0;
    for (let path = shown.zoomed; path < from.end[shown.zoomed]; path++) {
      if (from.method[path] < 0) continue;
      const colour = colours.get(of[from.method[path]]), group = colour === "other" ? "others" : of[from.method[path]];
      own.set(group, (own.get(group) || 0) + from.own[path]);
      sum += from.own[path];
    }
    const items = [...own].sort((a, b) => (a[0] === "others") - (b[0] === "others") || b[1] - a[1]).map(([group, value]) => {
      const colour = group === "others" ? "other" : colours.get(group);
      return element("li", {}, element("i", { style: `background: var(--g${typeof colour === "number" ? colour : "-" + colour})` }), group, element("b", {}, percent(value, sum)));
    });
    if (root >= 0) at("legend").replaceChildren(element("li", { class: "meaning" }, state.colour === "class" ? "Class, share of self time" : "Gem or path, share of self time"), ...items);
  }

  // Finding.
  function find() {
    shown.matches = null;
    search.removeAttribute("aria-invalid");
    status.value = "";
    if (!state.find) return;
    let pattern;
    try {
      pattern = new RegExp(state.find, "i");
    } catch {
      search.setAttribute("aria-invalid", "true");
      status.value = "not a regular expression";
      return;
    }
    shown.matches = names.methods.map(([name]) => pattern.test(name));
    const { total, paths } = FlameBoxes.matching(shown.tree, shown.zoomed, shown.matches);
    const methods = shown.matches.filter(Boolean).length;
    status.value = `Matches: ${percent(total, shown.tree.total[shown.zoomed])} in ${thousands(methods)} ${methods === 1 ? "method" : "methods"}, ${thousands(paths)} ${paths === 1 ? "box" : "boxes"}`;
  }
  let pending = 0;
  search.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(() => {
      state.find = search.value;
      write(false);
      at("reset").disabled = state.zoom === null && !state.find;
      find();
      draw();
    }, 60);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; search.dispatchEvent(new Event("input")); }
    if (event.key === "Escape" || event.key === "Enter") scroller.focus({ preventScroll: true });
  });

  // The pointer.
  function boxAt(event) {
    const box = canvas.getBoundingClientRect();
    const number = drawing.levelAt(event.clientY - box.top + scroller.scrollTop, shown.levels.length, state.flame);
    const level = shown.levels[number];
    const index = level ? FlameBoxes.find(level, event.clientX - box.left) : -1;
    return index < 0 ? null : level.path[index];
  }
  function tipFor(path, event) {
    const rows = path < 0 ? [element("p", {}, "Callees of " + nameOf(-1 - path) + " that are too narrow to draw. Zoom in to see them.")]
      : [element("strong", {}, nameOf(path)), element("dl", {}, ...facts(path).map(([title, text]) => element("div", {}, element("dt", {}, title), element("dd", {}, text))))];
    tip.replaceChildren(...rows);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const x = Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8));
    const y = event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18;
    tip.style.translate = `${x}px ${Math.max(4, y)}px`;
  }
  scroller.addEventListener("pointermove", (event) => {
    const path = boxAt(event);
    const hovered = path !== null && path >= 0 ? path : null;
    if (hovered !== shown.hovered) { shown.hovered = hovered; draw(); }
    canvas.style.cursor = path === null ? "" : "pointer";
    if (path === null || event.pointerType === "touch") tip.hidden = true;
    else tipFor(path, event);
  });
  const leave = () => { tip.hidden = true; if (shown.hovered !== null) { shown.hovered = null; draw(); } };
  scroller.addEventListener("pointerleave", leave);
  scroller.addEventListener("scroll", () => { tip.hidden = true; draw(); }, { passive: true });
  canvas.addEventListener("click", (event) => {
    const path = boxAt(event);
    if (path !== null) zoom(path < 0 ? -1 - path : path);
  });
  function zoom(path) {
    tip.hidden = true;
    change({ zoom: path === shown.root ? null : path }, true);
  }

  // Keys.
  function select(path) {
    const box = path >= 0 ? drawing.boxOf(shown, path) : null;
    if (!box) return;
    shown.selected = path;
    const top = drawing.topOf(box.level, shown.levels.length, state.flame);
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + drawing.row > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + drawing.row - scroller.clientHeight;
    draw();
    tell();
  }
  const caller = () => select(shown.tree.parent[shown.selected]);
  function callee() {
    const box = drawing.boxOf(shown, shown.selected), below = box && shown.levels[box.level + 1];
    if (!below) return;
    let widest = -1;
    below.path.forEach((path, index) => {
      const inside = path >= 0 && (shown.tree.parent[path] === shown.selected);
      if (inside && (widest < 0 || below.w[index] > below.w[widest])) widest = index;
    });
    if (widest >= 0) select(below.path[widest]);
  }
  function neighbour(step) {
    const box = drawing.boxOf(shown, shown.selected), level = box && shown.levels[box.level];
    if (!level) return;
    for (let index = box.index + step; index >= 0 && index < level.path.length; index += step) {
      if (level.path[index] >= 0) return select(level.path[index]);
    }
  }
  function otherThread(step) {
    const all = [...threads.keys()], next = all[all.indexOf(state.thread) + step];
    if (next !== undefined) change({ thread: next, zoom: null }, true);
  }
  const reset = () => { search.value = ""; change({ zoom: null, find: "" }, true); };
  const anywhere = {
    "/": () => { search.focus(); search.select(); }, h: () => keys.showModal(), i: () => change({ flame: !state.flame }), m: () => change({ fold: !state.fold, zoom: null }),
    n: () => otherThread(1), p: () => otherThread(-1), Escape: reset,
  };
  const inChart = {
    ArrowUp: () => state.flame ? callee() : caller(), ArrowDown: () => state.flame ? caller() : callee(), ArrowLeft: () => neighbour(-1), ArrowRight: () => neighbour(1),
    Enter: () => zoom(shown.selected), " ": () => zoom(shown.selected), Backspace: () => zoom(Math.max(shown.root, shown.tree.parent[shown.zoomed])),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || event.target.matches("input:not([type=checkbox]), select")) return;
    const action = anywhere[event.key] || (document.activeElement === scroller && inChart[event.key]);
    if (!action) return;
    event.preventDefault();
    action();
  });

  // The tools.
  at("thread").addEventListener("change", () => change({ thread: Number(at("thread").value), zoom: null }, true));
  at("colour").addEventListener("change", () => change({ colour: at("colour").value }));
  at("order").addEventListener("change", () => change({ order: at("order").value }));
  at("fold").addEventListener("change", () => change({ fold: at("fold").checked, zoom: null }));
  at("turn").addEventListener("click", anywhere.i);
  at("reset").addEventListener("click", reset);
  at("help").addEventListener("click", anywhere.h);
  Report.offerRaw((raw) => {
    CallTree.setRaw(tree, raw);
    trees.clear();
    groupings = {};
    offerThreads();
    show();
  });
  addEventListener("popstate", read);
  addEventListener("resize", () => lookAgain({ keepScroll: true }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => lookAgain({ keepScroll: true }));
  read();
})();
