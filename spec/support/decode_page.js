// Reads the call trees of a page with the scripts of the page itself, and prints them as JSON.
//
//     node decode_page.js ASSETS < page.html
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const assets = process.argv[2];
const page = fs.readFileSync(0, "utf8");
const element = (id) => page.match(new RegExp(`<script[^>]* id="${id}">(.*?)</script>`, "s"))[1];
// What the scripts need of a browser before they draw.
const document = { getElementById: (id) => ({ textContent: element(id) }), body: { dataset: { unit: "ns" } } };
const source = (name) => fs.readFileSync(path.join(assets, name), "utf8");
const scripts = ["shared.js", "tree.js", "call_stack_rows.js", "flame_graph_boxes.js", "flame_graph_canvas.js"];
const load = new Function("document", scripts.map(source).join("\n") + "\nreturn { Report, CallTree, CallStackRows, FlameBoxes, FlameCanvas };");
const { Report, CallTree, CallStackRows, FlameBoxes, FlameCanvas } = load(document);

const nameOf = (tree, place) => tree.method[place] < 0 ? "All threads" : tree.names.methods[tree.method[place]][0];
function rows(view) {
  return view.rows.map((row) => {
    const place = view.pathOf(row), kind = view.kindOf(row);
    if (kind === view.THREAD) return "thread";
    return "  ".repeat(view.tree.depth[place]) + (kind === view.REST ? `  ${view.hiddenBelow(place).paths} hidden` : nameOf(view.tree, place));
  });
}
function boxes(tree, zoomed, width, byTotal = false) {
  const { levels, callers } = FlameBoxes.layout(tree, zoomed, width, byTotal);
  const level = ({ path: paths, x, w }) => paths.map((place, i) => [place < 0 ? "narrow" : nameOf(tree, place), x[i], w[i]]);
  return { callers, levels: levels.map(level) };
}
const sums = (tree) => Array.from({ length: tree.count }, (_, place) => ({
  name: nameOf(tree, place), depth: tree.depth[place], called: tree.called[place], total: tree.total[place],
  own: tree.own[place], wait: tree.wait[place], recursive: tree.recursive[place] === 1,
}));

(async () => {
  const tree = await CallTree.load();
  const view = CallStackRows.create(tree);
  const paths = sums(tree).map((path, place) => {
    const call = tree.call[place], file = tree.calls.file[call];
    return { ...path, calls: view.allCalls(place), from: file < 0 ? null : `${tree.names.files[file][0]}:${tree.calls.line[call]}` };
  });
  const stack = { start: rows(view) };
  view.expand(tree.roots);
  stack.expanded = rows(view);
  view.setThreshold(0);
  view.expand(tree.roots);
  stack.all = rows(view);
  stack.order = [...view.order()];
  view.collapse();
  stack.collapsed = rows(view);
  stack.revealed = view.reveal(tree.count - 1);
  const merged = FlameBoxes.merge(tree, tree.roots, false), folded = FlameBoxes.merge(tree, tree.roots, true);
  const matches = tree.names.methods.map(([name]) => /slow|deep/.test(name));
  const without = sums(tree);
  CallTree.setRaw(tree, true);
  const raw = sums(tree), rawMerged = sums(FlameBoxes.merge(tree, tree.roots, false));
  CallTree.setRaw(tree, false);
  const back = JSON.stringify(sums(tree)) === JSON.stringify(without);
  process.stdout.write(JSON.stringify({
    paths, raw, rawMerged, back, names: tree.names, stack, merged: sums(merged), folded: sums(folded),
    boxes: boxes(tree, tree.roots[0], 1000), ordered: boxes(tree, tree.roots[0], 1000, true), zoomed: boxes(tree, Math.min(2, tree.count - 1), 1000),
    matching: FlameBoxes.matching(tree, tree.roots[0], matches),
    labels: [40, 16, 8, 3].map((size) => FlameCanvas.label("Shop::Admin::Cart#checkout", size)),
    singleton: FlameCanvas.label("<Class::Shop::Cart>#checkout", 12), unnamed: FlameCanvas.label("Fiber#resume", 8),
    numbers: [Report.measured(1234567), Report.percent(1, 3), Report.percent(0, 0)],
  }));
})();
