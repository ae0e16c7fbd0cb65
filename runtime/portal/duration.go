package portal

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/ui"
)

var written = regexp.MustCompile(`^([0-9]{1,4}) (minutes?|hours?|days?|working days?|weeks?|months?|years?)$`)

// promised says a promised time of a definition, such as "3 working days" or "at once", in the page's language.
func promised(l *ui.Locale, text string) string {
	if text == "at once" {
		return l.T("duration.atOnce")
	}
	parts := written.FindStringSubmatch(text)
	if parts == nil {
		return text
	}
	count, _ := strconv.Atoi(parts[1]) // four digits at most
	return duration(l, count, parts[2])
}

// duration says a number of minutes, hours, days, working days, weeks, months or years.
func duration(l *ui.Locale, count int, unit string) string {
	key := strings.TrimSuffix(unit, "s")
	if strings.HasPrefix(unit, "working") {
		key = "workingDay"
	}
	return l.T("duration."+key, "count", count)
}
