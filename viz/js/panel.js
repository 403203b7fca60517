// The right side: the selected entity, fact or path with everything that is known about it and where it is written.
const Panel = (() => {
  const {data} = Data;
  const {state} = State;
  const {t, number, el, link, sign, label} = Text;
  const TOLD = 5;              // so many statements stand in the overview
  let element, stay = false, told = TOLD;

  const button = (text, attributes, click) => el("button", {type: "button", ...attributes, on: {click}}, text);
  const entityLink = entity => button(entity.name, {class: "entity", lang: "zh-Hant"}, () => State.select(entity, state.hops));
  const source = (index, words = "") => {
    const article = data.articles[index];
    return el("cite", {}, article.date && el("time", {}, article.date), link(Text.at(article.url, words), article.title));
  };

  // The quotation with the names of the two entities set off.
  function quotation(text, entities) {
    const names = entities.flatMap(entity => entity.names).sort((a, b) => b.length - a.length);
    const parts = [];
    let plain = "";
    for (let at = 0; at < text.length;) {
      const name = names.find(candidate => candidate && text.startsWith(candidate, at));
      if (!name) { plain += text[at++]; continue; }
      if (plain) parts.push(plain);
      plain = "";
      parts.push(el("b", {}, name));
      at += name.length;
    }
    return [...parts, plain];
  }

  // What each article says stands open; where one says it again is a click away.
  function evidence(fact) {
    if (!fact.evidence.length) return [el("p", {class: "note"}, t("no-evidence"))];
    const told = new Set(), open = [], rest = [];
    for (const [article, text] of fact.evidence) {
      const quote = el("blockquote", {class: "evidence", "data-testid": "evidence"},
        el("p", {lang: "zh-Hant"}, ...quotation(Text.plain(text), [fact.subject, fact.object])), source(article, text));
      (told.has(article) ? rest : open).push(quote);
      told.add(article);
    }
    return [...open, rest.length > 0 && el("details", {}, el("summary", {}, t("more-evidence", {n: rest.length})), ...rest)];
  }

  const articlesOf = fact => new Set(fact.evidence.map(([article]) => article)).size;

  const notes = fact => [
    Data.time(fact) && el("time", {}, Data.time(fact)),
    ...(fact.qualifiers || []).map(([key, value]) => el("span", {class: "qualifier"},
      el("span", {class: "key"}, data.qualifiers[key] ? label(data.qualifiers[key]) : key), value)),
    articlesOf(fact) > 1 && el("span", {}, t("told-by", {n: articlesOf(fact)})),
    el("button", {type: "button", class: "confidence", title: t("fact"), on: {click: () => State.open(fact)}}, t("confidence", {n: fact.confidence || 0})),
  ];

  // What follows the subject: in a label with “…” the object stands there, else behind it.
  function sentence(relation, mark, ...object) {
    const [before, after] = relation.split("…");
    return [mark(before), ...object, after && mark(after)];
  }

  // A fact as told by one of its ends; without one, with both.
  const item = (fact, from) => el("li", {class: fact.reported ? "fact rumour" : "fact", "data-testid": "fact"},
    fact.reported && el("p", {class: "reported"}, t("reported"), el("span", {}, t("reported-long"))),
    from
      ? el("p", {class: "line"}, sign(Data.other(fact, from).type), entityLink(Data.other(fact, from)))
      : el("p", {class: "line"}, sign(fact.subject.type), entityLink(fact.subject), ...sentence(label(fact.label),
        word => el("span", {class: "relation"}, word), sign(fact.object.type), entityLink(fact.object))),
    el("p", {class: "notes"}, ...notes(fact)), ...evidence(fact));

  function title(text, type) {
    return el("h2", {id: "panel-title", "data-testid": "panel-title", tabindex: "-1", lang: "zh-Hant"}, type && sign(type), text);
  }

  function copyLink() {
    const copy = button(t("copy-link"), {class: "tool", "data-testid": "copy-link"}, async () => {
      try {
        if (document.featurePolicy && !document.featurePolicy.allowsFeature("clipboard-write")) throw new Error("not in this frame");
        await navigator.clipboard.writeText(location.href);
        copy.textContent = t("copied");
      } catch {
        copy.textContent = t("not-copied");
      }
    });
    return copy;
  }

  const back = () => button(t("back"), {class: "back quiet"}, () => State.select(null));

  function entityCard(entity) {
    const shown = entity.facts.filter(State.factShown);
    const groups = new Map();
    const outward = fact => fact.label.symmetric || fact.subject === entity;
    // What it did before what was done to it, each in the order of the ontology.
    for (const fact of [...shown].sort((a, b) => outward(b) - outward(a) || a.label.index - b.label.index || a.index - b.index)) {
      const key = `${outward(fact)} ${fact.predicate}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(fact);
    }
    const {drawn, all} = Picture.neighbours();
    const order = fact => fact.years ? fact.years[0] : 9999;
    const kind = entity.kind && data.kinds[entity.kind] ? ` · ${label(data.kinds[entity.kind])}` : "";
    const hops = [[0, "hops-0"], [1, "hops-1"], [2, "hops-2"]].map(([n, key]) => button(t(key),
      {class: "tool", "data-testid": `ego-${n}`, "aria-pressed": String(Picture.hops() === n)}, () => State.change({hops: n}, true)));
    return [
      back(),
      title(entity.name, entity.type),
      el("p", {class: "kind"}, `${label(entity.type)}${kind} · ${t("mentions", {n: entity.mentionCount})} · ${t("articles", {n: (entity.mentions || []).length})}`),
      entity.names.length > 1 && el("p", {class: "aliases", lang: "zh-Hant"}, t("also", {names: entity.names.slice(1).join("、")})),
      el("div", {class: "actions"},
        el("div", {class: "segments", role: "group", "aria-label": t("neighbourhood")}, ...hops),
        button(t("as-from"), {class: "tool"}, () => Filters.set("from", entity)),
        button(t("as-to"), {class: "tool"}, () => Filters.set("to", entity)),
        copyLink()),
      ...Career.list(entity, entityLink),
      ...[...groups].flatMap(([, facts]) => [
        el("h3", {}, Data.relation(facts[0], entity), el("span", {class: "count"}, number(facts.length))),
        el("ul", {class: "facts"}, ...facts.sort((a, b) => order(a) - order(b) || a.index - b.index).map(fact => item(fact, entity))),
      ]),
      !entity.facts.length && el("p", {class: "note"}, t("no-facts")),
      drawn < all && el("p", {class: "note"}, t("neighbours-drawn", {n: drawn, all})),
      shown.length < entity.facts.length && el("p", {class: "note"}, t("hidden-facts", {n: entity.facts.length - shown.length})),
      ...statements("said", entity.said, false),
      ...statements("said-about", entity.saidAbout, true),
      ...articles(entity),
    ];
  }

  function statements(heading, list, named) {
    if (!list.length) return [];
    return [el("h3", {}, t(heading), el("span", {class: "count"}, number(list.length))),
      ...list.map(statement => el("blockquote", {class: "statement"},
        el("p", {lang: "zh-Hant"}, Text.plain(statement.text)),
        el("footer", {},
          named && el("span", {class: "line"}, sign(statement.speaker.type), entityLink(statement.speaker)),
          !named && statement.about.length > 0 && el("span", {class: "line about"}, t("about"), ...statement.about.flatMap(entity => [sign(entity.type), entityLink(entity)])),
          source(statement.article, statement.text))))];
  }

  // The statements of the newest articles, with a button for more.
  function latest() {
    const all = [...data.statements || []].sort((a, b) => (data.articles[b.article].date || "").localeCompare(data.articles[a.article].date || ""));
    const parts = statements("said", all.slice(0, told), true);
    if (told < all.length) {
      parts[0].lastChild.textContent = number(all.length);
      parts.push(button(t("more-statements", {n: Math.min(TOLD * 4, all.length - told)}), {class: "tool"}, () => { told += TOLD * 4; const {scrollTop} = element; render(false); element.scrollTop = scrollTop; }));
    }
    return parts;
  }

  function articles(entity) {
    if (!entity.mentions?.length) return [];
    return [el("h3", {}, t("sources"), el("span", {class: "count"}, number(entity.mentions.length))),
      el("ul", {class: "sources"}, ...entity.mentions.map(([index]) => el("li", {}, source(index))))];
  }

  function factCard(fact) {
    const others = fact.subject.facts.filter(other => other !== fact && Data.other(other, fact.subject) === fact.object && State.factShown(other));
    return [
      back(),
      title([fact.subject.name, ...sentence(label(fact.label), word => word, fact.object.name)].filter(Boolean).join(" ")),
      el("div", {class: "actions"}, copyLink()),
      el("ul", {class: "facts"}, ...[fact, ...others].map(each => item(each, null))),
    ];
  }

  function routeCard(route) {
    return [
      back(),
      title(`${route.entities[0].name} – ${route.entities[route.entities.length - 1].name}`),
      el("p", {class: "kind"}, t("path-steps", {n: route.steps.length})),
      el("div", {class: "actions"}, copyLink()),
      el("ul", {class: "facts"}, ...route.steps.flat().map(fact => item(fact, null))),
    ];
  }

  function overview() {
    const top = data.ranked.slice(0, 12).filter(entity => entity.facts.length || entity.mentionCount);
    const most = Math.max(...top.map(entity => entity.facts.length), 1);
    const bar = entity => {
      const element = el("i", {class: "bar"});
      element.style.width = `${100 * entity.facts.length / most}%`;
      element.style.background = `var(--type-${entity.type.index})`;
      return element;
    };
    return [
      title(t("top")),
      el("p", {class: "hint"}, t("hint"), data.facts.some(fact => fact.reported) && ` ${t("hint-reported")}`),
      el("ol", {class: "top"}, ...top.map(entity => el("li", {}, el("button",
        {type: "button", on: {click: () => State.select(entity)}},
        sign(entity.type), el("span", {class: "name", lang: "zh-Hant"}, entity.name), el("span", {class: "count"}, t("facts", {n: entity.facts.length})), bar(entity))))),
      ...latest(),
      el("h3", {}, t("sources"), el("span", {class: "count"}, number(data.articles.length))),
      el("ul", {class: "sources"}, ...[...data.articles.keys()].sort((a, b) => (data.articles[b].date || "").localeCompare(data.articles[a].date || "")).slice(0, 30).map(index => el("li", {}, source(index)))),
      el("p", {class: "note keys"}, t("hint-keys")),
    ];
  }

  function render(moved) {
    element ||= document.getElementById("panel");
    const route = state.from && state.to ? Routes.routes[state.route] : null;
    const card = state.node ? entityCard(state.node) : state.fact ? factCard(state.fact) : route ? routeCard(route) : overview();
    element.replaceChildren(...card.filter(Boolean));
    element.scrollTop = 0;
    if (moved && !stay && (state.node || state.fact || route)) element.querySelector("#panel-title").focus({preventScroll: true});
    stay = false;
  }

  return {render, keepFocus() { stay = true; }};
})();
