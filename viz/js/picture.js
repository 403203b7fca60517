// The drawn network: vis-network carries the camera and the lines, entities and names are drawn here.
const Picture = (() => {
  const {data} = Data;
  const {state} = State;
  const MOST = 150;
  const SIDE = 90, ABOVE = 40, BELOW = 84; // room for names and for the status line, in pixels
  const NAMED = 14;            // so many names are always written
  const FEW = 60;              // so few entities have room for names in full
  const NARROW = 600;          // a picture that is less wide, in pixels, begins with fewer entities
  const THIN = 0.9;            // no line is thinner, in pixels of the screen
  const home = new Map();      // where an entity stands in the whole picture
  const sizes = new Map();
  const paths = [];
  let network, nodes, edges, container, colors;
  let view = {entities: new Set(), facts: [], places: new Map(), mode: "all", key: ""};
  let near = null;             // entity → its facts with the selected one; null when nothing is selected
  let hovered = null;
  let thin = 1;                // width of a plain line in the units of the picture
  let outward = new Map();     // entity → the direction away from its neighbours, where it has few
  let still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const size = entity => sizes.get(entity) ?? Math.min(5 + 2.1 * Math.sqrt(entity.facts.length), 19);
  const neighbours = (entity, facts) => new Set(facts.filter(State.factShown).map(fact => Data.other(fact, entity)));
  const byFacts = entities => [...entities].sort((a, b) => b.facts.length - a.facts.length || a.index - b.index);

  function start(element) {
    container = element;
    const [wider, higher] = stretch();
    for (const node of data.network.nodes) {
      if (container.clientWidth < NARROW && !node.narrow) continue;
      const entity = data.entities[node.id];
      home.set(entity, {x: node.x * wider, y: node.y * higher});
      sizes.set(entity, node.size);
    }
    data.types.forEach(type => { paths[type.index] = new Path2D(type.path); });
    nodes = new vis.DataSet();
    edges = new vis.DataSet();
    const options = JSON.parse(data.network.options);
    options.nodes.ctxRenderer = drawNode;
    network = new vis.Network(container, {nodes, edges}, options);
    network.on("click", ({pointer}) => choose(pointer.DOM));
    network.on("doubleClick", ({pointer}) => {
      const entity = entityAt(pointer.DOM);
      if (entity) State.select(entity, 1);
    });
    network.on("hoverNode", ({node}) => hover(data.entities[node]));
    network.on("blurNode", () => hover(null));
    network.on("hoverEdge", () => { container.style.cursor = "pointer"; });
    network.on("blurEdge", () => { container.style.cursor = ""; });
    network.on("dragEnd", ({nodes: moved}) => {
      const at = network.getPositions(moved);
      for (const id of moved) {
        view.places.set(data.entities[id], at[id]);
        if (view.mode === "all") home.set(data.entities[id], at[id]);
      }
    });
    network.on("zoom", () => { if (thicken(network.getScale())) edges.update(view.facts.map(line)); });
    network.on("afterDrawing", drawLabels);
    container.querySelector(".vis-network").tabIndex = -1;
    container.addEventListener("keydown", walk);
    new ResizeObserver(() => frame(false, focus())).observe(container);
  }

  // The whole picture, pulled towards the shape of the window: what was apart stays apart.
  function stretch() {
    const xs = data.network.nodes.map(node => node.x), ys = data.network.nodes.map(node => node.y);
    const shape = (Math.max(...xs) - Math.min(...xs)) / Math.max(Math.max(...ys) - Math.min(...ys), 1);
    const room = Math.max(container.clientWidth - 2 * SIDE, 100) / Math.max(container.clientHeight - ABOVE - BELOW, 100);
    return room > shape ? [Math.min(room / shape, 1.4) || 1, 1] : [1, Math.min(shape / room, 1.4)];
  }

  const entityAt = point => {
    const id = network.getNodeAt(point);
    return id !== undefined ? data.entities[id] : Labels.at(point.x, point.y);
  };

  function choose(point) {
    const entity = entityAt(point);
    if (entity) return State.select(entity);
    const edge = network.getEdgeAt(point);
    if (edge !== undefined) return State.open(data.facts[edge]);
    if (state.node || state.fact) State.select(null);
  }

  function hover(entity) {
    hovered = entity;
    container.style.cursor = entity ? "pointer" : "";
    network.redraw();
  }

  // An entity that is not in the whole picture is shown among its neighbours.
  const hops = () => state.node ? Math.max(state.hops, home.has(state.node) ? 0 : 1) : 0;

  // What is to be seen, and where.
  function look() {
    const {routes} = Routes;
    if (state.from && state.to && routes.length) {
      return {mode: "route", key: `route ${state.from.id} ${state.to.id} ${routes.length}`,
        places: Arrange.along(routes, container.clientWidth / Math.max(container.clientHeight, 1)), facts: [...new Set(routes.flatMap(route => route.steps.flat()))]};
    }
    if (hops()) {
      const rings = [], parent = new Map(), inside = new Set([state.node]);
      let edge = [state.node];
      for (let depth = 0; depth < hops() && inside.size < MOST; depth++) {
        const ring = [];
        for (const entity of edge) {
          for (const next of byFacts(neighbours(entity, entity.facts))) {
            if (inside.has(next) || inside.size >= MOST) continue;
            inside.add(next);
            parent.set(next, entity);
            ring.push(next);
          }
        }
        if (ring.length) rings.push(ring);
        edge = ring;
      }
      const aspect = Math.min(Math.max(container.clientWidth / Math.max(container.clientHeight, 1), 0.6), 1.6);
      return {mode: "near", key: `near ${state.node.id} ${hops()} ${inside.size}`,
        places: Arrange.around(state.node, rings, parent, aspect)};
    }
    const places = new Map();
    const filtered = State.filtered();
    for (const [entity, point] of home) {
      if (entity !== state.node && !State.typeShown(entity)) continue;
      if (filtered && entity !== state.node && !entity.facts.some(State.factShown)) continue;
      places.set(entity, point);
    }
    return {mode: "all", key: "all", places: complete(places)};
  }

  // What is selected stands in the whole picture with its neighbours, also those that the picture leaves out.
  function complete(places) {
    const asked = state.node ? [state.node, ...byFacts(neighbours(state.node, state.node.facts))]
      : state.fact && State.factShown(state.fact) ? [state.fact.subject, state.fact.object] : [];
    const missing = asked.filter(entity => !places.has(entity)).slice(0, MOST);
    return missing.length ? Arrange.beside(places, asked, missing) : places;
  }

  function render() {
    const before = view;
    view = look();
    view.entities = new Set(view.places.keys());
    if (!view.facts) {
      view.facts = data.facts.filter(fact =>
        State.factShown(fact) && view.entities.has(fact.subject) && view.entities.has(fact.object));
    }
    near = null;
    if (state.node) {
      near = new Map([[state.node, []]]);
      for (const fact of view.facts) {
        if (fact.subject !== state.node && fact.object !== state.node) continue;
        const other = Data.other(fact, state.node);
        if (!near.has(other)) near.set(other, []);
        near.get(other).push(fact);
      }
    } else if (state.fact) {
      near = new Map([[state.fact.subject, []], [state.fact.object, []]]);
    } else if (view.mode === "route") {
      near = new Map(Routes.routes[state.route].entities.map(entity => [entity, []]));
    }
    outward = Arrange.outward(view.facts, view.places);
    const close = near && view.mode !== "route" ? [...near.keys()].filter(entity => view.entities.has(entity)) : [];
    const another = before.key !== view.key;
    const closer = !another && close.length > 1 && !inSight(close);
    thicken(another ? camera(before.key ? [...view.entities] : focus()).scale : closer ? camera(close).scale : network.getScale());
    const at = network.getPositions();
    const gone = nodes.getIds().filter(id => !view.entities.has(data.entities[id]));
    edges.clear();
    nodes.remove(gone);
    nodes.add([...view.places].filter(([entity]) => !nodes.get(entity.index)).map(([entity, point]) => ({id: entity.index, ...point})));
    edges.add(view.facts.map(line));
    if (another) {
      glide(at);
      frame(before.key !== "", before.key ? undefined : focus());
      return {nodes: view.entities.size, facts: view.facts.length};
    }
    if (view.mode === "all") glide(at);
    if (closer) frame(true, close);
    else network.redraw();
    return {nodes: view.entities.size, facts: view.facts.length};
  }

  // Lines stay visible when the picture is small; says whether their width has changed for the eye.
  function thicken(scale) {
    const wanted = Math.max(1, THIN / (scale || 1));
    if (Math.abs(wanted - thin) < 0.15 * thin) return false;
    thin = wanted;
    return true;
  }

  function line(fact) {
    const strong = isStrong(fact);
    const faint = near && !strong;
    const bend = Math.abs(fact.bend);
    return {
      id: fact.index, from: fact.subject.index, to: fact.object.index,
      smooth: bend < 0.01 ? false : {enabled: true, type: fact.bend > 0 ? "curvedCW" : "curvedCCW", roundness: bend},
      arrows: {to: {enabled: !fact.label.symmetric, scaleFactor: strong ? 0.55 : 0.4}},
      color: {color: strong ? colors.accent : colors.line, opacity: !faint ? 1 : view.mode === "route" ? 0.6 : 0.22, inherit: false},
      width: strong ? 1.8 * Math.sqrt(thin) : faint ? 1 : thin, dashes: fact.reported ? [5 * thin, 4 * thin] : false,
    };
  }

  function isStrong(fact) {
    if (state.node) return fact.subject === state.node || fact.object === state.node;
    if (state.fact) return fact === state.fact;
    return view.mode === "route" && Routes.routes[state.route].steps.some(step => step.includes(fact));
  }

  // Entities walk from where they were to where they are now.
  function glide(from) {
    const moves = [];
    for (const [entity, to] of view.places) {
      const start = from[entity.index];
      if (start && (Math.abs(start.x - to.x) > 1 || Math.abs(start.y - to.y) > 1)) moves.push([entity.index, start, to]);
    }
    const began = performance.now();
    const own = view;
    const step = now => {
      if (own !== view) return moves.forEach(([id, , to]) => nodes.get(id) && own.key === view.key && network.moveNode(id, to.x, to.y));
      const share = still ? 1 : Math.min((now - began) / 420, 1);
      const eased = 1 - (1 - share) ** 3;
      for (const [id, start, to] of moves) network.moveNode(id, start.x + (to.x - start.x) * eased, start.y + (to.y - start.y) * eased);
      network.redraw();
      if (share < 1) requestAnimationFrame(step);
    };
    if (moves.length) requestAnimationFrame(step);
  }

  // The camera that shows these entities, with room for names at the sides and for the status line below.
  function camera(entities) {
    const points = entities.map(entity => view.places.get(entity)).filter(Boolean);
    const xs = points.map(point => point.x), ys = points.map(point => point.y);
    const x0 = Math.min(...xs), x1 = Math.max(...xs), y0 = Math.min(...ys), y1 = Math.max(...ys);
    const {clientWidth: width, clientHeight: height} = container;
    const side = Math.min(SIDE, width / 6);
    const scale = Math.min((width - 2 * side) / Math.max(x1 - x0, 1), (height - ABOVE - BELOW) / Math.max(y1 - y0, 1), 1.5);
    return {scale, position: {x: (x0 + x1) / 2, y: (y0 + y1) / 2 + (BELOW - ABOVE) / 2 / scale}};
  }

  // Whether the entities are all in the picture, and not in a corner of it.
  function inSight(entities) {
    const points = entities.map(entity => network.canvasToDOM(view.places.get(entity)));
    return points.every(({x, y}) => x > 20 && y > 20 && x < container.clientWidth - 20 && y < container.clientHeight - 50)
      && camera(entities).scale < network.getScale() * 1.25;
  }

  // What a new window should show: the neighbours of the selected entity, else everything.
  const focus = () => view.mode === "all" && near && near.size > 1 ? [...near.keys()] : [...view.entities];

  function frame(animate, entities = [...view.entities]) {
    if (!entities.length || !container.clientWidth) return;
    network.moveTo({...camera(entities), animation: animate && !still ? {duration: 420, easingFunction: "easeOutCubic"} : false});
  }

  function drawNode({ctx, id, x, y}) {
    const entity = data.entities[id];
    const r = Math.max(size(entity), 3.6 / network.getScale()) * (entity === state.node ? 1.25 : 1);
    const faint = near && !near.has(entity) && entity !== hovered;
    return {
      drawNode() {
        ctx.translate(x, y);
        ctx.globalAlpha = !faint ? 1 : view.mode === "all" ? 0.16 : 0.5;
        if (entity === state.node || entity === hovered) {
          ctx.beginPath();
          ctx.arc(0, 0, r * 1.25 + 5, 0, 2 * Math.PI);
          ctx.fillStyle = entity === state.node ? colors.accent : colors.line;
          ctx.globalAlpha = 0.22;
          ctx.fill();
          ctx.globalAlpha = 1;
        }
        ctx.scale(r, r);
        ctx.lineJoin = "round";
        ctx.lineWidth = 5 / r;
        ctx.strokeStyle = colors.paper;
        if (!faint) ctx.stroke(paths[entity.type.index]);
        ctx.fillStyle = colors.types[entity.type.index];
        ctx.fill(paths[entity.type.index]);
        if (entity === state.node) {
          ctx.lineWidth = 2.5 / r;
          ctx.strokeStyle = colors.accent;
          ctx.stroke(paths[entity.type.index]);
        }
      },
      nodeDimensions: {width: 2 * r + 4, height: 2 * r + 4},
    };
  }

  // Relation and years, one line for each relation.
  function said(facts) {
    const years = new Map();
    for (const fact of facts) {
      const relation = Data.relation(fact, state.node);
      if (!years.has(relation)) years.set(relation, new Set());
      if (fact.years) years.get(relation).add(Data.shortTime(fact));
    }
    return [...years].map(([relation, times]) => `${relation} ${[...times].sort().join("、")}`.trim());
  }

  function labelItems() {
    const scale = network.getScale();
    const at = network.getPositions();
    const rank = entity => entity === state.node ? 1e6 : entity === hovered ? 9e5 : near?.has(entity) ? 1e5 + entity.facts.length : entity.facts.length;
    return [...view.entities].filter(entity => at[entity.index]).sort((a, b) => rank(b) - rank(a) || a.index - b.index).map((entity, place) => {
      const {x, y} = network.canvasToDOM(at[entity.index]);
      const notes = said(near?.get(entity) || []);
      // While entities come and go, the selected one may not be there yet.
      const middle = state.node && entity !== state.node && near?.has(entity) ? at[state.node.index] : null;
      const center = middle && network.canvasToDOM(middle);
      return {
        entity, x, y, r: Math.max(size(entity) * scale, 3.6), name: entity.name,
        away: center ? Math.atan2(y - center.y, x - center.x) : outward.get(entity),
        most: near?.has(entity) || view.entities.size <= FEW ? 3 : 2,
        notes: notes.length > 3 ? [...notes.slice(0, 2), `+${notes.length - 2}`] : notes,
        hideName: near && !near.has(entity) && entity !== hovered && view.mode === "all",
        must: near ? near.has(entity) || entity === hovered : place < NAMED,
        strong: entity === state.node || entity === hovered,
        color: near && !near.has(entity) ? colors.soft : colors.ink, noteColor: colors.accent,
      };
    });
  }

  // Relations written on the lines, where the reader asks for them or follows a path.
  function lineItems() {
    const at = network.getPositions();
    return view.facts.filter(fact => {
      if (fact.subject === fact.object || !at[fact.subject.index] || !at[fact.object.index]) return false;
      return isStrong(fact) ? state.edgeLabels || view.mode === "route" : state.edgeLabels && !near;
    }).map(fact => {
      const {x, y} = network.canvasToDOM(Arrange.middle(at[fact.subject.index], at[fact.object.index], fact.bend));
      return {entity: fact, x, y, r: 0, name: `${Text.label(fact.label)} ${view.mode === "route" ? Data.shortTime(fact) : ""}`.trim(), centered: true, color: isStrong(fact) ? colors.accent : colors.soft};
    });
  }

  // The window for names, and what stands upon it.
  function spread() {
    const own = container.getBoundingClientRect();
    const reserved = ["#status", ".zoom"].map(selector => container.parentElement.querySelector(selector).getBoundingClientRect())
      .map(box => ({x: box.x - own.x, y: box.y - own.y, w: box.width, h: box.height}));
    return {width: container.clientWidth, height: container.clientHeight, reserved};
  }

  function drawLabels(ctx) {
    if (!colors) return;
    const ratio = ctx.canvas.width / ctx.canvas.clientWidth;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const font = Math.min(Math.max(12 * Math.sqrt(network.getScale()), 11.5), 15);
    Labels.draw(ctx, Labels.arrange(ctx, [...labelItems(), ...lineItems()], font, spread()), colors.paper);
    ctx.restore();
  }

  // Arrow keys go to the neighbour that lies in that direction.
  function walk(event) {
    const turn = {ArrowRight: 0, ArrowDown: Math.PI / 2, ArrowLeft: Math.PI, ArrowUp: -Math.PI / 2}[event.key];
    if (turn === undefined) return;
    event.preventDefault();
    if (!state.node) return State.select(data.ranked.find(entity => view.entities.has(entity)) || null);
    const here = view.places.get(state.node);
    let best = null, least = Math.PI / 2;
    for (const entity of near.keys()) {
      if (entity === state.node) continue;
      const there = view.places.get(entity);
      const off = Math.abs(Math.atan2(Math.sin(Math.atan2(there.y - here.y, there.x - here.x) - turn), Math.cos(Math.atan2(there.y - here.y, there.x - here.x) - turn)));
      if (off < least) { least = off; best = entity; }
    }
    if (best) { Panel.keepFocus(); State.select(best); }
  }

  function repaint() {
    const css = getComputedStyle(document.documentElement);
    const value = name => css.getPropertyValue(name).trim();
    colors = {paper: value("--canvas"), ink: value("--ink"), soft: value("--soft"), line: value("--edge"), accent: value("--accent"),
      types: data.types.map(type => value(`--type-${type.index}`))};
  }

  return {
    start, render, repaint, hops, frame: () => frame(true),
    // How many neighbours of the selected entity are drawn, and how many there are under the filters.
    neighbours: () => ({drawn: near.size - 1, all: [...neighbours(state.node, state.node.facts)].filter(entity => entity !== state.node).length}),
    zoom(by) { network.moveTo({scale: network.getScale() * by, animation: still ? false : {duration: 160, easingFunction: "easeOutQuad"}}); },
    redraw() { network.redraw(); },
    snapshot: () => ({canvas: container.querySelector("canvas"), view, items: labelItems(), lineItems: lineItems(), colors, size, isStrong,
      scale: network.getScale(), at: entity => network.canvasToDOM(network.getPositions([entity.index])[entity.index])}),
  };
})();
