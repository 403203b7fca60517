// The picture as a file.
const Download = (() => {
  const {svg} = Text;

  function save(blob, ending) {
    const url = URL.createObjectURL(blob);
    const anchor = Text.el("a", {href: url, download: `${document.title.replace(/[\\/:*?"<>|\s]+/g, "-").slice(0, 60) || "graph"}.${ending}`});
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  function png() {
    Picture.redraw();
    requestAnimationFrame(() => {
      const {canvas, colors} = Picture.snapshot();
      const copy = Text.el("canvas", {width: canvas.width, height: canvas.height});
      const ctx = copy.getContext("2d");
      ctx.fillStyle = colors.paper;
      ctx.fillRect(0, 0, copy.width, copy.height);
      ctx.drawImage(canvas, 0, 0);
      copy.toBlob(blob => save(blob, "png"), "image/png");
    });
  }

  // The same picture in vectors: lines as the quadratic curves that vis-network draws.
  function vector() {
    const {canvas, view, items, lineItems, colors, size, isStrong, scale, at} = Picture.snapshot();
    const width = canvas.clientWidth, height = canvas.clientHeight;
    const root = svg("svg", {xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, "font-family": Labels.FAMILY});
    root.append(svg("rect", {width, height, fill: colors.paper}));
    for (const fact of view.facts) {
      const a = at(fact.subject), b = at(fact.object);
      if (fact.subject === fact.object) continue;
      const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
      const middle = Arrange.via(a, b, fact.bend);
      const r = Math.max(size(fact.object) * scale, 3.6) + 3;
      const back = {x: b.x - middle.x, y: b.y - middle.y}, far = Math.hypot(back.x, back.y) || 1;
      const end = {x: b.x - back.x / far * Math.min(r, length / 2), y: b.y - back.y / far * Math.min(r, length / 2)};
      const color = isStrong(fact) ? colors.accent : colors.line;
      const stroke = {fill: "none", stroke: color, "stroke-width": isStrong(fact) ? 1.8 : 1, ...(fact.reported ? {"stroke-dasharray": "5 4"} : {})};
      root.append(svg("path", {d: `M${a.x} ${a.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`, ...stroke}));
      if (!fact.label.symmetric) {
        const angle = Math.atan2(end.y - middle.y, end.x - middle.x) * 180 / Math.PI;
        root.append(svg("path", {d: "M0 0L-7-3L-5.5 0L-7 3Z", fill: color, transform: `translate(${end.x} ${end.y}) rotate(${angle})`}));
      }
    }
    for (const item of items) {
      root.append(svg("path", {d: item.entity.type.path, fill: colors.types[item.entity.type.index],
        transform: `translate(${item.x} ${item.y}) scale(${item.r})`}));
    }
    const ctx = canvas.getContext("2d");
    ctx.save();
    for (const box of Labels.arrange(ctx, [...items, ...lineItems], 12, {width, height})) {
      let y = box.y + 2;
      for (const line of box.lines) {
        const text = svg("text", {x: box.align === "center" ? box.x + box.w / 2 : box.align === "left" ? box.x + 2 : box.x + box.w - 2, y: y + line.height * 0.78,
          "text-anchor": {center: "middle", left: "start", right: "end"}[box.align], "font-size": /([\d.]+)px/.exec(line.font)[1], "font-weight": line.font.startsWith("600") ? 600 : 400,
          fill: line.color, stroke: colors.paper, "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round"});
        text.textContent = line.text;
        root.append(text);
        y += line.height;
      }
    }
    ctx.restore();
    save(new Blob([new XMLSerializer().serializeToString(root)], {type: "image/svg+xml"}), "svg");
  }

  return {png, vector};
})();
