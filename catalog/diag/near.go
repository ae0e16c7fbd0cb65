package diag

import "strings"

// longestNear bounds the work for one word; no name in a definition is longer.
const longestNear = 64

// Near returns the candidate whose spelling is nearest to word, or "" if none is near: at most a third of the
// letters, and always at least one, may differ. Case does not count, and two neighbouring letters that changed places count as
// one difference (optimal string alignment). Of equally near candidates the first wins, so give them in a
// fixed order.
func Near(word string, candidates []string) string {
	w := []rune(strings.ToLower(word))
	if len(w) == 0 || len(w) > longestNear {
		return ""
	}
	best, allowed := "", max(1, len(w)/3)
	for _, c := range candidates {
		r := []rune(strings.ToLower(c))
		if len(r)-len(w) > allowed || len(w)-len(r) > allowed {
			continue
		}
		d := alignment(w, r)
		// A one-letter word differs from every other one by one letter: that is no hint.
		if d > allowed || d >= len(w) && d > 0 || c == word {
			continue
		}
		if best == "" || d < allowed {
			best, allowed = c, d
		}
	}
	return best
}

// alignment is the optimal string alignment distance of a and b.
func alignment(a, b []rune) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
