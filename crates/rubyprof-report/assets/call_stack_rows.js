// Which rows the call stack shows: a list of numbers that opening and closing paths alters. It knows
// nothing of the page, and is never recursive: a tree may be 100,000 levels deep.
//
// A row is a path times 4 plus its kind.
const CallStackRows = (() => {
  "use strict";
  const PATH = 0, REST = 1, THREAD = 2;
  const pathOf = (row) => Math.floor(row / 4);
  const kindOf = (row) => row % 4;
  // More rows than this are never opened at once: a browser's page cannot be much higher.
  const MAX_ROWS = 200000;

  function create(tree) {
    const { count, names } = tree;
    const open = new Uint8Array(count);
    // Paths that are shown although they are below the threshold.
    const pinned = new Uint8Array(count);
    // Where a row stands among its siblings, 1-based, and how many rows a path's callees are.
    const place = new Uint32Array(count), size = new Uint32Array(count);
    const thread = new Uint32Array(count);
    tree.roots.forEach((root, index) => thread.fill(index, root, tree.end[root]));
    const self = {
      tree, rows: [], threshold: names.threshold, sort: names.sort,
      place, size, pathOf, kindOf, PATH, REST, THREAD,
    };
    const columns = {
      total_time: (path) => tree.total[path], self_time: (path) => tree.own[path], wait_time: (path) => tree.wait[path],
      children_time: (path) => tree.total[path] - tree.own[path] - tree.wait[path], call_order: (path) => -path,
    };

    // Calls of each method in each thread, paths that are not on the page included.
    const calls = tree.roots.map((root, index) => {
      const sums = new Map(tree.removed[index]);
      for (let path = root; path < tree.end[root]; path++) {
        sums.set(tree.method[path], (sums.get(tree.method[path]) || 0) + tree.called[path]);
      }
      return sums;
    });
    self.allCalls = (path) => calls[thread[path]].get(tree.method[path]);
    self.threadOf = (path) => thread[path];
    self.threadTotal = (path) => tree.total[tree.roots[thread[path]]];
    self.isOpen = (path) => open[path] === 1;
    self.isParent = (path) => tree.end[path] > path + 1;

    const share = (path) => {
      const whole = self.threadTotal(path);
      // Where nothing was measured no path is less than another.
      return whole > 0 ? (tree.total[path] / whole) * 100 : 100;
    };
    self.isHidden = (path) => pinned[path] === 0 && tree.parent[path] >= 0 && share(path) < self.threshold;

    function sorted(paths) {
      const key = columns[self.sort] || columns.total_time;
      return paths.sort((a, b) => key(b) - key(a) || a - b);
    }

    // The rows right below an open path.
    function entries(path) {
      const shown = [];
      let hidden = 0;
      for (let child = path + 1; child < tree.end[path]; child = tree.end[child]) {
        if (self.isHidden(child)) hidden += tree.total[child];
        else shown.push(child);
      }
      // A row stands for hidden callees, unless they are worth less than a row needs to be worth.
      const rest = shown.length === 0 || (hidden > 0 && (hidden / self.threadTotal(path)) * 100 >= self.threshold);
      sorted(shown);
      shown.forEach((child, index) => { place[child] = index + 1; });
      size[path] = shown.length + (rest ? 1 : 0);
      const rows = shown.map((child) => child * 4 + PATH);
      if (rest) rows.push(path * 4 + REST);
      return rows;
    }

    // The rows below an open path, with those below its open callees.
    function below(path) {
      const found = [], waiting = entries(path).reverse();
      while (waiting.length > 0) {
        const row = waiting.pop();
        found.push(row);
        const callee = pathOf(row);
        if (kindOf(row) === PATH && open[callee]) {
          const rows = entries(callee);
          for (let i = rows.length - 1; i >= 0; i--) waiting.push(rows[i]);
        }
      }
      return found;
    }

    // All rows anew.
    self.rebuild = () => {
      const rows = [];
      for (const root of tree.roots) {
        place[root] = 1;
        rows.push(root * 4 + THREAD, root * 4 + PATH);
        if (open[root]) for (const row of below(root)) rows.push(row);
      }
      self.rows = rows;
    };
    self.indexOf = (path) => self.rows.indexOf(path * 4 + PATH);

    self.setOpen = (index, wanted) => {
      const row = self.rows[index], path = pathOf(row);
      if (kindOf(row) !== PATH || !self.isParent(path) || self.isOpen(path) === wanted) return;
      open[path] = wanted ? 1 : 0;
      if (wanted) {
        self.rows = self.rows.slice(0, index + 1).concat(below(path), self.rows.slice(index + 1));
      } else {
        let end = index + 1;
        const inside = (other) => pathOf(other) >= path && pathOf(other) < tree.end[path] && kindOf(other) !== THREAD;
        while (end < self.rows.length && inside(self.rows[end])) end += 1;
        self.rows.splice(index + 1, end - index - 1);
      }
    };

    // What the row for hidden callees stands for.
    self.hiddenBelow = (path) => {
      let paths = 0, total = 0;
      for (let child = path + 1; child < tree.end[path]; child = tree.end[child]) {
        if (!self.isHidden(child)) continue;
        paths += 1;
        total += tree.total[child];
      }
      return { paths, total };
    };
    self.showHidden = (path) => {
      for (let child = path + 1; child < tree.end[path]; child = tree.end[child]) pinned[child] = 1;
      self.rebuild();
    };

    // Opens `paths` and what is below them, level by level, so that a limit cuts all branches alike.
    // Returns whether everything is open.
    self.expand = (paths) => {
      for (const path of paths) open.fill(0, path, tree.end[path]);
      self.rebuild();
      let level = paths, rows = self.rows.length;
      while (level.length > 0) {
        const next = [];
        for (const path of level) {
          if (!self.isParent(path)) continue;
          for (let child = path + 1; child < tree.end[path]; child = tree.end[child]) {
            if (!self.isHidden(child)) next.push(child);
          }
        }
        if (rows + next.length > MAX_ROWS) break;
        for (const path of level) if (self.isParent(path)) open[path] = 1;
        rows += next.length;
        level = next;
      }
      self.rebuild();
      return level.length === 0;
    };
    self.collapse = () => {
      open.fill(0);
      self.rebuild();
    };

    // Makes a path a row, whatever hides it.
    self.reveal = (path) => {
      pinned[path] = 1;
      for (let caller = tree.parent[path]; caller >= 0; caller = tree.parent[caller]) {
        pinned[caller] = 1;
        open[caller] = 1;
      }
      self.rebuild();
      return self.indexOf(path);
    };
    self.setThreshold = (value) => {
      self.threshold = value;
      pinned.fill(0);
      self.rebuild();
    };
    self.setSort = (column) => {
      self.sort = column;
      order = null;
      self.rebuild();
    };

    // All paths in the order they would stand in if everything were open.
    let order = null;
    self.order = () => {
      if (order) return order;
      order = new Uint32Array(count);
      const waiting = [...tree.roots].reverse();
      for (let i = 0; waiting.length > 0; i++) {
        const path = waiting.pop();
        order[i] = path;
        const callees = sorted(CallTree.children(tree, path));
        for (let j = callees.length - 1; j >= 0; j--) waiting.push(callees[j]);
      }
      return order;
    };

    // At first the paths from `expansion` upwards are open.
    let rows = tree.roots.length * 2;
    for (let path = 0; path < count && rows < MAX_ROWS; path++) {
      const parent = tree.parent[path];
      if (parent >= 0 && !open[parent]) {
        path = tree.end[parent] - 1;
      } else if (self.isParent(path) && share(path) >= names.expansion && !self.isHidden(path)) {
        open[path] = 1;
        rows += entries(path).length;
      }
    }
    self.rebuild();
    return self;
  }

  return { create };
})();
