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
});

// A button that prints the page shows itself.
document.querySelectorAll('[data-print]').forEach((button) => { button.hidden = false; });
document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) print();
});
