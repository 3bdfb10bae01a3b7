// Parts that need no server: diffs applied to texts, and conversations as they are kept.
import * as assert from 'node:assert';
import { counts, patched, unpatched } from '../src/chat/patch';
import { Transcript } from '../src/chat/transcript';
import { modelName } from '../src/status/model';
import { test, Test } from './suite';

const BEFORE = 'a\nb\nc\nd\ne\nf\n"🚀"\nh\n';
const AFTER = 'A\nb\nc\nd\ne\nf\n"🚀", 世界\nnew\nh\n';
const DIFF = '--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n-a\n+A\n b\n c\n@@ -6,3 +6,4 @@\n f\n-"🚀"\n+"🚀", 世界\n+new\n h\n';
const NEW = '--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+one\n+two\n';

const event = (session: string, turn: number, type: string, more: object = {}) => ({
  uri: 'file:///w', session, turn, prompt: 'Why?', event: { type, ...more },
});

export const parts: Test[] = [
  test('a diff forwards and backwards', async () => {
    assert.equal(patched(BEFORE, DIFF), AFTER);
    assert.equal(unpatched(AFTER, DIFF), BEFORE);
    assert.deepEqual(counts(DIFF), { added: 3, removed: 2 });
  }),
  test('line ends stay', async () => {
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    assert.equal(patched(crlf(BEFORE), DIFF), crlf(AFTER));
    assert.equal(unpatched(crlf(AFTER), DIFF), crlf(BEFORE));
  }),
  test('a diff for another text is refused', async () => {
    assert.equal(patched(BEFORE.replace('f\n', 'ff\n'), DIFF), undefined);
    assert.equal(unpatched(BEFORE, DIFF), undefined);
  }),
  test('a new file', async () => {
    assert.equal(patched('', NEW), 'one\ntwo\n');
  }),
  test('pieces of a text are joined, and turns end', async () => {
    const transcript = new Transcript();
    transcript.current = 's';
    assert.equal(transcript.add(event('s', 1, 'turn_started')).begun, true);
    transcript.add(event('s', 1, 'text', { text: 'One ', message: 0 }));
    transcript.add(event('s', 1, 'text', { text: 'two', message: 0 }));
    transcript.add(event('s', 1, 'text', { text: 'Three', message: 1 }));
    assert.ok(transcript.working);
    assert.deepEqual(transcript.turns[0]!.events.map((one) => one.text), ['One two', 'Three']);
    transcript.add(event('s', 1, 'done', { reason: 'end_turn' }));
    assert.ok(!transcript.working);
  }),
  test('a server that is gone ends its turns', async () => {
    const transcript = new Transcript();
    transcript.add(event('s', 1, 'turn_started'));
    assert.equal(transcript.interrupt().length, 1);
    assert.equal(transcript.interrupt().length, 0);
  }),
  test('models by their short names', async () => {
    assert.equal(modelName('http://127.0.0.1:8080/v1#org/qwen'), 'qwen');
    assert.equal(modelName('qwen at 127.0.0.1:8080'), 'qwen');
    assert.equal(modelName('builtin'), 'builtin');
    assert.equal(modelName(''), '');
  }),
];
