// Start: read the data, build the page, follow the address.
(async () => {
  const {t} = Text;
  const {state} = State;
  const $ = id => document.getElementById(id);
  const data = await Data.load();
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  function theme(name) {
    root.dataset.theme = name;
    for (const type of data.types) root.style.setProperty(`--type-${type.index}`, type[name]);
    Picture.repaint();
  }

  function render(change = {all: true}) {
    if ("from" in change || "hidden" in change || "years" in change || "undated" in change || change.all) Routes.find();
    Filters.render();
    const shown = Picture.render();
    Panel.render(!change.all && ("node" in change || "fact" in change || "route" in change));
    Table.render();
    root.classList.toggle("chosen", Boolean(state.node || state.fact || state.from));
    if ($("open-full")) $("open-full").href = location.href;
    $("graph").classList.toggle("behind", state.table);
    $("toggle-table").setAttribute("aria-pressed", String(state.table));
    $("toggle-edge-labels").setAttribute("aria-pressed", String(state.edgeLabels));
    $("counts").textContent = [t("entities", {n: data.entities.length}), t("facts", {n: data.facts.length}), t("articles", {n: data.articles.length})].join(" · ");
    $("status").textContent = (state.node ? t("selected", {name: state.node.name}) : "")
      + t("shown", {nodes: shown.nodes, allNodes: data.entities.length, facts: shown.facts, allFacts: data.facts.length});
  }

  Text.load(data.messages);
  // The reader's own language, if the page speaks it.
  const own = navigator.languages.find(code => /^(zh|en)\b/i.test(code)) || "zh";
  data.language = own.toLowerCase().startsWith("en") ? "en" : "zh";
  $("app").hidden = false;
  root.classList.add("live");
  // Only title and picture, for the picture that stands for the page in link previews.
  root.classList.toggle("preview", /[#&]view=preview\b/.test(location.hash));
  theme(prefersDark.matches ? "dark" : "light");
  Picture.start($("graph"));
  theme(root.dataset.theme);
  State.restore(data.start);
  Filters.start();
  State.listen(render);
  render();

  prefersDark.addEventListener("change", event => { theme(event.matches ? "dark" : "light"); render({}); });
  window.addEventListener("hashchange", State.again);
  const on = (id, action) => $(id).addEventListener("click", action);
  on("toggle-theme", () => { theme(root.dataset.theme === "dark" ? "light" : "dark"); render({}); });
  on("toggle-lang", () => { Text.speak(Text.language() === "en" ? "zh" : "en"); State.change({}); });
  on("toggle-table", () => State.change({table: !state.table}));
  on("toggle-edge-labels", () => State.change({edgeLabels: !state.edgeLabels}));
  on("export-png", Download.png);
  on("export-svg", Download.vector);
  on("fit", Picture.frame);
  on("zoom-in", () => Picture.zoom(1.35));
  on("zoom-out", () => Picture.zoom(1 / 1.35));
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "/" && !typing) { event.preventDefault(); $("search").focus(); }
    if (event.key === "Escape" && (state.node || state.fact || state.from)) { State.select(null); $("graph").focus({preventScroll: true}); }
  });
  root.dataset.ready = "true";
})();
