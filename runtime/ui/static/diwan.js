// Small comforts; every page works without them.

// The error summary is read out first; after a part of the page was replaced, what is new in it.
const focus = (root) => root.querySelector('[data-focus]')?.focus({ preventScroll: false });
focus(document);
document.addEventListener('htmx:after:swap', (event) => {
  const target = event.detail?.ctx?.target;
  focus(target instanceof Element && target.isConnected ? target : event.target);
});

// A form is sent once. The button keeps its name and value in what is sent, so it is disabled afterwards.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === 'get' || 'repeat' in form.dataset) return;
  if ('sent' in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = '';
  const buttons = form.querySelectorAll('button[type=submit]');
  setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
});

// Coming back by the browser's back button, forms can be sent again.
const release = () => document.querySelectorAll('form[data-sent]').forEach((form) => {
  delete form.dataset.sent;
  form.querySelectorAll('button[type=submit]').forEach((button) => { button.disabled = false; });
});
addEventListener('pageshow', (event) => { if (event.persisted) release(); });
document.addEventListener('htmx:after:request', release);

// A form that asks the server while somebody goes on typing: its requests go one after the other (hx-sync), each carries what stands in the
// form when it leaves, one that has nothing new to say is left out, and an answer never takes back what was typed after it was asked.
let moment = 0;
const edited = new WeakMap(); // control -> moment of its last edit
const asked = new WeakMap(); // form -> moment of its last request
const answers = new WeakMap(); // htmx's request -> what must outlive its answer
const later = (control, since) => (edited.get(control) ?? 0) > since;
const note = (event) => { if (event.target.form) edited.set(event.target, ++moment); };
document.addEventListener('input', note);
document.addEventListener('change', note);
document.addEventListener('htmx:before:request', (event) => {
  const { ctx } = event.detail;
  const { form, submitter } = ctx.request;
  if (!form || !(ctx.request.body instanceof URLSearchParams || ctx.request.body instanceof FormData)) return;
  const since = asked.get(form);
  if (ctx.sourceElement.matches('.asks') && since !== undefined && !Array.from(form.elements).some((control) => later(control, since))) {
    event.preventDefault();
    return;
  }
  const now = new FormData(form);
  const button = ctx.sourceElement.matches('button[name]') ? ctx.sourceElement : submitter;
  if (button?.name) now.append(button.name, button.value);
  ctx.request.body = ctx.request.body instanceof FormData ? now : new URLSearchParams(now);
  asked.set(form, ++moment);
  answers.set(ctx, { form, since: moment, kept: [] });
});
document.addEventListener('htmx:before:swap', (event) => {
  const answer = answers.get(event.detail.ctx);
  if (!answer || event.detail.ctx.sourceElement.value?.startsWith('remove:')) return; // the rows behind one that goes have other names
  answer.kept = Array.from(answer.form.elements).filter((control) => control.id && control.type !== 'file' && later(control, answer.since))
    .map(({ id, value, checked }) => ({ id, value, checked }));
});
document.addEventListener('htmx:after:swap', (event) => {
  answers.get(event.detail.ctx)?.kept.forEach(({ id, value, checked }) => {
    const control = document.getElementById(id);
    if (!control) return;
    if (control.value !== value) control.value = value;
    if (control.checked !== checked) control.checked = checked;
  });
});

// Rows are added and removed one at a time: a second click on a row that is about to go would take its neighbour. What the browser finds invalid never
// comes here, so that it leaves no form busy; and the button itself may be another one by the time that its answer has come.
const busy = new WeakMap(); // htmx's request -> the form whose rows it changes
document.addEventListener('htmx:config:request', (event) => {
  const { ctx } = event.detail;
  const { form } = ctx.request;
  if (!form || !ctx.sourceElement.matches('button[hx-post]')) return;
  if ('busy' in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.busy = '';
  busy.set(ctx, form);
});
document.addEventListener('htmx:finally:request', (event) => { delete busy.get(event.detail.ctx)?.dataset.busy; });

// The names of chosen files are repeated in words.
document.addEventListener('change', (event) => {
  const input = event.target;
  const echo = input.dataset?.echo && document.getElementById(input.dataset.echo);
  if (!echo) return;
  const names = Array.from(input.files, (file) => file.name);
  echo.replaceChildren();
  if (names.length === 0) return;
  echo.append(echo.dataset.label, ' ');
  names.forEach((name, i) => {
    const bdi = document.createElement('bdi');
    bdi.textContent = name;
    echo.append(i ? ' · ' : '', bdi);
  });
  // Large ones go at once and in parts, which their script does; where it does not come, the form brings them.
  const large = Array.from(input.files).filter((file) => file.size >= 1 << 20);
  if (input.dataset.resume && large.length) import(input.dataset.script).then(({ send }) => send(input, large), () => {});
});

// A button that prints the page shows itself.
document.querySelectorAll('[data-print]').forEach((button) => { button.hidden = false; });
document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) print();
});
