// A life in the order of time: where somebody studied and worked, and what they founded and led.
const Career = (() => {
  const {data} = Data;
  const {t, el, label} = Text;

  const earlier = (a, b) => !a || (b && b < a) ? b : a;
  const later = (a, b) => !a || (b && b > a) ? b : a;

  // Stations, the earliest first and those without a year last; what several facts tell of one is one station.
  function stations(entity) {
    const found = new Map();
    for (const fact of entity.facts) {
      if (fact.subject !== entity || !data.career.includes(fact.predicate) || !State.factShown(fact)) continue;
      const key = `${fact.predicate} ${fact.object.index}`;
      const station = found.get(key) || {fact, label: fact.label, place: fact.object, start: null, end: null, date: null, roles: new Set(), reported: true};
      station.start = earlier(station.start, fact.start);
      station.end = later(station.end, fact.end);
      station.date = earlier(station.date, fact.date);
      station.reported = station.reported && Boolean(fact.reported);
      for (const [, value] of fact.qualifiers || []) station.roles.add(value);
      found.set(key, station);
    }
    for (const station of found.values()) {
      if (station.start && station.date) station.date = null;
      station.since = station.date || station.start || station.end;
    }
    return [...found.values()].sort((a, b) => (a.since || "9999").localeCompare(b.since || "9999") 
      || data.career.indexOf(a.label.key) - data.career.indexOf(b.label.key) || a.fact.index - b.fact.index);
  }

  // One station, or none with a year, is no course of a life.
  function list(entity, entityLink) {
    const all = stations(entity);
    if (all.length < 2 || !all.some(station => station.since)) return [];
    return [el("h3", {}, t("career")), el("ol", {class: "career", "data-testid": "career"}, ...all.map(station =>
      el("li", {class: station.reported ? "station reported-station" : "station"},
        el("time", {}, Data.shortTime(station) || "—"),
        el("div", {},
          entityLink(station.place),
          el("p", {class: "note"}, el("button", {type: "button", class: "confidence", title: t("fact"), on: {click: () => State.open(station.fact)}}, label(station.label).replace("…", "")),
            ...[...station.roles].map(role => ` · ${role}`), station.reported && ` · ${t("reported")}`)))))];
  }

  return {stations, list};
})();
