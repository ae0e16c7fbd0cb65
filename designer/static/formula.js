// The box of a formula: what could stand at the cursor is offered while somebody types, and what stands there is said in words and judged. Without this
// script the list of names stands below, and the page says it all after it is saved.
const wait = 120; // milliseconds without a key before the server is asked
const limit = 5000; // after which the question is given up; the next key asks anew

for (const box of document.querySelectorAll('textarea[data-formula][name^="p."]')) {
  const list = document.createElement('ul');
  Object.assign(list, { id: `${box.id}-offers`, className: 'offers', hidden: true, tabIndex: 0 });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', box.dataset.offers);
  const count = document.createElement('p');
  count.className = 'visually-hidden';
  count.setAttribute('role', 'status');
  const problem = document.createElement('p');
  Object.assign(problem, { className: 'property__problem', hidden: true });
  problem.setAttribute('role', 'status');
  const gives = document.createElement('p');
  Object.assign(gives, { className: 'said muted', hidden: true });
  gives.setAttribute('role', 'status');
  const frame = document.createElement('div');
  frame.className = 'offers-frame';
  box.replaceWith(frame);
  frame.append(box, list, count);
  frame.after(gives, problem);
  for (const [name, value] of Object.entries({ 'aria-autocomplete': 'list', 'aria-haspopup': 'listbox', 'aria-controls': list.id, autocomplete: 'off' })) box.setAttribute(name, value);

  let offers = [];
  let active = -1;
  let timer = 0;
  let asking = null;

  const close = () => {
    list.hidden = true;
    count.textContent = '';
    active = -1;
    box.removeAttribute('aria-activedescendant');
  };
  const choose = (i) => {
    active = i;
    [...list.children].forEach((li, at) => li.setAttribute('aria-selected', String(at === i)));
    box.setAttribute('aria-activedescendant', list.children[i].id);
    list.children[i].scrollIntoView({ block: 'nearest' });
  };
  const take = (i) => {
    const offer = offers[i];
    const at = box.selectionStart;
    box.setRangeText(offer.text, at - offer.before, at + offer.after, 'end');
    box.selectionStart = box.selectionEnd = box.selectionStart - offer.back;
    close();
    box.focus();
    soon(false);
  };
  const show = () => {
    list.replaceChildren(...offers.map((offer, i) => {
      const li = document.createElement('li');
      li.id = `${list.id}-${i}`;
      li.setAttribute('role', 'option');
      const [label, detail] = ['code', 'span'].map((tag) => document.createElement(tag));
      label.dir = 'ltr';
      label.textContent = offer.label;
      detail.textContent = offer.detail;
      detail.dir = 'auto';
      li.append(label, ' ', detail);
      if (offer.doc) li.title = offer.doc;
      li.addEventListener('pointerdown', (event) => { event.preventDefault(); take(i); });
      return li;
    }));
    list.hidden = false;
    count.textContent = `${box.dataset.offers}: ${offers.length}`;
    choose(0);
  };

  const ask = async (open) => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const stop = setTimeout(() => mine.abort(), limit);
    const [before, after] = [box.value.slice(0, box.selectionStart), box.value.slice(box.selectionStart)];
    const body = new URLSearchParams({ before, after, key: box.name.slice(2) });
    for (const name of ['file', 'tab', 'at']) if (box.form.elements[name]) body.set(name, box.form.elements[name].value);
    try {
      const answer = await fetch(box.form.action.replace(/\/edit.*$/, '/formula'), { method: 'POST', body, signal: mine.signal });
      if (!answer.ok || asking !== mine) return;
      const told = await answer.json();
      problem.textContent = told.problems.join(' ');
      problem.hidden = told.problems.length === 0;
      let said = document.getElementById(`${box.id}-said`);
      if (!said && told.said) {
        said = document.createElement('p');
        Object.assign(said, { className: 'said', id: `${box.id}-said` });
        problem.after(said);
      }
      if (said) said.textContent = told.said;
      gives.textContent = told.gives;
      gives.hidden = !told.gives;
      const word = before.match(/[\p{L}\p{N}_]*$/u)[0];
      offers = told.offers.filter((offer) => offer.label.toLowerCase().startsWith(word.toLowerCase()) && offer.label !== word);
      if (open && offers.length && document.activeElement === box) show();
      else close();
    } catch (error) {
      if (error.name !== 'AbortError') throw error; // a newer question, or no answer in time
    } finally {
      clearTimeout(stop);
    }
  };
  const soon = (open) => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(open), wait);
  };

  box.addEventListener('input', () => {
    const before = box.value.slice(0, box.selectionStart);
    soon(/(?:[\p{L}\p{N}_.'"]|[=!]=\s*)$/u.test(before));
  });
  box.addEventListener('blur', close);
  box.addEventListener('keydown', (event) => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      clearTimeout(timer); // what was typed just now would ask without being shown
      ask(true);
      return;
    }
    if (list.hidden || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose((active + step + offers.length) % offers.length);
    else if (event.key === 'Enter' || event.key === 'Tab' && !event.shiftKey) take(active);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  });
}
