// The text of a definition in CodeMirror. Places are bytes of UTF-8 for the server and units of UTF-16 here.
import { EditorState, ChangeSet, Annotation } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, highlightActiveLine, drawSelection, hoverTooltip } from '@codemirror/view';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { syntaxHighlighting, defaultHighlightStyle, indentOnInput, indentUnit } from '@codemirror/language';
import { yaml } from '@codemirror/lang-yaml';
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { setDiagnostics, lintGutter, nextDiagnostic, previousDiagnostic } from '@codemirror/lint';

const host = document.getElementById('editor');
const box = document.getElementById('source');
const saved = document.getElementById('saved');
const others = document.getElementById('others');
const { path, file, readonly, nonce } = host.dataset;
const writable = readonly === undefined;
const remote = Annotation.define();

const encoder = new TextEncoder();
const size = (text) => encoder.encode(text).length;
// at gives the unit that stands at a byte, by one walk from the left.
const at = (text, byte) => {
  let bytes = 0;
  let i = 0;
  while (i < text.length && bytes < byte) {
    const code = text.codePointAt(i);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    i += code < 0x10000 ? 1 : 2;
  }
  return i;
};

let version = Number(host.dataset.version);
let synced = box.value; // the text of that version
let pending = null; // what was typed since, over the synced text
let sent = null; // what is on its way
let timer = 0;

const say = () => { saved.textContent = pending || sent ? host.dataset.unsaved : host.dataset.saved; };

host.dir = 'ltr'; // a definition begins at the left in every language; Arabic inside of it runs its own way
const view = new EditorView({
  parent: host,
  doc: box.value,
  extensions: [
    EditorView.cspNonce.of(nonce), lineNumbers(), drawSelection(), highlightActiveLine(), indentOnInput(), indentUnit.of('  '), yaml(),
    syntaxHighlighting(defaultHighlightStyle), lintGutter(), EditorView.lineWrapping, EditorState.readOnly.of(!writable),
    EditorView.contentAttributes.of({ 'aria-label': host.dataset.label, spellcheck: 'false', tabindex: '0' }),
    keymap.of([{ key: 'Mod-z', run: () => take('undo') }, { key: 'Mod-y', run: () => take('redo') }, { key: 'Mod-Shift-z', run: () => take('redo') },
      { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic }, ...completionKeymap, ...defaultKeymap, indentWithTab]),
    autocompletion({ override: [proposals] }),
    hoverTooltip(explained),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      box.value = update.state.doc.toString();
      if (update.transactions.some((t) => t.annotation(remote))) return;
      pending = pending ? pending.compose(update.changes) : update.changes;
      say();
      clearTimeout(timer);
      timer = setTimeout(send, 300);
    }),
  ],
});
host.hidden = false;
box.hidden = true;
document.querySelector('[data-save]')?.setAttribute('hidden', '');
document.querySelector('label[for=source]')?.setAttribute('hidden', '');

const form = (more) => new URLSearchParams({ file, ...more });
const post = (what, more) => fetch(`${path}/${what}`, { method: 'POST', body: form(more), signal: AbortSignal.timeout(20000) });

// send brings what was typed to the server; one request at a time.
async function send() {
  if (sent || !pending) return;
  sent = pending;
  pending = null;
  const edits = [];
  let bytes = 0;
  let unit = 0;
  sent.iterChanges((fromA, toA, fromB, toB, inserted) => {
    bytes += size(synced.slice(unit, fromA));
    const from = bytes;
    bytes += size(synced.slice(fromA, toA));
    unit = toA;
    edits.push({ from, to: bytes, text: inserted.toString() });
  });
  try {
    const answer = await post('type', { version, edits: JSON.stringify(edits) });
    if (answer.ok) {
      const told = await answer.json();
      synced = sent.apply(textOf(synced)).toString();
      version = told.version;
      sent = null;
      show(told);
    } else {
      const told = answer.status === 409 ? await answer.json() : null;
      pending = pending ? sent.compose(pending) : sent;
      sent = null;
      if (told) take409(told);
    }
  } catch {
    pending = pending ? sent.compose(pending) : sent;
    sent = null;
  }
  say();
  if (pending) timer = setTimeout(send, 1000);
}

const textOf = (text) => EditorState.create({ doc: text }).doc;

// take409 puts what others have done below what was typed.
function take409(told) {
  for (const e of told.edits) {
    if (e.version <= version) continue;
    const from = at(synced, e.from);
    const to = at(synced, e.to);
    const theirs = ChangeSet.of({ from, to, insert: e.text }, synced.length, '\n');
    synced = theirs.apply(textOf(synced)).toString();
    version = e.version;
    let here = theirs;
    if (pending) {
      here = theirs.map(pending);
      pending = pending.map(theirs, true);
    }
    view.dispatch({ changes: here, annotations: remote.of(true) });
  }
  show(told);
}

function show(told) {
  if (!sent && told.version >= version && told.edits.some((e) => e.version > version)) return take409(told);
  if (others && told.others !== undefined) others.textContent = told.others ? `${others.dataset.with} ${told.others}` : '';
  if (pending || sent || told.version !== version) return undefined;
  const text = view.state.doc.toString();
  view.dispatch(setDiagnostics(view.state, told.findings.map((f) => ({
    from: at(text, f.from), to: Math.max(at(text, f.from), at(text, f.to)), severity: f.error ? 'error' : 'warning', message: f.help ? `${f.text}\n${f.help}` : f.text,
  }))));
  return undefined;
}

// look asks what others have done, as long as the page is seen.
async function look() {
  try {
    if (!document.hidden && !sent) {
      const answer = await fetch(`${path}/since?${form({ version })}`, { signal: AbortSignal.timeout(20000) });
      if (answer.ok && !sent) show(await answer.json());
    }
  } catch { /* the next one may come through */ }
  setTimeout(look, 2000);
}

// take undoes or redoes on the server: one's own last edit, on whichever side it was made.
function take(act) {
  if (!writable) return true;
  (async () => {
    await send();
    await fetch(`${path}/edit`, { method: 'POST', body: form({ act, tab: 'text' }), redirect: 'manual', signal: AbortSignal.timeout(20000) });
    const answer = await fetch(`${path}/since?${form({ version })}`, { signal: AbortSignal.timeout(20000) });
    if (answer.ok) show(await answer.json());
  })();
  return true;
}

async function proposals(context) {
  if (!context.explicit && !context.matchBefore(/[\w.-]+/)) return null;
  const text = context.state.doc.toString();
  const answer = await post('complete', { offset: size(text.slice(0, context.pos)), text });
  if (!answer.ok) return null;
  const list = await answer.json();
  if (list.length === 0) return null;
  return {
    from: at(text, list[0].from),
    options: list.map((p) => ({ label: p.label, detail: p.detail, info: p.doc || undefined, apply: p.insert })),
    validFor: /^[\w.-]*$/,
  };
}

async function explained(_, pos) {
  const text = view.state.doc.toString();
  const answer = await post('hover', { offset: size(text.slice(0, pos)), text });
  const told = answer.ok ? await answer.json() : {};
  if (!told.text) return null;
  return {
    pos: at(text, told.from), end: at(text, told.to), above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-explained';
      dom.textContent = told.text.replaceAll(/[`*]/g, '');
      return { dom };
    },
  };
}

const line = Number(new URLSearchParams(location.search).get('line'));
if (line > 0 && line <= view.state.doc.lines) {
  const { from } = view.state.doc.line(line);
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  view.focus();
}
look();
