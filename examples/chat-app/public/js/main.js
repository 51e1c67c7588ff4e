import { Chat } from "./chat.js";
import { composer } from "./composer.js";
import { byId } from "./dom.js";
import { formatMoment, formatNumber } from "./format.js";
import { identity } from "./identity.js";
import { jumpForm } from "./jump-form.js";
import { logStrip } from "./log-strip.js";
import { messageList } from "./message-list.js";
import { roomList } from "./room-list.js";
import { scroller } from "./scroller.js";
import { sidePanel } from "./side-panel.js";

const CONNECTION = {
  connecting: "Connecting",
  live: "Live",
  lost: "Reconnecting",
  paused: "Paused",
};
const NOTICE_MS = 6000;

const toLatest = byId("to-latest", HTMLButtonElement);
const notice = byId("notice", HTMLElement);
const me = identity();
const chat = new Chat({
  onChange: changed,
  isMe: (user) => user === me.name(),
  isAtEnd: () => scroll.atEnd(),
});
const drawRooms = roomList(byId("rooms", HTMLElement), openRoom);
const drawLog = logStrip(byId("log", HTMLElement));
const drawMessages = messageList(byId("messages", HTMLElement), {
  onDiscard: (id) => chat.outbox.discard(id),
});
const panel = sidePanel({ onNewRoom: openRoom });
const write = composer({
  onSend(text) {
    chat.send({ user: me.name(), text });
    draw();
    scroll.toEnd();
  },
});
const scroll = scroller(byId("scroller", HTMLElement), {
  onNearStart: () => void chat.loadOlder(),
  onNearEnd: () => void chat.loadNewer(),
  onScroll: changed,
});
jumpForm({ onJump: (ms) => void jump(ms) });
toLatest.addEventListener("click", () => {
  chat.toLatest();
  draw();
  scroll.toEnd();
});

let drawingAsked = false;
let drawingMs = 0;
/**
 * Draws soon, once for many changes, and for at most a third of the time: a window that catches up
 * on thousands of messages stays usable. A timer, for frames stand still in a hidden window.
 */
function changed() {
  if (drawingAsked) return;
  drawingAsked = true;
  setTimeout(() => {
    const startedMs = performance.now();
    draw();
    drawingMs = performance.now() - startedMs;
  }, 2 * drawingMs);
}

/** The newest offset when the reader was last at the end. */
let readTo = 0;

function draw() {
  drawingAsked = false;
  const { room, current, log, limits } = chat;
  const { window, newFrom } = room;
  const outgoing = chat.outbox.messages.filter((message) => message.room === current);
  scroll.keepPlace(
    () =>
      drawMessages({
        room: current,
        messages: window.messages,
        outgoing: window.attached ? outgoing : [],
        hasOlder: window.hasOlder,
        newFrom,
        found: chat.found,
        nextOffset: Number(log["nextOffset"]),
      }),
    { follow: window.attached },
  );
  drawRooms(listed(), current);
  drawLog(log);
  write.describe(current, limits.textLength);
  me.limit(limits.userLength);
  panel.limit(limits.roomLength);
  byId("room-name", HTMLElement).textContent = current;
  byId("room-note", HTMLElement).textContent = count(room.messageCount, "message");
  byId("unread-dot", HTMLElement).hidden = !listed().some(({ unread }) => unread > 0);
  const connection = byId("connection", HTMLElement);
  connection.dataset["state"] = chat.connection;
  connection.textContent = CONNECTION[chat.connection];
  drawToLatest();
}

function drawToLatest() {
  const { window } = chat.room;
  if (window.attached && scroll.atEnd()) readTo = window.to;
  const missed = window.messages.filter(({ offset }) => offset >= readTo).length;
  toLatest.hidden = window.attached && scroll.atEnd();
  toLatest.textContent =
    window.attached && missed > 0 ? `${count(missed, "new message")} ↓` : "To the newest ↓";
}

/** The rooms that have messages, and the one that is open. */
function listed() {
  const rooms = [...chat.rooms.values()];
  return rooms
    .filter(({ name, messageCount }) => messageCount > 0 || name === chat.current)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** @param {string} name */
function openRoom(name) {
  panel.close();
  chat.openRoom(name);
  draw();
  scroll.toEnd();
  byId("text", HTMLTextAreaElement).focus({ preventScroll: true });
}

/** @param {number} ms */
async function jump(ms) {
  try {
    const offset = await chat.jumpTo(ms);
    draw();
    if (offset === undefined) {
      say(`Nothing was written here at or after ${formatMoment(ms)}.`);
      scroll.toEnd();
    } else {
      say(`From ${formatMoment(ms)} on: offset ${offset}.`);
      scroll.show(offset);
    }
  } catch {
    say("The server cannot be reached."); // the connection's state says more
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let quiet;
/** @param {string} text */
function say(text) {
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    notice.hidden = true;
  }, NOTICE_MS);
}

/** @param {number} n @param {string} what */
function count(n, what) {
  return `${formatNumber(n)} ${what}${n === 1 ? "" : "s"}`;
}

draw();
void chat.start();
