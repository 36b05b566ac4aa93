// Draws the boxes that are in sight on a canvas, whatever the graph's height.
const FlameCanvas = (() => {
  "use strict";
  const ROW = 21, TEXT_FROM = 28, PADDING = 5;
  const COLOURS = 8;

  // The longest form of a method's name that fits: whole, without modules, without the class.
  function label(name, characters) {
    if (name.length <= characters) return name;
    const hash = name.lastIndexOf("#");
    const bare = hash < 0 || hash === name.length - 1 ? name : name.slice(hash + 1);
    const modules = name.lastIndexOf("::", hash);
    // `<Class::Foo>#bar` cut at its colons would be another class.
    const short = modules < 0 || name.startsWith("<") ? bare : name.slice(modules + 2);
    const fits = [short, bare].find((form) => form.length <= characters);
    return fits ?? bare.slice(0, Math.max(1, characters - 1)) + "…";
  }

  function create(scroller, canvas, spacer) {
    const context = canvas.getContext("2d");
    let colours = null, characterWidth = 7;
    const self = { row: ROW };

    self.readColours = () => {
      const style = getComputedStyle(document.documentElement);
      const get = (name) => style.getPropertyValue(name).trim();
      colours = {
        groups: Array.from({ length: COLOURS }, (_, i) => get("--g" + i)), other: get("--g-other"), c: get("--g-c"), all: get("--raised"),
        ink: get("--box-ink"), faint: get("--faint"), narrow: get("--edge"), match: get("--match"), matchInk: get("--match-ink"), focus: get("--focus"), paper: get("--paper"),
      };
      context.font = "12px " + get("--mono");
      characterWidth = context.measureText("mmmmmmmmmm").width / 10;
    };

    self.width = () => scroller.clientWidth;
    // Adapts to the size of the frame and to the number of levels.
    self.resize = (levels) => {
      spacer.style.height = levels * ROW + "px";
      const scale = devicePixelRatio || 1, width = scroller.clientWidth, height = scroller.clientHeight;
      canvas.style.width = width + "px";
      canvas.style.height = height + "px";
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      self.readColours();
    };
    // The level shown at a height of the scrolled content, or the other way round.
    self.levelAt = (y, levels, flame) => {
      const level = Math.floor(y / ROW);
      return flame ? levels - 1 - level : level;
    };
    self.topOf = (level, levels, flame) => (flame ? levels - 1 - level : level) * ROW;

    // state: tree, levels, callers (levels above the zoomed box), flame, groupOf (by method), matches (by method, or
    // null), selected, hovered.
    self.draw = (state) => {
      const { tree, levels, flame, matches } = state;
      const scale = devicePixelRatio || 1, scrolled = scroller.scrollTop;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.font = "12px " + getComputedStyle(document.documentElement).getPropertyValue("--mono");
      context.textBaseline = "middle";
      const from = Math.floor(scrolled / ROW), to = Math.ceil((scrolled + scroller.clientHeight) / ROW);
      for (let line = Math.max(0, from); line < Math.min(to, levels.length); line++) {
        const number = flame ? levels.length - 1 - line : line, level = levels[number];
        const y = line * ROW - scrolled;
        for (let i = 0; i < level.path.length; i++) drawBox(state, level.path[i], level.x[i], y, level.w[i], number < state.callers);
      }
      outline(state, state.hovered, colours.ink, 1);
      outline(state, state.selected, colours.focus, 2);

      function drawBox(of, path, x, y, w, caller) {
        const height = ROW - 1;
        if (path < 0) {
          context.globalAlpha = 0.6;
          context.fillStyle = colours.narrow;
          context.fillRect(x, y, Math.max(0.5, w), height);
          context.globalAlpha = 1;
          return;
        }
        const method = tree.method[path], found = matches && method >= 0 && matches[method];
        // A hair of ground between neighbours, where there is room for one.
        const inner = w > 3 ? w - 1 : w;
        const group = method < 0 ? null : of.groupOf[method];
        context.globalAlpha = matches && !found ? 0.35 : caller ? 0.6 : 1 - (method % 3) * 0.1;
        context.fillStyle = found ? colours.match : method < 0 ? colours.all : group === "c" ? colours.c : colours.groups[group] || colours.other;
        context.fillRect(x, y, inner, height);
        const ink = found ? colours.matchInk : colours.ink, alpha = context.globalAlpha;
        const part = (value) => tree.total[path] > 0 ? (value / tree.total[path]) * inner : 0;
        const own = part(tree.own[path]), wait = part(tree.wait[path]);
        strip(x + inner - own, own, 0.55);
        strip(x + inner - own - wait, wait, 0.15);
        context.globalAlpha = 1;
        if (w < TEXT_FROM) return;
        context.fillStyle = found ? colours.matchInk : colours.ink;
        const text = label(state.nameOf(path), Math.floor((inner - 2 * PADDING) / characterWidth));
        // The last argument squeezes scripts that are wider than the font's own letters.
        context.fillText(text, x + PADDING, y + height / 2, inner - 2 * PADDING);

        function strip(left, wide, strength) {
          if (wide < 0.5) return;
          context.globalAlpha = alpha * strength;
          context.fillStyle = ink;
          context.fillRect(left, y + height - 3, wide, 3);
        }
      }
    };

    function outline(state, path, colour, thickness) {
      const box = path === null ? null : self.boxOf(state, path);
      if (!box) return;
      context.strokeStyle = colour;
      context.lineWidth = thickness;
      const y = self.topOf(box.level, state.levels.length, state.flame) - scroller.scrollTop;
      context.strokeRect(box.x + thickness / 2, y + thickness / 2, Math.max(1, box.w - 1 - thickness), ROW - 1 - thickness);
    }
    // Where a path's box is; null if it is too narrow to be drawn.
    self.boxOf = (state, path) => {
      const number = state.tree.depth[path] - state.tree.depth[state.root], level = state.levels[number];
      const index = level ? level.path.indexOf(path) : -1;
      return index < 0 ? null : { level: number, index, x: level.x[index], w: level.w[index] };
    };

    return self;
  }

  return { create, label, COLOURS };
})();
