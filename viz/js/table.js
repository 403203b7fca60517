// All facts as a list: the same as the picture, for those who would rather read.
const Table = (() => {
  const {data} = Data;
  const {state} = State;
  const {t, el, link, label} = Text;
  const STEP = 200;
  let rows = STEP, sorted = null;

  // By the name of the subject, and what is told of it in the order of time, undated facts last.
  function order() {
    const {compare} = new Intl.Collator("zh-Hant", {numeric: true});
    const when = fact => fact.date || fact.start || fact.end || "9999";
    return [...data.facts].sort((a, b) => compare(a.subject.name, b.subject.name) || a.subject.index - b.subject.index
      || compare(when(a), when(b)) || a.label.index - b.label.index || compare(a.object.name, b.object.name) || a.index - b.index);
  }

  function render() {
    const element = document.getElementById("table");
    element.hidden = !state.table;
    if (!state.table) { rows = STEP; return; }
    const entity = item => el("button", {type: "button", class: "entity", lang: "zh-Hant", on: {click: () => State.select(item)}}, item.name);
    sorted ||= order();
    const shown = sorted.filter(fact => State.factShown(fact)
      && (!state.node || fact.subject === state.node || fact.object === state.node));
    const row = fact => el("tr", {},
      el("td", {}, entity(fact.subject)), el("td", {}, label(fact.label), fact.reported && el("span", {class: "reported"}, t("reported"))), el("td", {}, entity(fact.object)), el("td", {class: "time"}, Data.time(fact)),
      el("td", {}, ...fact.evidence.slice(0, 1).map(([article, text]) => el("span", {class: "quote", lang: "zh-Hant"}, Text.plain(text), " ",
        el("cite", {}, link(Text.at(data.articles[article].url, text), data.articles[article].title))))));
    element.replaceChildren(el("table", {}, el("caption", {}, t("facts", {n: shown.length})),
      el("thead", {}, el("tr", {}, ...["subject", "relation", "object", "year", "evidence"].map(key => el("th", {scope: "col"}, t(`column-${key}`))))),
      el("tbody", {}, ...shown.slice(0, rows).map(row))));
    if (shown.length > rows) {
      element.append(el("button", {type: "button", class: "tool", on: {click: () => { rows += STEP; render(); }}},
        t("more-rows", {n: Math.min(STEP, shown.length - rows)})));
    }
  }

  return {render};
})();
