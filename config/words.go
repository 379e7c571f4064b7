package config

import (
	"fmt"
	"strings"
)

// unknown says that a word is not known, which one was probably meant, and
// which ones are.
func unknown(what, word string, known []string) string {
	switch near := nearest(word, known); {
	case len(known) == 0:
		return fmt.Sprintf("unknown %s %q: none is defined", what, word)
	case near != "":
		return fmt.Sprintf("unknown %s %q: did you mean %q? Known are %s", what, word, near, strings.Join(known, ", "))
	default:
		return fmt.Sprintf("unknown %s %q: known are %s", what, word, strings.Join(known, ", "))
	}
}

// nearest returns the known word that a likely typo turns into the given one,
// empty if there is none.
func nearest(word string, known []string) string {
	best, least := "", min(2, len(word)/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, remove, change or swap with their
// neighbour to get from one word to the other.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			change := rows[i-1][j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}
