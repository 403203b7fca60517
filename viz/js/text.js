// Words and elements. Everything that comes from the data enters the document as text, never as markup.
const Text = (() => {
  let messages = {};
  let language = "zh";

  const number = value => value.toLocaleString("en");

  const t = (key, values = {}) => {
    const message = messages[key];
    const pattern = language === "en" && values.n === 1 && message.en_one ? message.en_one : message[language];
    return pattern.replace(/\{(\w+)\}/g, (_, name) =>
      typeof values[name] === "number" ? number(values[name]) : values[name]);
  };

  const el = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter(child => child !== null && child !== undefined && child !== false && child !== ""));
    return element;
  };

  // The only place where an address from the data becomes a link.
  const link = (address, ...children) => {
    let url = null;
    try { url = new URL(address); } catch { /* not an address: plain text */ }
    return url && (url.protocol === "https:" || url.protocol === "http:")
      ? el("a", {href: url.href, target: "_blank", rel: "noopener noreferrer"}, ...children)
      : el("span", {}, ...children);
  };

  // Words of an article as its readers see them: without the marks of Markdown.
  const plain = words => words.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/^\s*(?:[#>]+|[-*+]|\d+\.)\s+/gm, "")
    .replace(/\*+|`+|~~|(?<!\w)_+|_+(?!\w)/g, "").trim();

  // The address of an article that opens at these words (a text fragment); of long ones the first and the last are named.
  // Lines and the cells of a table are apart in the page. “-”, “,” and “&” would be read as syntax.
  const at = (address, words) => {
    const lines = plain(words).split(/[\n|]/).map(line => line.trim()).filter(Boolean);
    if (!address || !lines.length) return address;
    const encode = text => encodeURIComponent(text).replace(/-/g, "%2D");
    const pieces = lines.join("\n").length > 80 || lines.length > 1 ? lines.flatMap(line => line.split(/(?<=[，。；！？、：,;!?])/)).map(piece => piece.trim()).filter(Boolean) : lines;
    const named = pieces.length > 1 ? [pieces[0], pieces[pieces.length - 1]] : pieces;
    return `${address}${address.includes("#") ? "" : "#"}:~:text=${named.map(encode).join(",")}`;
  };

  const SVG = "http://www.w3.org/2000/svg";
  const svg = (tag, attributes = {}, ...children) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  // The sign of a type of entity: its shape in its colour.
  const sign = type => {
    const path = svg("path", {d: type.path});
    path.style.fill = `var(--type-${type.index})`;
    return svg("svg", {class: "sign", viewBox: "-1.3 -1.3 2.6 2.6", "aria-hidden": "true"}, path);
  };

  const translate = root => {
    for (const element of root.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
    for (const element of root.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", t(element.dataset.label));
      if (element.matches("button, a")) element.title = t(element.dataset.label);
    }
    for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = t(element.dataset.placeholder);
  };

  return {
    t, number, el, svg, link, at, plain, sign, translate,
    language: () => language,
    label: item => item[language],
    load(all) { messages = all; },
    speak(code) {
      language = code;
      document.documentElement.lang = code === "en" ? "en" : "zh-Hant";
      translate(document);
    },
  };
})();
