// The left side: types, years and paths.
const Filters = (() => {
  const {data} = Data;
  const {state} = State;
  const {t, number, el, sign, label} = Text;
  const $ = id => document.getElementById(id);
  let bars = [], picked = {from: null, to: null};

  function start() {
    Chooser.attach($("search"), entity => { $("search").value = ""; $("search").blur(); State.select(entity); });
    for (const end of ["from", "to"]) {
      const input = $(`path-${end}`);
      input.addEventListener("input", () => { picked[end] = null; });
      Chooser.attach(input, entity => { picked[end] = entity; input.value = entity.name; }, (total, best) =>
        picked[end]?.name === input.value || (total === 1 && Data.fold(best[0].name) === Data.fold(input.value.trim())));
    }
    $("path-find").addEventListener("click", find);
    $("path-clear").addEventListener("click", () => { pick(null, null); State.change({from: null, to: null}, true); });
    $("types-all").addEventListener("click", () =>
      State.change({hidden: new Set(state.hidden.size ? [] : used().map(type => type.key))}));
    $("undated").addEventListener("change", event => State.change({undated: event.target.checked}));
    years();
    if (matchMedia("(max-width: 820px)").matches) $("filters").open = false;
  }

  const used = () => data.types.filter(type => data.entities.some(entity => entity.type === type));

  function years() {
    $("years-group").hidden = !data.span;
    if (!data.span) return;
    const [first, last] = data.span;
    const count = new Map();
    for (const fact of data.facts) if (fact.years) count.set(fact.years[0], (count.get(fact.years[0]) || 0) + 1);
    const most = Math.max(...count.values());
    bars = [];
    for (let year = first; year <= last; year++) {
      const n = count.get(year) || 0;
      const bar = el("i");
      // The root keeps small years visible beside large ones.
      bar.style.height = n ? `${8 + 92 * Math.sqrt(n / most)}%` : "2px";
      bars.push({year, n, bar});
    }
    $("histogram").replaceChildren(...bars.map(({bar}) => bar));
    for (const id of ["year-min", "year-max"]) {
      Object.assign($(id), {min: first, max: last, step: 1});
      $(id).addEventListener("input", () => {
        let low = Number($("year-min").value), high = Number($("year-max").value);
        if (low > high) id === "year-min" ? low = high : high = low;
        State.change({years: low === first && high === last ? null : [low, high]});
      });
    }
    $("undated-row").hidden = !data.undated;
  }

  function pick(from, to) {
    picked = {from, to};
    $("path-from").value = from ? from.name : "";
    $("path-to").value = to ? to.name : "";
    $("path-message").textContent = "";
  }

  function set(end, entity) {
    pick(end === "from" ? entity : picked.from, end === "to" ? entity : picked.to);
    $("filters").open = true;
    if (picked.from && picked.to) find();
    else $(end === "from" ? "path-to" : "path-from").focus();
  }

  function find() {
    for (const end of ["from", "to"]) picked[end] ||= Data.search($(`path-${end}`).value, 1).best[0]?.entity || null;
    const {from, to} = picked;
    pick(from, to);
    if (!from || !to || from === to) { $("path-message").textContent = t("path-choose"); return; }
    State.change({from, to, route: 0, node: null, fact: null, hops: 0}, true);
  }

  function render() {
    const counts = new Map();
    for (const entity of data.entities) counts.set(entity.type, (counts.get(entity.type) || 0) + 1);
    const focused = document.activeElement?.dataset?.testid;
    $("types").replaceChildren(...used().map(type => el("li", {}, el("label", {class: "check"},
      el("input", {type: "checkbox", "data-testid": `type-${type.key}`, checked: !state.hidden.has(type.key),
        on: {change: event => {
          const hidden = new Set(state.hidden);
          if (event.target.checked) hidden.delete(type.key); else hidden.add(type.key);
          State.change({hidden});
        }}}),
      sign(type), el("span", {class: "name"}, label(type)), el("span", {class: "count"}, number(counts.get(type)))))));
    if (focused?.startsWith("type-")) document.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
    $("types-all").textContent = t(state.hidden.size ? "all" : "none");
    if (data.span) {
      const [low, high] = state.years || data.span;
      $("year-min").value = low;
      $("year-max").value = high;
      $("years-range").textContent = low === high ? String(low) : `${low} – ${high}`;
      for (const {year, n, bar} of bars) {
        bar.classList.toggle("out", year < low || year > high);
        bar.title = t("year-count", {year: String(year), n});
      }
    }
    $("undated").checked = state.undated;
    $("undated-text").textContent = t("undated", {n: data.undated});
    if (state.from && state.to && (state.from !== picked.from || state.to !== picked.to)) pick(state.from, state.to);
    const {routes} = Routes;
    const asked = state.from && state.to;
    $("path-message").textContent = asked && !routes.length ? t("path-none") : "";
    $("paths").replaceChildren(...(asked ? routes : []).map((route, index) => el("li", {}, el("button",
      {type: "button", class: "route", "data-testid": `path-${index}`, "aria-pressed": String(index === state.route),
        on: {click: () => State.change({route: index})}},
      el("span", {class: "count"}, t("path-steps", {n: route.steps.length})),
      route.entities.map(entity => entity.name).join(" – ")))));
  }

  return {start, render, set};
})();
