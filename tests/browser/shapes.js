// What does not fit on the page: as it is, and mirrored. All in one task, so that nothing moves in between.
() => {
  const LEAST_PX = 44; // of what is pressed
  const SLACK_PX = 2;
  const MIRRORED_SLACK_PX = 6; // the same words wrap a little differently the other way round
  const root = document.documentElement;
  const width = root.clientWidth;

  const isSeen = (each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".hidden-text, .skip, svg *, select *, script");
  const isInline = (each) => getComputedStyle(each).display === "inline";
  const ancestors = (each) => {
    const all = [];
    for (let at = each.parentElement; at && at !== document.body; at = at.parentElement) all.push(at);
    return all;
  };
  const nameOf = (each) => `${each.tagName}${each.id && `#${each.id}`} ${each.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}`;
  const cuts = (each) => getComputedStyle(each).overflowX !== "visible";
  const isOut = (inner, outer) => inner.right > outer.right + SLACK_PX || inner.left < outer.left - SLACK_PX;
  const all = () => [...document.body.querySelectorAll("*")].filter(isSeen);

  /** Nothing is beside the page, and the page cannot be pushed sideways. */
  function* beside() {
    if (root.scrollWidth > width) yield `pushed sideways: ${root.scrollWidth} of ${width}`;
    for (const each of all()) {
      const box = each.getBoundingClientRect();
      if (box.width && isOut(box, { left: 0, right: width }) && !ancestors(each).some(cuts)) yield `beside the page: ${nameOf(each)}`;
    }
  }

  /** No word sticks out of its block, or is cut off where nobody can scroll to it. */
  function* sticking() {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const each = text.parentElement;
      if (!text.data.trim() || !isSeen(each)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const words = range.getBoundingClientRect();
      const around = [each, ...ancestors(each)];
      const block = around.find((at) => !isInline(at));
      // A blank that hangs at the end of a kept line is no word.
      if (block && getComputedStyle(block).whiteSpaceCollapse === "collapse" && isOut(words, block.getBoundingClientRect())) yield `sticks out: ${nameOf(each)}`;
      const cut = around.find(cuts);
      if (cut && /hidden|clip/.test(getComputedStyle(cut).overflowX) && isOut(words, cut.getBoundingClientRect())) yield `cut off: ${nameOf(each)}`;
    }
  }

  /** What is pressed is as large as a thumb; a link within a sentence is as high as its line. */
  function* small() {
    for (const each of all()) {
      if (!each.matches("a[href], button, summary, select, textarea, input:not([type=hidden])")) continue;
      const beside = each.parentElement.textContent.trim() !== each.textContent.trim();
      if (each.matches("a") && isInline(each) && beside) continue;
      const boxes = [each, ...(each.labels ?? [])].map((at) => at.getBoundingClientRect());
      if (Math.max(...boxes.map((box) => box.height)) < LEAST_PX || Math.max(...boxes.map((box) => box.width)) < LEAST_PX) yield `small: ${nameOf(each)}`;
    }
  }

  /** Where every block begins and ends, but those that are written one way in every language. */
  const places = () => {
    const blocks = all().filter((each) => !isInline(each) && !each.closest("svg, [dir=ltr]:not(html)"));
    return new Map(blocks.map((each) => [each, each.getBoundingClientRect()]));
  };

  const own = root.dir;
  const found = new Set([...beside(), ...sticking(), ...small()]);
  const before = places();
  root.dir = own === "rtl" ? "ltr" : "rtl";
  for (const fault of [...beside(), ...sticking()]) found.add(fault);
  for (const [each, { left, right }] of places()) {
    const was = before.get(each);
    if (was && Math.max(Math.abs(width - right - was.left), Math.abs(width - left - was.right)) > MIRRORED_SLACK_PX) found.add(`not mirrored: ${nameOf(each)}`);
  }
  root.dir = own;
  return [...found];
};
