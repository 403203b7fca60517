// A text field that offers entities whose name or alias contains what is typed.
const Chooser = (() => {
  const {t, el, sign, label} = Text;
  const MOST = 12;

  function marked(text, query) {
    const at = Data.fold(text).indexOf(Data.fold(query.trim()));
    // Folding may change the length of unusual characters: then nothing is marked.
    if (at < 0 || Data.fold(text).length !== text.length) return [text];
    const end = at + query.trim().length;
    return [text.slice(0, at), el("mark", {}, text.slice(at, end)), text.slice(end)];
  }

  // `done(total, best)` says that what is typed needs no suggestions any more.
  function attach(input, onChoose, done = () => false) {
    const list = document.getElementById(input.getAttribute("aria-controls"));
    let options = [], active = -1;

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(index) {
      active = index;
      [...list.querySelectorAll("[role=option]")].forEach((item, i) => {
        item.setAttribute("aria-selected", String(i === active));
        if (i === active) item.scrollIntoView({block: "nearest"});
      });
      if (active >= 0) input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    }

    function choose(index) {
      const entity = options[index]?.entity;
      if (!entity) return;
      close();
      onChoose(entity);
    }

    function open() {
      const {total, best} = Data.search(input.value, MOST);
      options = best;
      if (!input.value.trim() || done(total, best)) return close();
      list.replaceChildren(...best.map(({entity, name}, index) => el("li",
        {role: "option", id: `${list.id}-${index}`, "aria-selected": "false",
          on: {mousedown: event => { event.preventDefault(); choose(index); }, mousemove: () => active !== index && mark(index)}},
        sign(entity.type),
        el("span", {class: "names"}, el("span", {class: "name"}, ...(name === entity.name ? marked(entity.name, input.value) : [entity.name])),
          name !== entity.name && el("span", {class: "alias"}, ...marked(name, input.value))),
        el("span", {class: "count"}, label(entity.type)))));
      if (!best.length) list.append(el("li", {class: "note", role: "option", "aria-disabled": "true", "aria-selected": "false"}, t("no-results")));
      else if (total > best.length) list.append(el("li", {class: "note", role: "presentation"}, t("found", {n: total})));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      if (best.length) mark(0);
    }

    input.addEventListener("input", open);
    input.addEventListener("focus", () => { input.select(); open(); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", event => {
      if (event.isComposing) return; // Enter ends the composition of Chinese first
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open();
        else if (options.length) mark((active + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
      } else if (event.key === "Enter") {
        event.preventDefault();
        choose(Math.max(active, 0));
      } else if (event.key === "Escape") {
        event.stopPropagation();
        if (list.hidden) input.blur();
        input.value = "";
        close();
      }
    });
  }

  return {attach};
})();
