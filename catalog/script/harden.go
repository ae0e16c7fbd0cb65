package script

// harden takes away what reaches code, time, chance or memory outside the heap's count, and freezes
// everything that all calls share. It walks from the global object and from what only syntax reaches.
const harden = `(function () {
'use strict';
const global = globalThis;
for (const name of ['eval', 'Function', 'Date', 'Proxy', 'Reflect', 'Promise', 'RegExp', 'WeakRef', 'FinalizationRegistry',
  'SharedArrayBuffer', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array',
  'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'escape', 'unescape'])
  delete global[name];
delete Math.random;
delete Symbol.for;
delete Symbol.keyFor;
const generator = Object.getPrototypeOf(function* () {});
const async = Object.getPrototypeOf(async function () {});
const pattern = Object.getPrototypeOf(/a/);
for (const proto of [Object.getPrototypeOf(function () {}), generator, async, pattern])
  Object.defineProperty(proto, 'constructor', {value: undefined, writable: false, configurable: false});
const string = String.prototype;
const isPattern = pattern[Symbol.match];
for (const name of ['match', 'matchAll', 'search']) {
  const own = string[name];
  const call = own.call.bind(own);
  Object.defineProperty(string, name, {value: function (re) {
    if (re === null || typeof re !== 'object' || re[Symbol.match] !== isPattern) throw new TypeError('want a pattern');
    return call(this, re);
  }});
}
const seen = new Set();
function freeze(o) {
  if (o === null || (typeof o !== 'object' && typeof o !== 'function') || seen.has(o)) return;
  seen.add(o);
  for (const key of Object.getOwnPropertyNames(o).concat(Object.getOwnPropertySymbols(o))) {
    const d = Object.getOwnPropertyDescriptor(o, key);
    if ('value' in d) freeze(d.value); else { freeze(d.get); freeze(d.set); }
  }
  freeze(Object.getPrototypeOf(o));
  Object.freeze(o);
}
[[][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), ''[Symbol.iterator](), 'a'.matchAll(/a/g)]
  .forEach(function (i) { freeze(Object.getPrototypeOf(i)); });
[generator, async, pattern].forEach(freeze);
freeze(global);
})()`
