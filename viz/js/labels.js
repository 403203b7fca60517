// Names in the picture, as on a map: always of readable size, the important ones first, none across another.
const Labels = (() => {
  const FAMILY = '"Segoe UI", -apple-system, "Noto Sans TC", "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", sans-serif';
  const WIDEST = 132;
  const cache = new Map();
  let boxes = [];

  // At most so many lines, broken between words or Chinese characters.
  function wrap(ctx, text, font, most = 2) {
    const key = `${most} ${font}\n${text}`;
    if (cache.has(key)) return cache.get(key);
    ctx.font = font;
    const lines = [""];
    for (const piece of text.match(/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\s]+\s*|\s+/g) || []) {
      const longer = lines[lines.length - 1] + piece;
      if (ctx.measureText(longer.trimEnd()).width <= WIDEST || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
      else if (lines.length < most) lines.push(piece);
      else { lines[most - 1] = `${lines[most - 1].trimEnd()}…`; break; }
    }
    const trimmed = lines.map(line => shorten(ctx, line.trim()));
    const result = {lines: trimmed, width: Math.max(...trimmed.map(line => ctx.measureText(line).width))};
    cache.set(key, result);
    return result;
  }

  function shorten(ctx, line) {
    if (ctx.measureText(line).width <= WIDEST * 1.25) return line;
    const characters = [...line];
    while (characters.length > 1 && ctx.measureText(`${characters.join("")}…`).width > WIDEST * 1.25) characters.pop();
    return `${characters.join("")}…`;
  }

  const crosses = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

  // `items`, the most important first: {entity, x, y, r, name, notes, away, most, must, strong, color, noteColor} in
  // pixels of the `window` {width, height, reserved}.
  function arrange(ctx, items, size, window) {
    const discs = items.filter(item => !item.hideName && !item.centered).map(item => ({x: item.x - item.r, y: item.y - item.r, w: 2 * item.r, h: 2 * item.r, of: item.entity}));
    const taken = [];
    for (const item of items) {
      if (item.hideName) continue;
      const px = item.strong ? size + 1.5 : item.centered ? size - 1 : size;
      const font = `${item.strong ? "600 " : ""}${px}px ${FAMILY}`;
      const noteFont = `${Math.max(size - 1.5, 10.5)}px ${FAMILY}`;
      const name = wrap(ctx, item.name, font, item.most);
      const notes = (item.notes || []).map(note => wrap(ctx, note, noteFont));
      const lines = [
        ...name.lines.map(text => ({text, font, height: px * 1.25, color: item.color})),
        ...notes.flatMap(note => note.lines.map(text => ({text, font: noteFont, height: (size - 1.5) * 1.3, color: item.noteColor}))),
      ];
      const w = Math.max(name.width, ...notes.map(note => note.width), 1) + 4;
      const h = lines.reduce((sum, line) => sum + line.height, 2);
      const gap = item.r + 3;
      const places = item.centered ? [{x: item.x - w / 2, y: item.y - h / 2, w, h, align: "center"}] : [
        {x: item.x - w / 2, y: item.y + gap, w, h, align: "center", turn: Math.PI / 2},
        {x: item.x + gap, y: item.y - h / 2, w, h, align: "left", turn: 0},
        {x: item.x - gap - w, y: item.y - h / 2, w, h, align: "right", turn: Math.PI},
        {x: item.x - w / 2, y: item.y - gap - h, w, h, align: "center", turn: -Math.PI / 2},
        {x: item.x + gap * 0.7, y: item.y + gap * 0.5, w, h, align: "left", turn: Math.PI / 4},
        {x: item.x - gap * 0.7 - w, y: item.y + gap * 0.5, w, h, align: "right", turn: Math.PI * 3 / 4},
        {x: item.x + gap * 0.7, y: item.y - gap * 0.5 - h, w, h, align: "left", turn: -Math.PI / 4},
        {x: item.x - gap * 0.7 - w, y: item.y - gap * 0.5 - h, w, h, align: "right", turn: -Math.PI * 3 / 4},
      ];
      // Away from where its lines come from.
      if (item.away !== undefined) places.sort((a, b) => Math.cos(b.turn - item.away) - Math.cos(a.turn - item.away));
      // A free place, or for the important ones that which covers the fewest signs.
      let place = null, least = item.must ? Infinity : 1;
      for (const candidate of places) {
        if (taken.some(box => crosses(candidate, box))) continue;
        const outside = candidate.x < 0 || candidate.x + w > window.width || candidate.y < 0 || candidate.y + h > window.height
          || (window.reserved || []).some(box => crosses(candidate, box));
        const covered = discs.filter(disc => disc.of !== item.entity && crosses(candidate, disc)).length + (outside ? 1 : 0);
        if (covered < least) { least = covered; place = candidate; }
        if (!covered) break;
      }
      if (!place && item.strong) place = places[0];
      if (place) taken.push({...place, lines, entity: item.entity, centered: item.centered});
    }
    boxes = taken;
    return taken;
  }

  function draw(ctx, placed, halo) {
    ctx.textBaseline = "top";
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.strokeStyle = halo;
    for (const pass of ["strokeText", "fillText"]) {
      for (const box of placed) {
        let y = box.y + 2;
        ctx.textAlign = box.align;
        const x = box.align === "center" ? box.x + box.w / 2 : box.align === "left" ? box.x + 2 : box.x + box.w - 2;
        for (const line of box.lines) {
          ctx.font = line.font;
          ctx.fillStyle = line.color;
          ctx[pass](line.text, x, y);
          y += line.height;
        }
      }
    }
  }

  const at = (x, y) => boxes.find(box => !box.centered && crosses(box, {x, y, w: 0.1, h: 0.1}))?.entity || null;

  return {FAMILY, arrange, draw, at};
})();
