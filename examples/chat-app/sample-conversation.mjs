// Writes a conversation of a few days, the same at every call: node sample-conversation.mjs FILE
import { writeFileSync } from "node:fs";

/** Day, time of day, room, user, text. */
const CONVERSATION = [
  [
    "2026-03-02 08:41",
    "general",
    "Ada Okafor",
    "Morning! The tide gauge at the north pier is reporting again.",
  ],
  ["2026-03-02 08:43", "general", "Jonas Weber", "Nice. Was it the cable after all?"],
  ["2026-03-02 08:44", "general", "Ada Okafor", "The connector. Salt had eaten through two pins."],
  [
    "2026-03-02 08:44",
    "general",
    "Ada Okafor",
    "I kept it for the collection of things that should not have failed.",
  ],
  ["2026-03-02 08:47", "general", "Mei-Lin Chan", "That shelf is getting full."],
  [
    "2026-03-02 08:52",
    "general",
    "Tomás Rivera",
    "I have a box of the sealed ones, I'll bring them to the pier on Wednesday.",
  ],
  [
    "2026-03-02 09:05",
    "release",
    "Jonas Weber",
    "Candidate 3 of the collector is on the two test stations since midnight.",
  ],
  ["2026-03-02 09:06", "release", "Jonas Weber", "So far: no gaps, memory flat at 61 MB."],
  [
    "2026-03-02 09:10",
    "release",
    "Priya Nair",
    "And the battery station? That one always finds something.",
  ],
  [
    "2026-03-02 09:12",
    "release",
    "Jonas Weber",
    "Goes on tonight. I would rather watch it for the first hour.",
  ],
  [
    "2026-03-02 09:30",
    "general",
    "Priya Nair",
    "Is anybody using the big table at eleven? I need to unroll the harbour map.",
  ],
  [
    "2026-03-02 09:31",
    "general",
    "Mei-Lin Chan",
    "All yours. I am at the dentist until noon, sadly.",
  ],
  [
    "2026-03-02 11:58",
    "general",
    "Priya Nair",
    "Map is done, and there is half a cake next to it. Long story.",
  ],
  ["2026-03-02 12:02", "general", "Tomás Rivera", "I will not ask about the story. On my way."],
  [
    "2026-03-02 14:20",
    "ideas",
    "Mei-Lin Chan",
    "What if a station kept its own readings until we confirm we have them?",
  ],
  [
    "2026-03-02 14:21",
    "ideas",
    "Mei-Lin Chan",
    "Today a lost packet is a lost reading. With an offset per reading it could simply go on from the last one we confirmed.",
  ],
  [
    "2026-03-02 14:26",
    "ideas",
    "Ada Okafor",
    "Like a bookmark in a book that only ever gets longer.",
  ],
  [
    "2026-03-02 14:28",
    "ideas",
    "Mei-Lin Chan",
    "Exactly that. And nobody has to remember what was sent, only how far.",
  ],
  [
    "2026-03-02 14:35",
    "ideas",
    "Jonas Weber",
    "How much would they have to keep? Some of them have 32 MB.",
  ],
  [
    "2026-03-02 14:39",
    "ideas",
    "Mei-Lin Chan",
    "16 bytes a reading, one a second:\n  1 day   = 1.4 MB\n  3 weeks = 29 MB\nSo three weeks, and then the oldest segment goes.",
  ],
  [
    "2026-03-02 14:41",
    "ideas",
    "Jonas Weber",
    "Three weeks is more than the longest outage we have ever had. I like it.",
  ],
  ["2026-03-02 17:03", "release", "Jonas Weber", "Battery station has candidate 3 now. Watching."],
  [
    "2026-03-02 17:48",
    "release",
    "Jonas Weber",
    "It slept and woke six times, and the readings are all there.",
  ],
  [
    "2026-03-02 17:50",
    "release",
    "Priya Nair",
    "Then I owe you a coffee. I was sure it would trip over the clock again.",
  ],
  ["2026-03-03 07:55", "release", "Jonas Weber", "After a night: 3 stations, 0 gaps, 0 restarts."],
  ["2026-03-03 08:02", "release", "Ada Okafor", "Do we ship on Thursday, then?"],
  [
    "2026-03-03 08:03",
    "release",
    "Jonas Weber",
    "One more thing to try first: pulling the plug in the middle of a write. Repeatedly.",
  ],
  [
    "2026-03-03 08:05",
    "release",
    "Tomás Rivera",
    "I have a switched socket with a timer. You can have it for the cake story.",
  ],
  [
    "2026-03-03 08:30",
    "general",
    "Ada Okafor",
    "Reminder: the school class visits at two. Twenty-four children, one tide gauge.",
  ],
  ["2026-03-03 08:33", "general", "Tomás Rivera", "I'll hide the good screwdrivers."],
  [
    "2026-03-03 08:34",
    "general",
    "Mei-Lin Chan",
    "Last year one of them asked why the sea does not overflow, and I still have no short answer.",
  ],
  ["2026-03-03 08:36", "general", "Jonas Weber", '"Retention."'],
  ["2026-03-03 08:36", "general", "Mei-Lin Chan", "Out."],
  [
    "2026-03-03 10:15",
    "ideas",
    "Tomás Rivera",
    "About the bookmark: could the display at the pier use it too? It shows nothing for a minute after every restart.",
  ],
  [
    "2026-03-03 10:18",
    "ideas",
    "Mei-Lin Chan",
    "Yes! It would read the last hundred, then follow. No server needs to know that it was gone.",
  ],
  [
    "2026-03-03 10:22",
    "ideas",
    "Ada Okafor",
    "And if somebody wants to see the storm of January again, it starts from there instead.",
  ],
  ["2026-03-03 10:24", "ideas", "Mei-Lin Chan", "Same loop, other number."],
  [
    "2026-03-03 15:40",
    "general",
    "Ada Okafor",
    "The class is gone. One question that I could not answer, forty that I could.",
  ],
  ["2026-03-03 15:41", "general", "Priya Nair", "Which one?"],
  ["2026-03-03 15:42", "general", "Ada Okafor", '"What does the gauge do when it is bored?"'],
  ["2026-03-03 15:44", "general", "Jonas Weber", "It waits for the next record, without polling."],
  [
    "2026-03-03 16:10",
    "release",
    "Jonas Weber",
    "Plug test: 40 cuts so far. After each start everything that was confirmed is there.",
  ],
  ["2026-03-03 16:12", "release", "Priya Nair", "And what was not confirmed?"],
  [
    "2026-03-03 16:13",
    "release",
    "Jonas Weber",
    "Sometimes there, sometimes not, never half. As promised on the tin.",
  ],
  ["2026-03-03 16:20", "release", "Ada Okafor", "Then Thursday it is."],
  [
    "2026-03-04 08:12",
    "general",
    "Tomás Rivera",
    "Pier report: connectors replaced, gulls unimpressed.",
  ],
  [
    "2026-03-04 08:15",
    "general",
    "Ada Okafor",
    "Thank you! I see all six sensors. Water at 1.82 m and rising.",
  ],
  [
    "2026-03-04 08:20",
    "general",
    "Priya Nair",
    "Who has the key to the archive room? The year 1998 wants to be scanned.",
  ],
  [
    "2026-03-04 08:21",
    "general",
    "Mei-Lin Chan",
    "On the hook behind the plant. No, the other plant.",
  ],
  [
    "2026-03-04 08:40",
    "release",
    "Jonas Weber",
    "112 cuts. I am stopping here, the timer has become unhappy, the collector has not.",
  ],
  ["2026-03-04 08:44", "release", "Tomás Rivera", "Poor timer. Give it back, I have tea for it."],
  [
    "2026-03-04 09:02",
    "ideas",
    "Jonas Weber",
    "I tried the bookmark on my desk: two processes, one writes, one follows. Killed both at random for an hour.",
  ],
  [
    "2026-03-04 09:03",
    "ideas",
    "Jonas Weber",
    "The follower never missed one and never saw one twice. It stores a single number.",
  ],
  ["2026-03-04 09:07", "ideas", "Mei-Lin Chan", "Can I quote you in the proposal?"],
  ["2026-03-04 09:08", "ideas", "Jonas Weber", 'Only if you spell "number" in bold.'],
  [
    "2026-03-04 09:30",
    "release",
    "Ada Okafor",
    "Release notes are in the shared folder. Please look for anything that promises too much.",
  ],
  [
    "2026-03-04 09:41",
    "release",
    "Priya Nair",
    'Found one: "never loses a reading". A reading that never reached the disk is lost, and that is fine, but then say so.',
  ],
  [
    "2026-03-04 09:43",
    "release",
    "Ada Okafor",
    'Now it reads: "A reading that was confirmed is on disk, and stays there."',
  ],
  ["2026-03-04 09:44", "release", "Priya Nair", "That one I can sign."],
  [
    "2026-03-04 12:30",
    "general",
    "Tomás Rivera",
    "Soup in the kitchen. The good pot, the big spoon, first come first served.",
  ],
  ["2026-03-04 12:31", "general", "Jonas Weber", "A queue, finally."],
  [
    "2026-03-04 12:31",
    "general",
    "Mei-Lin Chan",
    "Append only, please. The last one took from the middle.",
  ],
];

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("usage: node sample-conversation.mjs FILE");
  process.exit(1);
}
const lines = CONVERSATION.map(([at, room, user, text], i) => {
  const second = String((i * 17) % 60).padStart(2, "0");
  return JSON.stringify({ room, user, text, time: `${at?.replace(" ", "T")}:${second}Z` });
});
writeFileSync(file, `${lines.join("\n")}\n`);
console.log(`${lines.length} messages written to ${file}`);
