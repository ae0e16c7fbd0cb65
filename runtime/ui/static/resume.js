// Sends a large file in parts by tus 1.0, so that a line that breaks costs one part and not the file: it goes on where it broke, also after the
// page was loaded again and the same file was chosen. The form then names the upload, as it does one of an earlier page. Where this cannot begin,
// the form brings the file.

const part = 256 << 10; // on a bad line less than the minute that a server waits
const longest = 30; // seconds between two tries
const tus = { 'Tus-Resumable': '1.0.0', 'Accept-Language': document.documentElement.lang };

class Refused extends Error {} // its message is for the reader; '' where the form should bring the file

// What is remembered is forgotten with the tab: others may use the same telephone.
const remembered = {
  get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { sessionStorage.setItem(key, value); } catch { /* then it begins anew after a reload */ } },
  forget(key) { try { sessionStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// pause ends when the line is back, or after a while.
const pause = (seconds, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, seconds * 1000);
  const now = () => { clearTimeout(timer); resolve(); };
  addEventListener('online', now, { once: true });
  signal.addEventListener('abort', now, { once: true });
});

// transfer gives the ID of the upload that the file has become.
async function transfer(path, file, signal, progress, paused) {
  const key = `diwan upload ${mark(file)}`;
  let url = remembered.get(key);
  let offset = -1; // not known
  const ask = (method, to, headers, body) => fetch(to, { method, headers: { ...tus, ...headers }, body, signal, redirect: 'error' });
  for (let failed = 0; ;) {
    let answer;
    try {
      if (!url) answer = await ask('POST', path, { 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${base64(file.name)}` });
      else if (offset < 0) answer = await ask('HEAD', url);
      else {
        answer = await ask('PATCH', url, { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }, file.slice(offset, offset + part));
      }
      if (answer.status >= 500) throw new Error(answer.status);
    } catch (error) {
      if (signal.aborted) throw error;
      if (!url && failed > 2) throw new Refused('');
      paused();
      await pause(Math.min(2 ** failed++, longest), signal);
      offset = -1;
      continue;
    }
    if (answer.status === 404 && url) {
      url = null;
      remembered.forget(key);
    } else if (answer.status === 409) offset = -1;
    else if (!answer.ok && url && offset < 0) offset = 0; // a part is answered with the words
    else if (!answer.ok) {
      remembered.forget(key);
      throw new Refused([413, 422, 429].includes(answer.status) ? (await answer.text()).trim() : '');
    } else {
      failed = 0;
      url ??= answer.headers.get('Location');
      remembered.set(key, url);
      offset = Number(answer.headers.get('Upload-Offset'));
      const id = answer.headers.get('Diwan-Upload');
      if (id) {
        remembered.forget(key);
        return id;
      }
      progress(offset / file.size);
    }
  }
}

const running = new Map(); // id of an input -> how it is stopped
const waiting = new Map(); // form -> the button that was pressed meanwhile

const formOf = (input) => (input.isConnected ? input : document.getElementById(input.id) ?? input).form;
const sending = (form) => Array.from(running.keys()).some((id) => document.getElementById(id)?.form === form);

// A form that is sent meanwhile goes when its files have.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!sending(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting.set(form, event.submitter);
  for (const id of running.keys()) {
    const said = document.getElementById(`${id}-chosen`);
    if (said && document.getElementById(id)?.form === form) said.textContent = said.dataset.held;
  }
}, true);

// What was sent is named in a form's answers instead of being brought again.
const uploads = new Map(); // of a file -> its upload's ID
const mark = (file) => `${file.name} ${file.size} ${file.lastModified}`;
document.addEventListener('formdata', ({ target, formData }) => {
  for (const input of target.querySelectorAll('input[type=file][data-resume]')) {
    const chosen = Array.from(input.files);
    if (!chosen.some((file) => uploads.has(mark(file)))) continue;
    const before = input.multiple ? formData.getAll(input.name).filter((value) => typeof value === 'string') : [];
    formData.delete(input.name);
    before.concat(chosen.map((file) => uploads.get(mark(file)) ?? file)).forEach((value) => formData.append(input.name, value));
  }
});

// send sends the large ones of what an input has chosen, one after the other.
export async function send(input, files) {
  running.get(input.id)?.abort();
  const stop = new AbortController();
  running.set(input.id, stop);
  const said = document.getElementById(`${input.id}-chosen`);
  const bar = document.createElement('progress');
  bar.className = 'upload__progress';
  bar.max = 1;
  bar.setAttribute('aria-labelledby', said.id);
  said.after(bar);
  const names = files.map((file) => file.name).join(' · ');
  const say = (text) => { if (said.textContent !== `${text} ${names}`) said.replaceChildren(`${text} `, Object.assign(document.createElement('bdi'), { textContent: names })); };
  input.removeAttribute('aria-invalid');
  try {
    for (const file of files) {
      say(said.dataset.sending);
      if (uploads.has(mark(file))) continue;
      const id = await transfer(input.dataset.resume, file, stop.signal, (share) => { bar.value = share; say(said.dataset.sending); }, () => say(said.dataset.paused));
      uploads.set(mark(file), id);
    }
    say(said.dataset.sent);
  } catch (error) {
    if (stop.signal.aborted) return;
    if (error instanceof Refused && error.message) {
      input.value = '';
      input.setAttribute('aria-invalid', 'true');
      said.textContent = error.message;
      waiting.delete(formOf(input));
    } else say(said.dataset.label);
  } finally {
    bar.remove();
    if (running.get(input.id) === stop) running.delete(input.id);
  }
  const form = formOf(input);
  if (form && waiting.has(form) && !sending(form)) {
    const button = waiting.get(form);
    waiting.delete(form);
    form.requestSubmit(button?.isConnected ? button : undefined);
  }
}
