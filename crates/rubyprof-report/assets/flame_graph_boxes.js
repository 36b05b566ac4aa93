// Which boxes a flame graph has, and where. It knows nothing of the page, and is never recursive: a
// tree may be 100,000 levels deep.
const FlameBoxes = (() => {
  "use strict";
  // Narrower boxes are not drawn one by one.
  const NARROWEST = 0.5;
  // Stands for all threads together.
  const NO_METHOD = -1;

  // The trees below `roots` as one: paths of the same methods become one path. With more than one root
  // there is a path above them that stands for all threads. With `fold` a call of a method that is
  // active already becomes part of that activation, and so do the calls it makes.
  function merge(tree, roots, fold) {
    const method = [], parent = [], called = [], own = [], wait = [], extra = [], call = [], recursive = [];
    const first = [], last = [], next = [];
    const methods = tree.names.methods.length;
    const known = new Map();
    function path(caller, ofMethod, ofCall) {
      const key = (caller + 1) * (methods + 1) + ofMethod + 1;
      const found = known.get(key);
      if (found !== undefined) return found;
      const made = method.length;
      known.set(key, made);
      method.push(ofMethod); parent.push(caller); call.push(ofCall);
      called.push(0); own.push(0); wait.push(0); extra.push(0); recursive.push(0);
      first.push(-1); last.push(-1); next.push(-1);
      if (caller >= 0) {
        if (first[caller] < 0) first[caller] = made;
        else next[last[caller]] = made;
        last[caller] = made;
      }
      return made;
    }
    const top = roots.length === 1 ? -1 : path(-1, NO_METHOD, -1);
    if (top >= 0) called[top] = roots.length;
    const active = new Int32Array(methods).fill(-1), target = new Int32Array(tree.count);
    // What a path has beside its callees, paths that are not on the page included.
    const rest = tree.total.slice();
    for (let source = 0; source < tree.count; source++) if (tree.parent[source] >= 0) rest[tree.parent[source]] -= tree.total[source];
    for (const root of roots) {
      // The paths from the root to the current one that began an activation.
      const open = [];
      for (let source = root; source < tree.end[root]; source++) {
        while (open.length > 0 && tree.end[open[open.length - 1]] <= source) active[tree.method[open.pop()]] = -1;
        const ofMethod = tree.method[source];
        let here;
        if (fold && active[ofMethod] >= 0) {
          here = active[ofMethod];
          recursive[here] = 1;
        } else {
          const caller = source === root ? top : target[tree.parent[source]];
          here = path(caller, ofMethod, tree.call[source]);
          if (fold) {
            active[ofMethod] = here;
            open.push(source);
          }
        }
        target[source] = here;
        called[here] += tree.called[source];
        own[here] += tree.own[source];
        wait[here] += tree.wait[source];
        if (!fold && tree.recursive[source]) recursive[here] = 1;
        extra[here] += rest[source];
      }
      for (const source of open) active[tree.method[source]] = -1;
    }

    // In preorder, as all other trees are.
    const count = method.length;
    const merged = {
      count, names: tree.names, calls: tree.calls,
      method: new Int32Array(count), parent: new Int32Array(count), end: new Uint32Array(count), depth: new Uint32Array(count),
      called: new Float64Array(count), total: new Float64Array(count), own: new Float64Array(count), wait: new Float64Array(count),
      call: new Int32Array(count), recursive: new Uint8Array(count),
    };
    const waiting = count > 0 ? [[0, -1]] : [];
    for (let place = 0; waiting.length > 0; place++) {
      const [from, caller] = waiting.pop();
      merged.method[place] = method[from];
      merged.parent[place] = caller;
      merged.depth[place] = caller < 0 ? 0 : merged.depth[caller] + 1;
      merged.called[place] = called[from];
      merged.own[place] = own[from];
      merged.wait[place] = wait[from];
      merged.total[place] = extra[from];
      merged.call[place] = call[from];
      merged.recursive[place] = recursive[from];
      merged.end[place] = place + 1;
      const callees = [];
      for (let child = first[from]; child >= 0; child = next[child]) callees.push(child);
      for (let i = callees.length - 1; i >= 0; i--) waiting.push([callees[i], place]);
    }
    for (let place = count - 1; place > 0; place--) {
      const caller = merged.parent[place];
      merged.total[caller] += merged.total[place];
      if (merged.end[place] > merged.end[caller]) merged.end[caller] = merged.end[place];
    }
    return merged;
  }

  // The boxes of `zoomed` and what is below it, over `width` pixels: for each level, the root's
  // first, the boxes from left to right as arrays path, x and w. Above `zoomed` every caller is one box.
  // Where callees are too narrow to draw, one box stands for a run of them; its path is
  // -1 - the caller's.
  function layout(tree, zoomed, width, byTotal) {
    // Where nothing was measured, a path weighs what it holds.
    const weigh = tree.total[rootOf(tree, zoomed)] > 0 ? (path) => tree.total[path] : (path) => tree.end[path] - path;
    const levels = [];
    for (let caller = tree.parent[zoomed]; caller >= 0; caller = tree.parent[caller]) levels.push({ path: [caller], x: [0], w: [width] });
    levels.reverse();
    const callers = levels.length;
    let level = { path: [zoomed], x: [0], w: [width] };
    while (level.path.length > 0) {
      levels.push(level);
      const below = { path: [], x: [], w: [] };
      for (let i = 0; i < level.path.length; i++) {
        const caller = level.path[i];
        if (caller < 0) continue;
        const callees = [];
        let sum = 0;
        for (let child = caller + 1; child < tree.end[caller]; child = tree.end[child]) {
          callees.push(child);
          sum += weigh(child);
        }
        if (sum === 0) continue;
        if (byTotal) callees.sort((a, b) => weigh(b) - weigh(a) || a - b);
        // Callees never stand out over their caller, whatever was recorded.
        const scale = level.w[i] / Math.max(sum, weigh(caller));
        let x = level.x[i], narrow = 0;
        const fill = () => {
          if (narrow >= NARROWEST) put(below, -1 - caller, x - narrow, narrow);
          narrow = 0;
        };
        for (const callee of callees) {
          const w = weigh(callee) * scale;
          if (w >= NARROWEST) {
            fill();
            put(below, callee, x, w);
          } else {
            narrow += w;
          }
          x += w;
        }
        fill();
      }
      level = below;
    }
    return { levels, callers };
  }
  function put(level, path, x, w) {
    level.path.push(path);
    level.x.push(x);
    level.w.push(w);
  }
  function rootOf(tree, path) {
    let root = path;
    while (tree.parent[root] >= 0) root = tree.parent[root];
    return root;
  }

  // The index of the box of a level that covers `x`; -1 if none does.
  function find(level, x) {
    let low = 0, high = level.x.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (level.x[middle] <= x) low = middle;
      else high = middle - 1;
    }
    // A box is drawn at least a pixel wide.
    return level.x.length > 0 && level.x[low] <= x && x < level.x[low] + Math.max(1, level.w[low]) ? low : -1;
  }

  // The total of the outermost paths below `root` whose method `matches` (by method), and how many paths match.
  function matching(tree, root, matches) {
    let total = 0, paths = 0, covered = root;
    for (let path = root; path < tree.end[root]; path++) {
      if (tree.method[path] < 0 || !matches[tree.method[path]]) continue;
      paths += 1;
      if (path >= covered) {
        total += tree.total[path];
        covered = tree.end[path];
      }
    }
    return { total, paths };
  }

  return { merge, layout, find, matching, rootOf, NO_METHOD };
})();
