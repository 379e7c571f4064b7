package web

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Blanks that do not break a figure from its unit, and that group its digits.
const (
	hardBlank = "\u00a0"
	thinBlank = "\u202f"
)

// Count writes a number of things, its digits in groups of three.
func Count(n float64) string {
	text := strconv.FormatFloat(math.Round(n), 'f', 0, 64)
	sign := ""
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, text = "−", rest
		if text == "0" {
			sign = ""
		}
	}
	var groups []string
	for len(text) > 3 {
		groups = append([]string{text[len(text)-3:]}, groups...)
		text = text[:len(text)-3]
	}
	return sign + strings.Join(append([]string{text}, groups...), thinBlank)
}

// decimalOf writes a number with so many decimals.
func decimalOf(f float64, decimals int) string {
	text := strconv.FormatFloat(f, 'f', decimals, 64)
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		if strings.Trim(rest, "0.") == "" {
			return rest
		}
		return "−" + rest
	}
	return text
}

// percentOf writes a share. One that is not whole never reads as none or all.
func percentOf(ratio float64) string {
	text := decimalOf(100*ratio, 1)
	switch {
	case text == "100.0" && ratio < 1:
		text = "99.9"
	case text == "0.0" && ratio > 0:
		text = "0.1"
	}
	return strings.TrimSuffix(text, ".0") + hardBlank + "%"
}

// scales are the units of a duration, the longest first.
var scales = []struct {
	unit   string
	length time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}

// Duration writes a length of time with two units at most.
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "−" + Duration(-d)
	case d > 0 && d < time.Second:
		return strconv.FormatInt(max(d.Milliseconds(), 1), 10) + hardBlank + "ms"
	case d > 0 && d < 9950*time.Millisecond:
		return strings.TrimSuffix(decimalOf(d.Seconds(), 1), ".0") + hardBlank + "s"
	}
	// From the smallest scale on: the first that is not full when rounded.
	i := len(scales) - 1
	for i > 0 && d.Round(scales[min(i+1, len(scales)-1)].length) >= scales[i-1].length {
		i--
	}
	large, small := scales[i], scales[min(i+1, len(scales)-1)]
	d = d.Round(small.length)
	text := Count(float64(d/large.length)) + hardBlank + large.unit
	if rest := d % large.length / small.length; rest > 0 {
		text += hardBlank + strconv.FormatInt(int64(rest), 10) + hardBlank + small.unit
	}
	return text
}

// Span writes the length of a window, with its name, if it has one, where that
// says it otherwise.
func Span(name string, length time.Duration) string {
	text := Duration(length)
	if hours := length.Hours(); length%time.Hour == 0 && hours <= 48 {
		text = Count(hours) + hardBlank + "h"
	}
	if name == "" || strings.ReplaceAll(text, hardBlank, "") == name {
		return text
	}
	return text + " (" + name + ")"
}

// Quote puts a name into a sentence. It is isolated, so that one that is written
// from right to left leaves the order of the words around it alone.
func Quote(name string) string { return "\u2068" + strconv.Quote(name) + "\u2069" }

// List writes a list as a sentence has it.
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Since says how long ago something was, or how long ahead it is.
func Since(at, now time.Time) string {
	d := now.Sub(at)
	length := d.Abs().Truncate(time.Second)
	if length >= time.Minute {
		length = length.Truncate(time.Minute)
	}
	switch {
	case length == 0:
		return "now"
	case d < 0:
		return "in " + Duration(length)
	default:
		return Duration(length) + " ago"
	}
}

// Clock writes an instant for people, with its date where that is not today's.
func Clock(at, now time.Time) string {
	at, now = at.UTC(), now.UTC()
	switch {
	case at.Truncate(24 * time.Hour).Equal(now.Truncate(24 * time.Hour)):
		return at.Format("15:04:05") + hardBlank + "UTC"
	case at.Year() == now.Year():
		return at.Format("2 Jan 15:04") + hardBlank + "UTC"
	default:
		return at.Format("2 Jan 2006 15:04") + hardBlank + "UTC"
	}
}

// sizes are the units of a number of bytes.
var sizes = []string{"B", "kB", "MB", "GB", "TB"}

// bytesOf writes a number of bytes in units of a thousand.
func bytesOf(n float64) string {
	i := 0
	for n >= 999.5 && i < len(sizes)-1 {
		n /= 1000
		i++
	}
	decimals := 0
	if i > 0 && n < 9.95 {
		decimals = 1
	}
	return decimalOf(n, decimals) + hardBlank + sizes[i]
}

// secondsOf turns seconds into a duration.
func secondsOf(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second))
}
