// Package registries answers like the registers of other ministries, from sample data.
//
// It owns the HTTP shape of a registry and the format of its sample files. It may only run in standalone and in
// tests, and knows nothing of the catalogue: what a registry offers is declared there.
//
// A caller sends POST /{registry}/{operation} with a bearer key and the arguments as a JSON object. It gets 200 with the
// answer, 404 {"code":"not-found"} when there is no such row, 400 when the operation or its arguments are not the declared ones.
//
//	registry: licensing
//	operations:
//	  - operation: licence-by-number
//	    arguments: [number]
//	    rows:
//	      - match: {number: "1234567"}
//	        answer: {holder: "401234567", expiresOn: today+20d}
//	        fault: {status: 503, times: 2} # the first two calls; optional
//	        delay: 200ms                   # of every call; optional
//
// A text such as today+20d, today-5mo or today-6y+1d is the date so far from the day of the call, so that samples do
// not grow old. The files stand in sample/registries of a catalogue.
package registries
