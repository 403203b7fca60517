// Places for a part of the graph that is looked at by itself: a neighbourhood, or the paths between two entities.
const Arrange = (() => {
  const CELL = {w: 128, h: 72};
  const WIDE = 1.4;            // a gap between lines, in radians, that has room for a name

  // Push apart what overlaps; `fixed` stays.
  function separate(places, fixed) {
    const list = [...places.entries()];
    for (let round = 0; round < 120; round++) {
      let moved = false;
      for (let i = 0; i < list.length; i++) {
        for (let j = i + 1; j < list.length; j++) {
          const [a, p] = list[i], [b, q] = list[j];
          const dx = q.x - p.x, dy = q.y - p.y;
          const ox = CELL.w - Math.abs(dx), oy = CELL.h - Math.abs(dy);
          if (ox <= 0.5 || oy <= 0.5) continue;
          moved = true;
          const wide = ox < oy;
          const push = (wide ? ox * (dx < 0 ? -1 : 1) : oy * (dy < 0 ? -1 : 1)) / 2;
          const axis = wide ? "x" : "y";
          if (a === fixed) q[axis] += 2 * push;
          else if (b === fixed) p[axis] -= 2 * push;
          else { p[axis] -= push; q[axis] += push; }
        }
      }
      if (!moved) break;
    }
    return places;
  }

  // The entity in the middle, its neighbours around it (by type, so that like stands beside like), theirs outside.
  function around(center, rings, parentOf, aspect) {
    const places = new Map([[center, {x: 0, y: 0}]]);
    const angle = new Map();
    let reach = 0;
    rings.forEach((ring, depth) => {
      const order = depth === 0
        ? [...ring].sort((a, b) => a.type.index - b.type.index || b.facts.length - a.facts.length || a.index - b.index)
        : [...ring].sort((a, b) => angle.get(parentOf.get(a)) - angle.get(parentOf.get(b)) || a.index - b.index);
      const rows = order.length > 26 && depth === 0 ? 2 : 1;
      const need = order.length / rows * (CELL.w * 0.8) / (2 * Math.PI);
      const r = Math.max(need, reach + (depth === 0 ? 175 : 150));
      order.forEach((entity, i) => {
        const turn = -Math.PI / 2 + 2 * Math.PI * i / order.length;
        angle.set(entity, turn);
        const far = r + (rows === 2 && i % 2 ? CELL.h * 1.7 : 0);
        places.set(entity, {x: far * Math.cos(turn) * Math.sqrt(aspect), y: far * Math.sin(turn) / Math.sqrt(aspect)});
      });
      reach = r + (rows === 2 ? CELL.h * 1.7 : 0);
    });
    return separate(places, center);
  }

  // Places near the first of `asked` that has one, for those that are `missing`: apart from all that is asked for, and
  // not upon the signs of others.
  function beside(places, asked, missing) {
    const all = new Map(places);
    const anchor = places.get(asked.find(entity => places.has(entity))) || {x: 0, y: 0};
    const apart = asked.filter(entity => places.has(entity)).map(entity => places.get(entity));
    const others = [...places.values()];
    // The first rings avoid the directions of those already there, so that no line runs through another's sign.
    const turns = asked.filter(entity => places.has(entity)).map(entity => Math.atan2(places.get(entity).y - anchor.y, places.get(entity).x - anchor.x));
    const behind = turn => ring < 12 && turns.some(other => Math.abs(Math.atan2(Math.sin(turn - other), Math.cos(turn - other))) < 0.22);
    const free = ({x, y}) => apart.every(p => Math.abs(p.x - x) >= CELL.w || Math.abs(p.y - y) >= CELL.h)
      && others.every(p => Math.hypot(p.x - x, p.y - y) >= CELL.h / 2);
    let ring = 0, step = 0;
    for (const entity of missing) {
      for (;;) {
        const r = 120 + ring * CELL.h / 2, steps = Math.ceil(2 * Math.PI * r / (CELL.h / 2));
        if (step >= steps) { ring++; step = 0; continue; }
        const turn = -Math.PI / 2 + 2 * Math.PI * step++ / steps;
        const spot = {x: anchor.x + r * Math.cos(turn), y: anchor.y + r * Math.sin(turn)};
        if (behind(turn) || !free(spot)) continue;
        apart.push(spot);
        turns.push(turn);
        all.set(entity, spot);
        break;
      }
    }
    return all;
  }

  // Paths from one end to the other as arcs beside each other, from left to right or, in a high window, downwards;
  // an entity on several stands between them.
  function along(routes, aspect = 1.3) {
    const seen = new Map();
    const longest = Math.max(...routes.map(route => route.entities.length));
    const down = aspect < 0.8;
    const length = (longest - 1) * (down ? 110 : Math.max(140, 240 - 20 * longest));
    const breadth = Math.min(Math.max(length * (down ? aspect : 0.75 / aspect), 190 * (routes.length - 1)), 1.2 * length);
    routes.forEach((route, row) => route.entities.forEach((entity, step) => {
      const share = step / (route.entities.length - 1);
      const beside = routes.length > 1 ? row / (routes.length - 1) - 0.5 : 0;
      const far = share * length, aside = breadth * beside * Math.sqrt(Math.max(Math.sin(Math.PI * share), 0));
      if (!seen.has(entity)) seen.set(entity, []);
      seen.get(entity).push(down ? {x: aside, y: far} : {x: far, y: aside});
    }));
    const places = new Map();
    for (const [entity, points] of seen) {
      places.set(entity, {
        x: points.reduce((sum, p) => sum + p.x, 0) / points.length,
        y: points.reduce((sum, p) => sum + p.y, 0) / points.length,
      });
    }
    return separate(places, null);
  }

  // The middle of a line that bends by `bend`: the control point where vis-network has it, then half of the curve.
  function via(a, b, bend) {
    const far = (0.5 + 0.5 * Math.abs(bend)) * Math.hypot(b.x - a.x, b.y - a.y);
    const turn = Math.atan2(a.y - b.y, b.x - a.x) + (0.5 + 0.5 * bend) * Math.PI;
    return {x: a.x + far * Math.sin(turn), y: a.y + far * Math.cos(turn)};
  }

  function middle(a, b, bend) {
    const control = via(a, b, bend);
    return {x: (a.x + 2 * control.x + b.x) / 4, y: (a.y + 2 * control.y + b.y) / 4};
  }

  // The middle of the widest gap between its lines, for every entity that has a wide one: there its name stands best.
  function outward(facts, places) {
    const turns = new Map();
    for (const {subject, object} of facts) {
      const a = places.get(subject), b = places.get(object);
      if (!a || !b || subject === object) continue;
      const turn = Math.atan2(b.y - a.y, b.x - a.x);
      for (const [entity, there] of [[subject, turn], [object, turn > 0 ? turn - Math.PI : turn + Math.PI]]) {
        if (!turns.has(entity)) turns.set(entity, []);
        turns.get(entity).push(there);
      }
    }
    const found = new Map();
    for (const [entity, list] of turns) {
      list.sort((x, y) => x - y);
      let widest = WIDE, best = null;
      list.forEach((turn, i) => {
        const gap = (i + 1 < list.length ? list[i + 1] : list[0] + 2 * Math.PI) - turn;
        const middle = turn + gap / 2;
        // Of two as wide as each other, the one to the right and below.
        const wins = gap > widest + 0.1 || (gap > widest - 0.1 && (best === null || Math.cos(middle - 0.6) > Math.cos(best - 0.6)));
        if (gap > WIDE && wins) { widest = gap; best = middle; }
      });
      if (best !== null) found.set(entity, Math.atan2(Math.sin(best), Math.cos(best)));
    }
    return found;
  }

  return {around, beside, along, via, middle, outward};
})();
