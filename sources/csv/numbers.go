package csv

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// parseNumber reads a decimal number. A space may part the thousands, and with a
// decimal comma a point; both must stand where thousands are parted.
func parseNumber(text []byte, decimalComma bool) (float64, bool) {
	text = asciiNumber(text, decimalComma)
	if decimalComma || bytes.IndexByte(text, ' ') >= 0 {
		var ok bool
		if text, ok = ungrouped(text, decimalComma); !ok {
			return 0, false
		}
	}
	for _, c := range text {
		// Hexadecimal numbers, underscores, NaN and Inf are no measurements.
		if !isDigit(c) && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(string(text), 64)
	return n, err == nil
}

// asciiNumber returns a number as ASCII writes it.
func asciiNumber(text []byte, decimalComma bool) []byte {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			mark := "."
			if decimalComma {
				mark = ","
			}
			return []byte(strings.ReplaceAll(ascii(string(text)), string(decimalMark), mark))
		}
	}
	return text
}

// ungrouped turns 1.234,5 and 1 234,5 into 1234.5.
func ungrouped(text []byte, decimalComma bool) ([]byte, bool) {
	mark, parts := byte('.'), byte(' ')
	if decimalComma {
		mark = ','
		if bytes.IndexByte(text, ' ') < 0 {
			parts = '.'
		}
	}
	whole, fraction, hasFraction := bytes.Cut(text, []byte{mark})
	groups := bytes.Split(whole, []byte{parts})
	for i, group := range groups {
		if i == 0 {
			group = bytes.TrimLeft(group, "+-")
		}
		_, digits := parseDigits(group)
		if len(groups) > 1 && (!digits || len(group) > 3 || i > 0 && len(group) < 3) {
			return nil, false
		}
	}
	out := bytes.Join(groups, nil)
	if hasFraction {
		out = append(append(out, '.'), fraction...)
	}
	return out, true
}

// parseCount reads a whole number from 0 up; 3.0 is one, as spreadsheets and
// data frames write it.
func parseCount(text []byte, decimalComma bool) (int, bool) {
	n, ok := parseNumber(text, decimalComma)
	if !ok || n < 0 || n > math.MaxInt32 || n != math.Trunc(n) {
		return 0, false
	}
	return int(n), true
}

// parseSpan reads a duration: seconds, h:mm:ss, mm:ss, or numbers with their
// units.
func parseSpan(text []byte, decimalComma bool) (time.Duration, bool) {
	text = asciiNumber(text, decimalComma)
	var n float64
	var ok bool
	switch {
	case bytes.IndexByte(text, ':') >= 0:
		n, ok = parseClock(text, decimalComma)
	case len(text) > 0 && isLetter(text[len(text)-1]):
		n, ok = parseUnits(text, decimalComma)
	default:
		n, ok = parseNumber(text, decimalComma)
	}
	n *= float64(time.Second)
	if !ok || math.Abs(n) >= math.MaxInt64 {
		return 0, false
	}
	return time.Duration(math.Round(n)), true
}

// parseClock reads h:mm:ss or mm:ss, and returns it in seconds.
func parseClock(text []byte, decimalComma bool) (float64, bool) {
	i := bytes.LastIndexByte(text, ':')
	minutes, ok := parseMinutes(text[:i])
	if !ok || len(text) < i+3 || !isDigit(text[i+1]) || !isDigit(text[i+2]) {
		return 0, false
	}
	seconds, ok := parseNumber(text[i+1:], decimalComma)
	return minutes + seconds, ok && seconds < 60
}

// spanUnits are the units of lengths, in seconds. A day is none: it may be one of
// eight hours.
var spanUnits = map[string]float64{
	"h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
	"m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
	"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
}

// parseUnits reads numbers with units that become smaller, such as 1h 30m or
// 1.5 hours, and returns them in seconds.
func parseUnits(text []byte, decimalComma bool) (float64, bool) {
	sum, last := 0.0, math.Inf(1)
	for len(text) > 0 {
		from := bytes.IndexFunc(text, unicode.IsLetter)
		if from < 0 {
			return 0, false
		}
		to := from
		for to < len(text) && isLetter(text[to]) {
			to++
		}
		n, ok := parseNumber(bytes.TrimSpace(text[:from]), decimalComma)
		unit := spanUnits[strings.ToLower(string(text[from:to]))]
		if !ok || n < 0 || unit == 0 || unit >= last {
			return 0, false
		}
		sum, last, text = sum+n*unit, unit, bytes.TrimSpace(text[to:])
	}
	return sum, true
}

// parseMinutes reads h:mm or mm, and returns it in seconds.
func parseMinutes(text []byte) (float64, bool) {
	hours, minutes, both := bytes.Cut(text, []byte{':'})
	if !both {
		hours, minutes = nil, text
	}
	m, ok := parseDigits(minutes)
	if !ok || both && (len(minutes) != 2 || m >= 60) {
		return 0, false
	}
	if !both {
		return float64(m) * 60, true
	}
	h, ok := parseDigits(hours)
	return float64(h)*3600 + float64(m)*60, ok
}

// parseDigits reads a number that is written with up to nine digits only.
func parseDigits(text []byte) (int64, bool) {
	if len(text) == 0 || len(text) > 9 {
		return 0, false
	}
	var n int64
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
