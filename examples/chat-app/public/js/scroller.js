/** Closer to the end than this, in pixels, counts as being there. */
const AT_END = 60;
/** More is loaded when less than this is left, in pixels. */
const AHEAD = 500;

/**
 * Keeps the reader's place while the list changes above or below it.
 *
 * @param {HTMLElement} element
 * @param {{ onNearStart(): void, onNearEnd(): void, onScroll(): void }} listeners
 */
export function scroller(element, { onNearStart, onNearEnd, onScroll }) {
  const left = () => element.scrollHeight - element.scrollTop - element.clientHeight;
  const atEnd = () => left() < AT_END;
  let following = true;
  /** Where `element` stood when the reader was last seen to follow, in pixels. */
  let endTop = 0;
  const toEnd = () => {
    element.scrollTop = element.scrollHeight;
    endTop = element.scrollTop;
  };
  // The event of a scroll comes a frame late: until then the place itself says who left the end.
  const isFollowing = () => following && (atEnd() || element.scrollTop >= endTop);
  const lookAhead = () => {
    if (element.scrollTop < AHEAD) onNearStart();
    if (left() < AHEAD) onNearEnd();
  };
  element.addEventListener("scroll", () => {
    following = atEnd();
    if (following) endTop = element.scrollTop;
    lookAhead();
    onScroll();
  });
  // the composer grows, the window is resized: the newest message stays in view
  new ResizeObserver(() => isFollowing() && toEnd()).observe(element);

  return {
    atEnd,
    toEnd() {
      following = true;
      toEnd();
    },

    /** Changes the list by `draw`. @param {() => void} draw @param {{ follow: boolean }} options */
    keepPlace(draw, { follow }) {
      following = isFollowing(); // drawing moves what lies below, and the place with it
      const stay = following && follow;
      const before = stay ? [] : visibleMessages(element);
      draw();
      if (stay) toEnd();
      const kept = before.find(({ item }) => item.isConnected);
      if (kept !== undefined) {
        element.scrollTop += kept.item.getBoundingClientRect().top - kept.top;
      }
      lookAhead();
    },

    /** @param {number} offset */
    show(offset) {
      following = false;
      element.querySelector(`[data-offset="${offset}"]`)?.scrollIntoView({ block: "center" });
    },
  };
}

/** @param {HTMLElement} element */
function visibleMessages(element) {
  const frame = element.getBoundingClientRect();
  const visible = [];
  for (const item of element.querySelectorAll("[data-offset]")) {
    const { top, bottom } = item.getBoundingClientRect();
    if (bottom > frame.top && top < frame.bottom) visible.push({ item, top });
  }
  return visible;
}
