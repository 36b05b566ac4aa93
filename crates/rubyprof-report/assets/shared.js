// What the scripts of all pages share. Text enters a page through textContent only.
const Report = (() => {
  "use strict";
  const unit = document.body.dataset.unit;

  // Numbers, as src/format/number.rs writes them.
  const thousands = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  function measured(value) {
    if (unit === "objects") return thousands(value);
    if (value < 1000) return value + (unit === "ns" ? " ns" : " B");
    for (const [size, name] of unit === "ns" ? [[1e3, "µs"], [1e6, "ms"], [1e9, "s"]] : [[1e3, "kB"], [1e6, "MB"], [1e9, "GB"]]) {
      for (const [decimals, scale] of [[2, 100], [1, 10], [0, 1]]) {
        const rounded = Math.round((value * scale) / size);
        if (rounded < 1000) return (rounded / scale).toFixed(decimals) + " " + name;
      }
    }
    return thousands(Math.round(value / 1e9)) + (unit === "ns" ? " s" : " GB");
  }
  function exact(value) {
    const one = unit.replace(/s$/, "");
    return thousands(value) + " " + (unit === "ns" || value !== 1 ? unit : one);
  }
  function percent(value, total) {
    const share = total > 0 ? Math.min(100, (value / total) * 100) : 0;
    return share > 0 && share < 0.005 ? "<0.01%" : share.toFixed(2) + "%";
  }

  function element(tag, attributes, ...content) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...content);
    return made;
  }

  // A name may be a megabyte long; nobody reads the end of it.
  function clip(text) {
    return text.length > 400 ? text.slice(0, 400) + "…" : text;
  }

  // A file's line as a link, or as text where a browser could not find it. `file` is
  // [path, short name, uri or null].
  function place(file, line, attributes = {}, text = clip(file[1]) + ":" + line) {
    const [path, , uri] = file;
    const title = clip(path) + ":" + line;
    if (!uri) return element("span", { title, ...attributes }, text);
    return element("a", { href: uri + (line > 0 ? "#" + line : ""), title, ...attributes }, text);
  }

  // Times as they were measured, at a press of a button or of a key; nothing keeps the choice. `show` makes the page's own
  // numbers raw, or takes that back.
  function offerRaw(show) {
    const button = document.getElementById("raw");
    if (!button) return;
    const box = button.closest("div"), [title, value] = box.children, total = document.querySelector(".facts .main dd");
    const without = { title: title.textContent, about: value.title, total: total.textContent, exact: total.title };
    const { dataset } = button, sum = Number(dataset.total);
    const measuredAs = { title: dataset.title, about: dataset.about, total: measured(sum), exact: exact(sum) };
    button.parentElement.hidden = false;
    const toggle = () => {
      const raw = button.getAttribute("aria-pressed") !== "true", facts = raw ? measuredAs : without;
      button.setAttribute("aria-pressed", String(raw));
      document.body.classList.toggle("raw", raw);
      title.textContent = facts.title;
      value.title = facts.about;
      total.textContent = facts.total;
      total.title = facts.exact;
      show(raw);
    };
    button.addEventListener("click", toggle);
    addEventListener("keydown", (event) => {
      if (event.key !== "r" || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.matches("input, select, textarea")) return;
      event.preventDefault();
      toggle();
    });
  }

  return { offerRaw, unit, thousands, measured, exact, percent, element, place, clip };
})();
