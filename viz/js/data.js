// The graph in memory: what Python wrote, with the references between its parts.
const Data = (() => {
  const data = {};

  const read = id => JSON.parse(document.getElementById(id).textContent);

  const unpack = async packed => {
    if (!packed.gzip) return packed;
    const bytes = Uint8Array.from(atob(packed.gzip), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const all = JSON.parse(await new Response(stream).text());
    for (const key of ["articles", "entities", "facts", "statements"]) all[key] = rows(all[key]);
    return all;
  };

  // What travels compressed is written by columns; null stands for what is absent.
  function rows(columns) {
    const list = [];
    for (const [key, values] of Object.entries(columns)) {
      values.forEach((value, index) => {
        const row = list[index] ||= {};
        if (value !== null) row[key] = value;
      });
    }
    return list;
  }

  const fold = text => text.normalize("NFKC").toLowerCase();
  const year = date => date ? Number(date.slice(0, 4)) : null;

  async function load() {
    Object.assign(data, await unpack(read("data")));
    data.network = read("network");
    data.types.forEach((type, index) => { type.index = index; });
    const type = new Map(data.types.map(item => [item.key, item]));
    data.entities.forEach((entity, index) => {
      entity.index = index;
      entity.type = type.get(entity.type);
      entity.names = [entity.name, ...entity.aliases || []];
      entity.keys = entity.names.map(fold);
      entity.facts = [];
      entity.said = [];
      entity.saidAbout = [];
      entity.mentionCount = (entity.mentions || []).reduce((sum, [, count]) => sum + count, 0);
    });
    data.predicates.forEach((predicate, index) => { predicate.index = index; });
    const predicate = new Map(data.predicates.map(item => [item.key, item]));
    const strange = key => ({key, zh: key, en: key, inverse_zh: key, inverse_en: key, index: data.predicates.length});
    data.facts.forEach((fact, index) => {
      fact.index = index;
      fact.subject = data.entities[fact.subject];
      fact.object = data.entities[fact.object];
      fact.label = predicate.get(fact.predicate) || strange(fact.predicate);
      fact.evidence = fact.evidence || [];
      // The years in which it holds: an open end reaches as far as the other side.
      const first = year(fact.date) ?? year(fact.start) ?? year(fact.end);
      fact.years = first === null ? null : [first, year(fact.end) ?? first];
      fact.subject.facts.push(fact);
      if (fact.object !== fact.subject) fact.object.facts.push(fact);
    });
    (data.statements || []).forEach(statement => {
      statement.speaker = data.entities[statement.speaker];
      statement.about = (statement.about || []).map(index => data.entities[index]);
      statement.speaker.said.push(statement);
      for (const entity of statement.about) if (entity !== statement.speaker) entity.saidAbout.push(statement);
    });
    data.ranked = [...data.entities].sort((a, b) =>
      b.facts.length - a.facts.length || b.mentionCount - a.mentionCount || a.index - b.index);
    const dated = data.facts.filter(fact => fact.years);
    data.undated = data.facts.length - dated.length;
    data.span = dated.length
      ? [Math.min(...dated.map(fact => fact.years[0])), Math.max(...dated.map(fact => fact.years[1]))] : null;
    curve(data.facts);
    return data;
  }

  // Facts between the same two entities bend away from each other, in either direction.
  function curve(facts) {
    const bundles = new Map();
    for (const fact of facts) {
      const [a, b] = [fact.subject.index, fact.object.index].sort((x, y) => x - y);
      const key = `${a} ${b}`;
      if (!bundles.has(key)) bundles.set(key, []);
      bundles.get(key).push(fact);
    }
    for (const bundle of bundles.values()) {
      const step = Math.min(0.22, 0.9 / bundle.length);
      bundle.forEach((fact, i) => {
        const bend = (i - (bundle.length - 1) / 2) * step;
        fact.bend = fact.subject.index <= fact.object.index ? bend : -bend;
      });
    }
  }

  // The relation as read from one of its ends.
  const relation = (fact, from) => from === fact.subject ? Text.label(fact.label) : fact.label[`inverse_${Text.language()}`];
  const other = (fact, entity) => fact.subject === entity ? fact.object : fact.subject;

  function time(fact) {
    if (fact.date) return fact.date;
    if (fact.start && fact.end) return fact.start === fact.end ? fact.start : `${fact.start} – ${fact.end}`;
    if (fact.start) return Text.t("since", {year: fact.start});
    return fact.end ? Text.t("until", {year: fact.end}) : "";
  }

  // The year alone, for the picture.
  function shortTime(fact) {
    const [date, first, last] = [fact.date, fact.start, fact.end].map(text => text ? text.slice(0, 4) : "");
    return date || (first === last ? first : `${first}–${last}`);
  }

  // The best matches first: {entity, name}, where name is the one that matched.
  function search(query, limit) {
    const wanted = fold(query.trim());
    if (!wanted) return {total: 0, best: []};
    const found = [];
    for (const entity of data.ranked) {
      let best = 9, at = -1;
      entity.keys.forEach((key, i) => {
        const where = key.indexOf(wanted);
        if (where < 0) return;
        const score = key === wanted ? 0 : where === 0 ? 1 : /[\s\-/·‧・]/.test(key[where - 1]) ? 2 : 3;
        if (score < best) { best = score; at = i; }
      });
      if (at >= 0) found.push({entity, name: entity.names[at], score: best});
    }
    found.sort((a, b) => a.score - b.score);
    return {total: found.length, best: found.slice(0, limit)};
  }

  return {data, load, relation, other, time, shortTime, search, fold};
})();
