// A licence number is seven digits and does not repeat one digit throughout.
function validate(value, form) {
  if (!/^[0-9]{7}$/.test(value)) return false;
  return new Set(value).size > 1;
}
