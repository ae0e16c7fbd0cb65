package ui

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed icons/*.svg
var iconFiles embed.FS

var (
	svgInside = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	svgSpace  = regexp.MustCompile(`\s*\n\s*`)
)

// icons are the drawings by name, without the outer element.
var icons = sync.OnceValues(func() (map[string]string, error) {
	out := map[string]string{}
	entries, err := fs.ReadDir(iconFiles, "icons")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		body, err := fs.ReadFile(iconFiles, "icons/"+entry.Name())
		if err != nil {
			return nil, err
		}
		inside := svgInside.FindSubmatch(body)
		if inside == nil {
			return nil, fmt.Errorf("ui: icon %s is not an svg", entry.Name())
		}
		out[strings.TrimSuffix(entry.Name(), ".svg")] = svgSpace.ReplaceAllString(string(inside[1]), "")
	}
	return out, nil
})

// turning icons point along the line of reading and are mirrored in right-to-left pages.
var turning = map[string]bool{
	"arrow-left": true, "arrow-right": true, "chevron-left": true, "chevron-right": true,
	"log-in": true, "log-out": true, "undo-2": true, "external-link": true, "list-checks": true,
	"message-square": true, "truck": true,
}

// Icons names the drawings that a card or button can carry.
func Icons() []string {
	drawn, _ := icons()
	return slices.Sorted(maps.Keys(drawn))
}

// Icon is a drawing that screen readers pass over; the words beside it say what it means.
func Icon(name string) (template.HTML, error) {
	drawn, err := icons()
	if err != nil {
		return "", err
	}
	inside, ok := drawn[name]
	if !ok {
		return "", fmt.Errorf("ui: no icon %q", name)
	}
	class := "icon"
	if turning[name] {
		class += " icon--turns"
	}
	return template.HTML(`<svg class="` + class + `" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + inside + `</svg>`), nil
}
