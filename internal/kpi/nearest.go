package kpi

import (
	"strings"
	"unicode/utf8"
)

// Nearest is the allowed word that was probably meant: the one with the fewest
// letters inserted, left out, replaced or swapped, if few enough. It is empty
// where no word is near.
func Nearest(word string, allowed []string) string {
	const longest = 64 // nobody misspells a word of that length
	if utf8.RuneCountInString(word) > longest {
		return ""
	}
	best, least := "", tolerance(word)+1
	for _, candidate := range allowed {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// tolerance is how many letters of a word may be wrong. A short word that
// differs in more is another word.
func tolerance(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n <= 3:
		return 1
	case n <= 6:
		return 2
	default:
		return 3
	}
}

// distance is the number of letters to insert, leave out, replace or swap with
// their neighbour to make one word of another (optimal string alignment).
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	above, row := make([]int, len(b)+1), make([]int, len(b)+1)
	var twoAbove []int
	for j := range row {
		row[j] = j
	}
	for i := range a {
		twoAbove, above, row = above, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j]+cost, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], twoAbove[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
