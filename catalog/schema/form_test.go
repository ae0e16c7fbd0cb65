package schema

// A form of 25 fields as the portal would send it, with its schema; used by several tests.
const formSchema = `{
 "$schema": "https://json-schema.org/draft/2020-12/schema",
 "type": "object", "additionalProperties": false,
 "required": ["age", "region", "nationalID", "firstName", "familyName", "birthDate", "gender", "phone", "consent", "address"],
 "properties": {
  "age": {"type": "integer", "minimum": 0, "maximum": 130},
  "region": {"enum": ["gaza", "north-gaza", "khan-yunis", "rafah", "hebron", "nablus", "ramallah"]},
  "nationalID": {"type": "string", "pattern": "^[0-9]{9}$"},
  "firstName": {"type": "string", "minLength": 1, "maxLength": 60},
  "fatherName": {"type": "string", "minLength": 1, "maxLength": 60},
  "grandfatherName": {"type": "string", "minLength": 1, "maxLength": 60},
  "familyName": {"type": "string", "minLength": 1, "maxLength": 60},
  "birthDate": {"type": "string", "format": "date"},
  "gender": {"enum": ["male", "female"]},
  "maritalStatus": {"enum": ["single", "married", "divorced", "widowed"]},
  "phone": {"type": "string", "format": "phone"},
  "email": {"type": "string", "format": "email", "maxLength": 254},
  "occupation": {"type": "string", "maxLength": 80},
  "income": {"type": "number", "minimum": 0, "multipleOf": 0.01},
  "householdSize": {"type": "integer", "minimum": 1, "maximum": 40},
  "disability": {"enum": ["none", "mobility", "sight", "hearing"]},
  "education": {"enum": ["none", "primary", "secondary", "university"]},
  "displaced": {"type": "boolean"},
  "displacedFrom": {"type": "string", "maxLength": 80},
  "notes": {"type": "string", "maxLength": 2000},
  "consent": {"const": true},
  "submittedOn": {"type": "string", "format": "date"},
  "iban": {"type": "string", "pattern": "^PS[0-9]{2}[A-Z]{4}[0-9A-Z]{21}$"},
  "address": {"type": "object", "additionalProperties": false, "required": ["city", "street"], "properties": {
   "city": {"type": "string", "minLength": 1}, "street": {"type": "string", "minLength": 1},
   "building": {"type": "string"}, "postcode": {"type": "string", "pattern": "^P[0-9]{7}$"}}},
  "family": {"type": "array", "maxItems": 30, "uniqueItems": true, "items": {
   "type": "object", "additionalProperties": false, "required": ["name", "relation"], "properties": {
    "name": {"type": "string", "minLength": 1}, "relation": {"enum": ["mother", "father", "brother", "sister"]},
    "birthDate": {"type": "string", "format": "date"}}}}},
 "allOf": [{"if": {"properties": {"displaced": {"const": true}}, "required": ["displaced"]}, "then": {"required": ["displacedFrom"]}}]
}`

const validForm = `{"age":12,"region":"gaza","nationalID":"401234567","firstName":"محمد","fatherName":"أحمد","grandfatherName":"خليل",
"familyName":"النجار","birthDate":"2014-03-21","gender":"male","maritalStatus":"single","phone":"0591234567","email":"m.najjar@example.ps",
"occupation":"طالب","income":2350.55,"householdSize":7,"disability":"none","education":"primary","displaced":true,"displacedFrom":"بيت لاهيا",
"notes":"لا","consent":true,"submittedOn":"2026-01-15","iban":"PS92PALS000000000400123456702",
"address":{"city":"خان يونس","street":"شارع جلال","building":"12","postcode":"P8890000"},
"family":[{"name":"سارة","relation":"mother","birthDate":"1988-07-02"},{"name":"يوسف","relation":"brother","birthDate":"2010-01-05"},
{"name":"ليلى","relation":"sister","birthDate":"2012-11-23"}]}`

const invalidForm = `{"age":1200,"region":"mars","nationalID":"SECRET-ID","firstName":"","birthDate":"2014-02-30","gender":"male",
"phone":"call me","email":"Name <a@b.ps>","income":2350.555,"displaced":true,"consent":false,"address":{"city":"x","name":"SECRET"},
"family":[{"name":"a","relation":"mother"},{"name":"b","relation":"cousin"},{"name":"c"}]}`
