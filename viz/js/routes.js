// Paths between two entities: short ones first, each through other entities, and around hubs, which connect everything to everything.
const Routes = (() => {
  const {data} = Data;
  const {state} = State;
  const MOST = 4;
  let routes = [];

  // The cheapest path (Dijkstra); `extra` makes entities and steps that are already on a path dearer.
  function cheapest(from, to, extra) {
    const cost = new Map([[from, 0]]), before = new Map(), done = new Set();
    const queue = [[0, from]];
    while (queue.length) {
      const [spent, here] = queue.shift();
      if (here === to) break;
      if (done.has(here)) continue;
      done.add(here);
      for (const fact of here.facts) {
        if (!State.factShown(fact)) continue;
        const next = Data.other(fact, here);
        if (done.has(next)) continue;
        const hub = next === to ? 0 : Math.log2(1 + next.facts.length) / 2;
        const total = spent + 1 + hub + (extra.get(next) || 0) + (extra.get(pair(here, next)) || 0);
        if (total >= (cost.get(next) ?? Infinity)) continue;
        cost.set(next, total);
        before.set(next, here);
        let low = 0, high = queue.length;
        while (low < high) { const middle = (low + high) >> 1; if (queue[middle][0] <= total) low = middle + 1; else high = middle; }
        queue.splice(low, 0, [total, next]);
      }
    }
    if (!before.has(to)) return null;
    const path = [to];
    while (path[0] !== from) path.unshift(before.get(path[0]));
    return path;
  }

  const pair = (a, b) => a.index < b.index ? `${a.index} ${b.index}` : `${b.index} ${a.index}`;

  function find() {
    routes = [];
    const {from, to} = state;
    if (!from || !to || from === to) return;
    const extra = new Map(), known = new Set();
    for (let attempt = 0; attempt < 3 * MOST && routes.length < MOST; attempt++) {
      const entities = cheapest(from, to, extra);
      if (!entities) return;
      entities.slice(1, -1).forEach(entity => extra.set(entity, (extra.get(entity) || 0) + 3));
      const steps = [];
      for (let i = 1; i < entities.length; i++) {
        const [a, b] = [entities[i - 1], entities[i]];
        extra.set(pair(a, b), (extra.get(pair(a, b)) || 0) + 2);
        steps.push(a.facts.filter(fact => Data.other(fact, a) === b && State.factShown(fact)));
      }
      const key = entities.map(entity => entity.index).join(" ");
      if (known.has(key) || (routes.length && entities.length > routes[0].entities.length + 2)) continue;
      known.add(key);
      routes.push({entities, steps});
    }
    routes.sort((a, b) => a.entities.length - b.entities.length);
  }

  return {find, get routes() { return routes; }};
})();
