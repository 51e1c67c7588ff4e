/**
 * @typedef {{ offset: number, time: number, room: string, user: string, text: string,
 *   id?: string }} Message
 * @typedef {{ messages: Message[], from: number, to: number, more: boolean }} RoomPage
 * @typedef {{ name: string, messageCount: number, lastOffset: number }} RoomSummary
 * @typedef {Record<string, number | string>} LogSummary
 * @typedef {{ rooms: RoomSummary[], log: LogSummary,
 *   limits: { userLength: number, roomLength: number, textLength: number } }} ServerState
 * @typedef {{ id: string, room: string, user: string, text: string }} Draft
 */

/** The server read the request and will never take it; to send it again is pointless. */
export class Refused extends Error {}

/** @returns {Promise<ServerState>} */
export const getState = () => request("/api/state");

/**
 * @param {string} room
 * @param {{ before?: number, after?: number, limit: number }} range
 * @returns {Promise<RoomPage>}
 */
export function getPage(room, range) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(range)) query.set(name, String(value));
  return request(`${messagesOf(room)}?${query}`);
}

/** @param {number} ms @returns {Promise<{ offset: number }>} */
export const getOffsetAt = (ms) => request(`/api/offset?time=${ms}`);

/**
 * Resolves once the message is durable.
 *
 * @param {Draft} draft
 * @returns {Promise<{ offset: number }>}
 */
export function postMessage({ room, ...draft }) {
  return request(messagesOf(room), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(draft),
  });
}

/** @param {string} room */
const messagesOf = (room) => `/api/rooms/${encodeURIComponent(room)}/messages`;

/**
 * @template T
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<T>}
 */
async function request(url, init) {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
  if (response.ok) return /** @type {T} */ (await response.json());
  // what is no JSON did not come from the chat server, but from something in between
  const refusal = /** @type {{ error?: string }} */ (await response.json().catch(() => ({})));
  const { error = response.statusText } = refusal;
  if (response.status >= 400 && response.status < 500) throw new Refused(error);
  throw new Error(error);
}
