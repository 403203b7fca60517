// Places for a part of the graph that is looked at by itself: a neighbourhood, or the paths between two entities.
const Arrange = (() => {
  const CELL = {w: 128, h: 72};

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

  // Paths from left to right, one below the other; an entity on several stands between them.
  function along(routes) {
    const seen = new Map();
    const longest = Math.max(...routes.map(route => route.entities.length));
    routes.forEach((route, row) => route.entities.forEach((entity, column) => {
      const x = column / (route.entities.length - 1) * (longest - 1) * 210;
      const y = (row - (routes.length - 1) / 2) * 190;
      if (!seen.has(entity)) seen.set(entity, []);
      seen.get(entity).push({x, y});
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

  // The direction away from its lines, for every entity whose lines come from one side: there its name stands best.
  function outward(facts, places) {
    const sums = new Map();
    for (const {subject, object} of facts) {
      const a = places.get(subject), b = places.get(object);
      if (!a || !b || subject === object) continue;
      const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
      for (const [entity, sign] of [[subject, -1], [object, 1]]) {
        const sum = sums.get(entity) || {x: 0, y: 0, n: 0};
        sums.set(entity, {x: sum.x + sign * (b.x - a.x) / far, y: sum.y + sign * (b.y - a.y) / far, n: sum.n + 1});
      }
    }
    const oneSided = [...sums].filter(([, {x, y, n}]) => Math.hypot(x, y) > 0.5 * n);
    return new Map(oneSided.map(([entity, {x, y}]) => [entity, Math.atan2(y, x)]));
  }

  return {around, beside, along, via, middle, outward};
})();
