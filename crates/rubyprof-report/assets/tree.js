// Reads the call paths that src/tree/columns.rs wrote. Paths are numbered in preorder, so a path's
// subtree is the numbers from its own up to `end`; nothing here is recursive.
const CallTree = (() => {
  "use strict";

  // Numbers in groups of seven bits, the lowest first.
  class Numbers {
    constructor(bytes, at) {
      this.bytes = bytes;
      this.at = at;
    }
    next() {
      let byte = this.bytes[this.at++];
      if (byte < 128) return byte;
      let value = byte & 127, scale = 128;
      do {
        byte = this.bytes[this.at++];
        // No shift: beyond 31 bits those wrap around.
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte >= 128);
      return value;
    }
    nextSigned() {
      const value = this.next();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }

  // By path: method, parent (-1 at a root), end (one past its subtree), depth, called, total, own,
  // wait, call (index of calls) and recursive (1 if the method was active already). `calls` are by
  // number: method, file (-1 for none) and line. `roots` are the paths that threads begin with.
  // `overhead` has the profiler's part of own and of total, or is null if that is not told. `removed` has by thread the calls of methods that are not on the page.
  function decode(bytes, names) {
    const methods = names.methods.length;
    const head = new Numbers(bytes, 0);
    const count = head.next(), threads = head.next(), lengths = [];
    for (let left = head.next(); left > 0; left--) lengths.push(head.next());
    let start = head.at;
    const [callees, callNumbers, newCalls, called, own, wait, rest, removed, overheads, others] = lengths.map((length) => {
      const column = new Numbers(bytes, start);
      start += length;
      return column;
    });
    if (start !== bytes.length) throw new Error("the data of this page is damaged");
    const tree = {
      count,
      method: new Uint32Array(count), parent: new Int32Array(count), end: new Uint32Array(count), depth: new Uint32Array(count),
      called: new Float64Array(count), total: new Float64Array(count), own: new Float64Array(count), wait: new Float64Array(count),
      call: new Uint32Array(count), recursive: new Uint8Array(count),
      calls: { method: [], file: [], line: [] }, roots: [], removed: [], overhead: null, raw: false,
    };
    const callsOf = [], callsOfRoot = [], active = new Uint32Array(methods);
    const left = new Uint32Array(count);
    let caller = -1;
    for (let path = 0; path < count; path++) {
      // Up to the nearest path that still expects a callee.
      while (caller >= 0 && left[caller] === 0) {
        active[tree.method[caller]] -= 1;
        caller = tree.parent[caller];
      }
      const known = caller < 0 ? callsOfRoot : (callsOf[tree.method[caller]] ||= []);
      const number = callNumbers.next();
      if (number === known.length) {
        known.push(tree.calls.method.length);
        tree.calls.method.push(newCalls.next());
        tree.calls.file.push(newCalls.next() - 1);
        tree.calls.line.push(newCalls.next());
      }
      tree.call[path] = known[number];
      const method = tree.method[path] = tree.calls.method[known[number]];
      tree.parent[path] = caller;
      if (caller < 0) tree.roots.push(path);
      else {
        left[caller] -= 1;
        tree.depth[path] = tree.depth[caller] + 1;
      }
      left[path] = callees.next();
      tree.called[path] = called.next();
      tree.own[path] = own.next();
      tree.wait[path] = wait.next();
      tree.total[path] = tree.own[path] + tree.wait[path] + rest.nextSigned();
      tree.end[path] = path + 1;
      tree.recursive[path] = active[method] > 0 ? 1 : 0;
      active[method] += 1;
      caller = path;
    }
    // Backwards, callees come before their callers.
    for (let path = count - 1; path >= 0; path--) {
      const parent = tree.parent[path];
      if (parent < 0) continue;
      tree.total[parent] += tree.total[path];
      if (tree.end[path] > tree.end[parent]) tree.end[parent] = tree.end[path];
    }
    if (names.costs) tree.overhead = overheadOf(tree, names, overheads, others);
    for (let thread = 0; thread < threads; thread++) {
      const calls = new Map();
      for (let pairs = removed.next(); pairs > 0; pairs--) {
        const method = removed.next();
        calls.set(method, removed.next());
      }
      tree.removed.push(calls);
    }
    return tree;
  }

  // What src/tree/overhead.rs left out: the same sums, in the same order.
  function overheadOf(tree, { costs, kinds }, rests, others) {
    const own = new Float64Array(tree.count), total = new Float64Array(tree.count), ofCallees = new Float64Array(tree.count);
    for (let path = 0; path < tree.count; path++) {
      own[path] = rests.nextSigned();
      total[path] = others.next();
    }
    for (let path = tree.count - 1; path >= 0; path--) {
      const kind = 2 * kinds[tree.method[path]], parent = tree.parent[path];
      const expected = (ofCallees[path] + tree.called[path] * costs[kind]) / 1000;
      own[path] += expected < 2 ** 53 ? Math.floor(expected) : 0;
      total[path] += own[path];
      if (parent < 0) continue;
      ofCallees[parent] += tree.called[path] * costs[kind + 1] + costs[6];
      total[parent] += total[path];
    }
    return { own, total };
  }

  // Makes own times and totals those that were measured, or takes the overhead off them again.
  function setRaw(tree, raw) {
    if (!tree.overhead || tree.raw === raw) return;
    const sign = raw ? 1 : -1;
    for (let path = 0; path < tree.count; path++) {
      tree.own[path] += sign * tree.overhead.own[path];
      tree.total[path] += sign * tree.overhead.total[path];
    }
    tree.raw = raw;
  }

  async function inflate(text) {
    const packed = atob(text);
    const bytes = new Uint8Array(packed.length);
    for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // The tree of this page: what decode gives, and the names as src/tree/data.rs wrote them.
  async function load() {
    if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot unpack the data of this page (it has no DecompressionStream)");
    const names = JSON.parse(document.getElementById("names").textContent);
    const source = document.getElementById("paths");
    const tree = decode(await inflate(source.textContent.trim()), names);
    // The text is of no more use, and large.
    source.textContent = "";
    return Object.assign(tree, { names });
  }

  // Callees of a path, in the order of their first call.
  function children(tree, path) {
    const found = [];
    for (let child = path + 1; child < tree.end[path]; child = tree.end[child]) found.push(child);
    return found;
  }

  return { decode, inflate, load, children, setRaw };
})();
